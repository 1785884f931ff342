package udf

import "fmt"

// Type is the first octet of a UDF. draft-hallambaker-mesh-udf-13, section 3.
type Type byte

// The types of UDF. Digests have four more types each, for values that end in
// at least 20, 30, 40 and 50 zero bits.
const (
	TypeMAC      Type = 0   // A: HMAC-SHA-2-512 value, or a key for one, such as a PIN
	TypeMACSHA3  Type = 1   // A: the same with SHA-3-512
	TypeKey      Type = 32  // E: symmetric key
	TypeBoundKey Type = 33  // E: symmetric key bound to a signature key
	TypeSHA3     Type = 80  // K: SHA-3-512 digest, to 84
	TypeSHA2     Type = 96  // M: SHA-2-512 digest, to 100
	TypeNonce    Type = 104 // N: nonce
	// Spec: section 4.2 says 108 for the next; its tables and values have 112.
	TypeOID   Type = 112 // O: DER object named by an object identifier
	TypeShare Type = 144 // S: share of a secret
	TypeSeed  Type = 200 // Z: seed of keys
)

// maxCompression is the number of types a digest has beyond its first.
const maxCompression = 4

// TypeOf reads the type of a UDF from its text, all of whose letters must be
// letters, and not more than a UDF of any type has.
func TypeOf(text string) (Type, error) {
	r, err := read(text, maxLetters)
	if err != nil {
		return 0, err
	}
	defer r.wipe()
	if r.letters < 2 {
		return 0, r.fail("too short")
	}
	t := Type(r.packed[0])
	if t.String() == "" {
		return 0, r.failAt(1, "no type of UDF begins so")
	}
	return t, nil
}

// String names the type, or is empty for an octet that is none.
func (t Type) String() string {
	switch {
	case t == TypeMAC || t == TypeMACSHA3:
		return "authenticator"
	case t == TypeKey || t == TypeBoundKey:
		return "symmetric key"
	case t == TypeNonce:
		return "nonce"
	case t == TypeOID:
		return "object"
	case t == TypeShare:
		return "share"
	case t == TypeSeed:
		return "seed"
	case t.IsDigest():
		return "fingerprint"
	}
	return ""
}

// IsDigest reports whether t is the type of a content digest, at any level of
// compression.
func (t Type) IsDigest() bool {
	return t >= TypeSHA2 && t <= TypeSHA2+maxCompression || t >= TypeSHA3 && t <= TypeSHA3+maxCompression
}

// ParseError says where a text is not a UDF. It holds no part of the text.
// Row and Column are zero unless the text has several rows.
type ParseError struct {
	Row    int    // row of letters, from 1
	Column int    // letter in that row, from 1; hyphens and spaces do not count
	Letter int    // letter in the whole text, from 1; zero when no one letter is at fault
	Reason string // what is wrong, in a few words
}

func (e *ParseError) Error() string {
	switch {
	case e.Letter == 0:
		return "udf: " + e.Reason
	case e.Row == 0:
		return fmt.Sprintf("udf: letter %d: %s", e.Letter, e.Reason)
	}
	return fmt.Sprintf("udf: row %d, letter %d: %s", e.Row, e.Column, e.Reason)
}
