package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/line"
	"meshkey/shamir"
)

// oneArg takes exactly one argument.
func oneArg(name string) cobra.PositionalArgs { return line.OneArg(name) }

// jsonFlag is --json.
func jsonFlag(cmd *cobra.Command, v *bool) {
	cmd.Flags().BoolVar(v, "json", false, "write one JSON object to standard output")
}

// quorumFlags are --quorum, or -t and -n.
type quorumFlags struct {
	text     string
	need, of int
}

func (q *quorumFlags) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&q.text, "quorum", "", "how many are needed, of how many that are made: `2of3`")
	cmd.Flags().IntVarP(&q.need, "need", "t", 0, "`NUMBER` that is needed, instead of --quorum")
	cmd.Flags().IntVarP(&q.of, "of", "n", 0, "`NUMBER` that is made, instead of --quorum")
	cmd.MarkFlagsRequiredTogether("need", "of")
	cmd.MarkFlagsMutuallyExclusive("quorum", "need")
	cmd.MarkFlagsMutuallyExclusive("quorum", "of")
}

func (q *quorumFlags) given() bool { return q.text != "" || q.need != 0 || q.of != 0 }

// quorum is what the flags say; impossible numbers are a usage error.
func (q *quorumFlags) quorum() (shamir.Quorum, error) {
	if !q.given() {
		return shamir.Quorum{}, exit.Errorf(exit.Usage, "how many sheets are needed, of how many?").
			Hinted("--quorum 2of3 makes three sheets, any two of which bring the account back")
	}
	out := shamir.Quorum{Need: q.need, Of: q.of}
	if q.text != "" {
		var err error
		if out, err = shamir.ParseQuorum(q.text); err != nil {
			return out, exit.Errorf(exit.Usage, "%w", err).Hinted("write it as in --quorum 2of3")
		}
	}
	if err := out.Validate(); err != nil {
		return out, exit.Errorf(exit.Usage, "%w", err)
	}
	return out, nil
}

// countOf puts a number before the word that fits it.
func countOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprint(n, " ", many)
}

// complete lets the shell complete the values of a flag.
func complete(cmd *cobra.Command, flag string, values ...string) {
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
}
