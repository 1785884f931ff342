package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/terminal"
	"meshkey/internal/secret"
)

// stdin is the name that stands for standard input, or standard output.
const stdin = "-"

// open opens a file, or standard input for "-".
func (a *app) open(name string) (io.ReadCloser, error) {
	if name == stdin {
		return io.NopCloser(a.in), nil
	}
	f, err := os.Open(name)
	if kind := secretName(name); errors.Is(err, fs.ErrNotExist) && kind != "" {
		return nil, secretOnCommandLine(kind)
	}
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, exit.Errorf(exit.Usage, "%s is a folder", name).Hinted("name the files in it: %s", filepath.Join(name, "*"))
	}
	return f, nil
}

// read reads a whole file of at most limit octets, or standard input.
func (a *app) read(name string, limit int) ([]byte, error) {
	f, err := a.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b := make([]byte, 0, limit+1) // what it holds may be secret: never grown, so never copied
	for len(b) <= limit {
		n, err := f.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if err == io.EOF {
			return b, nil
		}
		if err != nil {
			secret.Wipe(b)
			return nil, err
		}
	}
	secret.Wipe(b)
	return nil, exit.Errorf(exit.Failed, "%s has more than %d octets", sourceName(name), limit)
}

// sourceName is what messages call a file.
func sourceName(name string) string {
	if name == stdin {
		return "standard input"
	}
	return name
}

// passphraseFlag is --passphrase-file.
type passphraseFlag struct{ file string }

// ask returns the passphrase from the file, or from the terminal; twice there
// if it is new. It returns a usage error if neither can be had.
func (p passphraseFlag) ask(a *app, prompt string, isNew bool) (*secret.Bytes, error) {
	if p.file != "" {
		return p.fromFile(a)
	}
	t, err := terminal.Open()
	if err != nil {
		return nil, noTerminal("a passphrase", "--passphrase-file FILE")
	}
	defer t.Close()
	if isNew {
		return askTwice(t, prompt)
	}
	text, err := t.AskHidden(prompt)
	if err != nil {
		return nil, interrupted(err)
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
			return nil, interrupted(err)
		}
		box := secret.Take(first)
		problem := exit.Errorf(exit.Usage, "the passphrase is empty")
		if box.Len() > 0 {
			second, err := t.AskHidden("The same passphrase again:")
			if err != nil {
				box.Wipe()
				return nil, interrupted(err)
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

func (p passphraseFlag) fromFile(a *app) (*secret.Bytes, error) {
	if p.file != stdin {
		a.warnIfOpen(p.file)
	}
	b, err := a.read(p.file, 4096)
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
		return nil, exit.Errorf(exit.Usage, "the first line of %s is empty, where the passphrase belongs", sourceName(p.file))
	}
	return secret.Copy(line), nil
}

// warnIfOpen warns of a secret file that others may read.
func (a *app) warnIfOpen(name string) {
	if info, err := os.Stat(name); err == nil && runtime.GOOS != "windows" && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
		a.voice.Warn("%s can be read by others; chmod 600 %s", name, name)
	}
}

// noTerminal is the error when something must be asked and cannot.
func noTerminal(what, flag string) error {
	return exit.Errorf(exit.Usage, "%s is needed, and there is no terminal to ask at", what).Hinted("give %s", flag)
}

// interrupted names the end of input at a prompt.
func interrupted(err error) error {
	if errors.Is(err, io.EOF) {
		return exit.Errorf(exit.Failed, "the input ended before the answer")
	}
	return fmt.Errorf("terminal: %w", err)
}
