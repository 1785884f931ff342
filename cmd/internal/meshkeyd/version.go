package meshkeyd

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/line"
)

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		GroupID: groupTools,
		Short:   "Print the version of the program",
		Example: `  meshkeyd version`,
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			fmt.Fprintf(a.out, "meshkeyd %s, %s %s/%s\n", line.Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return nil
		},
	}
}
