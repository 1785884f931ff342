package shamir

import (
	"fmt"
	"strings"
)

// QuorumError reports a quorum that cannot be: in a text, in a Quorum, or in
// the header of a share.
type QuorumError struct {
	Quorum Quorum // as far as it is known
	Reason string
}

func (e *QuorumError) Error() string { return "shamir: " + e.Reason }

// LengthError reports a secret, or the secret of a share, whose length is not
// 1 to MaxSecret octets.
type LengthError struct{ Octets int }

func (e *LengthError) Error() string {
	return fmt.Sprintf("shamir: a secret has 1 to %d octets, not %d", MaxSecret, e.Octets)
}

// IndexError reports an index at which no share is made: not 1 to MaxOf.
type IndexError struct{ Index int }

func (e *IndexError) Error() string {
	return fmt.Sprintf("shamir: shares are numbered from 1 to %d; there is no share %d", MaxOf, e.Index)
}

// TooFewError reports that shares are missing. Have counts different indexes.
type TooFewError struct{ Have, Need int }

func (e *TooFewError) Error() string {
	if e.Have == 0 {
		return "shamir: no shares"
	}
	return fmt.Sprintf("shamir: %d of the %d shares needed", e.Have, e.Need)
}

// MixedError reports shares that need a different number of shares or hold
// secrets of different lengths, and so come from different sets. The slices
// run over all shares in the order they were offered.
type MixedError struct{ Indexes, Needs, SecretLens []int }

func (e *MixedError) Error() string {
	var b strings.Builder
	b.WriteString("shamir: shares of different sets:")
	for i := range e.Indexes {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, " share %d (%d needed, %d octets)", e.Indexes[i], e.Needs[i], e.SecretLens[i])
	}
	return b.String()
}

// ConflictError reports shares that contradict each other. If Twice, there are
// different shares of each of the Indexes; otherwise these are those of all
// shares offered, of which some are wrong. Suspects then are the wrong ones, if
// the others are enough to tell: one can be told with two shares to spare, two
// with four. Both lists ascend.
type ConflictError struct {
	Indexes, Suspects []int
	Twice             bool
}

func (e *ConflictError) Error() string {
	text := "shamir: shares " + list(e.Indexes) + " do not agree"
	if e.Twice {
		text = "shamir: there are different shares numbered " + list(e.Indexes)
	}
	if len(e.Suspects) > 0 {
		text += "; all but " + list(e.Suspects) + " do"
	}
	return text
}

// RangeError reports shares that agree, but on a number that has no encoding
// in as many octets as the secret has: they were not made together. Index is
// that of the share which was to be made, or 0 for the secret.
type RangeError struct{ Index, Octets int }

func (e *RangeError) Error() string {
	what := "the secret"
	if e.Index > 0 {
		what = fmt.Sprintf("share %d", e.Index)
	}
	return fmt.Sprintf("shamir: %s does not fit in %d octets", what, e.Octets)
}

// list prints indexes as "1, 2 and 4".
func list(indexes []int) string {
	var b strings.Builder
	for i, x := range indexes {
		switch {
		case i > 0 && i == len(indexes)-1:
			b.WriteString(" and ")
		case i > 0:
			b.WriteString(", ")
		}
		fmt.Fprint(&b, x)
	}
	return b.String()
}
