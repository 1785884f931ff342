package recovery

import (
	"fmt"
	"slices"

	"meshkey/internal/letters"
	"meshkey/internal/secret"
)

// ChangeKind is a kind of slip that a repair undoes. It does not change.
type ChangeKind string

// The kinds of slips.
const (
	WrongLetter   ChangeKind = "wrong"      // one letter stands for another
	UnknownLetter ChangeKind = "unreadable" // no letter was typed
	DroppedLetter ChangeKind = "dropped"    // a letter was left out
	ExtraLetter   ChangeKind = "extra"      // a letter was typed that is not there
	SwappedPair   ChangeKind = "swapped"    // a letter and the next are in the wrong order
	ForeignRow    ChangeKind = "row"        // the whole row is another sheet's, or stands elsewhere
)

// A Change is one difference between a sheet as it was read and as it is
// proposed. It prints without letters and is not encoded.
type Change struct {
	Kind   ChangeKind
	Row    int    // from 1
	Letter int    // in the row as it was read, from 1; of a dropped letter, the one it should be; 0 for a row
	With   string // source of the sheet that a ForeignRow is from, or empty

	from, to byte
	pair     bool
}

// Typed is the letter as it was read, or empty. It is secret.
func (c Change) Typed() string { return spell(c.from, c.Kind != DroppedLetter && c.Kind != ForeignRow) }

// Proposed is the letter that should be there, or empty. It is secret.
func (c Change) Proposed() string {
	return spell(c.to, c.Kind != ExtraLetter && c.Kind != ForeignRow)
}

func spell(v byte, ok bool) string {
	switch {
	case !ok:
		return ""
	case v >= unknown:
		return "?"
	}
	return letters.Alphabet[v : v+1]
}

// Place is where the change is, in words.
func (c Change) Place() string {
	if c.Kind == ForeignRow {
		return fmt.Sprintf("row %d", c.Row)
	}
	return fmt.Sprintf("row %d, letter %d", c.Row, c.Letter)
}

// Format implements fmt.Formatter: every verb prints the same, without letters.
func (c Change) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "%s: %s", c.Place(), c.Kind) }

// MarshalText implements encoding.TextMarshaler and always fails.
func (c Change) MarshalText() ([]byte, error) { return nil, secret.ErrEncode }

// changes lists the fewest changes that make right out of typed.
func changes(typed, right []byte, place func(at int, dropped bool) (row, letter int)) []Change {
	// cost[i][j] is that of typed[i:] and right[j:].
	cost := make([][]int, len(typed)+1)
	for i := range cost {
		cost[i] = make([]int, len(right)+1)
	}
	swapped := func(i, j int) bool {
		return i+1 < len(typed) && j+1 < len(right) && typed[i] != typed[i+1] && typed[i] == right[j+1] && typed[i+1] == right[j]
	}
	for i := len(typed); i >= 0; i-- {
		for j := len(right); j >= 0; j-- {
			switch {
			case i == len(typed):
				cost[i][j] = len(right) - j
			case j == len(right):
				cost[i][j] = len(typed) - i
			default:
				wrong := 1
				if typed[i] == right[j] {
					wrong = 0
				}
				cost[i][j] = min(cost[i+1][j+1]+wrong, cost[i+1][j]+1, cost[i][j+1]+1)
				if swapped(i, j) {
					cost[i][j] = min(cost[i][j], cost[i+2][j+2]+1)
				}
			}
		}
	}
	var out []Change
	add := func(kind ChangeKind, at int, from, to byte) {
		row, letter := place(at, kind == DroppedLetter)
		out = append(out, Change{Kind: kind, Row: row, Letter: letter, from: from, to: to})
	}
	for i, j := 0, 0; i < len(typed) || j < len(right); {
		switch c := cost[i][j]; {
		case i < len(typed) && j < len(right) && typed[i] == right[j] && c == cost[i+1][j+1]:
			i, j = i+1, j+1
		case swapped(i, j) && c == cost[i+2][j+2]+1:
			add(SwappedPair, i, typed[i], right[j])
			i, j = i+2, j+2
		case i < len(typed) && j < len(right) && c == cost[i+1][j+1]+1:
			kind := WrongLetter
			if typed[i] == unknown {
				kind = UnknownLetter
			}
			add(kind, i, typed[i], right[j])
			i, j = i+1, j+1
		case j < len(right) && c == cost[i][j+1]+1:
			add(DroppedLetter, i, unknown, right[j])
			j++
		default:
			add(ExtraLetter, i, typed[i], unknown)
			i++
		}
	}
	return out
}

// sizes are the numbers of letters in the rows that a sheet was read in, or, if
// it was read in one, in those that it has on paper.
func (d *draft) sizes() (out []int) {
	if len(d.rows) < 2 {
		for n := len(d.typed); n > 0; n -= rowLetters {
			out = append(out, min(n, rowLetters))
		}
		return out
	}
	for _, r := range d.rows {
		out = append(out, len(valuesOf(r.Letters)))
	}
	return out
}

// place turns the place of a letter in the text, from 0, into row and letter,
// from 1. A letter that was dropped between two rows is the end of a short one.
func (d *draft) place(at int, dropped bool) (row, letter int) {
	sizes := d.sizes()
	for i, n := range sizes {
		last := i == len(sizes)-1
		if at < n || last || dropped && at == n && n < slices.Max(sizes) {
			number := i + 1
			if i < len(d.rows) && len(d.rows) > 1 && d.rows[i].Number > 0 {
				number = d.rows[i].Number
			}
			return number, at + 1
		}
		at -= n
	}
	return 1, 1
}
