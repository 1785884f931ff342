package check

import (
	"encoding/hex"
	"os"
	"strings"
	"testing"

	"meshkey/vectors"
)

// The example of docs/sheet.md is in the vectors, value by value.
func TestSheetDocument(t *testing.T) {
	b, err := os.ReadFile("../../docs/sheet.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	joined := strings.Join(strings.Fields(text), "")
	show := func(what, value string) {
		if !strings.Contains(text, value) && !strings.Contains(joined, value) {
			t.Errorf("docs/sheet.md does not show %s", what)
		}
	}
	for c := range vectors.Each[vectors.Row]("sheet") {
		if c.Origin == vectors.Published {
			show(c.Name, c.Data.Letters+" / "+c.Data.Check)
		}
	}
	for c := range vectors.Each[vectors.Record]("record") {
		if c.Origin != vectors.Published {
			continue
		}
		show("the certificate", "\n    "+c.Data.Certificate+"\n")
		show("the body", c.Data.Body.String())
		for _, commitment := range c.Data.Commitments {
			show("a commitment", commitment.String())
		}
		for _, share := range c.Data.Shares[1:] {
			show("a share", share)
		}
	}
	for c := range vectors.Each[vectors.Escrow]("mesh-escrow") {
		show("the secret", c.Data.Secret.String())
		show("the key", hex.EncodeToString(c.Data.Keys[0].Public))
		show("the fingerprint", c.Data.Keys[0].Fingerprint)
	}
}
