package meshkeyd

import (
	"github.com/spf13/cobra"

	"meshkey/cmd/internal/line"
)

// oneArg takes exactly one argument.
func oneArg(name string) cobra.PositionalArgs { return line.OneArg(name) }

// jsonFlag is --json.
func jsonFlag(cmd *cobra.Command, v *bool) {
	cmd.Flags().BoolVar(v, "json", false, "write one JSON object to standard output")
}

// printJSON writes one object to standard output.
func (a *app) printJSON(v any) error { return line.WriteJSON(a.out, v) }
