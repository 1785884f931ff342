package recovery

import (
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	rowLetters   = 20                        // in a row of a sheet, at most
	checkLetters = 4                         // after them
	tooLong      = maxLetters + 2*rowLetters // no share goes on after so many
)

// The letters of a share: of one octet to 64, and of the two seeds that are
// split, of 35 octets and, until November 2020, 36.
const (
	minLetters  = 5
	maxLetters  = 106
	seedLetters = 60
	seedPadded  = 61
	usual       = 2 // so many lengths
)

// layout finds the shares in the lines between two certificates or ends of a
// text.
//
// A share has no mark of its end, and a row that continues one may begin like a
// share by chance (one in 256 does). So every reading is weighed: the best is
// the one whose shares are whole and of one length, and among those the one
// that begins a share wherever a row can begin one. A line that could as well
// be words is left out between shares at little cost, a row that is surely
// letters only at a high one. Within a share nothing is left out.
func layout(lines []line) []Item {
	best, length := 1<<30, 0
	var choice []int
	spans := spansOf(lines)
	for i, n := range lengths {
		if cost, c := weigh(lines, spans, n); cost < best {
			best, choice, length = cost, c, n
		}
		if i == usual-1 && best < costOther && complete(choice) {
			break // every share is whole and of a usual length
		}
	}
	var items []Item
	open := false // the last item is of lines left out, and may go on
	for at := 0; at < len(lines); at++ {
		if end := choice[at]; end > at {
			items = append(items, item(lines[at:end], length))
			at, open = end-1, false
			continue
		}
		it, ok := leftOut(lines[at])
		if open = open && !lines[at].fresh; open && (!ok || it.Kind == Stray) {
			last := &items[len(items)-1]
			last.Rows = append(last.Rows, lines[at].row)
		} else if ok {
			items, open = append(items, it), true
		}
	}
	return items
}

// complete reports whether a choice, as weigh makes it, leaves no line out.
func complete(choice []int) bool {
	for at := 0; at < len(choice); at = choice[at] {
		if choice[at] == at {
			return false
		}
	}
	return true
}

