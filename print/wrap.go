package print

import (
	"strings"
	"unicode/utf8"
)

// span is text in one face.
type span struct {
	face face
	text string
}

// word is what is not broken while it fits a line; gap is the width of the
// space before it, in em.
type word struct {
	span
	width, gap float64
}

// wrap breaks spans into lines of at most width, in em. Lines break at spaces
// only, not at no-break spaces; a word longer than a line is broken where the
// line ends.
func wrap(spans []span, width float64) [][]word {
	var lines [][]word
	var line []word
	var used float64
	flush := func() {
		if len(line) > 0 {
			lines = append(lines, line)
		}
		line, used = nil, 0
	}
	add := func(w word) {
		if len(line) == 0 {
			w.gap = 0
		}
		line = append(line, w)
		used += w.gap + w.width
	}
	for _, s := range spans {
		gap := measure(s.face, " ")
		for i, text := range strings.Split(s.text, " ") {
			if text == "" {
				continue
			}
			w := word{span{s.face, text}, measure(s.face, text), gap}
			if i == 0 {
				w.gap = 0 // no space stands between this span and the last
			}
			if len(line) > 0 && used+w.gap+w.width > width {
				flush()
			}
			for w.width > width {
				head := fitting(w.span, width)
				add(word{head, measure(head.face, head.text), w.gap})
				flush()
				w.text = w.text[len(head.text):]
				w.width = measure(w.face, w.text)
			}
			add(w)
		}
	}
	flush()
	return lines
}

// fitting is as much of the start of s as fits width, at least one character.
func fitting(s span, width float64) span {
	_, first := utf8.DecodeRuneInString(s.text)
	end := first
	for i := range s.text {
		if i > first && measure(s.face, s.text[:i]) > width {
			break
		}
		end = max(end, i)
	}
	return span{s.face, s.text[:end]}
}
