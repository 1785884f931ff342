package main

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/outfile"
	"meshkey/vectors"
	"meshkey/vectors/check"
)

func (a *app) vectorsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "vectors",
		GroupID: groupTools,
		Short:   "Check this copy of the program against published values",
		Long: `Test vectors are values that the Mesh's documents print: shares, seeds, keys,
fingerprints, envelopes. They are part of the program, as data that any language
can use.`,
		Example: `  meshkey vectors run
  meshkey vectors run udf-shares mesh-escrow
  meshkey vectors export vectors`,
	}
	cmd.AddCommand(a.vectorsRun(), a.vectorsList(), a.vectorsExport())
	return cmd
}

func (a *app) vectorsRun() *cobra.Command {
	var asJSON, all bool
	cmd := &cobra.Command{
		Use:   "run [TOPIC]...",
		Short: "Run the vectors and say what was checked",
		Example: `  meshkey vectors run
  meshkey vectors run udf-shares --all`,
		Args: knownTopics,
		RunE: func(_ *cobra.Command, topics []string) error {
			results, err := check.Run(topics...)
			if err != nil {
				return err
			}
			a.answer = map[string]any{"results": results}
			if asJSON {
				if err := failedOf(results); err != nil {
					return err
				}
				return a.printJSON(a.answer)
			}
			a.printResults(results, all)
			return failedOf(results)
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "name every case, not only what needs a word")
	jsonFlag(cmd, &asJSON)
	return cmd
}

// failedOf is the error for the cases that failed.
func failedOf(results []check.Result) error {
	failed := 0
	for _, r := range results {
		if r.Status == check.Failed {
			failed++
		}
	}
	if failed > 0 {
		return exit.Errorf(exit.Failed, "%d of %d cases failed: do not trust this copy of the program", failed, len(results))
	}
	return nil
}

// printResults writes a line a topic, and below it every case worth a word.
func (a *app) printResults(results []check.Result, all bool) {
	for len(results) > 0 {
		topic := results[0].Topic
		n := slices.IndexFunc(results, func(r check.Result) bool { return r.Topic != topic })
		if n < 0 {
			n = len(results)
		}
		count := map[check.Status]int{}
		for _, r := range results[:n] {
			count[r.Status]++
		}
		line := fmt.Sprintf("%-18s", topic)
		for _, s := range []check.Status{check.Passed, check.Honoured, check.NotChecked, check.Failed} {
			if count[s] > 0 {
				line += fmt.Sprintf(" %4d %s", count[s], s)
			}
		}
		fmt.Fprintln(a.out, line)
		for _, r := range results[:n] {
			if all || r.Status == check.Failed {
				fmt.Fprintf(a.out, "  %-16s %s (%s)\n", r.Status, r.Name, r.Source)
				if r.Detail != "" {
					fmt.Fprintf(a.out, "  %-16s %s\n", "", r.Detail)
				}
			}
		}
		results = results[n:]
	}
}

func (a *app) vectorsList() *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "Print the topics of the vectors",
		Example: `  meshkey vectors list`,
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			for _, topic := range vectors.Topics() {
				fmt.Fprintln(a.out, topic)
			}
			return nil
		},
	}
}

func (a *app) vectorsExport() *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use:   "export DIR [TOPIC]...",
		Short: "Write the vectors into a folder, for another program",
		Example: `  meshkey vectors export vectors
  meshkey vectors export vectors udf-shares`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return exit.Errorf(exit.Usage, "DIR is missing").Hinted("meshkey vectors %s", cmd.Use)
			}
			return knownTopics(cmd, args[1:])
		},
		RunE: func(_ *cobra.Command, args []string) error {
			files, topics := outfile.New(force), args[1:]
			err := fs.WalkDir(vectors.FS, ".", func(name string, d fs.DirEntry, err error) error {
				topic, isTopic := strings.CutSuffix(name, ".json")
				if err != nil || d.IsDir() || isTopic && len(topics) > 0 && !slices.Contains(topics, topic) {
					return err
				}
				data, err := fs.ReadFile(vectors.FS, name)
				files.AddBytes(filepath.Join(args[0], filepath.FromSlash(name)), data)
				return err
			})
			if err != nil {
				return err
			}
			if err := files.Stage(); err != nil {
				return err
			}
			if err := files.Commit(); err != nil {
				return err
			}
			for _, path := range files.Paths() {
				fmt.Fprintln(a.out, path)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "replace files that are there")
	return cmd
}

// knownTopics takes names of topics.
func knownTopics(_ *cobra.Command, args []string) error {
	for _, arg := range args {
		if !slices.Contains(vectors.Topics(), arg) {
			return exit.Errorf(exit.Usage, "there is no topic %q", arg).Hinted("meshkey vectors list prints them")
		}
	}
	return nil
}
