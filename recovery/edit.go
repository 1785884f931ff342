package recovery

import (
	"slices"
	"strings"
	"sync"

	"meshkey/internal/letters"
	"meshkey/internal/secret"
)

// An edit is a family of texts near one that was read: those that one slip, or
// two, may have made of the right text.
type edit struct {
	count int64 // of texts
	// each tries the texts one after the other until try is true, and reports
	// whether it was. try keeps nothing of what it is given.
	each func(try func([]byte) bool) bool
}

// depth is how far a search goes.
type depth int

const (
	shallow depth = iota // one slip
	deep                 // two wrong letters
)

// edits lists what may have become of a text that should have length letters,
// the likely first, in steps that are tried sheet by sheet. sure letters are
// left alone. At most `most` texts come of one step's letters.
func edits(text []byte, sure []bool, length int, d depth, most int64) [][]edit {
	var free, gaps []int
	for i, v := range text {
		switch {
		case v == unknown:
			gaps = append(gaps, i)
		case !sure[i]:
			free = append(free, i)
		}
	}
	var steps [][]edit
	switch extra := len(text) - length; {
	case extra == 0 && d == deep:
		steps = [][]edit{two(text, free, gaps)}
	case extra == 0:
		steps = [][]edit{
			{vary(text, gaps, nil, nil)},
			one(text, free, gaps, alikeLetter),
			one(text, free, gaps, unlikeLetter),
			neighbours(text, sure, gaps),
		}
	case extra < 0 && extra >= -2 && (d == deep) == (extra == -2):
		steps = [][]edit{dropped(text, sure, -extra)}
	case extra > 0 && extra <= 4 && d == shallow:
		steps = [][]edit{doubled(text, sure, extra)}
	}
	for i, step := range steps {
		steps[i] = slices.DeleteFunc(step, func(e edit) bool { return e.count == 0 || e.count > most })
	}
	return steps
}

// choice is the letters that are tried in place of one.
type choice func(was byte) []byte

func alikeLetter(was byte) []byte  { return tables().alike[was] }
func unlikeLetter(was byte) []byte { return tables().unlike[was] }
func otherLetter(was byte) []byte  { return tables().others[was] }

// letterTables are all letters, and for each those that are taken for it, the
// rest, and both.
type letterTables struct {
	all                   [unknown]byte
	alike, unlike, others [unknown][]byte
}

// mistaken are pairs of letters that eyes or fingers take for each other.
const mistaken = "OQ OD OC QD QG CG G6 UV VY VW IL IJ IT L7 T7 B3 B6 BD BP EF EB 3E PR PD FP RK Z2 Z7 ZS S5 5G 6D MN MW HN HM HK NK KX XY A4 TD"

// tables are made at the first search, which few recoveries come to.
var tables = sync.OnceValue(func() *letterTables {
	t := &letterTables{}
	for v := range byte(unknown) {
		t.all[v] = v
		for w := range byte(unknown) {
			a, b := letters.Alphabet[v:v+1], letters.Alphabet[w:w+1]
			switch {
			case v == w:
				continue
			case strings.Contains(mistaken, a+b) || strings.Contains(mistaken, b+a):
				t.alike[v] = append(t.alike[v], w)
			default:
				t.unlike[v] = append(t.unlike[v], w)
			}
			t.others[v] = append(t.others[v], w)
		}
	}
	return t
})

// vary is a text with every letter in the gaps, and in the places at every
// letter that the choice has for the one there.
func vary(text []byte, gaps, at []int, c choice) edit {
	e := edit{count: ways(len(gaps))}
	for _, p := range at {
		e.count *= int64(len(c(text[p])))
	}
	e.each = func(try func([]byte) bool) bool {
		buf := slices.Clone(text)
		defer secret.Wipe(buf)
		var fill func(n int) bool
		fill = func(n int) bool {
			if n == len(gaps)+len(at) {
				return try(buf)
			}
			place, from := 0, tables().all[:]
			if n < len(gaps) {
				place = gaps[n]
			} else {
				place = at[n-len(gaps)]
				from = c(text[place])
			}
			for _, v := range from {
				buf[place] = v
				if fill(n + 1) {
					return true
				}
			}
			buf[place] = text[place]
			return false
		}
		return fill(0)
	}
	return e
}

