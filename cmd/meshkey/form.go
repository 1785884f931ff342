package main

import (
	"fmt"
	"io"
	"strings"

	"meshkey/internal/letters"
	"meshkey/internal/secret"
	"meshkey/recovery"
)

// A form is one sheet that is being typed.
type form struct {
	*interview
	number int                           // of the sheets typed, from 1
	rows   [letters.MaxRow + 1]*typedRow // by their numbers, from 1
	last   int                           // the row typed last, which "back" returns to
}

// A typedRow is a row that was taken.
type typedRow struct {
	letters string
	check   string // empty if none were typed, or they are to be ignored
	right   bool   // the check letters vouch for it
}

// fill asks for rows until the sheet is whole. A share that was typed or pasted
// as a whole is returned as it is.
func (f *form) fill() (whole string, err error) {
	row := 1
	for {
		line, err := f.t.AskSecret(f.prompt(row))
		if err != nil {
			return "", err
		}
		text := strings.TrimSpace(string(line))
		secret.Wipe(line)
		switch word := strings.ToLower(text); {
		case word == "" && f.letters() > 0:
			if missing := f.missing(); missing <= f.highest() {
				f.t.Say("Row %d is missing.", missing)
				row = missing
				continue
			}
			return "", nil
		case word == "":
			f.t.Say("Type the first row. Ctrl-D gives up.")
		case word == "quit" || word == "q" && row == 1:
			return "", io.EOF
		case word == "help":
			f.help()
		case word == "list":
			f.list()
		case word == "clear":
			f.rows, row = [len(f.rows)]*typedRow{}, 1
			f.t.Say("%s from its beginning.", f.name())
		case word == "back" || word == "b" && f.count(row) != 1:
			row = f.back(row)
		case strings.HasPrefix(text, "MK1:"):
			for _, outcome := range f.session.AddText(text, "typed certificate") {
				f.sayOutcome(outcome, "typed certificate")
			}
		case countLetters(text) > letters.PerRow+2*letters.PerCheck:
			if f.letters() == 0 {
				f.t.Say("%s: %s", f.name(), countOf(countLetters(text), "letter", "letters"))
				return text, nil
			}
			f.t.Say("That is more than one row. Type one row at a time.")
		default:
			if row, err = f.take(row, text); err != nil {
				return "", err
			}
			if f.whole() {
				return "", nil
			}
		}
	}
}

// name is the sheet as the person can know it: the number on the paper, once
// the first row has told it, and until then which of those typed it is.
func (f *form) name() string {
	if f.rows[1] != nil {
		if n := f.item().Index(); n > 0 {
			return fmt.Sprintf("Sheet %d", n)
		}
	}
	ordinals := [...]string{"First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth"}
	if f.number > len(ordinals) {
		return "Next sheet"
	}
	return ordinals[f.number-1] + " sheet"
}

func (f *form) prompt(row int) string {
	if f.length == 0 && row > 1 && f.missing() == row && (f.letters()%letters.PerRow != 0 || f.letters() >= 60) {
		return fmt.Sprintf("%s, row %d (only Enter if the sheet has no more rows):", f.name(), row)
	}
	return fmt.Sprintf("%s, row %d:", f.name(), row)
}

// take reads a row and stores it if it is right, or the person says so. It
// returns the row to be asked for next.
func (f *form) take(row int, text string) (int, error) {
	if number, rest, ok := numberOf(text); ok {
		row, text = number, rest
	}
	r := letters.Read(row, f.expected(row, text), text)
	var taken *typedRow
	switch r.Status {
	case letters.Accepted, letters.Proposed, letters.OtherRow:
		if r.Row != row {
			f.t.Say("These are the letters of row %d: their check letters fit there.", r.Row)
		}
		ok, err := f.agree(r)
		if err != nil || !ok {
			return row, err
		}
		check, err := letters.Check(r.Row, r.Letters())
		if err != nil {
			return row, err
		}
		taken = &typedRow{r.Letters(), check, true}
	default:
		f.t.Say("Row %d: %s", row, f.complaint(row, r))
		question := ""
		switch {
		case r.Status != letters.Unchecked || strings.Contains(r.Letters(), "?"):
			question = "Keep it like this? A few letters can be looked for at the end."
		case len(r.Letters()) < letters.PerRow && f.count(row) == 0:
			question = "Is that all of the row?"
		}
		if question != "" {
			keep, err := f.yes(question, false)
			if err != nil || !keep {
				return row, err
			}
		}
		taken = &typedRow{letters: r.Letters()}
	}
	if r.Row == 1 && !isFirst(taken.letters) {
		f.t.Say("The first row of a sheet begins with SA, SB, SC or SD.")
		keep, err := f.yes("Is this the first row all the same?", false)
		if err != nil || !keep {
			return row, err
		}
	}
	f.rows[r.Row], f.last = taken, r.Row
	return f.missing(), nil
}

// isFirst reports whether letters can be the first row of a sheet.
func isFirst(row string) bool {
	return len(row) > 1 && strings.Contains("S?", row[:1]) && strings.Contains("ABCD?", row[1:2])
}

// expected is how many letters a row must have, or 0 if that is not known.
func (f *form) expected(row int, text string) int {
	if n := f.count(row); n > 0 {
		return n
	}
	before, _, slash := strings.Cut(text, "/")
	const near = letters.PerRow - 2
	switch n := countLetters(before); {
	case slash && n >= near, !slash && n > near, !slash && row == 1:
		return letters.PerRow
	}
	return 0
}

