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
	"strings"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
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

	first   string // argument, which may name the only command that is needed
	started bool   // the command line was understood
	answer  any    // what is known so far, for --json on failure
}

// run runs one command line and returns its exit code.
func run(args []string, in io.Reader, out, errs io.Writer) int {
	a := &app{in: in, out: out, voice: terminal.NewVoice(errs)}
	if len(args) > 0 {
		a.first = args[0]
	}
	root := a.root()
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(errs)
	cmd, err := root, unknownCommand(root, args)
	if err == nil {
		cmd, err = root.ExecuteC()
	}
	if err == nil {
		return exit.Done
	}
	if !a.started {
		err = misuse(cmd, err)
	} else {
		err = explain(err)
	}
	err = keepSecret(err, args)
	if wantsJSON(cmd, args) {
		a.printFailure(err)
	}
	a.voice.Error(err)
	return exit.Code(err)
}

// misuse is the error for a command line that was not understood.
func misuse(cmd *cobra.Command, err error) error {
	if exit.Hint(err) != "" {
		return err
	}
	text, _, _ := strings.Cut(err.Error(), "\n") // cobra adds suggestions over several lines
	return exit.Errorf(exit.Usage, "%s", text).Hinted("%s --help shows how it is used", cmd.CommandPath())
}

func wantsJSON(cmd *cobra.Command, args []string) bool {
	switch f := cmd.Flags().Lookup("json"); {
	case f == nil && cmd.Runnable():
		return false
	case f != nil && f.Changed:
		return f.Value.String() == "true"
	}
	for _, arg := range args { // the flags may not have been read to their end
		if arg == "--json" {
			return true
		}
	}
	return false
}
