package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cogen"
	"meshkey/internal/ceremony"
)

func (a *app) repairHelp() *cobra.Command {
	var (
		who    partyFlags
		dir    string
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "help NEW --share DIR --seed SEED",
		Short: "Help, with your share, in two steps",
		Long: `Take the next step of the repair in the folder NEW, with your share in DIR, the folder of
the ceremony in which the key was made, and say which file goes to whom. It is checked that
who is to get a share is who had it. The second step takes the files of all helpers.`,
		Example: `  meshkey dkg repair help lost --share vault --seed bob.seed
  meshkey dkg repair help lost --share vault --seed bob.seed --json`,
		Args: oneArg("NEW"),
		RunE: func(_ *cobra.Command, args []string) error {
			t, err := a.repairDesk(args[0], who)
			if err != nil {
				return err
			}
			defer t.leave()
			if t.self.Name == t.lost {
				return exit.Errorf(exit.Usage, "you have lost your share, and the others help you").Hinted("meshkey dkg repair finish %s --seed %s", t.dir, who.seed)
			}
			if err := t.openHelp(dir); err != nil {
				return err
			}
			defer t.wipeOld()
			report, err := t.help(fmt.Sprintf("meshkey dkg repair help %s --share %s --seed %s", t.dir, dir, who.seed))
			if err != nil {
				return t.named(err)
			}
			return a.tell(report, asJSON)
		},
	}
	who.required(cmd)
	cmd.Flags().StringVar(&dir, "share", "", "`DIR` of the ceremony in which the key was made, with your share")
	jsonFlag(cmd, &asJSON)
	_ = cmd.MarkFlagRequired("share")
	return cmd
}

// openHelp opens the own share, and checks that the parties have the indexes
// that they had: who is given another's share would have two.
func (t *repairTable) openHelp(dir string) error {
	old, err := t.app.dkgDesk(dir, partyFlags{}) // its public side: the seed is open already
	if err != nil {
		return err
	}
	defer old.leave()
	for i, p := range t.Parties() {
		n := slices.IndexFunc(old.Parties(), func(q ceremony.Party) bool { return q.Fingerprint.Matches(p.Fingerprint) })
		if n < 0 || old.indexes[n] != t.indexes[i] {
			return exit.Errorf(exit.NotVerified, "%s gives %s the share of another: %s made it so", t.request(), p.Name, t.Maker())
		}
	}
	return t.openOld(dir)
}

func (t *repairTable) help(again string) (*stepReport, error) {
	if t.sent() == 0 || t.sent() == 1 && !t.written("table") {
		return t.take(step{round: repairTables, word: "table", say: t.split, next: again})
	}
	return t.take(step{round: repairSums, word: "sum", say: t.sum,
		next: t.lost + " runs: meshkey dkg repair finish"})
}

// What helpers say; in the second round it is sealed to the loser.
type (
	repairSplit struct {
		Table ceremony.Octets `json:"table"`
	}
	repairSum struct{}
)

func (t *repairTable) split([]byte) (m ceremony.Draft, remember []byte, err error) {
	table, deltas, err := t.repair.Split(t.old)
	if err != nil {
		return m, nil, err
	}
	m.Body, m.Secrets = repairSplit{table}, map[string][]byte{}
	for i, text := range deltas {
		m.Secrets[t.nameOf(i)] = text
	}
	return m, nil, nil
}

func (t *repairTable) sum([]byte) (m ceremony.Draft, remember []byte, err error) {
	tables, err := t.tables()
	if err != nil {
		return m, nil, err
	}
	deltas, err := t.secrets(repairTables)
	defer wipeAll(deltas)
	if err != nil {
		return m, nil, err
	}
	sum, err := t.repair.Sum(t.index, tables, deltas)
	return ceremony.Draft{Body: repairSum{}, Secrets: map[string][]byte{t.lost: sum}}, nil, err
}

func (t *repairTable) tables() (map[cogen.Index][]byte, error) {
	return each(&t.dkgTable, repairTables, func(b repairSplit) []byte { return b.Table })
}