// count is how many letters a row has, if the length of the sheets is known, or
// 0.
func (f *form) count(row int) int {
	return max(0, min(letters.PerRow, f.length-letters.PerRow*(row-1)))
}

// agree tells what is wrong in a row and asks whether the proposal is right.
// What is wrong with check letters alone is no matter.
func (f *form) agree(r letters.Reading) (bool, error) {
	asked := false
	for _, s := range r.Slips {
		if !s.Check {
			f.t.Say("Row %d, %s", r.Row, describe(s))
			asked = true
		}
	}
	if !asked {
		f.t.Say("Row %d is right.", r.Row)
		return true, nil
	}
	ok, err := f.yes("Look at the paper. Take it?", true)
	if err == nil && !ok {
		f.t.Say("Then type row %d again.", r.Row)
	}
	return ok, err
}

// describe says what a slip is and what the check letters propose.
func describe(s letters.Slip) string {
	switch s.Kind {
	case letters.Wrong:
		return fmt.Sprintf("letter %d: you typed %s, the check letters say %s.", s.Place, s.Typed(), s.Printed())
	case letters.Unreadable:
		return fmt.Sprintf("letter %d: the check letters say %s.", s.Place, s.Printed())
	case letters.Swapped:
		return fmt.Sprintf("letters %d and %d: you typed %s, the check letters say %s.", s.Place, s.Place+1, s.Typed(), s.Printed())
	case letters.Dropped:
		return fmt.Sprintf("letter %d: %s was left out, say the check letters.", s.Place, s.Printed())
	}
	return fmt.Sprintf("letter %d: %s was typed twice, say the check letters.", s.Place, s.Typed())
}

// complaint is what there is to say of a row that the check letters do not
// vouch for.
func (f *form) complaint(row int, r letters.Reading) string {
	switch n, want := len(r.Letters()), f.expectedWords(row); r.Status {
	case letters.Unchecked:
		if open := strings.Count(r.Letters(), "?"); open > 0 {
			return fmt.Sprintf("%s, of which you could not read %d.", countOf(n, "letter", "letters"), open)
		}
		return fmt.Sprintf("%s. Without check letters a slip shows at the end only.", countOf(n, "letter", "letters"))
	case letters.Miscounted:
		return fmt.Sprintf("%s; %s. Compare it with the paper.", countOf(n, "letter", "letters"), want)
	}
	return "it does not fit its check letters, and too much is wrong to say where. Compare it with the paper."
}

func (f *form) expectedWords(row int) string {
	if n := f.count(row); n > 0 {
		return fmt.Sprintf("this row has %d", n)
	}
	return fmt.Sprintf("a row has %d, the last one of a sheet may have fewer", letters.PerRow)
}

// back returns to the row typed last.
func (f *form) back(row int) int {
	if f.last > 0 && f.last != row {
		row = f.last
	} else {
		row = max(1, row-1)
	}
	f.rows[row], f.last = nil, row-1
	f.t.Say("Row %d again.", row)
	return row
}

func (f *form) list() {
	for n, r := range f.rows[:max(f.highest(), 1)+1] {
		switch {
		case n == 0:
		case r == nil:
			f.t.Say("  row %d: not yet", n)
		case r.right:
			f.t.Say("  row %d: right", n)
		default:
			f.t.Say("  row %d: %s, not checked", n, countOf(len(r.letters), "letter", "letters"))
		}
	}
}

// missing is the first row that is not there.
func (f *form) missing() int {
	for n := 1; n < len(f.rows); n++ {
		if f.rows[n] == nil {
			return n
		}
	}
	return len(f.rows) - 1
}

// highest is the last row that is there.
func (f *form) highest() (n int) {
	for i, r := range f.rows {
		if r != nil {
			n = i
		}
	}
	return n
}

// letters counts those that are there.
func (f *form) letters() (n int) {
	for _, r := range f.rows {
		if r != nil {
			n += len(r.letters)
		}
	}
	return n
}

// whole reports whether no row can be missing.
func (f *form) whole() bool {
	return f.length > 0 && f.missing() > (f.length+letters.PerRow-1)/letters.PerRow
}

// item is the sheet as the recovery takes it.
func (f *form) item() recovery.Item {
	it := recovery.Item{Kind: recovery.Share, Line: 1}
	for n, r := range f.rows {
		if r != nil {
			it.Rows = append(it.Rows, recovery.Row{Line: n, Number: n, Letters: r.letters, Check: r.check})
		}
	}
	return it
}

// yes asks a question that is answered with yes or no; only Enter is the usual
// answer.
func (v *interview) yes(question string, usual bool) (bool, error) {
	return askYes(v.t, question, usual)
}

// numberOf takes a row's number off its beginning: "3: …".
func numberOf(text string) (number int, rest string, ok bool) {
	before, rest, found := strings.Cut(text, ":")
	if _, err := fmt.Sscanf(before, "%d", &number); !found || err != nil || number < 1 || number > letters.MaxRow || len(before) > 2 {
		return 0, text, false
	}
	return number, strings.TrimSpace(rest), true
}

// countLetters counts the letters of a text, whatever they are.
func countLetters(text string) (n int) {
	for _, c := range text {
		if c != '-' && c != ' ' && c != '/' {
			n++
		}
	}
	return n
}
