package main

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cogen"
	"meshkey/group"
	"meshkey/udf"
)

func (a *app) groupDecrypt() *cobra.Command {
	var (
		t            taking
		helpers      []string
		helperSeeds  []string
		helperNeeded = "--helper FOLDER --helper-seed SEED, one after the other for each"
	)
	cmd := &cobra.Command{
		Use:   "decrypt FILE --group GROUP --seed SEED --helper FOLDER --helper-seed SEED",
		Short: "Decrypt a file of a group with those who are here",
		Long: `Decrypt FILE, when those whose contributions it takes are at this computer: the service,
or other members, each with his folder of the group and his seed. Where they are
elsewhere, "meshkey group request" asks them by files, "contribute" answers, and
"combine" decrypts.

Every contribution proves that it is the right one. If one does not, nothing is decrypted,
and it is said whose it is.`,
		Example: `  meshkey group decrypt plan.dare --group staff --seed alice.seed --helper bobs-staff \
      --helper-seed bob.seed --out plan.pdf
  meshkey group decrypt plan.dare --group staff --seed alice.seed --helper keys-staff \
      --helper-seed keys.seed > plan.pdf`,
		Args: oneArg("FILE"),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(helpers) != len(helperSeeds) {
				return exit.Errorf(exit.Usage, "%s and %s", countOf(len(helpers), "helper", "helpers"), countOf(len(helperSeeds), "seed", "seeds")).Hinted("%s", helperNeeded)
			}
			me, err := t.memberIn(a)
			if err != nil {
				return err
			}
			defer me.wipe()
			s, in, err := a.sealed(args[0])
			if err != nil {
				return err
			}
			defer in.Close()
			d, err := me.member.Begin(s)
			if err != nil {
				return err
			}
			for i := range helpers {
				if err := a.ask(d, helpers[i], helperSeeds[i], t.open); err != nil {
					return about("helper "+helpers[i], err)
				}
			}
			return t.finish(a, me.group, d, s, args[0])
		},
	}
	t.flags(cmd)
	f := cmd.Flags()
	f.StringArrayVar(&helpers, "helper", nil, "`FOLDER` of the service or of another member; may be repeated")
	f.StringArrayVar(&helperSeeds, "helper-seed", nil, "`SEED` of the owner of that folder; as often as --helper")
	t.openFlags(cmd)
	return cmd
}

// ask asks a helper who is here.
func (a *app) ask(d *group.Decryption, name, seedName string, open opening) error {
	p, err := a.partyIn(folder(name), seedName, open)
	if err != nil {
		return err
	}
	defer p.wipe()
	answer, err := p.helper().Contribute(context.Background(), d.Request())
	if err != nil {
		return err
	}
	return d.Add(answer)
}

// finish writes the plaintext, and says who vouches for it.
func (t *taking) finish(a *app, g *group.Group, d *group.Decryption, s *group.Sealed, name string) error {
	if err := d.Missing(); err != nil {
		if few, ok := errors.AsType[*group.TooFewError](err); ok {
			return exit.Errorf(exit.TooFew, "%w", few).Hinted("meshkey group request %s --group %s --seed %s --out REQUEST asks them by files", sourceName(name), t.group, t.seed)
		}
		return err
	}
	var senders []*cogen.PublicKey
	for _, sender := range t.senders {
		p, err := a.openProfile(sender)
		if err != nil {
			return err
		}
		for _, k := range p.Keys() {
			if k.Algorithm.IsSignature() {
				senders = append(senders, k.Public)
			}
		}
	}
	var signer string
	malleable := false
	err := a.stream(t.out, t.replace, false, func(w io.Writer) (err error) {
		if signer, err = d.Open(w, s, senders...); errors.Is(err, group.ErrMalleable) && t.changed {
			malleable = true
			err = d.OpenUnsigned(w, s)
		}
		return err
	})
	switch {
	case errors.Is(err, group.ErrNotMember):
		return exit.Errorf(exit.NotVerified, "the envelope is signed by somebody who is no member of the group").
			Hinted("if you know the sender, give his profile with --sender PROFILE")
	case errors.Is(err, group.ErrMalleable):
		return exit.Errorf(exit.NotVerified, "%w", err).Hinted("--unsigned opens it all the same")
	case err != nil:
		return err
	case malleable:
		a.voice.Warn("the envelope is not signed: anyone who carried it could have changed what it says")
		return nil
	case signer == "":
		a.voice.Say("The envelope is anonymous: nobody outside the group can have changed it, and it does not tell who sent it.")
		return nil
	}
	a.voice.Say("The signature is good: %s.", signerName(g, signer))
	return nil
}

// signerName names a signer, by his address if he is a member.
func signerName(g *group.Group, signer string) string {
	for _, m := range g.Members() {
		if udf.KeyFingerprint(m.Signature.Algorithm(), m.Signature.Bytes()).String() == signer {
			return m.Address
		}
	}
	return "key " + signer
}
