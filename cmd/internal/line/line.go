// Package line runs a command line: it tells wrong use from what went wrong,
// says either to the person, and gives the exit code.
//
// # Security
//
// A secret that stands on a command line by mistake is not repeated in an
// error.
package line

import (
	"io"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/terminal"
)

// A Program runs its commands.
type Program struct {
	Root    *cobra.Command
	Out     io.Writer
	Err     io.Writer
	Voice   *terminal.Voice
	Explain func(error) error // what a person is told of an error
	Answer  func() any        // what is known so far, for --json on failure
}

// Run runs one command line and returns its exit code.
func (p *Program) Run(args []string) int {
	started := false
	markStart(p.Root, &started)
	p.Root.SetArgs(args)
	p.Root.SetOut(p.Out)
	p.Root.SetErr(p.Err)
	cmd, err := p.Root, unknownCommand(p.Root, args)
	if err == nil {
		cmd, err = p.Root.ExecuteC()
	}
	if err == nil {
		return exit.Done
	}
	if !started {
		err = misuse(cmd, err)
	} else {
		err = p.Explain(err)
	}
	err = keepSecret(err, args)
	if wantsJSON(cmd, args) {
		writeFailure(p.Out, err, p.Answer())
	}
	p.Voice.Error(err)
	return exit.Code(err)
}

// markStart makes every command note that its command line was understood:
// what fails from there on is not wrong use.
func markStart(cmd *cobra.Command, started *bool) {
	for _, sub := range cmd.Commands() {
		markStart(sub, started)
	}
	cmd.Flags().SortFlags = false // they stand in the order of their weight
	cmd.DisableFlagsInUseLine = true
	if run := cmd.RunE; run != nil {
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			*started = true
			return run(cmd, args)
		}
	}
}

// misuse is the error for a command line that was not understood.
func misuse(cmd *cobra.Command, err error) error {
	if exit.Hint(err) != "" {
		return err
	}
	return exit.Errorf(exit.Usage, "%s", flagFault(err)).Hinted("%s --help shows how it is used", cmd.CommandPath())
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

// OneArg takes exactly one argument, and says which one is missing.
func OneArg(name string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) == 0:
			return exit.Errorf(exit.Usage, "%s is missing", name).Hinted("%s", cmd.UseLine())
		case len(args) > 1:
			return exit.Errorf(exit.Usage, "one %s is enough; %d were given", name, len(args)).Hinted("%s", cmd.UseLine())
		}
		return nil
	}
}
