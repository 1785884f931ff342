package recovery

import (
	"fmt"
	"strings"

	"meshkey/internal/secret"
	"meshkey/shamir"
	"meshkey/udf"
)

// Kind tells what a text is.
type Kind int

// The kinds of text. A session takes shares and certificates; the others it
// names, so that the person learns what is in his hand.
const (
	Unknown Kind = iota
	Share
	Certificate
	Seed
	Fingerprint
	Key      // a symmetric key or an authenticator
	Profile  // or another envelope of the Mesh
	Link     // a URL
	SeedFile // an encrypted file, as meshkey writes seeds
	Stray    // share letters that no beginning of a share stands before
)

// A Row is one line of the letters of a share. It prints as its number of
// letters and is not encoded.
type Row struct {
	Line    int    // of the text, from 1
	Number  int    // that stands before it, or 0
	Letters string // as they stand, with their hyphens and spaces
	Check   string // check letters, what follows a slash; never part of the share
}

// An Item is one thing that a text holds. It may be secret, so it prints as its
// kind and is not encoded.
type Item struct {
	Kind Kind
	Line int    // where it begins, from 1
	Rows []Row  // of a share, and of other letters in its manner
	Text string // of anything else; of a certificate on one line
}

// A TextError says where a text is not what it sets out to be. It holds none of
// the text, since that is secret: the reader has the paper in front of him.
type TextError struct {
	Kind   Kind
	Line   int // of the text, from 1
	Row    int // of the share, from 1; 0 when no one letter is at fault
	Letter int // in that row, from 1; hyphens and spaces do not count
	Reason string
}

// Error implements error.
func (e *TextError) Error() string { return "recovery: " + e.Place() + e.Reason }

// Place says where, in words that end in a colon and a space.
func (e *TextError) Place() string {
	switch {
	case e.Row == 0:
		return fmt.Sprintf("line %d: ", e.Line)
	case e.Row == 1:
		return fmt.Sprintf("line %d, letter %d: ", e.Line, e.Letter)
	}
	return fmt.Sprintf("line %d (row %d of the share), letter %d: ", e.Line, e.Row, e.Letter)
}

// Format implements fmt.Formatter: every verb prints the same, without letters.
func (r Row) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "[row of %d letters]", r.count()) }

// MarshalText implements encoding.TextMarshaler and always fails.
func (r Row) MarshalText() ([]byte, error) { return nil, secret.ErrEncode }

// MarshalBinary implements encoding.BinaryMarshaler and always fails.
func (r Row) MarshalBinary() ([]byte, error) { return nil, secret.ErrEncode }

// Format implements fmt.Formatter: every verb prints the same, without letters.
func (it Item) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "[line %d: %v]", it.Line, it.Kind) }

// MarshalText implements encoding.TextMarshaler and always fails.
func (it Item) MarshalText() ([]byte, error) { return nil, secret.ErrEncode }

// MarshalBinary implements encoding.BinaryMarshaler and always fails.
func (it Item) MarshalBinary() ([]byte, error) { return nil, secret.ErrEncode }

// count is the number of letters of the row.
func (r Row) count() (n int) {
	for _, c := range r.Letters {
		if !isSeparator(c) {
			n++
		}
	}
	return n
}

// Share reads the share that the rows spell. The error is a *TextError.
func (it Item) Share() (shamir.Share, error) {
	if it.Kind == Stray {
		return shamir.Share{}, &TextError{Stray, it.Line, 1, 1, "a share begins with SA, SB, SC or SD"}
	}
	s, err := udf.ParseShare(it.letters())
	if err == nil {
		return s, nil
	}
	e := &TextError{Kind: Share, Line: it.Line, Reason: reason(err)}
	if p, ok := err.(*udf.ParseError); ok {
		e.Reason = p.Reason
		if p.Letter > 0 {
			row, column := max(p.Row, 1), p.Column
			if p.Row == 0 {
				column = p.Letter
			}
			e.Row, e.Letter, e.Line = row, column, it.Rows[min(row, len(it.Rows))-1].Line
		}
	}
	return shamir.Share{}, e
}

// couldBeShare reports whether letters that set out to be something else are
// about as many as those of a share of a seed, so that a wrong first letter may
// be all that is the matter.
func (it Item) couldBeShare() bool {
	n := 0
	for _, r := range it.Rows {
		n += r.count()
	}
	return n >= seedLetters-1 && n <= seedPadded+1
}

// letters are those of all rows, as they stand.
func (it Item) letters() string {
	var all strings.Builder
	for _, r := range it.Rows {
		all.WriteString(r.Letters)
		all.WriteByte('\n')
	}
	return all.String()
}

// Index is the number of a share that may not be whole or right, from its first
// letters, or 0.
func (it Item) Index() int { return headerIndex(it.letters()) }
