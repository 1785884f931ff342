package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/outfile"
	"meshkey/cogen"
	"meshkey/internal/ceremony"
	"meshkey/internal/secret"
	"meshkey/mesh"
	"meshkey/udf"
)

func (a *app) cogenCombine() *cobra.Command {
	var (
		who    partyFlags
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "combine DIR [--seed SEED]",
		Short: "Check all contributions and get the key",
		Long: `Check every commitment, contribution and proof in the folder DIR, and print the key
that the parties have made: its fingerprint and its public half.

With --seed your part of the private key, or if you are the holder the whole of it, goes
to DIR/key.dare, sealed to yourself; the state of the ceremony is removed. Without, you
only look on.

At the end read the line "Transcript" to each other: who has the same one has seen the
same contributions.`,
		Example: `  meshkey cogen combine safe --seed bob.seed
  meshkey cogen combine safe --json`,
		Args: oneArg("DIR"),
		RunE: func(_ *cobra.Command, args []string) error {
			t, err := a.cogenDesk(args[0], who)
			if err != nil {
				return err
			}
			defer t.leave()
			return t.combine(asJSON)
		},
	}
	who.flags(cmd)
	jsonFlag(cmd, &asJSON)
	return cmd
}

// cogenReport is what a ceremony gave.
type cogenReport struct {
	Ceremony   string   `json:"ceremony"`
	Key        keyJSON  `json:"key"`
	Parties    []string `json:"parties"`
	Holder     string   `json:"holder,omitempty"`
	Transcript string   `json:"transcript"`
	File       string   `json:"file,omitempty"`     // with the own part of the private key
	Verified   bool     `json:"verified,omitempty"` // that the own contribution is in the key

	self string
}

func (t *cogenTable) cogenReport(key *cogen.PublicKey) (*cogenReport, error) {
	digest, err := t.inbox.Digest(2)
	if err != nil {
		return nil, err
	}
	r := &cogenReport{
		Ceremony: t.Name(), Parties: t.Names(), Holder: t.holder, Transcript: digest,
		Key: publicJSON(key),
	}
	if t.self != nil {
		r.self = t.self.Name
	}
	return r, nil
}

func (r *cogenReport) print(w io.Writer) {
	fmt.Fprintf(w, "Key         %s %s\n", r.Key.Algorithm, r.Key.Fingerprint)
	fmt.Fprintf(w, "Public      %s\n", r.Key.Public)
	fmt.Fprintf(w, "Transcript  %s\n", r.Transcript)
	if r.File != "" {
		fmt.Fprintf(w, "Private     %s\n", r.File)
	}
}

func (r *cogenReport) say(a *app) {
	a.voice.Say("Every contribution is what its maker committed to, and proved.")
	switch {
	case r.File == "":
	case r.Holder == r.self:
		a.voice.Say("%s holds the private key, sealed to you.", r.File)
	case r.Holder != "":
		a.voice.Say("%s holds your part of the private key, sealed to you; %s has the whole.", r.File, r.Holder)
	default:
		a.voice.Say("%s holds your part of the private key, sealed to you. Without it the key is lost: keep a copy.", r.File)
	}
	a.voice.Say("Read the line Transcript to the others; it must be the same for all.")
}

func (t *cogenTable) combine(asJSON bool) error {
	transcript, contributions, err := t.transcript()
	if err != nil {
		return err
	}
	key, err := transcript.Key()
	if err != nil {
		return err
	}
	report, err := t.cogenReport(key)
	if err != nil {
		return err
	}
	files := outfile.New(false)
	if t.self != nil {
		report.File = t.path(keyFile)
		if err := t.goOn(); err != nil {
			return err
		}
		private, err := t.private(key, contributions)
		if err != nil {
			return err
		}
		defer private.Wipe()
		sealed, err := t.sealPrivate(key, private)
		if err != nil {
			return err
		}
		files.AddBytes(report.File, sealed)
	}
	return t.close(files, report, asJSON)
}

// private is what this party gets: the sum of all private keys for the holder,
// else its own.
func (t *cogenTable) private(key *cogen.PublicKey, contributions []*cogen.Contribution) (*cogen.PrivateKey, error) {
	var state cogenState
	if t.state == nil {
		return nil, errors.New("no state")
	}
	if err := ceremony.Decode(t.state.Body, &state); err != nil {
		return nil, err
	}
	defer secret.Wipe(state.Private)
	own, err := t.algorithm.NewPrivateKey(state.Private)
	if err != nil || t.holder != t.self.Name {
		return own, err
	}
	defer own.Wipe()
	keys := []*cogen.PrivateKey{own}
	for i, name := range t.Names() {
		if name == t.self.Name {
			continue
		}
		k, err := t.handed(name, contributions[i])
		if err != nil {
			return nil, err
		}
		defer k.Wipe()
		keys = append(keys, k)
	}
	sum, err := cogen.CombinePrivate(keys...)
	if err != nil {
		return nil, err
	}
	if !sum.PublicKey().Equal(key) {
		sum.Wipe()
		return nil, errors.New("the private keys do not add up to the key")
	}
	return sum, nil
}

// handed is the private key that a party has sealed to the holder.
func (t *cogenTable) handed(name string, c *cogen.Contribution) (*cogen.PrivateKey, error) {
	octets, err := t.inbox.Secret(2, name)
	if err != nil {
		return nil, err
	}
	defer octets.Wipe()
	k, err := t.algorithm.NewPrivateKey(octets.Reveal())
	if err != nil || !k.PublicKey().Equal(c.PublicKey()) {
		return nil, &cogen.ContributionError{Name: name, Reason: "the private key that was handed over is not that of the contribution"}
	}
	return k, nil
}

// sealPrivate makes the key file, as a KeyData of the Mesh: the whole private
// key, or a share of it.
func (t *cogenTable) sealPrivate(key *cogen.PublicKey, private *cogen.PrivateKey) ([]byte, error) {
	var data *mesh.KeyData
	if own := privateData(private); private.PublicKey().Equal(key) {
		data = keyData(key, own)
	} else {
		data = keyData(key, &mesh.KeyShare{PublicPrimary: publicData(key), Share: own})
	}
	defer mesh.Wipe(data)
	return t.sealKey(data)
}

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
