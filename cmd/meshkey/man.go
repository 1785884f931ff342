//go:build man

package main

import (
	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// The pages are written by a build of their own, since what writes them would
// cost every start of the program:
//
//	go run -tags man ./cmd/meshkey man DIR
func init() { extra = append(extra, (*app).manCommand) }

func (a *app) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "man DIR",
		GroupID: groupTools,
		Short:   "Write the manual pages into a folder",
		Example: `  meshkey man /usr/local/share/man/man1`,
		Args:    oneArg("DIR"),
		RunE: func(cmd *cobra.Command, args []string) error {
			header := &doc.GenManHeader{Title: "MESHKEY", Section: "1", Source: "Meshkey", Manual: "Meshkey"}
			return doc.GenManTree(cmd.Root(), header, args[0])
		},
	}
}
