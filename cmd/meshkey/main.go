// Meshkey escrows the master seed of a Mathematical Mesh account on paper and
// brings a lost account back from that paper.
//
// Each subcommand is one file. Results go to standard output, words to the
// person to standard error, questions to the terminal device; see
// cmd/internal/terminal. Every exit code is in cmd/internal/exit, every error
// of the packages below is translated in errors.go.
package main

import (
	"io"
	"os"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/line"
	"meshkey/cmd/internal/terminal"
)

func main() {
	exit.NoCore()
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// app is what every subcommand works with.
type app struct {
	in    io.Reader
	out   io.Writer
	voice *terminal.Voice

	first  string // argument, which may name the only command that is needed
	answer any    // what is known so far, for --json on failure
}

// run runs one command line and returns its exit code.
func run(args []string, in io.Reader, out, errs io.Writer) int {
	a := &app{in: in, out: out, voice: terminal.NewVoice("meshkey", errs)}
	if len(args) > 0 {
		a.first = args[0]
	}
	p := line.Program{
		Root: a.root(), Out: out, Err: errs, Voice: a.voice,
		Explain: explain, Answer: func() any { return a.answer },
	}
	return p.Run(args)
}
