package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/outfile"
	"meshkey/cogen"
	"meshkey/cogen/dkg"
	"meshkey/internal/ceremony"
)

const kindRepair = "dkg repair"

// The rounds of a repair.
const (
	repairTables = 1 + iota
	repairSums
)

func (a *app) dkgRepair() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "repair",
		Short: "Give a holder the share back that he has lost",
		Long: `Holders of a key, as many as are needed or more, give another holder his share back.
They do not meet, learn nothing of his share, and show nothing of theirs:

  meshkey dkg repair request DIR --for NAME --seed SEED --out NEW   one of the helpers begins
  meshkey dkg repair help NEW --share DIR --seed SEED               each helper, once
  meshkey dkg repair help NEW --share DIR --seed SEED               and when all helpers' files
                                                                    are there, once more
  meshkey dkg repair finish NEW --seed SEED                         he who gets the share

DIR is a helper's folder of the ceremony in which the key was made. Every file goes to all.
Whoever asks for a share gets one: make sure by telephone that it is the holder who asks.`,
		Example: `  meshkey dkg repair request vault --for carol@example.com --seed alice.seed --out lost
  meshkey dkg repair help lost --share vault --seed bob.seed
  meshkey dkg repair finish lost --seed carol.seed`,
	}
	cmd.AddCommand(a.repairRequest(), a.repairHelp(), a.repairFinish())
	return cmd
}

// repairTerms are the parameters of a request. The listener is who has lost his
// share.
type repairTerms struct {
	Algorithm  string            `json:"algorithm"`
	Commitment []ceremony.Octets `json:"commitment"`
	Indexes    []string          `json:"indexes"` // in the order of the parties
}

func (a *app) repairRequest() *cobra.Command {
	var (
		i       = invitation{next: "meshkey dkg repair help"}
		lost    string
		without []string
		asJSON  bool
	)
	cmd := &cobra.Command{
		Use:   "request DIR --for NAME --seed SEED --out NEW",
		Short: "Ask the other holders to give one his share back",
		Long: `Write, into the new folder NEW, the request to give the party NAME of the ceremony in DIR
its share back. All other holders help, but those named with --without.`,
		Example: `  meshkey dkg repair request vault --for carol@example.com --seed alice.seed --out lost
  meshkey dkg repair request vault --for carol@example.com --without dan@example.com \
    --seed alice.seed --out lost`,
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
			if !slices.Contains(t.Names(), lost) || slices.Contains(without, lost) {
				return exit.Errorf(exit.Usage, "--for names %s, who is no holder of this key", lost).
					Hinted("the holders are %s", strings.Join(t.Names(), ", "))
			}
			terms, parties, err := t.remaining(share.Commitment(), without)
			if err != nil {
				return err
			}
			if len(parties)-1 < terms.Need {
				return exit.Errorf(exit.Failed, "%d helpers are needed, and there are %d", terms.Need, len(parties)-1)
			}
			i.parties = parties
			i.terms = ceremony.Terms{
				Kind: kindRepair, Purpose: "to give " + lost + " his share back", Rounds: repairSums, Listeners: []string{lost},
				Parameters: repairTerms{terms.Algorithm, terms.Refresh.Commitment, terms.Refresh.Indexes},
			}
			i.flags = " --share " + args[0]
			return a.invite(i, asJSON)
		},
	}
	i.who.required(cmd)
	f := cmd.Flags()
	f.StringVar(&lost, "for", "", "`NAME` of the party that has lost its share")
	f.StringVar(&i.out, "out", "", "new folder `NEW` to write the request into")
	f.StringArrayVar(&without, "without", nil, "`NAME` of a holder who does not help; may be repeated")
	jsonFlag(cmd, &asJSON)
	for _, name := range []string{"out", "for"} {
		_ = cmd.MarkFlagRequired(name)
	}
	return cmd
}

// A repairTable is a ceremony of this kind.
type repairTable struct {
	dkgTable
	repair *dkg.Repair
	lost   string
}

