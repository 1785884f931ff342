// Package meshkeyd is the program of that name, which tests of other programs
// run too.
//
// Each subcommand is one file. Results go to standard output, words to the
// person to standard error, questions to the terminal device; what a running
// service has to say goes to its log, on standard error. Commands that need the
// running service speak with it through a socket in its folder; see admin.go.
//
// # Security
//
// The secrets of a service lie in its store, sealed by what --seal names:
// sealing.go. In memory they are from then on until the service is sealed or
// ends; core dumps are off. No secret is a flag, an environment variable, or in
// the log.
package meshkeyd

import (
	"io"
	"os"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/line"
	"meshkey/cmd/internal/terminal"
)

// Main runs the program and ends it.
func Main() {
	exit.NoCore()
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// app is what every subcommand works with.
type app struct {
	in    io.Reader
	out   io.Writer
	errs  io.Writer
	voice *terminal.Voice

	answer any // what is known so far, for --json on failure
}

// run runs one command line and returns its exit code.
func run(args []string, in io.Reader, out, errs io.Writer) int {
	a := &app{in: in, out: out, errs: errs, voice: terminal.NewVoice("meshkeyd", errs)}
	p := line.Program{
		Root: a.root(), Out: out, Err: errs, Voice: a.voice,
		Explain: explain, Answer: func() any { return a.answer },
	}
	return p.Run(args)
}
