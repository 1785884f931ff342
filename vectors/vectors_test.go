package vectors_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"meshkey/vectors"
)

// Every topic has a type that takes every member of its data.
var topics = map[string]func() int{
	"call":                count[vectors.Call]("call"),
	"contribution":        count[vectors.Contributions]("contribution"),
	"dare":                count[vectors.Envelope]("dare"),
	"dealing":             count[vectors.Dealing]("dealing"),
	"dkg":                 count[vectors.DKG]("dkg"),
	"mesh-cogen":          count[vectors.Composition]("mesh-cogen"),
	"mesh-empty-prefix":   count[vectors.EmptyPrefix]("mesh-empty-prefix"),
	"mesh-escrow":         count[vectors.Escrow]("mesh-escrow"),
	"mesh-group":          count[vectors.Group]("mesh-group"),
	"mesh-profile":        count[vectors.Profile]("mesh-profile"),
	"partial":             count[vectors.Partials]("partial"),
	"record":              count[vectors.Record]("record"),
	"rfc9591":             count[vectors.FROST]("rfc9591"),
	"sheet":               count[vectors.Row]("sheet"),
	"threshold-decrypt":   count[vectors.Decryption]("threshold-decrypt"),
	"threshold-keygen":    count[vectors.Composite]("threshold-keygen"),
	"threshold-signature": count[vectors.ThresholdSignature]("threshold-signature"),
	"udf-authenticator":   count[vectors.Authenticator]("udf-authenticator"),
	"udf-derive":          count[vectors.Derivation]("udf-derive"),
	"udf-digest":          count[vectors.Digest]("udf-digest"),
	"udf-earl":            count[vectors.EARL]("udf-earl"),
	"udf-key":             count[vectors.Key]("udf-key"),
	"udf-nonce":           count[vectors.Nonce]("udf-nonce"),
	"udf-oid":             count[vectors.OID]("udf-oid"),
	"udf-pin":             count[vectors.PIN]("udf-pin"),
	"udf-primes":          count[vectors.Prime]("udf-primes"),
	"udf-publication":     count[vectors.Publication]("udf-publication"),
	"udf-rsa":             count[vectors.RSA]("udf-rsa"),
	"udf-shares":          count[vectors.Shares]("udf-shares"),
	"udf-text":            count[vectors.Text]("udf-text"),
}

func count[T any](topic string) func() int {
	return func() (n int) {
		for range vectors.Each[T](topic) {
			n++
		}
		return n
	}
}

func TestTopics(t *testing.T) {
	for _, topic := range vectors.Topics() {
		f, ok := topics[topic]
		if !ok {
			t.Errorf("%s has no type", topic)
		} else if f() == 0 {
			t.Errorf("%s has no cases", topic)
		}
	}
	if len(topics) != len(vectors.Topics()) {
		t.Error("a type has no topic")
	}
}

func TestCases(t *testing.T) {
	results := []string{vectors.OK, vectors.NotCheckable, "letter", "bits", "length", "type", "header", "too-few", "conflict", "mixed", "range", "damaged", "other-row", "unchecked", "form", "culprit", "early", "identity"}
	origins := []vectors.Origin{vectors.Published, vectors.Erratum, vectors.Generated, vectors.Found}
	for _, topic := range vectors.Topics() {
		seen := map[string]bool{}
		for c := range vectors.Each[json.RawMessage](topic) {
			name := topic + " " + c.Name
			switch {
			case c.Name == "" || seen[c.Name]:
				t.Errorf("%s: the name is empty or has been used", name)
			case c.Source.Document == "" || c.Source.Section == "":
				t.Errorf("%s: no source", name)
			case !slices.Contains(origins, c.Origin):
				t.Errorf("%s: origin %q", name, c.Origin)
			case !slices.Contains(results, c.Result):
				t.Errorf("%s: result %q", name, c.Result)
			case c.Result == vectors.NotCheckable && c.Note == "":
				t.Errorf("%s: no reason", name)
			case c.Origin == vectors.Erratum && len(c.Printed) == 0:
				t.Errorf("%s: does not say what is printed", name)
			}
			var data map[string]any
			if err := json.Unmarshal(c.Data, &data); err != nil {
				t.Fatal(err)
			}
			for member, printed := range c.Printed {
				if data[member] == printed {
					t.Errorf("%s: %s is what is printed", name, member)
				}
			}
			seen[c.Name] = true
		}
	}
}

// README.md names the source of every case.
func TestReadme(t *testing.T) {
	readme, err := fs.ReadFile(vectors.FS, "README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, tables, _ := strings.Cut(string(readme), "\n## Cases\n")
	for _, topic := range vectors.Topics() {
		_, table, _ := strings.Cut(tables, "\n### "+topic+"\n")
		table, _, _ = strings.Cut(table, "\n### ")
		for c := range vectors.Each[json.RawMessage](topic) {
			if !slices.ContainsFunc(strings.Split(table, "\n"), func(line string) bool {
				cells := strings.Split(strings.Trim(line, "| "), " | ")
				source, _, _ := strings.Cut(cells[0], " (also ")
				return len(cells) == 3 && source == c.Source.String() && cells[1] == string(c.Origin) &&
					slices.Contains(strings.Split(cells[2], ", "), c.Name)
			}) {
				t.Errorf("README.md has no line %q with case %q under %s", c.Source, c.Name, topic)
			}
		}
	}
}

// Go takes the last of two members of one name; other languages the first, or
// none.
func TestNoMemberTwice(t *testing.T) {
	for _, topic := range vectors.Topics() {
		b, err := fs.ReadFile(vectors.FS, topic+".json")
		if err != nil {
			t.Fatal(err)
		}
		if err := walk(json.NewDecoder(bytes.NewReader(b))); err != nil && !errors.Is(err, io.EOF) {
			t.Errorf("%s: %v", topic, err)
		}
	}
	if walk(json.NewDecoder(strings.NewReader(`{"a": [{"b": 1, "b": 2}]}`))) == nil {
		t.Error("a member that stands twice is not seen")
	}
}

func walk(d *json.Decoder) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	names := map[any]bool{}
	for token == json.Delim('{') && d.More() {
		name, _ := d.Token()
		if names[name] {
			return fmt.Errorf("%v stands twice", name)
		}
		names[name] = true
		if err := walk(d); err != nil {
			return err
		}
	}
	for token == json.Delim('[') && d.More() {
		if err := walk(d); err != nil {
			return err
		}
	}
	if _, open := token.(json.Delim); open {
		_, err = d.Token()
	}
	return err
}

func TestStrict(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a type that lacks members takes them")
		}
	}()
	vectors.Each[struct{ Key vectors.Hex }]("udf-key")
}

func TestHex(t *testing.T) {
	var h vectors.Hex
	for _, bad := range []string{`"AB"`, `"a"`, `"zz"`, `" ab"`} {
		if json.Unmarshal([]byte(bad), &h) == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}
