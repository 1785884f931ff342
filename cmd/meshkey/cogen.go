package main

import (
	"slices"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cogen"
	"meshkey/internal/ceremony"
)

const kindCogen = "cogen"

func (a *app) cogenCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "cogen",
		GroupID: groupMain,
		Short:   "Make a key together that none of you makes alone",
		Long: `Several parties make one key. Each brings a key of its own, and the key of all is the
sum: whoever is not sure of his own machine, or of another party's, need only be sure of
one. Nobody can steer the sum, since each commits to his contribution before he sees
another's.

The parties exchange files, by mail or on a stick. Each keeps a folder, puts into it what
the others send, and runs in it:

  meshkey cogen contribute FOLDER --seed SEED    the first time it writes a commitment
  meshkey cogen contribute FOLDER --seed SEED    the second time, when all commitments are
                                                 there, it reveals the contribution
  meshkey cogen combine FOLDER --seed SEED       when all of these are there, gives the key

Every file goes to every other party; what is secret in one is sealed to whom it is for.
One party begins, with "meshkey cogen request". For a key of which some shares are enough,
see "meshkey dkg".`,
		Example: `  meshkey cogen request alice.profile bob.profile carol.profile --seed alice.seed --out safe
  meshkey cogen contribute safe --seed bob.seed
  meshkey cogen combine safe --seed bob.seed`,
	}
	cmd.AddCommand(a.cogenRequest(), a.cogenContribute(), a.cogenCombine(), a.cogenVerify())
	return cmd
}

// cogenTerms are the parameters of a request.
type cogenTerms struct {
	Algorithm string `json:"algorithm"`
	Holder    string `json:"holder,omitempty"` // name of the party that gets the private key; none: nobody does
}

func (a *app) cogenRequest() *cobra.Command {
	var (
		i                         = invitation{next: "meshkey cogen contribute"}
		algorithm, holder, reason string
		asJSON                    bool
	)
	cmd := &cobra.Command{
		Use:   "request PROFILE... --seed SEED --out DIR",
		Short: "Ask others to make a key with you",
		Long: `Write the request for a ceremony into the new folder DIR: who takes part, by their
signed profiles, your own among them, and what key is to be made.

Without --holder each party keeps its part of the private key, and nobody has the whole;
with it the others hand theirs to that party, sealed, and it alone gets the private key.
A device's key is made so: the device is the holder, and its administrator contributes.`,
		Example: `  meshkey cogen request alice.profile bob.profile carol.profile --seed alice.seed --out safe
  meshkey cogen request phone.profile alice.profile --seed alice.seed \
    --out phone --holder phone.profile
  meshkey cogen request alice.profile bob.profile --seed alice.seed --out sign --algorithm Ed448`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			alg, err := algorithmFlag(algorithm)
			if err != nil {
				return err
			}
			if len(args) < 2 {
				return exit.Errorf(exit.Usage, "a key that is made together has two parties or more").Hinted("name all profiles, your own too")
			}
			terms := cogenTerms{Algorithm: alg.String()}
			if holder != "" {
				if terms.Holder, err = a.nameIn(holder); err != nil {
					return err
				}
				if err := a.isAmong(terms.Holder, args); err != nil {
					return err
				}
			}
			i.profiles = args
			i.terms = ceremony.Terms{Kind: kindCogen, Purpose: reason, Rounds: 2, Parameters: terms}
			return a.invite(i, asJSON)
		},
	}
	i.who.required(cmd)
	f := cmd.Flags()
	f.StringVar(&i.out, "out", "", "new folder `DIR` to write the request into")
	f.StringVar(&algorithm, "algorithm", "X448", "`NAME` of the algorithm: X25519, X448, Ed25519 or Ed448")
	f.StringVar(&holder, "holder", "", "`PROFILE` of the party that gets the private key")
	f.StringVar(&reason, "purpose", "", "`TEXT` that tells the parties what the key is for")
	jsonFlag(cmd, &asJSON)
	complete(cmd, "algorithm", "X25519", "X448", "Ed25519", "Ed448")
	_ = cmd.MarkFlagRequired("out")
	return cmd
}

func algorithmFlag(name string) (cogen.Algorithm, error) {
	alg, err := cogen.ParseAlgorithm(name)
	if err != nil {
		return alg, exit.Errorf(exit.Usage, "there is no algorithm %q", name).Hinted("there are X25519, X448, Ed25519 and Ed448")
	}
	return alg, nil
}

// nameIn is what the party with a profile is called.
func (a *app) nameIn(file string) (string, error) {
	p, err := a.openProfile(file)
	if err != nil {
		return "", err
	}
	return partyName(p), nil
}

// isAmong refuses a name that none of the profiles has.
func (a *app) isAmong(name string, files []string) error {
	for _, file := range files {
		if got, err := a.nameIn(file); err != nil || got == name {
			return err
		}
	}
	return exit.Errorf(exit.Usage, "--holder names %s, who takes no part", name).Hinted("name that profile among the others too")
}

// cogenDesk opens a ceremony with what its request asks for.
func (a *app) cogenDesk(dir string, who partyFlags) (*cogenTable, error) {
	d, err := a.sit(kindCogen, dir, who)
	if err != nil {
		return nil, err
	}
	t := &cogenTable{desk: d}
	if err := t.readTerms(); err != nil {
		d.leave()
		return nil, err
	}
	return t, nil
}

// cogenTable is a ceremony of this kind.
type cogenTable struct {
	*desk
	algorithm cogen.Algorithm
	holder    string
}

func (t *cogenTable) readTerms() error {
	var terms cogenTerms
	if err := t.Parameters(&terms); err != nil {
		return err
	}
	alg, err := cogen.ParseAlgorithm(terms.Algorithm)
	switch {
	case err != nil:
		return exit.Errorf(exit.Failed, "%s asks for an algorithm that is not known", t.request())
	case t.Rounds() != 2:
		return exit.Errorf(exit.Failed, "%s asks for %d rounds; a key is made in 2", t.request(), t.Rounds())
	case terms.Holder != "" && !slices.Contains(t.Names(), terms.Holder):
		return exit.Errorf(exit.Failed, "%s gives the key to %s, who takes no part", t.request(), terms.Holder)
	}
	t.algorithm, t.holder = alg, terms.Holder
	return nil
}
