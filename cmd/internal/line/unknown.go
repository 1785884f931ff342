package line

import (
	"strings"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
)

// unknownCommand is the error for a command line that names a command, or a
// page of help, that is not there; cobra answers some of them with help.
func unknownCommand(root *cobra.Command, args []string) error {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd(args...)
	if len(args) > 0 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd) {
		return nil
	}
	if len(args) > 0 && args[0] == "help" {
		args = args[1:]
	}
	root.Args = cobra.ArbitraryArgs // or Find itself would object
	cmd, rest, err := root.Find(args)
	if err != nil || cmd.Runnable() {
		return nil
	}
	for _, arg := range rest {
		if strings.HasPrefix(arg, "-") {
			return nil // for cobra to judge
		}
		return noSuchCommand(cmd, arg)
	}
	return nil
}

func noSuchCommand(cmd *cobra.Command, name string) error {
	path := cmd.CommandPath()
	err := exit.Errorf(exit.Usage, "unknown command %q for %q", name, path)
	cmd.SuggestionsMinimumDistance = 2
	var near []string
	for _, other := range cmd.SuggestionsFor(name) {
		near = append(near, path+" "+other)
	}
	if len(near) == 0 {
		return err.Hinted("%s --help shows what there is", path)
	}
	return err.Hinted("did you mean %s? %s --help shows what there is", strings.Join(near, " or "), path)
}
