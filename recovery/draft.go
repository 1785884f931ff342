package recovery

import (
	"slices"

	"meshkey/internal/letters"
	"meshkey/internal/secret"
	"meshkey/shamir"
)

// unknown is the value of a letter that could not be read.
const unknown = 32

// A draft is what is on one sheet as it was read, right or wrong: where a
// search for slips begins.
type draft struct {
	offer  *offer  // what was read; or
	broken *broken // what could not be
	rows   []Row
	source string

	typed []byte // values of the letters
	text  []byte // the same, with the repairs that the check letters propose
	sure  []bool // the check letters vouch for this letter of text
	index int    // as the sheet has it, or 0
	unfit int    // the first row that does not fit its check letters, or 0

	share shamir.Share // that text spells, if it does
	whole bool
}

// drafts are all sheets that were offered. The caller wipes them.
func (s *Session) drafts() (out []*draft) {
	for _, o := range s.offers {
		out = append(out, &draft{offer: o, rows: o.rows, source: o.source, index: o.share.Index()})
	}
	for _, b := range s.broken {
		out = append(out, &draft{broken: b, rows: b.rows, source: b.Source, index: b.Index})
	}
	for _, d := range out {
		d.read()
		d.share, d.whole = parse(d.text)
	}
	return out
}

func (d *draft) wipe() {
	secret.Wipe(d.typed)
	secret.Wipe(d.text)
	d.share.Wipe()
}

// misspelt is the first row that does not fit its check letters, or 0.
func (o *offer) misspelt() int {
	if o.repair != nil {
		return 0 // the rows are those from before
	}
	d := draft{rows: o.rows}
	defer d.wipe()
	d.read()
	return d.unfit
}

// changed reports whether the check letters propose another text than the one
// that was read.
func (d *draft) changed() bool { return !slices.Equal(d.typed, d.text) }

// settled reports whether check letters vouch for all of the text.
func (d *draft) settled() bool { return !slices.Contains(d.sure, false) }

// read gathers the letters and asks the check letters about each row.
func (d *draft) read() {
	type reading struct {
		text []byte
		sure bool
		row  int
	}
	var rows []reading
	right := true // the rows' numbers are those from 1, in any order
	for i, r := range d.rows {
		typed := valuesOf(r.Letters)
		d.typed = append(d.typed, typed...)
		number := i + 1
		if r.Number > 0 && r.Number <= len(d.rows) {
			number = r.Number
		}
		now := reading{text: typed, row: number}
		if length, ok := r.checked(number, i == len(d.rows)-1); ok {
			found := letters.Read(number, length, r.Letters+"/"+r.Check)
			switch found.Status {
			case letters.Accepted, letters.Proposed, letters.OtherRow:
				now = reading{valuesOf(found.Letters()), true, found.Row}
			}
			if d.unfit == 0 && (!now.sure || found.Row != number || !slices.Equal(now.text, typed)) {
				d.unfit = number
			}
		}
		right = right && now.row <= len(d.rows) && !slices.ContainsFunc(rows, func(r reading) bool { return r.row == now.row })
		rows = append(rows, now)
	}
	if right {
		slices.SortFunc(rows, func(a, b reading) int { return a.row - b.row })
	}
	for _, r := range rows {
		d.text = append(d.text, r.text...)
		d.sure = append(d.sure, slices.Repeat([]bool{r.sure}, len(r.text))...)
	}
}

// checked reports whether a row has check letters that can be asked, and how
// many letters it must have, 0 if that is not known.
func (r Row) checked(number int, last bool) (length int, ok bool) {
	if r.Check == "" || number > letters.MaxRow {
		return 0, false
	}
	if n := r.count(); last && n <= rowLetters {
		return 0, true
	}
	return rowLetters, true
}

// valuesOf are the values of letters, none above unknown.
func valuesOf(s string) []byte {
	var out []byte
	for _, v := range values(s, tooLong) {
		out = append(out, byte(min(v, unknown)))
	}
	return out
}

// parse reads the share that a text spells.
func parse(text []byte) (shamir.Share, bool) {
	var space [maxOctets]byte
	octets, ok := pack(space[:], text)
	defer secret.Wipe(octets)
	if !ok {
		return shamir.Share{}, false
	}
	share, err := shamir.ParseShare(octets[1:])
	return share, err == nil
}

// maxOctets are those of the longest text that is packed.
const maxOctets = tooLong*5/8 + 1

// pack turns the text of a share into its octets, its type first. It fails for
// what cannot be the text of one.
func pack(octets, text []byte) ([]byte, bool) {
	n := len(text) * 5 / 8
	if n < 3 || n > 2+shamir.MaxSecret || !whole(len(text)) {
		return nil, false
	}
	var bits, have uint
	at := 0
	for _, v := range text {
		if v >= unknown {
			return nil, false
		}
		bits, have = bits<<5|uint(v), have+5
		if have >= 8 {
			have -= 8
			octets[at] = byte(bits >> have)
			at++
		}
	}
	return octets[:n], octets[0] == shareType && bits&(1<<have-1) == 0
}

// shareType is the first octet that the text of a share spells.
const shareType = 144
