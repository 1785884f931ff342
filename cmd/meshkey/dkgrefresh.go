package main

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cogen"
	"meshkey/internal/ceremony"
)

// dkgRefresh is what a request says of a key whose shares are made anew.
type dkgRefresh struct {
	Commitment []ceremony.Octets `json:"commitment"`
	Indexes    []string          `json:"indexes"` // in the order of the parties
}

func (a *app) dkgRefresh() *cobra.Command {
	var (
		i       = invitation{next: "meshkey dkg round1"}
		without []string
		reason  string
		asJSON  bool
	)
	cmd := &cobra.Command{
		Use:   "refresh DIR --seed SEED --out NEW",
		Short: "Ask the holders to make their shares anew, for the same key",
		Long: `Write, into the new folder NEW, the request for a ceremony that gives the holders of
the key in DIR new shares of the same key. It takes the same steps as making a key; with
the last, "meshkey dkg finish NEW --old DIR", each adds what is new to his old share.

Who has found out some of the old shares, and fewer than are needed, has nothing then.
With --without a party gets no new share, and can do nothing with his old one beside
new ones. All others have to take part.

What this does not undo: old shares go together still. Everybody has to destroy his,
and every copy of it; the key, and what was read with it, stay what they were.`,
		Example: `  meshkey dkg refresh vault --seed alice.seed --out vault2
  meshkey dkg refresh vault --seed alice.seed --out vault2 --without carol@example.com`,
		Args: oneArg("DIR"),
		RunE: func(_ *cobra.Command, args []string) error {
			t, err := a.dkgDesk(args[0], i.who)
			if err != nil {
				return err
			}
			defer t.leave()
			share, err := t.openShare()
			if err != nil {
				return err
			}
			defer share.Wipe()
			terms, parties, err := t.remaining(share.Commitment(), without)
			if err != nil {
				return err
			}
			if terms.Need == 1 {
				return exit.Errorf(exit.Failed, "one share is enough for this key, so each is the key, and none can be made anew")
			}
			i.parties = parties
			i.terms = ceremony.Terms{Kind: kindDKG, Purpose: reason, Rounds: dkgReceipts, Parameters: terms}
			return a.invite(i, asJSON)
		},
	}
	i.who.required(cmd)
	f := cmd.Flags()
	f.StringVar(&i.out, "out", "", "new folder `NEW` to write the request into")
	f.StringArrayVar(&without, "without", nil, "`NAME` of a party that gets no new share; may be repeated")
	f.StringVar(&reason, "purpose", "", "`TEXT` that tells the parties what for")
	jsonFlag(cmd, &asJSON)
	_ = cmd.MarkFlagRequired("out")
	return cmd
}

// remaining are the parties of a refresh, and its terms.
func (t *dkgTable) remaining(c *cogen.Commitment, without []string) (dkgTerms, []ceremony.Party, error) {
	terms := dkgTerms{Algorithm: c.Algorithm().String(), Need: c.Need(), Refresh: &dkgRefresh{}}
	for _, name := range without {
		if !slices.Contains(t.Names(), name) {
			return terms, nil, exit.Errorf(exit.Usage, "--without names %s, who has no share", name).
				Hinted("the holders are %s", strings.Join(t.Names(), ", "))
		}
	}
	for _, point := range c.Bytes() {
		terms.Refresh.Commitment = append(terms.Refresh.Commitment, point)
	}
	var parties []ceremony.Party
	for i, p := range t.Parties() {
		if !slices.Contains(without, p.Name) {
			parties = append(parties, p)
			terms.Refresh.Indexes = append(terms.Refresh.Indexes, t.indexes[i].String())
		}
	}
	if len(parties) < c.Need() {
		return terms, nil, exit.Errorf(exit.Usage, "%d shares are needed, and %s would be left", c.Need(), countOf(len(parties), "party", "parties"))
	}
	return terms, parties, nil
}

// readIndexes finds the indexes of the parties: their numbers, or those that
// they have already.
func (t *dkgTable) readIndexes(alg cogen.Algorithm, need int, r *dkgRefresh) error {
	if r == nil {
		for i := range t.Names() {
			t.indexes = append(t.indexes, cogen.NewIndex(uint64(i)+1))
		}
		return nil
	}
	if len(r.Indexes) != len(t.Names()) {
		return errors.New("not as many indexes as parties")
	}
	for _, text := range r.Indexes {
		i, err := cogen.ParseIndex(text)
		if err != nil {
			return err
		}
		t.indexes = append(t.indexes, i)
	}
	var points [][]byte
	for _, p := range r.Commitment {
		points = append(points, p)
	}
	var err error
	if t.refresh, err = alg.NewCommitment(points); err == nil && t.refresh.Need() != need {
		err = errors.New("another quorum than that of the key")
	}
	return err
}

// openOld opens the old share that a refresh needs.
func (t *dkgTable) openOld(dir string) error {
	switch {
	case t.refresh == nil && dir == "":
		return nil
	case t.refresh == nil:
		return exit.Errorf(exit.Usage, "this ceremony makes a new key: --old is for one that makes new shares of a key")
	case dir == "":
		return exit.Errorf(exit.Usage, "this ceremony makes new shares of a key: where is yours?").
			Hinted("name the folder of the ceremony before with --old DIR; %s is in it", keyFile)
	}
	old := &dkgTable{desk: &desk{Ceremony: t.Ceremony, app: t.app, dir: dir, keys: t.keys, self: t.self}}
	share, err := old.openShare()
	if err != nil {
		return err
	}
	if share.Index() != t.index || !share.Commitment().Equal(t.refresh) {
		share.Wipe()
		return exit.Errorf(exit.BadShare, "%s holds another share than this is about", old.path(keyFile))
	}
	t.old = share
	return nil
}

func (t *dkgTable) wipeOld() {
	if t.old != nil {
		t.old.Wipe()
	}
}
