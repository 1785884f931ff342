package main

import (
	"slices"

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
	cobra.EnableCommandSorting = false // the order is that of use
	makers := []maker{
		{"demo", a.demoCommand},
		{"account", a.accountCommand},
		{"escrow", func() *cobra.Command { return a.escrowCommand(groupMain) }},
		{"sheet", a.sheetCommand},
		{"check", a.checkCommand},
		{"drill", a.drillCommand},
		{"recover", func() *cobra.Command { return a.recoverCommand(groupMain) }},
		{"inspect", a.inspectCommand},
		{"key", a.keyCommand},
		{"group", a.groupCommand},
		{"device", a.deviceCommand},
		{"service", a.serviceCommand},
		{"cogen", a.cogenCommand},
		{"dkg", a.dkgCommand},
		{"dare", a.dareCommand},
		{"vectors", a.vectorsCommand},
		{"version", a.versionCommand},
		{"exit-codes", codesTopic},
	}
	// A command that is named needs no other beside it, and making one costs
	// more than half of what is left of a start.
	if i := slices.IndexFunc(makers, func(m maker) bool { return m.name == a.first }); i >= 0 {
		makers = makers[i : i+1]
		root.CompletionOptions.DisableDefaultCmd = true
	}
	for _, m := range makers {
		root.AddCommand(m.make())
	}
	for _, more := range extra {
		root.AddCommand(more(a))
	}
	return root
}

// maker makes a command of the first level.
type maker struct {
	name string
	make func() *cobra.Command
}

// extra are commands that only some builds have.
var extra []func(*app) *cobra.Command

// codesTopic is no command but a page of help.
func codesTopic() *cobra.Command {
	return &cobra.Command{
		Use:   "exit-codes",
		Short: "What the exit codes mean",
		Long: `Every command ends with one of these codes:

  0  done
  1  failed for another reason
  2  wrong use: also nothing to compare an account with, or no terminal to ask at
  3  not enough shares yet, or the file of a party is missing
  4  a share is damaged, of another set, or contradicts another; so for files of a ceremony
  5  the shares combine, but not to the account asked for; nothing was written
  6  refused: by the key service, which can let wait too, or who asks is not of the group
  7  a proof or signature does not verify; its maker is named

With --json, standard output is one object in any case. On failure it has a member
"error" with code, message and hint, and whatever is known so far.`,
		Example: `  meshkey exit-codes --help
  meshkey recover photo.jpg --account MARP-HH6B-D2JW-WLQ6-RWPQ-2SLS-AI2V || echo $?`,
	}
}
