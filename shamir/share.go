// Package shamir splits a secret of 1 to 64 octets into numbered shares, of
// which a chosen number gives it back and fewer tell nothing.
//
// The shares are those of the Mathematical Mesh, draft-hallambaker-mesh-udf-13,
// Section 4.5: values of a polynomial modulo the smallest prime above 2^(8n)
// for a secret of n octets, each behind one octet for its number and the
// number needed. Their Base32 text is package udf's.
//
// A share carries no check of its own. All shares that are offered are used:
// as many as needed recover, every further one must agree. With none to spare
// a wrong share gives a wrong secret without an error, so compare what comes
// out with something known, as package recovery does.
//
// # Security
//
// Secrets, coefficients and share values are handled in constant time: nothing
// branches on them or uses them as an index. Index, need and length are public,
// and so is whether shares are equal, agree, or give a number that fits.
// Polynomials and intermediate values are wiped before a function returns.
//
// Need-1 shares of a secret of 16 octets or more fit every secret equally well.
// For shorter ones that is not quite so: a polynomial with a value that does
// not fit its octets is drawn again, which a share betrays about the others;
// for one octet it rules out one secret in 257 for each further share.
package shamir

import (
	"fmt"
	"log/slog"

	"meshkey/internal/field"
	"meshkey/internal/secret"
)

// MaxSecret is the length of the longest secret, in octets.
//
// Spec: the text of the draft has steps of 32 bits, its table of primes and
// the reference since November 2020 steps of octets.
const MaxSecret = field.MaxOctets

// Share is one share of a secret: its index, how many are needed, and a value
// as long as the secret. It prints as "share 3 (2 needed)" and hides its
// value. A copy of a Share shares the value. The zero Share is not valid; it
// has index and secret length 0.
type Share struct {
	index, need uint8
	value       secret.Bytes // big-endian
}

// ParseShare reads a share from a header octet, (need << 4) | (index - 1), and
// the value, big-endian. It copies b. The error is a *LengthError or
// a *QuorumError.
//
// Spec: four bits hold the indexes 1 to 16; the reference stops at 15. All 16
// are read and 15 are made.
func ParseShare(b []byte) (Share, error) {
	if len(b) < 2 || len(b) > 1+MaxSecret {
		return Share{}, &LengthError{max(len(b)-1, 0)}
	}
	need, index := b[0]>>4, b[0]&15+1
	if need == 0 {
		return Share{}, &QuorumError{Reason: "a share of which none is needed"}
	}
	return Share{index, need, *secret.Copy(b[1:])}, nil
}

// Bytes returns a fresh copy of what ParseShare reads; it is the caller's to
// wipe.
func (s Share) Bytes() []byte {
	return append([]byte{s.need<<4 | (s.index-1)&15}, s.value.Reveal()...)
}

// Index is the share's number, from 1. Shares are read up to 16 and made up to
// MaxOf.
func (s Share) Index() int { return int(s.index) }

// Need is the number of shares that recover the secret, from 1 to 15.
func (s Share) Need() int { return int(s.need) }

// SecretLen is the length of the secret, and of the value, in octets. It is 0
// once the share is wiped.
func (s Share) SecretLen() int { return s.value.Len() }

// Equal compares index, need and value, the values in constant time.
func (s Share) Equal(t Share) bool {
	return s.index == t.index && s.need == t.need && s.value.Equal(&t.value)
}

// Wipe clears the value, in all copies of the share.
func (s Share) Wipe() { s.value.Wipe() }

// Format implements fmt.Formatter: every verb prints the same, without value.
func (s Share) Format(f fmt.State, _ rune) { fmt.Fprint(f, s.describe()) }

// MarshalText implements encoding.TextMarshaler and always fails, which closes
// JSON too: Bytes is the only way out.
func (s Share) MarshalText() ([]byte, error) { return nil, secret.ErrEncode }

// LogValue implements slog.LogValuer.
func (s Share) LogValue() slog.Value { return slog.StringValue(s.describe()) }

func (s Share) describe() string { return fmt.Sprintf("share %d (%d needed)", s.index, s.need) }
