package main

import (
	"bytes"
	"io"
	"os/signal"
	"syscall"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/line"
	"meshkey/cmd/internal/outfile"
)

// A result is what a command that writes files tells: lines for standard
// output, then words to the person.
type result interface {
	print(w io.Writer)
	say(a *app)
}

// publish tells the result of staged files, then gives them their names.
//
// The result goes out first: standard output can be full or closed, and after
// an error nothing may be left, not even secret sheets that nobody was told of.
// What can fail after it is a name being taken in between; then the exit code
// and the last object of --json say that nothing was written.
func (a *app) publish(files *outfile.Set, r result, asJSON bool) error {
	defer files.Discard()
	var text bytes.Buffer
	if !asJSON {
		r.print(&text)
	} else if err := line.WriteJSON(&text, r); err != nil {
		return err
	}
	// A closed pipe is an error here and not the end of the program, which
	// would leave the staged files behind.
	signal.Ignore(syscall.SIGPIPE)
	defer signal.Reset(syscall.SIGPIPE)
	if _, err := a.out.Write(text.Bytes()); err != nil {
		return exit.Errorf(exit.Failed, "nothing was written: the result cannot be printed: %w", err)
	}
	if err := files.Commit(); err != nil {
		return err
	}
	if !asJSON {
		r.say(a)
	}
	return nil
}