// remade is vary for a text that is made of the one that was read, with so many
// gaps. It exists only while it is tried.
func remade(gaps int, text func() []byte) edit {
	return edit{ways(gaps), func(try func([]byte) bool) bool {
		t := text()
		defer secret.Wipe(t)
		return vary(t, gapsOf(t), nil, nil).each(try)
	}}
}

// ways is how many ways there are to fill gaps, at most 2^50.
func ways(gaps int) int64 { return 1 << min(5*gaps, 50) }

// one has one of the free letters wrong.
func one(text []byte, free, gaps []int, c choice) (out []edit) {
	for _, p := range free {
		out = append(out, vary(text, gaps, []int{p}, c))
	}
	return out
}

// two has two of them wrong.
func two(text []byte, free, gaps []int) (out []edit) {
	for i, p := range free {
		var rest []edit
		for _, q := range free[i+1:] {
			rest = append(rest, vary(text, gaps, []int{p, q}, otherLetter))
		}
		out = append(out, join(rest))
	}
	return out
}

// join makes one edit of several.
func join(parts []edit) (e edit) {
	for _, p := range parts {
		e.count += p.count
	}
	e.each = func(try func([]byte) bool) bool {
		return slices.ContainsFunc(parts, func(p edit) bool { return p.each(try) })
	}
	return e
}

// neighbours has two neighbours in the wrong order.
func neighbours(text []byte, sure []bool, gaps []int) (out []edit) {
	for i := 1; i < len(text); i++ {
		if a, b := text[i-1], text[i]; a != b && max(a, b) < unknown && !(sure[i-1] && sure[i]) {
			out = append(out, remade(len(gaps), func() []byte {
				t := slices.Clone(text)
				t[i-1], t[i] = b, a
				return t
			}))
		}
	}
	return out
}

// dropped has n letters left out, one or two.
func dropped(text []byte, sure []bool, n int) (out []edit) {
	for p := 0; p <= len(text); p++ {
		if p > 0 && p < len(text) && sure[p-1] && sure[p] {
			continue
		}
		gap, gaps := []byte{unknown}, len(gapsOf(text))
		if n == 1 {
			out = append(out, remade(gaps+1, func() []byte { return slices.Concat(text[:p], gap, text[p:]) }))
			continue
		}
		var rest []edit
		for q := p; q <= len(text); q++ {
			rest = append(rest, remade(gaps+2, func() []byte { return slices.Concat(text[:p], gap, text[p:q], gap, text[q:]) }))
		}
		out = append(out, join(rest))
	}
	return out
}

// doubled has n letters too many in a run, as when letters are typed twice.
func doubled(text []byte, sure []bool, n int) (out []edit) {
	for p := 0; p+n <= len(text); p++ {
		if p > 0 && text[p-1] == text[p+n-1] || sure[p] && sure[p+n-1] {
			continue // the same as the one before, or vouched for
		}
		gaps := len(gapsOf(text)) - len(gapsOf(text[p:p+n]))
		out = append(out, remade(gaps, func() []byte { return slices.Concat(text[:p], text[p+n:]) }))
	}
	return out
}

// gapsOf are the places of the letters that are not known.
func gapsOf(text []byte) (gaps []int) {
	for i, v := range text {
		if v == unknown {
			gaps = append(gaps, i)
		}
	}
	return gaps
}

// shuffled has the rows in another order; sizes are those of the rows.
func shuffled(text []byte, sizes []int) (out []edit) {
	const most = 5 // rows: 119 other orders
	if len(sizes) < 2 || len(sizes) > most {
		return nil
	}
	var rows [][]byte
	for at := 0; len(sizes) > 0; sizes = sizes[1:] {
		rows = append(rows, text[at:at+sizes[0]])
		at += sizes[0]
	}
	var order func(done, left [][]byte)
	order = func(done, left [][]byte) {
		if len(left) == 0 {
			t := slices.Concat(done...)
			if !slices.Equal(t, text) {
				out = append(out, remade(len(gapsOf(t)), func() []byte { return slices.Concat(done...) }))
			}
			secret.Wipe(t)
		}
		for i := range left {
			order(append(slices.Clone(done), left[i]), slices.Delete(slices.Clone(left), i, i+1))
		}
	}
	order(nil, rows)
	return out
}
