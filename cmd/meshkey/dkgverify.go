package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
)

func (a *app) dkgVerify() *cobra.Command {
	var (
		who    partyFlags
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "verify DIR [--seed SEED]",
		Short: "Verify afterwards that your share is one of the key",
		Long: `Check all public files of the ceremony in DIR once more, and print the key and the
public side of each share. With --seed it is also verified that the share in DIR/key.dare
is one of this key.`,
		Example: `  meshkey dkg verify vault --seed bob.seed
  meshkey dkg verify vault --json`,
		Args: oneArg("DIR"),
		RunE: func(_ *cobra.Command, args []string) error {
			t, err := a.dkgDesk(args[0], who)
			if err != nil {
				return err
			}
			defer t.leave()
			report, err := t.verify()
			if err != nil {
				return t.named(err)
			}
			if asJSON {
				return a.printJSON(report)
			}
			report.print(a.out)
			for _, s := range report.Shares {
				fmt.Fprintf(a.out, "Share %-5s %s %s\n", s.Index, s.Fingerprint, s.Name)
			}
			if report.Verified {
				a.voice.Say("Your share is one of this key.")
			}
			return nil
		},
	}
	who.flags(cmd)
	jsonFlag(cmd, &asJSON)
	return cmd
}

func (t *dkgTable) verify() (*dkgReport, error) {
	if err := t.complaints(); err != nil {
		return nil, err
	}
	if err := t.inbox.Complete(dkgReceipts); err != nil {
		return nil, t.missing(err)
	}
	openings, err := t.openings()
	if err != nil {
		return nil, err
	}
	commitment, err := t.protocol.Commitment(openings)
	if err != nil {
		return nil, err
	}
	report, err := t.dkgReport(commitment)
	if err != nil || t.self == nil {
		return report, err
	}
	share, err := t.openShare()
	if err != nil {
		return nil, err
	}
	defer share.Wipe()
	if share.Index() != t.index || !share.Commitment().Equal(commitment) {
		return nil, exit.Errorf(exit.NotVerified, "%s holds a share of another key", t.path(keyFile))
	}
	report.Index, report.File, report.Verified = share.Index().String(), t.path(keyFile), true
	return report, nil
}
