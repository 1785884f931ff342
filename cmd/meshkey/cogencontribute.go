package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cogen"
	"meshkey/internal/ceremony"
	"meshkey/internal/secret"
)

func (a *app) cogenContribute() *cobra.Command {
	var (
		who    partyFlags
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "contribute DIR --seed SEED",
		Short: "Commit to your contribution, and reveal it once everybody has committed",
		Long: `Take the next step of the ceremony in the folder DIR, and say which file goes to whom.

The first time, your contribution is made, and a commitment to it is written: a digest
that binds you and tells nothing. The second time, when the commitments of all parties
are in DIR, the contribution itself is written, with a proof that you have the private
key to it. It can be run again at any time: what was written stays as it was.

What only you may know between the steps is in DIR/state.dare, sealed to yourself.`,
		Example: `  meshkey cogen contribute safe --seed bob.seed
  meshkey cogen contribute safe --seed bob.seed --json`,
		Args: oneArg("DIR"),
		RunE: func(_ *cobra.Command, args []string) error {
			t, err := a.cogenDesk(args[0], who)
			if err != nil {
				return err
			}
			defer t.leave()
			report, err := t.contribute(who)
			if err != nil {
				return err
			}
			return a.tell(report, asJSON)
		},
	}
	who.required(cmd)
	jsonFlag(cmd, &asJSON)
	return cmd
}

// What the parties say in the two rounds.
type (
	cogenCommitment struct {
		Commitment ceremony.Octets `json:"commitment"`
	}
	cogenReveal struct {
		Contribution ceremony.Octets `json:"contribution"`
		Seen         string          `json:"seen"` // digest of the first round
	}
)

// cogenState is what a party remembers.
type cogenState struct {
	Private      ceremony.Octets `json:"private"`
	Contribution ceremony.Octets `json:"contribution"`
}

func (t *cogenTable) contribute(who partyFlags) (*stepReport, error) {
	again := fmt.Sprintf("meshkey cogen contribute %s --seed %s", t.dir, who.seed)
	if t.sent() == 0 || t.sent() == 1 && !t.written("commitment") {
		return t.take(step{round: 1, word: "commitment", say: t.commit, next: again})
	}
	return t.take(step{round: 2, word: "reveal", say: t.reveal,
		next: fmt.Sprintf("meshkey cogen combine %s --seed %s", t.dir, who.seed)})
}

// commit makes the own contribution.
func (t *cogenTable) commit([]byte) (m ceremony.Draft, remember []byte, err error) {
	k := t.algorithm.GenerateKey()
	defer k.Wipe()
	c, err := k.Contribute(t.ID(), t.self.Name)
	if err != nil {
		return m, nil, err
	}
	digest := c.Commit()
	octets := k.Bytes()
	defer secret.Wipe(octets)
	remember, err = ceremony.Encode(cogenState{octets, c.Bytes()})
	return ceremony.Draft{Body: cogenCommitment{digest[:]}}, remember, err
}

// reveal shows the own contribution, once every commitment is there and in
// order.
func (t *cogenTable) reveal(old []byte) (m ceremony.Draft, remember []byte, err error) {
	if _, err := t.commitments(); err != nil {
		return m, nil, err
	}
	seen, err := t.inbox.Digest(1)
	if err != nil {
		return m, nil, err
	}
	var state cogenState
	if err := ceremony.Decode(old, &state); err != nil {
		return m, nil, err
	}
	defer secret.Wipe(state.Private)
	m.Body = cogenReveal{state.Contribution, seen}
	if t.holder != "" && t.holder != t.self.Name {
		m.Secrets = map[string][]byte{t.holder: bytes.Clone(state.Private)}
	}
	return m, bytes.Clone(old), nil
}

// commitments reads the first round.
func (t *cogenTable) commitments() (*cogen.Transcript, error) {
	if err := t.inbox.Complete(1); err != nil {
		return nil, t.missing(err)
	}
	out, err := cogen.NewTranscript(t.algorithm, t.ID(), t.Names()...)
	if err != nil {
		return nil, err
	}
	for _, name := range t.Names() {
		var m cogenCommitment
		if err := t.inbox.Body(1, name, &m); err != nil {
			return nil, err
		}
		if len(m.Commitment) != cogen.CommitLen {
			return nil, &cogen.ContributionError{Name: name, Reason: "its commitment is none"}
		}
		if err := out.Commit(name, [cogen.CommitLen]byte(m.Commitment)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// transcript reads both rounds, and checks all of it. The contributions come in
// the order of the parties.
func (t *cogenTable) transcript() (*cogen.Transcript, []*cogen.Contribution, error) {
	out, err := t.commitments()
	if err != nil {
		return nil, nil, err
	}
	if err := t.inbox.Complete(2); err != nil {
		return nil, nil, t.missing(err)
	}
	seen, err := t.inbox.Digest(1)
	if err != nil {
		return nil, nil, err
	}
	var all []*cogen.Contribution
	var others []string
	for _, name := range t.Names() {
		var m cogenReveal
		if err := t.inbox.Body(2, name, &m); err != nil {
			return nil, nil, err
		}
		c, err := cogen.ParseContribution(m.Contribution)
		if err == nil && c.Name() != name {
			err = fmt.Errorf("it bears the name %q", c.Name())
		}
		if err != nil {
			return nil, nil, &cogen.ContributionError{Name: name, Reason: err.Error()}
		}
		if err := out.Reveal(c); err != nil {
			return nil, nil, err
		}
		all = append(all, c)
		if m.Seen != seen {
			others = append(others, name)
		}
	}
	if others != nil { // and yet each has revealed what he committed to here
		return nil, nil, exit.Errorf(exit.BadShare, "%s revealed on other commitments than are here: somebody has sent out two", strings.Join(others, ", ")).
			Hinted("compare with them the files commitment-*: who signed two for this ceremony cheats; begin anew without that party")
	}
	return out, all, nil
}
