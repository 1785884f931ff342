package main

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cogen"
	"meshkey/group"
	"meshkey/keyservice"
	"meshkey/keyservice/api"
	"meshkey/profile"
	"meshkey/udf"
)

func (a *app) groupDecrypt() *cobra.Command {
	var (
		t            taking
		helpers      []string
		helperSeeds  []string
		service      string
		helperNeeded = "--helper FOLDER --helper-seed SEED, one after the other for each"
	)
	cmd := &cobra.Command{
		Use:   "decrypt FILE --group GROUP --seed SEED [--helper FOLDER --helper-seed SEED]...",
		Short: "Decrypt a file of a group, with its key service or those who are here",
		Long: `Decrypt FILE. The group's key service is asked, if its address is in the group's record;
it answers or refuses, and does not learn what the file says. Its receipt is kept in GROUP.

Others whose contributions it takes can be at this computer, each with his folder of the
group and his seed. Where they are elsewhere, "meshkey group request" asks them by files,
"contribute" answers, and "combine" decrypts.

If the service lets a reading wait, for somebody's approval or for a delay, it says so
(code 6), and the same command, given again later, goes on.

Every contribution proves that it is the right one. If one does not, nothing is decrypted,
and it is said whose it is.`,
		Example: `  meshkey group decrypt plan.dare --group staff --seed alice.seed --out plan.pdf
  meshkey group decrypt plan.dare --group staff --seed alice.seed --helper bobs-staff \
      --helper-seed bob.seed > plan.pdf`,
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
			d, waits, err := a.beginOrResume(folder(t.group), me, s)
			if err != nil {
				return err
			}
			for i := range helpers {
				if err := a.ask(d, helpers[i], helperSeeds[i], t.open); err != nil {
					return about("helper "+helpers[i], err)
				}
			}
			err = a.askService(d, folder(t.group), me, len(helpers), service)
			if err := keepWaiting(waits, d.Request(), err); err != nil {
				return err
			}
			if err := t.finish(a, me.group, d, s, args[0]); err != nil {
				return err
			}
			return forget(waits)
		},
	}
	t.flags(cmd)
	f := cmd.Flags()
	serviceFlag(cmd, &service)
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

// serviceFlag is for a service that is no longer where the group's record says.
func serviceFlag(cmd *cobra.Command, service *string) {
	cmd.Flags().StringVar(service, "service", "", "`ADDRESS` of the group's key service (default: that in the group's record)")
}

// askService asks the group's key service, if it can be called and its
// contribution is all that is missing beside those of others.
func (a *app) askService(d *group.Decryption, f folder, me *party, others int, address string) error {
	few, ok := errors.AsType[*group.TooFewError](d.Missing())
	if !ok || !slices.Contains(few.From, group.Service) || others < me.group.Need()-1 {
		return nil // or in vain: the service counts what it answers
	}
	at, online := serviceOf(me.group)
	if address != "" {
		moved, err := parseService(address)
		if err != nil {
			return err
		}
		at, online = moved.Of(me.group.Service().Udf), true
	}
	if !online {
		return nil
	}
	by := api.Caller{Account: me.id.Address, Key: me.who.account.Private(profile.CommonSignature)}
	c, err := dial(at, by, keyservice.ForGroup(me.group), a.receipts(f))
	if err != nil {
		return err
	}
	ctx, done := waiting()
	defer done()
	answer, err := c.Contribute(ctx, d.Request())
	if err != nil {
		return atService(at.URL, err)
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
