package check

import (
	"strings"

	"meshkey/internal/letters"
	"meshkey/vectors"
)

// sheetRow checks the check letters of a row, and what it is taken for when it
// is typed.
func sheetRow(c vectors.Case[vectors.Row]) error {
	var f findings
	d := c.Data
	plain := strings.ReplaceAll(d.Letters, "-", "")
	number := d.Row
	if d.Other != 0 {
		number = d.Other
	}
	if plain != "" {
		check, err := letters.Check(number, plain)
		f.failed("row", err)
		f.same("check", check, d.Check)
	}
	if d.Typed == "" {
		return f.err()
	}
	if d.Length < 1 || d.Length > letters.PerRow {
		f.add("no row has %d letters", d.Length)
		return f.err()
	}
	r := letters.Read(d.Row, d.Length, d.Typed)
	f.same("reading", readings[r.Status], c.Result)
	if plain == "" {
		return f.err()
	}
	f.same("letters", r.Letters(), plain)
	if r.Row != number || (r.Status == letters.Accepted) != (len(d.Slips) == 0 && d.Other == 0) {
		f.add("it is taken for %v", r)
	}
	if len(r.Slips) != len(d.Slips) {
		f.add("there are %d slips and should be %d", len(r.Slips), len(d.Slips))
		return f.err()
	}
	for i, s := range r.Slips {
		got := vectors.Slip{Kind: slipKinds[s.Kind], Check: s.Check, Place: s.Place, Typed: s.Typed(), Printed: s.Printed()}
		if got != d.Slips[i] {
			f.add("slip %d is %+v and should be %+v", i+1, got, d.Slips[i])
		}
	}
	return f.err()
}

// readings are the results of the vectors for the statuses of rows.
var readings = map[letters.Status]string{
	letters.Accepted: vectors.OK, letters.Proposed: vectors.OK, letters.OtherRow: "other-row",
	letters.Unchecked: "unchecked", letters.Damaged: "damaged", letters.Miscounted: "length",
}

var slipKinds = map[letters.Kind]string{
	letters.Wrong: "wrong", letters.Unreadable: "unreadable", letters.Swapped: "swapped",
	letters.Dropped: "dropped", letters.Extra: "extra",
}
