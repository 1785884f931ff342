package main

import (
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cogen"
	"meshkey/cogen/dkg"
	"meshkey/internal/ceremony"
)

const kindDKG = "dkg"

// The rounds, by what the parties say in them.
const (
	dkgPledges = 1 + iota
	dkgOpenings
	dkgDeals
	dkgReceipts
)

// dkgWords name the files of the rounds.
var dkgWords = [...]string{dkgPledges: "round1", dkgOpenings: "round2", dkgDeals: "round3", dkgReceipts: "receipt"}

func (a *app) dkgCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "dkg",
		GroupID: groupMain,
		Short:   "Make a key of which each holds a share, and nobody ever the whole",
		Long: `Several parties make a key together, of which each gets a share: some number of shares
is needed to use the key, and fewer tell nothing about it. The whole key is nowhere, at no
time; nobody deals the shares but all together.

The parties exchange files, by mail or on a stick. Each keeps a folder, puts into it what
the others send, and runs in it, each time when the others' files of the step before are
there:

  meshkey dkg round1 FOLDER --seed SEED    pledges: binds you, and tells nothing
  meshkey dkg round2 FOLDER --seed SEED    opens what was pledged
  meshkey dkg round3 FOLDER --seed SEED    deals: a share for each party, sealed to it
  meshkey dkg finish FOLDER --seed SEED    checks the shares and says that yours is right
  meshkey dkg finish FOLDER --seed SEED    when all have said so, gives you your share

Every file goes to every other party. Who cheats is named, and there is no key. One party
begins, with "meshkey dkg request".

The key is for programs that decrypt or sign with shares of it, in Go with the packages
cogen and cogen/frost. "meshkey group" makes the keys of groups by itself. For a key that
takes all of you, see "meshkey cogen".`,
		Example: `  meshkey dkg request alice.profile bob.profile carol.profile --quorum 2of3 \
    --seed alice.seed --out vault
  meshkey dkg round1 vault --seed bob.seed
  meshkey dkg finish vault --seed bob.seed`,
	}
	cmd.AddCommand(a.dkgRequest(), a.dkgRound1(), a.dkgRound2(), a.dkgRound3(), a.dkgFinish(), a.dkgVerify(), a.dkgRefresh(), a.dkgRepair())
	return cmd
}

// dkgTerms are the parameters of a request.
type dkgTerms struct {
	Algorithm string      `json:"algorithm"`
	Need      int         `json:"need"`
	Refresh   *dkgRefresh `json:"refresh,omitempty"` // of a key that there is; none: make a new one
}

func (a *app) dkgRequest() *cobra.Command {
	var (
		i                         = invitation{next: "meshkey dkg round1"}
		algorithm, quorum, reason string
		need, of                  int
		asJSON                    bool
	)
	cmd := &cobra.Command{
		Use:   "request PROFILE... --quorum 2of3 --seed SEED --out DIR",
		Short: "Ask others to make a key with you of which each holds a share",
		Long: `Write the request for a ceremony into the new folder DIR: who takes part, by their
signed profiles, your own among them, what key is to be made, and how many of the shares
are needed to use it.`,
		Example: `  meshkey dkg request alice.profile bob.profile carol.profile --quorum 2of3 \
    --seed alice.seed --out vault
  meshkey dkg request *.profile --need 3 --algorithm Ed448 --seed alice.seed --out signing`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			alg, err := algorithmFlag(algorithm)
			if err != nil {
				return err
			}
			if quorum != "" {
				if need, of, err = parseQuorum(quorum); err != nil {
					return err
				}
			}
			switch {
			case of != 0 && of != len(args):
				return exit.Errorf(exit.Usage, "a quorum of %d, and %s", of, countOf(len(args), "profile", "profiles")).
					Hinted("name the profiles of all who get a share, your own too")
			case need < 1 || need > len(args):
				return exit.Errorf(exit.Usage, "how many of the %d shares are needed?", len(args)).Hinted("--quorum 2of3, or --need 2")
			}
			a.adviseNeed(need, len(args))
			i.profiles = args
			i.terms = ceremony.Terms{Kind: kindDKG, Purpose: reason, Rounds: dkgReceipts, Parameters: dkgTerms{Algorithm: alg.String(), Need: need}}
			return a.invite(i, asJSON)
		},
	}
	f := cmd.Flags()
	f.StringVar(&quorum, "quorum", "", "how many shares are needed, of how many: `2of3`")
	f.IntVarP(&need, "need", "t", 0, "`NUMBER` that is needed, instead of --quorum")
	f.IntVarP(&of, "of", "n", 0, "`NUMBER` of the parties, who are counted anyway")
	i.who.required(cmd)
	f.StringVar(&i.out, "out", "", "new folder `DIR` to write the request into")
	f.StringVar(&algorithm, "algorithm", "X448", "`NAME` of the algorithm: X25519, X448, Ed25519 or Ed448")
	f.StringVar(&reason, "purpose", "", "`TEXT` that tells the parties what the key is for")
	jsonFlag(cmd, &asJSON)
	complete(cmd, "algorithm", "X25519", "X448", "Ed25519", "Ed448")
	cmd.MarkFlagsMutuallyExclusive("quorum", "need")
	cmd.MarkFlagsOneRequired("quorum", "need")
	_ = cmd.MarkFlagRequired("out")
	return cmd
}

