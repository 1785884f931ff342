package letters

import "fmt"

// Status tells what became of a typed row.
type Status int

// The statuses of a row.
const (
	// Accepted: the row fits its check letters as it was typed.
	Accepted Status = iota + 1
	// Proposed: it fits with the changes in Slips. That is a proposal: a row
	// with more wrong letters than can be repaired looks repairable in one case
	// of four.
	Proposed
	// Unchecked: no check letters were typed, so nothing is known.
	Unchecked
	// OtherRow: it fits as row number Row of the sheet, with the changes in
	// Slips, if there are any.
	OtherRow
	// Damaged: it has the right number of letters, and fits in no way that
	// could be found.
	Damaged
	// Miscounted: it has too many or too few letters, and the check letters do
	// not tell which.
	Miscounted
)

var statusWords = [...]string{"not read", "accepted", "repair proposed", "unchecked", "another row", "damaged", "wrong number of letters"}

// String names the status.
func (s Status) String() string { return statusWords[s] }

// Reading is what a typed row is taken for.
type Reading struct {
	Status Status
	Row    int    // number of the row: the one asked for, or the other one
	Slips  []Slip // what differs from the text as typed, in the order of the row
	Count  int    // of letters typed, check letters among them; no more than 64 are counted

	letters hidden
}

// Letters are the row's share letters without hyphens and check letters:
// upper case, with the proposed changes made, and a question mark for each that
// is not known. The text of a row that is Damaged or Miscounted is the one
// typed. It is secret.
func (r Reading) Letters() string { return r.letters.show() }

// Format implements fmt.Formatter and shows no letter.
func (r Reading) Format(s fmt.State, _ rune) {
	fmt.Fprintf(s, "row %d: %v", r.Row, r.Status)
	for _, slip := range r.Slips {
		fmt.Fprintf(s, "; %v", slip)
	}
}

// Kind is a kind of slip.
type Kind int

// The kinds of slips.
const (
	// Wrong: a letter stands for another.
	Wrong Kind = iota + 1
	// Unreadable: a question mark, or a character that is no letter of Base32.
	// A check letter that is missing at the end counts as a question mark.
	Unreadable
	// Swapped: two neighbours are in the wrong order.
	Swapped
	// Dropped: letters that stand there are left out.
	Dropped
	// Extra: letters are typed that are not there, most often twice.
	Extra
)

var kindWords = [...]string{"no slip", "wrong", "unreadable", "swapped with the next", "left out", "too many from here"}

// String names the kind.
func (k Kind) String() string { return kindWords[k] }

// Slip is one difference between a row as typed and as proposed.
type Slip struct {
	Kind Kind
	// Check tells that Place counts check letters. They never enter a share:
	// the person may leave such a slip as it is.
	Check bool
	// Place is that of the first letter concerned, from 1, in the printed row.
	// Of Extra letters it is the place in the row as typed.
	Place int

	typed, printed hidden
}

// Typed are the letters as typed; none for Dropped. They are secret.
func (s Slip) Typed() string { return s.typed.show() }

// Printed are the letters as they should be; none for Extra, and none in a row
// that could not be repaired. They are secret.
func (s Slip) Printed() string { return s.printed.show() }

// Format implements fmt.Formatter and shows no letter.
func (s Slip) Format(f fmt.State, _ rune) {
	what := "letter"
	if s.Check {
		what = "check letter"
	}
	fmt.Fprintf(f, "%s %d %v", what, s.Place, s.Kind)
}

// hidden keeps letters behind a pointer, where no verb of fmt finds them.
type hidden struct{ text *string }

func hide(text string) hidden { return hidden{&text} }

func (h hidden) show() string {
	if h.text == nil {
		return ""
	}
	return *h.text
}
