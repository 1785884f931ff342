package print

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"meshkey/internal/qr"
)

// textWidth is how many characters a line of prose has at most.
const textWidth = 74

// WriteText writes the sheet as plain text, in UTF-8. Words for people stand
// after a number sign; the lines without one are what a program reads: the rows
// of the share and the certificate.
func (s *Sheet) WriteText(w io.Writer) error {
	out := bufio.NewWriter(w)
	l := layout{content: s.content, words: s.words}
	t := textWriter{out, "# "}
	l.textHead(t)
	for _, d := range l.duties() {
		t.prose(d[0] + " " + d[1])
	}
	t.prose(l.words.Call + " ________________________")
	l.textSecret(t)
	l.textPublic(t)
	t.head(l.words.Without, "")
	for _, p := range l.technical() {
		t.prose(p)
	}
	return out.Flush()
}

// WriteTerminal writes what has to be seen of the sheet on a terminal of 80
// columns: what it is, the secret code in half blocks, the rows. With colour
// the code is dark on light whatever the terminal's colours are; without, it is
// right on a dark terminal.
func (s *Sheet) WriteTerminal(w io.Writer, colour bool) error {
	out := bufio.NewWriter(w)
	l := layout{content: s.content, words: s.words}
	t := textWriter{out, ""}
	l.textHead(t)
	t.head(l.words.Secret, l.words.SecretNote)
	blocks(out, s.content.secretCode, colour)
	fmt.Fprintln(out)
	l.textRows(t)
	l.textPublicFacts(t)
	return out.Flush()
}

// textWriter writes lines for people, each after a mark.
type textWriter struct {
	out  *bufio.Writer
	mark string
}

// prose writes a paragraph and an empty line.
func (t textWriter) prose(text string) {
	t.lines(text)
	fmt.Fprintln(t.out)
}

// lines writes a paragraph.
func (t textWriter) lines(text string) {
	line, used := "", 0
	for word := range strings.SplitSeq(text, " ") {
		n := utf8.RuneCountInString(word)
		if used > 0 && used+1+n > textWidth {
			fmt.Fprintln(t.out, t.mark+line)
			line, used = "", 0
		}
		if used > 0 {
			line += " "
			used++
		}
		line += strings.ReplaceAll(word, "\u00a0", " ")
		used += n
	}
	fmt.Fprintln(t.out, t.mark+line)
}

// head writes a heading between rules.
func (t textWriter) head(word, note string) {
	title := "==== " + word
	if note != "" {
		title += ": " + note
	}
	title += " "
	rule := strings.Repeat("=", max(0, textWidth-utf8.RuneCountInString(title)))
	fmt.Fprintf(t.out, "%s%s%s\n\n", t.mark, title, rule)
}

func (l *layout) textHead(t textWriter) {
	if l.notReal {
		t.prose("**** " + l.words.NotReal + " **** " + l.words.NotRealText)
	}
	t.prose(strings.ToUpper(l.words.Title) + " · " + l.sheetOf())
	if made := l.made(); made != "" {
		t.prose(made)
	}
	if l.holder != "" {
		t.prose(l.words.Holder + " " + l.holder + ".")
	}
	what, need := l.sentences()
	t.prose(what + " " + need)
}

// textRows writes the share.
func (l *layout) textRows(t textWriter) {
	for _, r := range l.rows {
		fmt.Fprintf(t.out, "%d: %s / %s\n", r.number, r.text, r.check)
	}
	fmt.Fprintln(t.out)
}

func (l *layout) textSecret(t textWriter) {
	t.head(l.words.Secret, l.words.SecretNote)
	l.textRows(t)
	t.prose(l.how() + " " + l.words.SecretText)
}

// textPublicFacts writes what is public, name by name.
func (l *layout) textPublicFacts(t textWriter) {
	t.head(l.words.Public, l.words.PublicNote)
	names := 0
	for _, f := range l.facts() {
		names = max(names, utf8.RuneCountInString(f.name))
	}
	for _, f := range l.facts() {
		t.lines(pad(f.name, names) + "  " + f.value)
	}
	fmt.Fprintln(t.out)
}

func (l *layout) textPublic(t textWriter) {
	l.textPublicFacts(t)
	if l.certificate != "" {
		fmt.Fprintf(t.out, "%s\n\n", l.certificate)
	}
}

// pad fills text with spaces to n characters.
func pad(text string, n int) string {
	return text + strings.Repeat(" ", n-utf8.RuneCountInString(text))
}

// blocks draws a symbol in half blocks, two modules to a character, with its
// quiet zone.
func blocks(w io.Writer, s *qr.Symbol, colour bool) {
	const escape = "\x1b[38;5;16;48;5;231m" // black on white, whatever the theme
	// A character shows its upper and its lower module as ink or not. Without
	// colour the light modules are the ink.
	glyphs := map[[2]bool]string{{false, false}: " ", {true, false}: "▀", {false, true}: "▄", {true, true}: "█"}
	ink := func(x, y int) bool {
		return s.Dark(x, y) == colour && y < s.Size+qr.QuietZone
	}
	for y := -qr.QuietZone; y < s.Size+qr.QuietZone; y += 2 {
		var line strings.Builder
		for x := -qr.QuietZone; x < s.Size+qr.QuietZone; x++ {
			line.WriteString(glyphs[[2]bool{ink(x, y), ink(x, y+1)}])
		}
		if colour {
			fmt.Fprintf(w, "%s%s\x1b[0m\n", escape, line.String())
		} else {
			fmt.Fprintln(w, line.String())
		}
	}
}
