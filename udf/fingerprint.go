package udf

import (
	"crypto/subtle"
	"errors"
)

// Precisions of a fingerprint in bits, its type octet counted.
const (
	// MinBits is the least precision at which two fingerprints can match: 20
	// letters.
	MinBits = 100
	// DefaultBits is the precision of String: 28 letters.
	//
	// Spec: the draft calls it 125 bits, and writes 132 bits of the digest and
	// 8 of the type.
	DefaultBits = 140
	// LocatorBits is the precision of a locator: 35 octets, 56 letters.
	LocatorBits = 280

	maxFingerprint     = 1 + 64
	maxFingerprintText = 8 * maxFingerprint / 5 * 5 / 4
)

// Fingerprint is a digest of content, of a public key or under a key: a type
// octet and the leading bits of the digest, as many as are known.
// draft-hallambaker-mesh-udf-13, section 5. The zero value is no fingerprint.
//
// Fingerprints of one thing may be known to different precisions, so they are
// compared with Matches and not with ==.
type Fingerprint struct {
	_      [0]func()
	octets [maxFingerprint]byte
	bits   int
}

// ParseFingerprint reads a fingerprint of type M, K or A. Every letter counts,
// so that a shorter text is a lower precision. A fingerprint of fewer than
// MinBits is read, and matches nothing.
func ParseFingerprint(text string) (Fingerprint, error) {
	r, err := read(text, 8*maxFingerprint/5)
	if err != nil {
		return Fingerprint{}, err
	}
	if r.letters < 2 {
		return Fingerprint{}, r.fail("too short for a fingerprint")
	}
	if !isFingerprint(Type(r.packed[0])) {
		return Fingerprint{}, r.failAt(1, "not the beginning of a fingerprint")
	}
	f := Fingerprint{bits: 5 * r.letters}
	copy(f.octets[:], r.packed)
	return f, nil
}

// FingerprintFromOctets reads a fingerprint in binary, 2 to 65 octets with the
// type first, all of whose bits are known.
func FingerprintFromOctets(b []byte) (Fingerprint, error) {
	if len(b) < 2 || len(b) > maxFingerprint || !isFingerprint(Type(b[0])) {
		return Fingerprint{}, errors.New("udf: these octets are not a fingerprint")
	}
	return newFingerprint(Type(b[0]), b[1:]), nil
}

func isFingerprint(t Type) bool { return t.IsDigest() || t == TypeMAC || t == TypeMACSHA3 }

func newFingerprint(t Type, value []byte) Fingerprint {
	f := Fingerprint{bits: 8 * (1 + len(value))}
	f.octets[0] = byte(t)
	copy(f.octets[1:], value)
	return f
}

// Matches reports whether f and g agree in every bit both have. It is false
// when either has fewer than MinBits.
func (f Fingerprint) Matches(g Fingerprint) bool {
	n := min(f.bits, g.bits)
	if n < MinBits {
		return false
	}
	same := subtle.ConstantTimeCompare(f.octets[:n/8], g.octets[:n/8])
	if odd := n % 8; odd != 0 {
		same &= subtle.ConstantTimeByteEq((f.octets[n/8]^g.octets[n/8])>>(8-odd), 0)
	}
	return same == 1
}

// Bits is the precision of f, the type octet counted.
func (f Fingerprint) Bits() int { return f.bits }

// Letters is the number of letters that f can be written in.
func (f Fingerprint) Letters() int { return f.bits / 5 }

// Type is the type of f; that of the zero value is TypeMAC.
func (f Fingerprint) Type() Type { return Type(f.octets[0]) }

// IsZero reports whether f is the zero value.
func (f Fingerprint) IsZero() bool { return f.bits == 0 }

// String writes f to DefaultBits, or as far as it is known.
func (f Fingerprint) String() string { return f.Text(DefaultBits) }

// Text writes the first bits of f, rounded up to whole letters, or as many as
// are known.
func (f Fingerprint) Text(bits int) string {
	n := min((bits+4)/5, f.Letters())
	var text [maxFingerprintText]byte
	return string(appendLetters(text[:0], f.octets[:], n))
}

// Octets returns the first bits of f, or as many as are known, in a fresh
// slice with the type octet first. Zero bits fill its last octet.
func (f Fingerprint) Octets(bits int) []byte {
	bits = min(bits, f.bits)
	b := append([]byte(nil), f.octets[:(bits+7)/8]...)
	if odd := bits % 8; odd != 0 {
		b[len(b)-1] &= 0xff << (8 - odd)
	}
	return b
}

// MarshalText writes f as String does.
func (f Fingerprint) MarshalText() ([]byte, error) { return []byte(f.String()), nil }
