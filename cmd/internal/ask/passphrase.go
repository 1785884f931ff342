package ask

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strings"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/terminal"
	"meshkey/internal/secret"
)

// A Passphrase says where a passphrase comes from.
type Passphrase struct {
	File  string    // whose first line it is; if empty, the terminal
	In    io.Reader // standard input, for the file "-"
	Voice *terminal.Voice
}

// Ask returns the passphrase from the file, or from the terminal; twice there
// if it is new. It returns a usage error if neither can be had.
func (p Passphrase) Ask(prompt string, isNew bool) (*secret.Bytes, error) {
	if p.File != "" {
		return p.fromFile()
	}
	t, err := terminal.Open()
	if err != nil {
		return nil, NoTerminal("a passphrase", "--passphrase-file FILE")
	}
	defer t.Close()
	if isNew {
		return askTwice(t, prompt)
	}
	text, err := t.AskHidden(prompt)
	if err != nil {
		return nil, Interrupted(err)
	}
	return secret.Take(text), nil
}

// askTwice asks for a new passphrase until it is typed the same way twice. It
// gives up after three attempts: what was typed before, such as whole sheets,
// should not be lost by a slip.
func askTwice(t *terminal.Terminal, prompt string) (*secret.Bytes, error) {
	for attempt := 1; ; attempt++ {
		first, err := t.AskHidden(prompt)
		if err != nil {
			return nil, Interrupted(err)
		}
		box := secret.Take(first)
		problem := exit.Errorf(exit.Usage, "the passphrase is empty")
		if box.Len() > 0 {
			second, err := t.AskHidden("The same passphrase again:")
			if err != nil {
				box.Wipe()
				return nil, Interrupted(err)
			}
			again := secret.Take(second)
			same := box.Equal(again)
			again.Wipe()
			if same {
				return box, nil
			}
			problem = exit.Errorf(exit.Failed, "the two passphrases differ")
		}
		box.Wipe()
		if attempt == 3 {
			return nil, problem
		}
		t.Say("%s; once more.", capital(problem.Error()))
	}
}

// capital begins a sentence.
func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func (p Passphrase) fromFile() (*secret.Bytes, error) {
	if p.File != Stdin {
		WarnIfOpen(p.Voice, p.File)
	}
	b, err := Read(p.In, p.File, 4096)
	if path, ok := errors.AsType[*fs.PathError](err); ok { // the name may be the passphrase itself
		if errors.Is(err, fs.ErrNotExist) {
			return nil, exit.Errorf(exit.Failed, "the file given with --passphrase-file is not there")
		}
		return nil, exit.Errorf(exit.Failed, "the file given with --passphrase-file: %w", path.Err)
	}
	if err != nil {
		return nil, err
	}
	defer secret.Wipe(b)
	line, _, _ := bytes.Cut(b, []byte("\n"))
	line = bytes.TrimSuffix(line, []byte("\r"))
	if len(line) == 0 {
		return nil, exit.Errorf(exit.Usage, "the first line of %s is empty, where the passphrase belongs", SourceName(p.File))
	}
	return secret.Copy(line), nil
}

// WarnIfOpen warns of a secret file that others may read.
func WarnIfOpen(v *terminal.Voice, name string) {
	if info, err := os.Stat(name); err == nil && runtime.GOOS != "windows" && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
		v.Warn("%s can be read by others; chmod 600 %s", name, name)
	}
}

// NoTerminal is the error when something must be asked and cannot.
func NoTerminal(what, flag string) error {
	return exit.Errorf(exit.Usage, "%s is needed, and there is no terminal to ask at", what).Hinted("give %s", flag)
}

// Interrupted names the end of input at a prompt.
func Interrupted(err error) error {
	if errors.Is(err, io.EOF) {
		return exit.Errorf(exit.Failed, "the input ended before the answer")
	}
	return fmt.Errorf("terminal: %w", err)
}