// lengths are the lengths that the shares of a text may have, the usual ones
// first.
var lengths = func() []int {
	out := []int{seedLetters, seedPadded}
	for n := maxLetters; n >= minLetters; n-- {
		if whole(n) && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}()

// whole reports whether some number of octets is written in n letters.
func whole(n int) bool { return n*5%8 < 5 }

// Costs of a reading.
const (
	costJoin    = 1    // a row that could begin a share continues one
	costGap     = 2    // across an empty line
	costSlash   = 20   // no slash before the check letters
	costNumber  = 150  // against the numbers before the rows
	costLong    = 4000 // a numbered row after one that no sheet has
	costWeak    = 10   // a line left out
	costStrong  = 200
	costMarked  = 1500
	costShare   = 7000 // a row left out that begins a share
	costWrong   = 400  // a share of the right length with a letter that is none
	costOther   = 1000 // a share of another length
	costBroken  = 3000 // what has no possible length
	costALetter = 100  // for each letter too many or too few, up to 30
)

// weigh finds the least cost of reading lines as shares of length letters.
// choice[i] is the line after the share that begins at line i, or i if the line
// is left out.
func weigh(lines []line, spans [][]span, length int) (cost int, choice []int) {
	n := len(lines)
	costs := make([]int, n+1)
	choice = make([]int, n)
	for i := n - 1; i >= 0; i-- {
		costs[i], choice[i] = lines[i].leaveCost()+costs[i+1], i
		for _, s := range spans[i] {
			if c := s.penalty + s.cost(length) + costs[s.end]; c < costs[i] {
				costs[i], choice[i] = c, s.end
			}
		}
	}
	return costs[0], choice
}

// A span is rows that may be a share.
type span struct {
	end       int  // the line after them
	letters   int  // of all rows
	unslashed int  // those without check letters, if no slash stands before these; else -1
	penalty   int  // that they are joined
	possible  bool // a share can have so many letters
	wrong     bool // one of them is none, or cannot be the last
}

// spansOf are the spans that begin at each of lines: what can be told of them
// without the length that a share should have.
func spansOf(lines []line) [][]span {
	spans := make([][]span, len(lines))
	for i := range lines {
		if !lines[i].start {
			continue
		}
		letters, bad, penalty := 0, 0, 0
		for j := i; j < len(lines) && (j == i || !lines[j].fresh) && letters <= tooLong; j++ {
			letters += lines[j].letters
			bad += lines[j].bad
			s := span{end: j + 1, letters: letters, unslashed: -1}
			if j > i {
				penalty += lines[j].joinCost(lines[i:s.end])
				if unslashed(lines[i:s.end]) {
					s.unslashed = letters - checkLetters*(s.end-i)
				}
			}
			s.penalty = penalty
			s.possible = letters >= minLetters && letters <= maxLetters && whole(letters)
			s.wrong = bad > 0 || !lines[j].endsWhole(letters)
			spans[i] = append(spans[i], s)
		}
	}
	return spans
}

// cost weighs a share that should have length letters.
func (s span) cost(length int) int {
	off := costALetter * min(max(s.letters-length, length-s.letters), 30)
	switch {
	case s.unslashed == length:
		return costSlash
	case !s.possible, off > 0 && s.wrong:
		return costBroken + off
	case s.wrong:
		return costWrong + off
	case off > 0:
		return costOther + off
	}
	return 0
}

// endsWhole reports whether the last letter of l can end a share of so many
// letters: the bits of it that no octet holds are zero.
func (l line) endsWhole(letters int) bool {
	return l.last < 32 && l.last&(1<<(letters*5%8)-1) == 0
}

func (l line) leaveCost() int {
	switch {
	case l.form == weak:
		return costWeak
	case l.start && l.letters > rowLetters*3/4:
		return costShare
	case l.form == strong:
		return costStrong
	}
	return costMarked
}

// joinCost is what it costs that l continues a share whose rows are given, l
// the last of them.
func (l line) joinCost(rows []line) (cost int) {
	if l.start {
		cost += costJoin
	}
	if l.gap {
		cost += costGap
	}
	if n := l.row.Number; n > 0 && n != len(rows) {
		cost += costNumber
	}
	if l.row.Number > 0 && rows[len(rows)-2].letters > rowLetters+checkLetters {
		cost += costLong
	}
	return cost
}

// unslashed reports whether rows can be those of a sheet, each with its check
// letters but without the slash before them, as on a page.
func unslashed(rows []line) bool {
	for i, l := range rows {
		full := l.letters == rowLetters+checkLetters
		if l.row.Check != "" || l.bad > 0 || !full && (i < len(rows)-1 || l.letters <= checkLetters) {
			return false
		}
	}
	return true
}

// item is the share of length letters that rows spell, as weigh found it.
func item(rows []line, length int) Item {
	it := Item{Kind: Share, Line: rows[0].row.Line}
	letters := 0
	for _, l := range rows {
		it.Rows = append(it.Rows, l.row)
		letters += l.letters
	}
	if letters == length+checkLetters*len(rows) && len(rows) > 1 && unslashed(rows) {
		for i := range it.Rows {
			it.Rows[i].slash()
		}
	}
	return it
}

// slash makes the last letters of a row its check letters.
func (r *Row) slash() {
	at, n := len(r.Letters), 0
	for n < checkLetters {
		c, size := utf8.DecodeLastRuneInString(r.Letters[:at])
		at -= size
		if !isSeparator(c) {
			n++
		}
	}
	r.Letters, r.Check = strings.TrimRightFunc(r.Letters[:at], isSeparator), r.Letters[at:]
}

// leftOut says what a line is that belongs to no share, if it is anything.
func leftOut(l line) (Item, bool) {
	it := Item{Line: l.row.Line, Text: l.row.Letters, Rows: []Row{l.row}}
	switch it.Kind = identify(l.row.Letters); {
	case it.Kind == Seed || it.Kind == Fingerprint || it.Kind == Key:
		return it, true
	case l.form < marked && (l.form < strong || l.letters < 16):
		return it, false
	}
	it.Kind, it.Text = Stray, ""
	return it, true
}
