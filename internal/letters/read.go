package letters

import "fmt"

// Read reads a row that a person has typed: its letters and, behind them or
// behind a slash, its check letters. Case, spaces and hyphens do not matter,
// and 0, 1 and 8 are read as O, I and B. A question mark stands for a letter
// that cannot be read; any other character counts as one.
//
// row is the number of the row as the person gave it, from 1 to MaxRow, and is
// never changed by a repair. length is how many share letters the row must
// have, 1 to PerRow, or 0 if that is not known, as for the last row of a share
// whose length is not known yet. It panics if either is out of range.
//
// With length given, any e wrong and s unreadable letters with 2e + s ≤ 4 are
// repaired. Without, one letter left out is preferred to two wrong ones.
func Read(row, length int, text string) Reading {
	if row < 1 || row > MaxRow || length < 0 || length > PerRow {
		panic(fmt.Sprintf("letters: no row %d of %d letters", row, length))
	}
	t := scan(text)
	r, ok := t.find(row, length)
	if !ok {
		r = t.asTyped(row, length)
	}
	r.Count = len(t.values)
	return r
}

// Half of the check letters pay for finding the place of a slip: what is then
// still wrong or unreadable must take no more than the other half. That keeps
// the chance of a false find at one in forty.
const (
	whole = PerCheck
	half  = PerCheck / 2
)

func (t typed) find(row, length int) (Reading, bool) {
	n := len(t.values)
	possible := t.share >= 1 && t.share <= PerRow
	switch {
	case t.share < 0:
		return t.findUndivided(row, length)
	case t.checks() == 0:
		return Reading{}, false
	case t.checks() < PerCheck && possible && (length == 0 || length == t.share):
		return t.findTorn(row, t.share)
	case length == 0 && t.share == PerRow:
		return t.findLength(row, PerRow)
	case length == 0:
		return t.findAnyLength(row, n-PerCheck)
	}
	return t.findLength(row, length)
}

// findUndivided reads a row without a slash: it has to be seen from the number
// of letters whether the last are check letters.
func (t typed) findUndivided(row, length int) (Reading, bool) {
	n := len(t.values)
	switch {
	case length > 0 && n >= length+PerCheck-half:
		return t.findLength(row, length)
	case length == 0 && n == PerRow+PerCheck:
		return t.findLength(row, PerRow)
	case length == 0 && n > PerRow:
		return t.findAnyLength(row, n-PerCheck)
	case length == 0 && n > PerCheck:
		return t.direct(row, n-PerCheck, half)
	}
	return Reading{}, false
}

// findLength reads a row with check letters that must have length letters.
func (t typed) findLength(row, length int) (Reading, bool) {
	if len(t.values) == length+PerCheck {
		if r, ok := t.direct(row, length, whole); ok {
			return r, true
		}
	}
	return t.edited(row, []int{length}, half)
}

// findAnyLength reads a row with check letters that seems to have length
// letters and may have others.
func (t typed) findAnyLength(row, length int) (Reading, bool) {
	possible := length >= 1 && length <= PerRow
	if possible {
		if r, ok := t.direct(row, length, half); ok {
			return r, true
		}
	}
	var others []int
	for l := max(1, length-maxExtra); l <= min(PerRow, length+1); l++ {
		if l != length {
			others = append(others, l)
		}
	}
	if r, ok := t.edited(row, others, 1); ok || !possible {
		return r, ok
	}
	return t.direct(row, length, whole)
}

// findTorn reads a row of length letters with 1 to 3 check letters. The last
// ones may be torn off, or one of them left out.
func (t typed) findTorn(row, length int) (Reading, bool) {
	torn := t
	missing := 0
	for ; len(torn.values) < length+PerCheck; missing++ {
		torn.runes = append(torn.runes, '?')
		torn.values = append(torn.values, unreadable)
	}
	for _, v := range t.values {
		if v == unreadable {
			missing++
		}
	}
	if r, ok := torn.direct(row, length, min(missing, whole)); ok {
		return r, true
	}
	if r, ok := t.edited(row, []int{length}, half); ok {
		return r, true
	}
	return torn.direct(row, length, whole)
}

// asTyped is the reading of a row that could not be repaired, or has no check
// letters.
func (t typed) asTyped(row, length int) Reading {
	n := len(t.values)
	share, status := n, Unchecked // no check letters
	switch {
	case t.share >= 0:
		share = t.share
	case length > 0 && n == length+PerCheck, length == 0 && n == PerRow+PerCheck:
		share = n - PerCheck
	}
	checks := n - share
	switch {
	case share < 1 || share > PerRow || length > 0 && share != length || checks > PerCheck:
		status = Miscounted
	case checks > 0:
		status = Damaged
	}
	r := Reading{Status: status, Row: row, letters: hide(spell(t.values[:share]))}
	for i, v := range t.values {
		if v == unreadable {
			r.Slips = append(r.Slips, slipAt(Unreadable, i, share, string(t.runes[i]), ""))
		}
	}
	return r
}
