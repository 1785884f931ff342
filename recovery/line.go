package recovery

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode"
)

// line is what one line of a text may be.
type line struct {
	row     Row
	form    form
	letters int  // share letters in the row, wrong ones counted
	bad     int  // of them, characters that are no letter of a share
	last    int  // value of the last of them
	start   bool // the row can begin a share
	fresh   bool // prose, or a certificate, stands between the row before and this one
	gap     bool // an empty line does
}

// form says how surely a line is a row of share letters.
type form int

const (
	blank  form = iota
	prose       // no row
	weak        // could be a word or two as well
	strong      // hyphens or digits in the manner of a share
	marked      // a number before it or check letters after it
)

var (
	numbered = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\s*(\d{1,2})\s*[:.)]\s*`) })
	labelled = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^\s*\p{L}[\p{L}\d .'#()\[\]/-]{0,30}?(\d{0,2})[)\]]?\s*[:=]\s*`)
	})
)

// What may stand around a row and is no part of it: marks of quoting, lists and
// sentences.
const (
	before = " \t>|*•·\"'`“„«"
	after  = " \t.,;\"'`”“»"
)

// maxLine is more octets than any row of a share has, however it is spaced.
const maxLine = 1024

// readLine takes a line of a text apart.
func readLine(number int, text string) line {
	l := line{row: Row{Line: number}, form: prose}
	if len(text) > maxLine {
		return l
	}
	word, digits := false, ""
	text = strings.TrimRight(strings.TrimLeft(text, before), after)
	if m := numbered().FindStringSubmatch(text); m != nil {
		digits = m[1]
		text = text[len(m[0]):]
	} else if m := labelled().FindStringSubmatch(text); m != nil {
		word, digits = true, m[1]
		text = text[len(m[0]):]
	} else {
		text = cutWords(text)
	}
	letters, check, slash := strings.Cut(strings.TrimLeft(text, before), "/")
	l.row.Letters, l.row.Check = strings.TrimSpace(letters), strings.TrimSpace(check)
	groups := groupsOf(l.row.Letters)
	var mixed bool
	for _, g := range groups {
		letter, digit := false, false
		for _, c := range g {
			l.letters++
			l.last = letterValue(c)
			digit = digit || l.last > 25 && l.last < 32
			letter = letter || unicode.IsLetter(c)
			if l.last > 32 {
				l.bad++
			}
		}
		mixed = mixed || letter && digit
	}
	l.row.Number, _ = strconv.Atoi(digits)
	l.start = startsShare(l.row.Letters)
	l.form = l.judge(groups, mixed, slash || l.row.Number > 0 && !word)
	if word && l.row.Number == 0 && !l.start {
		l.form = prose // "Account: MARP-…", but not "Row 2: SGNT-…"
	}
	return l
}

// cutWords cuts off words before a share on the same line, as in "Share 1
// SAQC-YE5R-…".
func cutWords(text string) string {
	const most = 40 // octets of words
	for i, c := range text[:min(len(text), most)] {
		if c != ' ' && c != '\t' || inFours(groupsOf(text[:i])) {
			continue
		}
		first, _, _ := strings.Cut(strings.TrimLeft(text[i:], " \t"), " ")
		if startsShare(first) && len(groupsOf(first)) > 2 {
			return text[i:]
		}
	}
	return text
}

// judge says how surely the groups are a row. mixed tells that letters and
// digits share a group, mark that a number or a slash stands beside the row.
func (l *line) judge(groups []string, mixed, mark bool) form {
	fours := inFours(groups)
	switch {
	case len(groups) == 0:
		if strings.Count(l.row.Letters, "-") > 2 || mark {
			return prose // a rule across the page
		}
		return blank
	case l.bad*4 > l.letters, l.bad > 0 && !fours && !(mixed && l.start && l.letters > rowLetters):
		return prose
	case (fours || mixed) && mark && len(groupsOf(l.row.Check)) <= 1:
		return marked
	case mixed, fours && strings.Contains(l.row.Letters, "-") && len(groups) > 2:
		return strong
	case fours || len(groups) == 1:
		return weak
	}
	return prose
}

// groupsOf splits letters at hyphens and spaces of every kind.
func groupsOf(s string) []string { return strings.FieldsFunc(s, isSeparator) }

func isSeparator(c rune) bool {
	return unicode.IsSpace(c) || unicode.Is(unicode.Pd, c) || c == '\u00ad' || c == '\u2212'
}

// inFours reports whether all groups but the first and the last have four
// letters, and those no more: a row of a share, wherever it was wrapped.
func inFours(groups []string) bool {
	for i, g := range groups {
		if n := len([]rune(g)); n > 4 || n < 4 && i > 0 && i < len(groups)-1 {
			return len(groups) == 1
		}
	}
	return len(groups) > 0
}

// letterValue is the number of a letter in Base32, 32 for one that a reader
// could not read (?), more for what is no letter. 0, 1 and 8 count as the
// letters they look like.
func letterValue(c rune) int {
	switch {
	case 'A' <= c && c <= 'Z':
		return int(c - 'A')
	case 'a' <= c && c <= 'z':
		return int(c - 'a')
	case '2' <= c && c <= '7':
		return int(c-'2') + 26
	}
	switch c {
	case '0':
		return 'O' - 'A'
	case '1':
		return 'I' - 'A'
	case '8':
		return 'B' - 'A'
	case '?':
		return 32
	}
	return 33
}

// values are the numbers of the first n letters of s, fewer if it has fewer.
func values(s string, n int) []int {
	var v []int
	for _, c := range s {
		if len(v) < n && !isSeparator(c) {
			v = append(v, letterValue(c))
		}
	}
	return v
}

// startsShare reports whether s begins as a share does: S, then A to D. A row
// of one letter may be the S alone.
func startsShare(s string) bool {
	v := values(s, 2)
	return len(v) > 0 && v[0] == 'S'-'A' && (len(v) == 1 || v[1] <= 'D'-'A')
}

// headerIndex is the index in the header of a share, from its first letters, or
// 0: two octets, 144 and (need << 4) | (index - 1).
func headerIndex(letters string) int {
	v := values(letters, 4)
	if len(v) < 4 || max(v[0], v[1], v[2], v[3]) > 31 {
		return 0
	}
	bits := v[0]<<15 | v[1]<<10 | v[2]<<5 | v[3]
	if bits>>12 != 144 {
		return 0
	}
	return bits>>4&15 + 1
}
