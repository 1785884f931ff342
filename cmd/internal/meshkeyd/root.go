package meshkeyd

import (
	"github.com/spf13/cobra"
)

// The groups of commands, as the help shows them.
const (
	groupRun   = "run"
	groupCare  = "care"
	groupTools = "tools"
)

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "meshkeyd",
		Short: "Run a key service: it holds half of each member's key, and can read nothing",
		Long: `Meshkeyd holds the other half of the keys of a group's members. A member needs it
for every message he opens, so it can refuse, and forget a member at once; with all
that it has it can read nothing. Every request is written down before it is answered.

New here? These two commands are a whole service, on this machine alone:

  meshkeyd init
  meshkeyd serve`,
		Example: `  meshkeyd init --address keys.example.com
  meshkeyd serve
  meshkeyd status
  meshkeyd audit verify`,
		SilenceUsage:      true,
		SilenceErrors:     true,
		DisableAutoGenTag: true,
	}
	root.AddGroup(
		&cobra.Group{ID: groupRun, Title: "Run it:"},
		&cobra.Group{ID: groupCare, Title: "Look after it:"},
		&cobra.Group{ID: groupTools, Title: "Tools:"})
	root.SetHelpCommandGroupID(groupTools)
	root.SetCompletionCommandGroupID(groupTools)
	cobra.EnableCommandSorting = false // the order is that of use
	root.AddCommand(
		a.initCommand(),
		a.serveCommand(),
		a.statusCommand(),
		a.unsealCommand(),
		a.sealCommand(),
		a.inviteCommand(),
		a.showCommand(),
		a.auditCommand(),
		a.keyCommand(),
		a.backupCommand(),
		a.restoreCommand(),
		a.migrateCommand(),
		a.checkConfigCommand(),
		a.versionCommand(),
		codesTopic(),
	)
	return root
}

// codesTopic is no command but a page of help.
func codesTopic() *cobra.Command {
	return &cobra.Command{
		Use:   "exit-codes",
		Short: "What the exit codes mean",
		Long: `Every command ends with one of these codes:

  0  done
  1  failed for another reason
  2  wrong use: a flag, the configuration file, or no terminal to ask at
  6  refused: the service is sealed, or does not run
  7  the audit log, a receipt or a backup does not verify; what is wrong is named

With --json, standard output is one object in any case. On failure it has a member
"error" with code, message and hint, and whatever is known so far.`,
		Example: `  meshkeyd exit-codes --help
  meshkeyd audit verify || echo $?`,
	}
}