// parseQuorum reads "2of3", of any number of parties.
func parseQuorum(text string) (need, of int, err error) {
	before, after, ok := strings.Cut(text, "of")
	need, e1 := strconv.Atoi(strings.TrimSpace(before))
	of, e2 := strconv.Atoi(strings.TrimSpace(after))
	if !ok || e1 != nil || e2 != nil {
		return 0, 0, exit.Errorf(exit.Usage, "%q is no quorum", text).Hinted("write it as in --quorum 2of3")
	}
	return need, of, nil
}

// adviseNeed warns of numbers that people regret.
func (a *app) adviseNeed(need, of int) {
	switch need {
	case of:
		a.voice.Warn("every share is needed: if one is lost, so is the key")
	case 1:
		a.voice.Warn("every share alone is the key")
	}
}

// A dkgTable is a ceremony of this kind.
type dkgTable struct {
	*desk
	protocol *dkg.Ceremony
	indexes  []cogen.Index // in the order of the parties
	index    cogen.Index   // the own one; none for who looks on
	refresh  *cogen.Commitment
	old      *cogen.Share // for a refresh, once it is needed
}

func (a *app) dkgDesk(dir string, who partyFlags) (*dkgTable, error) {
	d, err := a.sit(kindDKG, dir, who)
	if err != nil {
		return nil, err
	}
	t := &dkgTable{desk: d}
	if err := t.readTerms(); err != nil {
		d.leave()
		return nil, err
	}
	return t, nil
}

func (t *dkgTable) readTerms() error {
	var terms dkgTerms
	if err := t.Parameters(&terms); err != nil {
		return err
	}
	alg, err := cogen.ParseAlgorithm(terms.Algorithm)
	switch {
	case err != nil:
		return exit.Errorf(exit.Failed, "%s asks for an algorithm that is not known", t.request())
	case t.Rounds() != dkgReceipts:
		return exit.Errorf(exit.Failed, "%s asks for %d rounds; there are %d", t.request(), t.Rounds(), dkgReceipts)
	}
	if err := t.readIndexes(alg, terms.Need, terms.Refresh); err != nil {
		return exit.Errorf(exit.Failed, "%s: %w", t.request(), err)
	}
	if t.self != nil {
		t.index = t.indexes[t.self.Number-1]
	}
	if t.refresh != nil {
		t.protocol, err = dkg.Refresh(t.ID(), t.refresh, t.indexes)
	} else {
		t.protocol, err = dkg.Generate(alg, t.ID(), terms.Need, t.indexes)
	}
	if err != nil {
		return exit.Errorf(exit.Failed, "%s asks for what cannot be: %w", t.request(), err)
	}
	return nil
}
