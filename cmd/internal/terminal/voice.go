// Package terminal speaks with the person at the terminal.
//
// The rules: results go to standard output and nothing else does. Words to the
// person go to standard error, through a Voice. Questions go to the terminal
// device, whatever standard input and output are, so that pipes keep working;
// where there is no terminal nothing is asked, and the command says which flag
// would have answered. What is typed in secret is not shown; a share, which
// nobody types blind, is shown while it is typed and erased afterwards.
//
// # Security
//
// Text from files and paper is stripped of control characters before it
// reaches a screen, so that it cannot move the cursor or rewrite what was said.
// An erased line may live on in the terminal's scroll-back.
package terminal

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"

	"golang.org/x/term"

	"meshkey/cmd/internal/exit"
)

// Voice writes words to the person, each line cleaned of control characters.
type Voice struct {
	name   string
	w      io.Writer
	colour bool
}

// NewVoice returns the voice of the program of that name on w. It uses colour only if w is a terminal and
// the environment has no objection (NO_COLOR, TERM=dumb).
func NewVoice(name string, w io.Writer) *Voice {
	f, ok := w.(*os.File)
	return &Voice{name, w, ok && IsTerminal(f) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
}

// Say writes a line.
func (v *Voice) Say(format string, args ...any) {
	fmt.Fprintln(v.w, Clean(fmt.Sprintf(format, args...)))
}

// Status shows a line that the next one replaces, where someone can see it: on a
// terminal only. An empty one takes the last away.
func (v *Voice) Status(format string, args ...any) {
	if f, ok := v.w.(*os.File); ok && IsTerminal(f) && os.Getenv("TERM") != "dumb" {
		fmt.Fprint(f, "\r\x1b[K", Clean(fmt.Sprintf(format, args...)))
	}
}

// Warn writes a line that must not be missed.
func (v *Voice) Warn(format string, args ...any) {
	v.line("33", "warning", fmt.Sprintf(format, args...))
}

// Hint writes what a person can do.
func (v *Voice) Hint(format string, args ...any) { v.line("36", "hint", fmt.Sprintf(format, args...)) }

// Error writes what went wrong, and the hint if err carries one.
func (v *Voice) Error(err error) {
	v.line("31", "error", err.Error())
	if hint := exit.Hint(err); hint != "" {
		v.Hint("%s", hint)
	}
}

// line writes "name: word: text"; colour only repeats what the word says.
func (v *Voice) line(colour, word, text string) {
	word += ":"
	if v.colour {
		word = "\x1b[1;" + colour + "m" + word + "\x1b[0m"
	}
	for _, text := range strings.Split(Clean(text), "\n") {
		fmt.Fprintln(v.w, v.name+":", word, text)
	}
}

// Clean replaces what could steer a terminal, or reorder the letters on it,
// with the replacement character. Line feeds and tabs stay.
func Clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0x200e, r == 0x200f, r == 0x061c:
			return unicode.ReplacementChar
		}
		return r
	}, s)
}

// IsTerminal tells whether f is a terminal.
func IsTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