func (a *app) repairDesk(dir string, who partyFlags) (*repairTable, error) {
	d, err := a.sit(kindRepair, dir, who)
	if err != nil {
		return nil, err
	}
	t := &repairTable{dkgTable: dkgTable{desk: d}}
	if err := t.readRepair(); err != nil {
		d.leave()
		return nil, exit.Errorf(exit.Failed, "%s: %w", t.request(), err)
	}
	return t, nil
}

func (t *repairTable) readRepair() error {
	var terms repairTerms
	if err := t.Parameters(&terms); err != nil {
		return err
	}
	alg, err := cogen.ParseAlgorithm(terms.Algorithm)
	if err != nil {
		return err
	}
	if err := t.readIndexes(alg, len(terms.Commitment), &dkgRefresh{terms.Commitment, terms.Indexes}); err != nil {
		return err
	}
	if len(t.Listeners) != 1 || t.Rounds() != repairSums {
		return fmt.Errorf("it is not for one who has lost his share")
	}
	t.lost = t.Listeners[0]
	var lost cogen.Index
	var helpers []cogen.Index
	for i, name := range t.Names() {
		if name == t.lost {
			lost = t.indexes[i]
		} else {
			helpers = append(helpers, t.indexes[i])
		}
	}
	t.index = t.indexes[t.self.Number-1]
	t.repair, err = dkg.NewRepair(t.ID(), t.refresh, lost, helpers)
	return err
}

func (a *app) repairFinish() *cobra.Command {
	var (
		who    partyFlags
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "finish NEW --seed SEED",
		Short: "Get your share back, once all have helped",
		Long: `Check what the helpers have sent, and write your share into NEW/key.dare, sealed to
yourself. It is the share that you had. Helpers who lie are named.`,
		Example: `  meshkey dkg repair finish lost --seed carol.seed
  meshkey dkg repair finish lost --seed carol.seed --json`,
		Args: oneArg("NEW"),
		RunE: func(_ *cobra.Command, args []string) error {
			t, err := a.repairDesk(args[0], who)
			if err != nil {
				return err
			}
			defer t.leave()
			return t.named(t.recover(asJSON))
		},
	}
	who.required(cmd)
	jsonFlag(cmd, &asJSON)
	return cmd
}

func (t *repairTable) recover(asJSON bool) error {
	if t.self.Name != t.lost {
		return exit.Errorf(exit.Usage, "the share is for %s, who runs this", t.lost)
	}
	if err := t.finished(); err != nil {
		return err
	}
	if err := t.inbox.Complete(repairSums); err != nil {
		return t.missing(err)
	}
	tables, err := t.tables()
	if err != nil {
		return err
	}
	sums, err := t.secrets(repairSums)
	defer wipeAll(sums)
	if err != nil {
		return err
	}
	share, err := t.repair.Recover(tables, sums)
	if err != nil {
		return err
	}
	defer share.Wipe()
	sealed, err := t.sealShare(share)
	if err != nil {
		return err
	}
	r := &repairReport{Key: publicJSON(t.refresh.Key()), Index: share.Index().String(), File: t.path(keyFile)}
	files := outfile.New(false)
	files.AddBytes(r.File, sealed)
	return t.close(files, r, asJSON)
}

// repairReport is what a repair gave.
type repairReport struct {
	Key   keyJSON `json:"key"`
	Index string  `json:"index"`
	File  string  `json:"file"`
}

func (r *repairReport) print(w io.Writer) {
	fmt.Fprintf(w, "Key    %s %s\nShare  %s in %s\n", r.Key.Algorithm, r.Key.Fingerprint, r.Index, r.File)
}

func (r *repairReport) say(a *app) {
	a.voice.Say("%s holds the share that you had, sealed to you.", r.File)
	a.voice.Say("Put it into the folder of the ceremony in which the key was made; the other holders have its files.")
}
