package seedfile

import (
	"bytes"
	"errors"
	"fmt"

	"filippo.io/age"

	"meshkey/internal/secret"
)

// NewIdentity makes an age identity, of the kind that a quantum computer does
// not open either, and its recipient.
func NewIdentity() (identity *secret.Bytes, recipient string, err error) {
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		return nil, "", err
	}
	return secret.Take([]byte(id.String())), id.Recipient().String(), nil
}

// Recipients are those of age identities, one a line, all of which must be kept
// in clear text.
func Recipients(identities *secret.Bytes) ([]string, error) {
	ids, err := age.ParseIdentities(bytes.NewReader(identities.Reveal()))
	if err != nil {
		return nil, fmt.Errorf("age identities: %w", err)
	}
	var out []string
	for _, id := range ids {
		switch id := id.(type) {
		case *age.X25519Identity:
			out = append(out, id.Recipient().String())
		case *age.HybridIdentity:
			out = append(out, id.Recipient().String())
		default:
			return nil, errors.New("an age identity of a kind that has no recipient")
		}
	}
	return out, nil
}
