package cogen

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"

	"meshkey/internal/curve"
)

// indexLen is the number of octets of the longest scalar.
const indexLen = 56

// An Index is the place of a share on its polynomial: a number from 1 to the
// group order less 1. Indexes are compared with ==. The zero Index is none.
type Index struct{ le [indexLen]byte }

var errIndex = errors.New("cogen: not an index: a number from 1 on, below the group order")

// NewIndex returns x as an Index. It panics if x is 0.
func NewIndex(x uint64) Index {
	if x == 0 {
		panic("cogen: no share has the index 0")
	}
	var i Index
	binary.LittleEndian.PutUint64(i.le[:], x)
	return i
}

// IndexOf returns the number that at most 56 octets are, little-endian, as an
// Index.
func IndexOf(le []byte) (Index, error) {
	var i Index
	if len(le) > len(i.le) {
		return Index{}, errIndex
	}
	copy(i.le[:], le)
	if i.IsZero() {
		return Index{}, errIndex
	}
	return i, nil
}

// ParseIndex reads what String writes, and nothing else.
func ParseIndex(s string) (Index, error) {
	if digits, large := strings.CutPrefix(s, "0x"); large {
		be, err := hex.DecodeString(digits)
		if err != nil || len(be) > indexLen {
			return Index{}, errIndex
		}
		slices.Reverse(be)
		i, err := IndexOf(be)
		if err != nil || i.String() != s {
			return Index{}, errIndex
		}
		return i, nil
	}
	x, err := strconv.ParseUint(s, 10, 64)
	if err != nil || x == 0 || strconv.FormatUint(x, 10) != s {
		return Index{}, errIndex
	}
	return NewIndex(x), nil
}

// IsZero reports whether i is no index.
func (i Index) IsZero() bool { return i == Index{} }

// Uint64 returns the number, and whether it fits.
func (i Index) Uint64() (x uint64, ok bool) {
	x = binary.LittleEndian.Uint64(i.le[:])
	return x, x != 0 && i == NewIndex(x)
}

// Bytes returns the number in 56 octets, little-endian.
func (i Index) Bytes() []byte { return i.le[:] }

// String is the number in decimal, or if it does not fit 64 bits 0x and an
// even number of hexadecimal digits.
func (i Index) String() string {
	if x, ok := i.Uint64(); ok || i.IsZero() {
		return strconv.FormatUint(x, 10)
	}
	be := i.le
	slices.Reverse(be[:])
	digits := hex.EncodeToString(be[:])
	for strings.HasPrefix(digits, "00") {
		digits = digits[2:]
	}
	return "0x" + digits
}

// scalar is i on a curve. An index at or above the group order is an error: it
// would stand for another one, or for 0, where the secret is.
func (i Index) scalar(c *curve.Curve) (*curve.Scalar, error) {
	n := c.ScalarLen()
	for _, b := range i.le[n:] {
		if b != 0 {
			return nil, errIndex
		}
	}
	s, err := c.NewScalar().SetCanonical(i.le[:n])
	if err != nil || i.IsZero() {
		return nil, errIndex
	}
	return s, nil
}

// compare is negative if i is below j, and positive if it is above.
func (i Index) compare(j Index) int {
	slices.Reverse(i.le[:])
	slices.Reverse(j.le[:])
	return slices.Compare(i.le[:], j.le[:])
}
