package terminal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"unicode/utf8"

	"golang.org/x/term"

	"meshkey/cmd/internal/exit"
	"meshkey/internal/secret"
)

// ErrNone is returned by Open when there is no terminal to ask at.
var ErrNone = errors.New("there is no terminal to ask at")

// maxLine bounds a typed line, in octets.
const maxLine = 4096

// Terminal is the terminal device, open for asking.
type Terminal struct{ in, out *os.File }

// Open opens the terminal device, or returns ErrNone.
func Open() (*Terminal, error) {
	if runtime.GOOS == "windows" {
		in, err := os.OpenFile("CONIN$", os.O_RDWR, 0)
		if err != nil {
			return nil, ErrNone
		}
		out, err := os.OpenFile("CONOUT$", os.O_WRONLY, 0)
		if err != nil {
			in.Close()
			return nil, ErrNone
		}
		return &Terminal{in, out}, nil
	}
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return nil, ErrNone
	}
	return &Terminal{tty, tty}, nil
}

// Close closes the device.
func (t *Terminal) Close() {
	t.in.Close()
	if t.out != t.in {
		t.out.Close()
	}
}

// Say writes a line to the terminal.
func (t *Terminal) Say(format string, args ...any) {
	fmt.Fprintln(t.out, Clean(fmt.Sprintf(format, args...)))
}

// Ask shows the prompt and reads a line. It returns io.EOF if the person ends
// the input instead (Ctrl-D).
func (t *Terminal) Ask(prompt string) (string, error) {
	line, err := t.ask(prompt)
	return string(line), err
}

// AskSecret is Ask for a line that is erased from the screen once it is
// entered. The caller wipes what it returns.
func (t *Terminal) AskSecret(prompt string) ([]byte, error) {
	line, err := t.ask(prompt)
	t.erase(utf8.RuneCountInString(prompt) + 1 + len(line))
	return line, err
}

// AskHidden is Ask for a line that is not shown at all. The caller wipes what
// it returns.
func (t *Terminal) AskHidden(prompt string) ([]byte, error) {
	if state, err := term.GetState(int(t.in.Fd())); err == nil {
		defer exit.Undo(func() {
			_ = term.Restore(int(t.in.Fd()), state)
			fmt.Fprintln(t.out)
		})()
	}
	fmt.Fprint(t.out, Clean(prompt), " ")
	line, err := term.ReadPassword(int(t.in.Fd()))
	fmt.Fprintln(t.out)
	return line, err
}

func (t *Terminal) ask(prompt string) ([]byte, error) {
	fmt.Fprint(t.out, Clean(prompt), " ")
	return readLine(t.in)
}

// readLine reads one octet at a time, so that nothing after the line is taken
// from whoever reads next.
func readLine(r io.Reader) ([]byte, error) {
	line, one := make([]byte, 0, maxLine), make([]byte, 1)
	for len(line) < maxLine {
		n, err := r.Read(one)
		switch {
		case n == 1 && one[0] == '\n':
			return bytes.TrimSuffix(line, []byte{'\r'}), nil
		case n == 1:
			line = append(line, one[0])
		case err == io.EOF && len(line) > 0:
			return line, nil
		case err != nil:
			secret.Wipe(line)
			return nil, err
		}
	}
	secret.Wipe(line)
	return nil, fmt.Errorf("a typed line has at most %d octets", maxLine)
}

// erase takes back the line of the given width above the cursor, over as many
// rows as the terminal broke it into.
func (t *Terminal) erase(width int) {
	if runtime.GOOS == "windows" || os.Getenv("TERM") == "dumb" {
		return
	}
	columns, _, err := term.GetSize(int(t.out.Fd()))
	if err != nil || columns < 1 {
		columns = 80
	}
	rows := max(1, (width+columns-1)/columns)
	fmt.Fprintf(t.out, "\x1b[%dF\x1b[J", rows)
}
