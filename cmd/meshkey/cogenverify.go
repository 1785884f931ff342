package main

import (
	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cogen"
	"meshkey/mesh"
	"meshkey/udf"
)

func (a *app) cogenVerify() *cobra.Command {
	var (
		who    partyFlags
		want   string
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "verify DIR [--seed SEED] [--key FINGERPRINT]",
		Short: "Verify afterwards that your contribution is in a key",
		Long: `Check all files of the ceremony in DIR once more. With --seed it is also verified that
what you contributed, of which DIR/key.dare has the private half, is in the key; with
--key, that the key is the one you were told of.`,
		Example: `  meshkey cogen verify safe --seed bob.seed --key MDB7-D6SE-EOBQ-LGKH-NVBA-PUJG-7HIK
  meshkey cogen verify safe --json`,
		Args: oneArg("DIR"),
		RunE: func(_ *cobra.Command, args []string) error {
			t, err := a.cogenDesk(args[0], who)
			if err != nil {
				return err
			}
			defer t.leave()
			report, err := t.verify(want)
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(report)
			}
			report.print(a.out)
			if report.Verified {
				a.voice.Say("Your contribution is in the key.")
			} else {
				a.voice.Say("The contributions of %s are in the key.", countOf(len(report.Parties), "party", "parties"))
			}
			return nil
		},
	}
	who.flags(cmd)
	cmd.Flags().StringVar(&want, "key", "", "`FINGERPRINT` that the key is said to have")
	jsonFlag(cmd, &asJSON)
	return cmd
}

func (t *cogenTable) verify(want string) (*cogenReport, error) {
	transcript, contributions, err := t.transcript()
	if err != nil {
		return nil, err
	}
	key, err := transcript.Key()
	if err != nil {
		return nil, err
	}
	report, err := t.cogenReport(key)
	if err != nil {
		return nil, err
	}
	if want != "" {
		f, err := udf.ParseFingerprint(want)
		if err != nil {
			return nil, exit.Errorf(exit.Usage, "--key: %w", err)
		}
		if got := udf.KeyFingerprint(key.Algorithm(), key.Bytes()); !got.Matches(f) {
			return nil, exit.Errorf(exit.NotVerified, "the parties have made another key: %s", got)
		}
	}
	if t.self == nil {
		return report, nil
	}
	report.File, report.Verified = t.path(keyFile), true
	return report, t.checkOwn(key, contributions[t.self.Number-1])
}

// checkOwn compares the key file with what stands in the transcript.
func (t *cogenTable) checkOwn(key *cogen.PublicKey, own *cogen.Contribution) error {
	data, err := t.openKeyFile()
	if err != nil {
		return err
	}
	if data == nil {
		return exit.Errorf(exit.Failed, "%s is not there", t.path(keyFile)).Hinted("meshkey cogen combine writes it; without --seed only the others' files are checked")
	}
	defer mesh.Wipe(data)
	want := own.PublicKey()
	private := data.PrivateParameters
	switch share, ok := private.(*mesh.KeyShare); {
	case ok:
		private = share.Share
	case t.holder == t.self.Name:
		want = key
	}
	k, err := readPrivate(private)
	if err != nil {
		return exit.Errorf(exit.Failed, "%s: %w", t.path(keyFile), err)
	}
	defer k.Wipe()
	if !k.PublicKey().Equal(want) {
		return exit.Errorf(exit.NotVerified, "%s is not what these files say that you contributed", t.path(keyFile))
	}
	return nil
}
