package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"meshkey/cogen"
	"meshkey/cogen/dkg"
	"meshkey/internal/ceremony"
	"meshkey/internal/secret"
)

// What the parties say. In the third round it is sealed.
type (
	dkgPledge struct {
		Pledge ceremony.Octets `json:"pledge"`
	}
	dkgOpening struct {
		Opening ceremony.Octets `json:"opening"`
	}
	dkgDealt   struct{}
	dkgReceipt struct {
		Receipt ceremony.Octets `json:"receipt,omitempty"`
		Accused string          `json:"accused,omitempty"` // instead: who has dealt what is wrong
		Deal    ceremony.Octets `json:"deal,omitempty"`    // what was dealt
	}
)

func (a *app) dkgRound1() *cobra.Command {
	return a.dkgRound(dkgPledges, &cobra.Command{
		Short: "Pledge what you will bring",
		Long: `Draw the secret that you bring to the key, and write a pledge of it: a digest that
binds you and tells nothing. It goes to all other parties.

What only you may know between the steps is in DIR/state.dare, sealed to yourself.`,
	}, (*dkgTable).pledge)
}

func (a *app) dkgRound2() *cobra.Command {
	return a.dkgRound(dkgOpenings, &cobra.Command{
		Short: "Open what you have pledged, once all have pledged",
		Long: `Show what you have pledged: the public side of what you bring, with a proof that you
know the private one. It goes to all other parties, and binds you to their pledges as you
have them. The pledges of all must be in DIR.`,
	}, (*dkgTable).open)
}

func (a *app) dkgRound3() *cobra.Command {
	return a.dkgRound(dkgDeals, &cobra.Command{
		Short: "Deal each party its share of what you bring",
		Long: `Check what all have opened, and write for each party its share of what you bring,
sealed to it. All of them are in one file, which goes to all other parties. What the others
have opened must be in DIR.`,
	}, (*dkgTable).deal)
}

// dkgRound makes the command of a round.
func (a *app) dkgRound(round int, cmd *cobra.Command, say func(*dkgTable, []byte) (ceremony.Draft, []byte, error)) *cobra.Command {
	var (
		who    partyFlags
		asJSON bool
	)
	word := dkgWords[round]
	cmd.Use = word + " DIR --seed SEED"
	cmd.Example = fmt.Sprintf("  meshkey dkg %s vault --seed bob.seed\n  meshkey dkg %s vault --seed bob.seed --json", word, word)
	cmd.Args = oneArg("DIR")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		t, err := a.dkgDesk(args[0], who)
		if err != nil {
			return err
		}
		defer t.leave()
		report, err := t.take(t.step(round, who, say))
		if err != nil {
			return t.named(err)
		}
		return a.tell(report, asJSON)
	}
	who.required(cmd)
	jsonFlag(cmd, &asJSON)
	return cmd
}

func (t *dkgTable) step(round int, who partyFlags, say func(*dkgTable, []byte) (ceremony.Draft, []byte, error)) step {
	next := "finish"
	if round < dkgDeals {
		next = dkgWords[round+1]
	}
	flags := ""
	if t.refresh != nil && next == "finish" {
		flags = " --old DIR"
	}
	return step{
		round: round, word: dkgWords[round],
		say:  func(old []byte) (ceremony.Draft, []byte, error) { return say(t, old) },
		next: fmt.Sprintf("meshkey dkg %s %s --seed %s%s", next, t.dir, who.seed, flags),
	}
}

func (t *dkgTable) pledge([]byte) (m ceremony.Draft, remember []byte, err error) {
	dealer, err := t.protocol.Start(t.index, nil)
	if err != nil {
		return m, nil, err
	}
	defer dealer.Wipe()
	return ceremony.Draft{Body: dkgPledge{dealer.Pledge()}}, dealer.State(), nil
}

func (t *dkgTable) open(old []byte) (m ceremony.Draft, remember []byte, err error) {
	pledges, err := each(t, dkgPledges, func(b dkgPledge) []byte { return b.Pledge })
	if err != nil {
		return m, nil, err
	}
	dealer, err := t.protocol.Resume(t.index, nil, old)
	if err != nil {
		return m, nil, err
	}
	defer dealer.Wipe()
	opening, err := dealer.Open(pledges)
	return ceremony.Draft{Body: dkgOpening{opening}}, dealer.State(), err
}

func (t *dkgTable) deal(old []byte) (m ceremony.Draft, remember []byte, err error) {
	openings, err := t.openings()
	if err != nil {
		return m, nil, err
	}
	dealer, err := t.protocol.Resume(t.index, nil, old)
	if err != nil {
		return m, nil, err
	}
	defer dealer.Wipe()
	deals, err := dealer.Deal(openings)
	if err != nil {
		return m, nil, err
	}
	m.Body, m.Secrets = dkgDealt{}, map[string][]byte{}
	for i, text := range deals {
		m.Secrets[t.nameOf(i)] = text
	}
	return m, nil, nil // nothing: the dealer has done its part
}

// secrets opens what every party has sealed to the own one in a round, for the
// caller to wipe even after an error.
func (t *dkgTable) secrets(round int) (map[cogen.Index][]byte, error) {
	out := map[cogen.Index][]byte{}
	for i, name := range t.Names() {
		if !slices.Contains(t.Speakers(), name) {
			continue
		}
		text, err := t.inbox.Secret(round, name)
		if err != nil {
			return out, err
		}
		out[t.indexes[i]] = text.Reveal()
	}
	return out, nil
}

func wipeAll(texts map[cogen.Index][]byte) {
	for _, text := range texts {
		secret.Wipe(text)
	}
}

// openings are the messages of the second round.
func (t *dkgTable) openings() (map[cogen.Index][]byte, error) {
	return each(t, dkgOpenings, func(b dkgOpening) []byte { return b.Opening })
}

// each reads what every party has said in a round.
func each[T any](t *dkgTable, round int, what func(T) []byte) (map[cogen.Index][]byte, error) {
	if err := t.inbox.Complete(round); err != nil {
		return nil, t.missing(err)
	}
	out := map[cogen.Index][]byte{}
	for i, name := range t.Names() {
		if !slices.Contains(t.Speakers(), name) {
			continue
		}
		var body T
		if err := t.inbox.Body(round, name, &body); err != nil {
			return nil, &dkg.CheatError{Index: t.indexes[i], What: "sent a message that is not in its form"}
		}
		out[t.indexes[i]] = what(body)
	}
	return out, nil
}
