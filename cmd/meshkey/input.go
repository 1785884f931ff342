package main

import (
	"io"
	"os"

	"meshkey/cmd/internal/ask"
	"meshkey/internal/secret"
)

// stdin is the name that stands for standard input, or standard output.
const stdin = ask.Stdin

// open opens a file, or standard input for "-".
func (a *app) open(name string) (io.ReadCloser, error) { return ask.Open(a.in, name) }

// read reads a whole file of at most limit octets, or standard input.
func (a *app) read(name string, limit int) ([]byte, error) { return ask.Read(a.in, name, limit) }

// sourceName is what messages call a file.
func sourceName(name string) string { return ask.SourceName(name) }

// passphraseFlag is --passphrase-file.
type passphraseFlag struct{ file string }

// ask returns the passphrase from the file, or from the terminal; twice there
// if it is new.
func (p passphraseFlag) ask(a *app, prompt string, isNew bool) (*secret.Bytes, error) {
	return ask.Passphrase{File: p.file, In: a.in, Voice: a.voice}.Ask(prompt, isNew)
}

// exists tells whether there is a file of that name.
func exists(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}
