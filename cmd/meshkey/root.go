package main

import (
	"github.com/spf13/cobra"
)

// The groups of commands, as the help shows them.
const (
	groupMain  = "main"
	groupTools = "tools"
)

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "meshkey",
		Short: "Put the master seed of a Mesh account on paper, and get the account back",
		Long: `Meshkey splits the master seed of a Mathematical Mesh account into shares, prints
one sheet of paper for each, and brings the account back from enough of them.

Fewer sheets than needed tell nothing about the account. More than needed help:
a damaged or foreign sheet is found and named.

New here? "meshkey demo" rehearses everything with a throw-away account.`,
		Example: `  meshkey demo
  meshkey account create alice@example.com --out alice.seed --quorum 2of3 --sheets sheets
  meshkey recover photo1.jpg photo2.jpg --account MARP-HH6B-D2JW-WLQ6-RWPQ-2SLS-AI2V`,
		SilenceUsage:      true,
		SilenceErrors:     true,
		DisableAutoGenTag: true,
	}
	root.AddGroup(
		&cobra.Group{ID: groupMain, Title: "What you came for:"},
		&cobra.Group{ID: groupTools, Title: "Tools:"})
	root.SetHelpCommandGroupID(groupTools)
	root.SetCompletionCommandGroupID(groupTools)
	root.AddCommand(a.demoCommand(), a.inspectCommand(), a.accountCommand(), a.escrowCommand(groupMain), a.recoverCommand(groupMain), a.checkCommand(), a.keyCommand(), a.dareCommand(), a.vectorsCommand(), a.versionCommand())
	a.markStart(root)
	return root
}

// markStart makes every command note that its command line was understood:
// what fails from there on is not wrong use.
func (a *app) markStart(cmd *cobra.Command) {
	for _, sub := range cmd.Commands() {
		a.markStart(sub)
	}
	if run := cmd.RunE; run != nil {
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			a.started = true
			return run(cmd, args)
		}
	}
}
