package letters

import "unicode"

// unreadable is the value of a letter that was typed as a question mark, or of
// a character that is no letter of the alphabet.
const unreadable = 32

// maxTyped is how many letters of a text are read: some more than make sense.
const maxTyped = 64

// typed is what a person typed for a row, without separators.
type typed struct {
	runes  []rune // as typed
	values []byte // what they stand for
	share  int    // how many stand before the slash; -1 if there is none
}

// scan takes a text apart. The last slash divides letters from check letters.
// A row's number before the letters is passed over: "2:".
func scan(text string) typed {
	t := typed{share: -1}
	for _, c := range text {
		v := valueOf(c)
		switch {
		case v == unreadable && isSeparator(c):
		case c == '/':
			t.share = len(t.runes)
		case c == ':' && t.isNumber():
			t.runes, t.values = t.runes[:0], t.values[:0]
		case len(t.runes) < maxTyped:
			t.runes = append(t.runes, c)
			t.values = append(t.values, v)
		default:
			return t
		}
	}
	return t
}

// isNumber tells whether one or two digits are all so far.
func (t typed) isNumber() bool {
	for _, c := range t.runes {
		if c < '0' || c > '9' {
			return false
		}
	}
	return t.share < 0 && len(t.runes) > 0 && len(t.runes) <= 2
}

// isSeparator tells what people type between letters: spaces, and hyphens of
// every kind, which some keyboards make of a plain one.
func isSeparator(c rune) bool {
	return unicode.IsSpace(c) || unicode.Is(unicode.Pd, c) || c == '\u00ad' || c == '\u2212'
}

// valueOf is the number of a letter in the alphabet, in either case. 0, 1 and
// 8, which the alphabet lacks, are the letters they look like.
func valueOf(c rune) byte {
	switch {
	case 'A' <= c && c <= 'Z':
		return byte(c - 'A')
	case 'a' <= c && c <= 'z':
		return byte(c - 'a')
	case '2' <= c && c <= '7':
		return byte(c-'2') + 26
	case c == '0':
		return 'O' - 'A'
	case c == '1':
		return 'I' - 'A'
	case c == '8':
		return 'B' - 'A'
	}
	return unreadable
}

// checks is how many check letters stand behind the slash.
func (t typed) checks() int { return len(t.values) - t.share }
