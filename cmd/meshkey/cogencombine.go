package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/outfile"
	"meshkey/cogen"
	"meshkey/internal/ceremony"
	"meshkey/internal/secret"
	"meshkey/mesh"
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
