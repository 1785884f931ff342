// Package secret holds octets that must not be seen.
//
// A Bytes prints as "[secret]" under every verb, refuses to be encoded, is
// compared in constant time, and gives its octets away through one method
// only, Reveal, so that a search for ".Reveal(" lists every way out. The
// package is also the program's only source of randomness.
//
// # Security
//
// Wiping is best effort: it clears the octets a Bytes owns. It cannot reach
// copies the runtime made while growing a stack, strings, registers, swap, or
// a core dump.
package secret

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
)

// Bytes is a boxed sequence of secret octets. The zero value is empty. A Bytes
// is not safe for use by several goroutines once Wipe may be called. A copy of
// a Bytes shares its octets.
//
// The octets sit behind a pointer because fmt does not ask a value how it
// wants to be printed under %p: it would print the fields, but follows no
// pointer in them.
type Bytes struct{ octets *[]byte }

// ErrEncode is returned when something tries to encode a Bytes.
var ErrEncode = errors.New("secret: a secret is not encoded")

const hidden = "[secret]"

// Take boxes b without copying it; the caller gives b away.
func Take(b []byte) *Bytes { return &Bytes{&b} }

// Copy boxes a copy of b; b stays the caller's to wipe.
func Copy(b []byte) *Bytes { return Take(append(make([]byte, 0, len(b)), b...)) }

// Random boxes n fresh random octets.
func Random(n int) *Bytes {
	b := make([]byte, n)
	Fill(b)
	return Take(b)
}

// Reveal returns the octets themselves, not a copy: the slice is cleared by
// Wipe and must not be changed or kept longer than the box.
func (s *Bytes) Reveal() []byte {
	if s == nil || s.octets == nil {
		return nil
	}
	return *s.octets
}

// Len is the number of octets; it is not secret.
func (s *Bytes) Len() int { return len(s.Reveal()) }

// Equal compares in time that depends on the lengths only.
func (s *Bytes) Equal(t *Bytes) bool { return subtle.ConstantTimeCompare(s.Reveal(), t.Reveal()) == 1 }

// Wipe clears the octets and empties the box. A second call does nothing.
func (s *Bytes) Wipe() {
	if s == nil || s.octets == nil {
		return
	}
	Wipe(*s.octets)
	*s.octets = nil
}

// Wipe clears b in place, its spare capacity too.
func Wipe(b []byte) { clear(b[:cap(b)]) }

// Format implements fmt.Formatter: every verb and flag prints the same word.
func (s Bytes) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(hidden)) }

// LogValue implements slog.LogValuer.
func (s Bytes) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalJSON implements json.Marshaler and always fails.
func (s Bytes) MarshalJSON() ([]byte, error) { return nil, ErrEncode }

// MarshalText implements encoding.TextMarshaler and always fails.
func (s Bytes) MarshalText() ([]byte, error) { return nil, ErrEncode }

// MarshalBinary implements encoding.BinaryMarshaler and always fails, which
// closes gob and cbor too.
func (s Bytes) MarshalBinary() ([]byte, error) { return nil, ErrEncode }
