package letters

import "slices"

// rowsOfSheet is how many rows a sheet has at most: 106 letters are those of
// the longest share. A text that fits as a later row fits by accident.
const rowsOfSheet = 6

// maxExtra is the longest run of letters that is looked for as typed twice: a
// group.
const maxExtra = 4

// A trial says for each place of a printed row which typed letter stands
// there, from 0, or -1 for none.
type trial []int

// word puts the letters of a trial behind the row's number, and lists the
// places of those that are missing or unreadable.
func (t typed) word(row int, at trial) (word []byte, erased []int) {
	word = make([]byte, 1, 1+len(at))
	word[0] = byte(row)
	for place, i := range at {
		v := byte(unreadable)
		if i >= 0 {
			v = t.values[i]
		}
		if v == unreadable {
			v = 0
			erased = append(erased, 1+place)
		}
		word = append(word, v)
	}
	return word, erased
}

// correct decodes a trial. The cost is what e wrong and s missing letters take
// of the code: 2e + s; ok tells that it is within reach. The row's number, which
// comes first, may have changed and counts as wrong then.
func (t typed) correct(row int, at trial, reach int) (word []byte, cost int, ok bool) {
	word, erased := t.word(row, at)
	if len(erased) > reach {
		return nil, 0, false
	}
	changed, err := code.Decode(word, erased)
	if err != nil {
		return nil, 0, false
	}
	cost = len(erased)
	for _, place := range changed {
		if !slices.Contains(erased, place) {
			cost += 2
		}
	}
	return word, cost, cost <= reach
}

// direct reads the row letter for letter.
func (t typed) direct(row, length, reach int) (Reading, bool) {
	at := make(trial, length+PerCheck)
	for i := range at {
		at[i] = i
	}
	word, _, ok := t.correct(row, at, reach)
	if !ok || int(word[0]) != row && (word[0] < 1 || word[0] > rowsOfSheet) {
		return Reading{}, false
	}
	for i := 0; i+1 < len(at); i++ { // two wrong letters may be one slip
		a, b := t.values[i], t.values[i+1]
		if a != b && word[1+i] == b && word[2+i] == a {
			at[i], at[i+1] = i+1, i
		}
	}
	return t.reading(row, at, word), true
}

// edited reads the row with one slip more than wrong letters: letters left out
// or typed twice, neighbours in the wrong order. The lengths are those that the
// row may have. It succeeds if the trials of the lowest cost all give one and
// the same row, and takes the one with the fewest slips.
func (t typed) edited(row int, lengths []int, reach int) (Reading, bool) {
	var best Reading
	var found []byte // the one row, or nil
	lowest := reach + 1
	for _, length := range lengths {
		for _, at := range t.trials(length + PerCheck) {
			word, cost, ok := t.correct(row, at, reach)
			if !ok || int(word[0]) != row || cost > lowest {
				continue
			}
			r := t.reading(row, at, word)
			switch {
			case cost < lowest:
				best, found, lowest = r, word, cost
			case !slices.Equal(word, found):
				found = nil
			case len(r.Slips) < len(best.Slips):
				best = r
			}
		}
	}
	return best, found != nil
}

// trials are the ways in which a row of n places, check letters included,
// becomes the one typed by one slip.
func (t typed) trials(n int) []trial {
	all := make(trial, len(t.values))
	for i := range all {
		all[i] = i
	}
	var out []trial
	switch extra := len(all) - n; {
	case extra == 0:
		for i := range n - 1 {
			at := slices.Clone(all)
			at[i], at[i+1] = i+1, i
			out = append(out, at)
		}
	case extra > 0 && extra <= maxExtra:
		for i := range n + 1 {
			out = append(out, slices.Delete(slices.Clone(all), i, i+extra))
		}
	case extra < 0 && extra >= -half:
		for i := range len(all) + 1 {
			out = append(out, slices.Insert(slices.Clone(all), i, []int{-1, -1}[:-extra]...))
		}
	}
	return out
}

// reading is the reading of a trial that word corrects.
func (t typed) reading(row int, at trial, word []byte) Reading {
	share := len(at) - PerCheck
	r := Reading{Status: Accepted, Row: row, letters: hide(spell(word[1 : 1+share])), Slips: t.slips(at, word[1:])}
	switch {
	case int(word[0]) != row:
		r.Status, r.Row = OtherRow, int(word[0])
	case len(r.Slips) > 0:
		r.Status = Proposed
	}
	return r
}

// slips lists what a trial and its correction say of the typed row. want has a
// value for each place of the trial.
func (t typed) slips(at trial, want []byte) (out []Slip) {
	share := len(at) - PerCheck
	next := 0 // the first typed letter that has not been looked at
	for place := 0; place < len(at); place++ {
		i := at[place]
		switch {
		case i < 0:
			from := place
			for place+1 < len(at) && at[place+1] < 0 {
				place++
			}
			out = append(out, slipAt(Dropped, from, share, "", spell(want[from:place+1])))
			continue
		case i > 0 && place+1 < len(at) && at[place+1] == i-1:
			out = append(out, slipAt(Swapped, place, share, string(t.runes[i-1:i+1]), spell(want[place:place+2])))
			place++
			next = i + 1
			continue
		case i > next:
			out = append(out, slipAt(Extra, next, share, string(t.runes[next:i]), ""))
		}
		next = i + 1
		if t.values[i] != want[place] {
			kind := Wrong
			if t.values[i] == unreadable {
				kind = Unreadable
			}
			out = append(out, slipAt(kind, place, share, string(t.runes[i]), spell(want[place:place+1])))
		}
	}
	if rest := t.runes[next:]; len(rest) > 0 {
		out = append(out, slipAt(Extra, next, share, string(rest), ""))
	}
	return out
}

// slipAt is a slip at a place counted from 0 over share letters and check
// letters.
func slipAt(kind Kind, place, share int, typed, printed string) Slip {
	s := Slip{Kind: kind, Place: place + 1, typed: hide(typed), printed: hide(printed)}
	if place >= share {
		s.Check, s.Place = true, place-share+1
	}
	return s
}
