package ceremony

import (
	"errors"
	"fmt"
	"unicode"
	"unicode/utf8"

	"meshkey/cogen"
	"meshkey/udf"
)

// A Party is one of those who take part. Its profile is a signed profile of the
// Mesh, which this package carries and does not read.
type Party struct {
	Name        string          // unique in a ceremony: 1 to 255 octets that can be printed
	Fingerprint udf.Fingerprint // of the profile
	Profile     []byte          // as signed
	Signature   *cogen.PublicKey
	Encryption  *cogen.PublicKey
}

func (p Party) check() error {
	switch {
	case !isName(p.Name):
		return errors.New("ceremony: a party's name has 1 to 255 octets, all of which can be printed")
	case p.Signature == nil || !p.Signature.Algorithm().IsSignature():
		return fmt.Errorf("ceremony: %s has no key to sign with", p.Name)
	case p.Encryption == nil || p.Encryption.Algorithm().IsSignature():
		return fmt.Errorf("ceremony: %s has no key to seal to", p.Name)
	}
	return nil
}

// isName reports whether s can be a party's name: what is shown to a person
// cannot steer the screen, and no two encoders write it differently.
func isName(s string) bool {
	if s == "" || len(s) > 255 || !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if !unicode.IsPrint(r) {
			return false
		}
	}
	return true
}

// Self is the party that runs this program: its place and its private keys,
// which stay the caller's to wipe.
type Self struct {
	Party
	Number     int // in the request, from 1
	signature  *cogen.PrivateKey
	encryption *cogen.PrivateKey
}

// Join finds the party whose keys these are. The error is a *ForeignError if
// there is none.
func (c *Ceremony) Join(signature, encryption *cogen.PrivateKey) (*Self, error) {
	for i, p := range c.parties {
		if p.Signature.Equal(signature.PublicKey()) && p.Encryption.Equal(encryption.PublicKey()) {
			return &Self{p, i + 1, signature, encryption}, nil
		}
	}
	return nil, &ForeignError{Reason: "whose keys these are is no party of this ceremony"}
}
