package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cogen"
	"meshkey/group"
	"meshkey/internal/dare"
	"meshkey/profile"
	"meshkey/udf"
)

func (a *app) groupEncrypt() *cobra.Command {
	var (
		open          opening
		name          string
		signer, out   string
		text, replace bool
	)
	cmd := &cobra.Command{
		Use:   "encrypt FILE --group GROUP [--signer SEED]",
		Short: "Encrypt a file of any size to a group",
		Long: `Encrypt FILE to a group, which is named by its folder, its record or its profile; nothing
secret is needed. With --signer the envelope is signed by that account, and the group's
members see by whom; a signer who is no member must be known to them by his profile.
Without, nobody can change it, and nobody can tell who sent it.`,
		Example: `  meshkey group encrypt plan.pdf --group staff --out plan.dare
  meshkey group encrypt plan.pdf --group staff.profile --signer alice.seed --out plan.dare
  tar c plans | meshkey group encrypt - --group staff --out plans.dare`,
		Args: oneArg("FILE"),
		RunE: func(_ *cobra.Command, args []string) error {
			key, err := a.groupKey(name)
			if err != nil {
				return err
			}
			o := dare.SealOptions{Recipients: []*cogen.PublicKey{key}, Anonymous: signer == "", Text: text}
			who, err := a.ownerOf(signer, open)
			if err != nil {
				return err
			}
			defer who.wipe()
			if who.account != nil {
				o.Signer = who.account.Private(profile.CommonSignature)
			}
			return a.sealFile(args[0], o, out, replace)
		},
	}
	f := cmd.Flags()
	f.StringVar(&name, "group", "", "folder, record or profile of the `GROUP`")
	f.StringVar(&signer, "signer", "", "`SEED` of the account that signs")
	open.flags(cmd)
	f.BoolVar(&text, "text", false, "write the envelope as a text (JSON)")
	outputFlags(cmd, &out, &replace)
	_ = cmd.MarkFlagRequired("group")
	return cmd
}

// groupKey is the key to encrypt to, from a folder, a record or a profile.
func (a *app) groupKey(name string) (*cogen.PublicKey, error) {
	if f := folder(name); exists(f.path(fileRecord)) {
		g, err := f.record(a)
		if err != nil {
			return nil, err
		}
		return g.Key(), nil
	}
	data, err := a.read(name, maxRecord)
	if err != nil {
		return nil, err
	}
	if g, err := parseRecord(data); err == nil {
		return g.Key(), nil
	}
	p, err := profile.Parse(data)
	if err != nil {
		return nil, badProfile(name, err)
	}
	key := p.Key(profile.CommonEncryption)
	if key == nil || p.Kind() != "ProfileGroup" {
		return nil, exit.Errorf(exit.Failed, "%s is a %s, not the profile of a group", sourceName(name), p.Kind()).
			Hinted("meshkey dare seal encrypts to persons")
	}
	return key, nil
}

// taking is what a member needs to decrypt.
type taking struct {
	open    opening
	group   string
	seed    string
	senders []string
	out     string
	replace bool
}

func (t *taking) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&t.group, "group", "", "your folder of the `GROUP`")
	f.StringVar(&t.seed, "seed", "", "`SEED` of your account")
	t.open.flags(cmd)
	_ = cmd.MarkFlagRequired("group")
	_ = cmd.MarkFlagRequired("seed")
}

func (t *taking) openFlags(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&t.senders, "sender", nil, "`PROFILE` of a signer who is no member; may be repeated")
	outputFlags(cmd, &t.out, &t.replace)
}

// party is somebody who is here with his folder of a group and his seed: a
// member, or the service.
type party struct {
	who     owner
	id      *group.Identity
	group   *group.Group
	member  *group.Membership   // nil for the service
	service *group.LocalService // nil for a member
}

func (p *party) wipe() {
	if p.member != nil {
		p.member.Wipe()
	}
	if p.service != nil {
		p.service.Wipe()
	}
	p.who.wipe()
}

func (p *party) helper() group.Helper {
	if p.service != nil {
		return p.service
	}
	return p.member
}

// partyIn takes up what somebody has of a group. The caller wipes it.
func (a *app) partyIn(f folder, seed string, open opening) (*party, error) {
	g, err := f.record(a)
	if err != nil {
		return nil, err
	}
	who, err := a.ownerOf(seed, open)
	if err != nil {
		return nil, err
	}
	p := &party{who: who, group: g}
	if err := p.takeUp(a, f); err != nil {
		p.wipe()
		return nil, err
	}
	return p, nil
}

func (p *party) takeUp(a *app, f folder) error {
	id, isService, err := identityIn(p.group, p.who.account)
	if err != nil {
		return err
	}
	p.id = id
	if !isService {
		invitations, err := f.invitationsOf(a, id.Address)
		if err != nil {
			return err
		}
		p.member, err = group.Accept(p.group, id, invitations...)
		return err
	}
	halves, err := f.halves(a)
	if err != nil {
		return err
	}
	p.service = group.NewLocalService(id)
	return p.service.Keep(context.Background(), p.group.Bytes(), halves...)
}

// memberIn is partyIn for one who reads.
func (t *taking) memberIn(a *app) (*party, error) {
	p, err := a.partyIn(folder(t.group), t.seed, t.open)
	if err == nil && p.member == nil {
		p.wipe()
		return nil, exit.Errorf(exit.Failed, "that is the seed of the service, which does not read")
	}
	return p, err
}

// sealed reads the header of an envelope.
func (a *app) sealed(name string) (*group.Sealed, io.Closer, error) {
	in, err := a.open(name)
	if err != nil {
		return nil, nil, err
	}
	s, err := group.ReadSealed(in)
	if err == nil {
		return s, in, nil
	}
	in.Close()
	if errors.Is(err, dare.ErrPipe) {
		return nil, nil, exit.Errorf(exit.Failed, "%s: %w", sourceName(name), err).Hinted("write it to a file first, and give that")
	}
	return nil, nil, exit.Errorf(exit.Failed, "%s is no envelope: %w", sourceName(name), err)
}

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
	err := a.stream(t.out, t.replace, false, func(w io.Writer) (err error) {
		signer, err = d.Open(w, s, senders...)
		return err
	})
	if errors.Is(err, group.ErrNotMember) {
		return exit.Errorf(exit.NotVerified, "the envelope is signed by somebody who is no member of the group").
			Hinted("if you know the sender, give his profile with --sender PROFILE")
	}
	if err != nil {
		return err
	}
	if signer == "" {
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

func (a *app) groupRequest() *cobra.Command {
	var t taking
	cmd := &cobra.Command{
		Use:   "request FILE... --group GROUP --seed SEED --out REQUEST",
		Short: "Ask others for their contributions to a decryption",
		Long: `Write a request for the contributions that the decryption of these files takes, to be
sent to the service or to other members. It is signed by you, and holds no secret. The
answers are for you alone. Keep the request: "meshkey group combine" needs it.`,
		Example: `  meshkey group request plan.dare --group staff --seed alice.seed --out plan.request
  meshkey group request january.dare february.dare --group staff --seed alice.seed \
      --out reports.request`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			me, err := t.memberIn(a)
			if err != nil {
				return err
			}
			defer me.wipe()
			var all []*group.Sealed
			for _, name := range args {
				s, in, err := a.sealed(name)
				if err != nil {
					return err
				}
				defer in.Close()
				all = append(all, s)
			}
			d, err := me.member.Begin(all...)
			if err != nil {
				return err
			}
			if err := a.write(t.out, d.Request().Bytes(), t.replace); err != nil {
				return err
			}
			var few *group.TooFewError
			if err := d.Missing(); errors.As(err, &few) {
				a.voice.Say("Send it to %s; each answers with: meshkey group contribute REQUEST --group FOLDER --seed SEED --out ANSWER", whom(me.group, few, me.id))
			} else {
				a.voice.Say("Nobody else is needed: meshkey group combine decrypts without an answer.")
			}
			return nil
		},
	}
	t.flags(cmd)
	outputFlags(cmd, &t.out, &t.replace)
	return cmd
}

// whom says who has to be asked.
func whom(g *group.Group, few *group.TooFewError, id *group.Identity) string {
	var parts []string
	if g.Mode() != group.Offline {
		parts = append(parts, "the service")
	}
	if g.Mode() != group.Serviced && g.Need() > 1 {
		var others []string
		for _, m := range g.Members() {
			if m.Address != id.Address {
				others = append(others, m.Address)
			}
		}
		parts = append(parts, fmt.Sprintf("%d of %s", g.Need()-1, strings.Join(others, ", ")))
	}
	if len(parts) == 0 { // an older key, of another mode
		parts = few.From
	}
	return strings.Join(parts, " and to ")
}

func (a *app) groupContribute() *cobra.Command {
	var (
		t     taking
		files []string
	)
	cmd := &cobra.Command{
		Use:   "contribute REQUEST --group GROUP --seed SEED --out ANSWER",
		Short: "Answer a member's request with your contribution",
		Long: `Answer a member's request to decrypt something: as another member, or as the group's
service. The answer is sealed to the one who asks, with a proof that it is right. Whoever
answers consents that the files are read; what they say he does not learn by it.

With --file it is made sure that the request is for these files and for no others.`,
		Example: `  meshkey group contribute plan.request --group staff --seed bob.seed --out bob.answer
  meshkey group contribute plan.request --group staff --seed keys.seed \
      --file plan.dare --out keys.answer`,
		Args: oneArg("REQUEST"),
		RunE: func(_ *cobra.Command, args []string) error {
			return t.contribute(a, args[0], files)
		},
	}
	t.flags(cmd)
	cmd.Flags().StringArrayVar(&files, "file", nil, "`FILE` that may be read; may be repeated")
	outputFlags(cmd, &t.out, &t.replace)
	return cmd
}

func (t *taking) contribute(a *app, name string, files []string) error {
	g, err := folder(t.group).record(a)
	if err != nil {
		return err
	}
	b, err := a.read(name, maxRecord)
	if err != nil {
		return err
	}
	r, err := group.ParseRequest(b, g)
	if err != nil {
		return refusedRequest(name, err)
	}
	if err := a.approve(g, r, files); err != nil {
		return err
	}
	p, err := a.partyIn(folder(t.group), t.seed, t.open)
	if err != nil {
		return err
	}
	defer p.wipe()
	answer, err := p.helper().Contribute(context.Background(), r)
	if err != nil {
		return err
	}
	sealed, err := answer.Seal(g, r, p.id)
	if err != nil {
		return err
	}
	if err := a.write(t.out, sealed, t.replace); err != nil {
		return err
	}
	a.voice.Say("Send the answer to %s, who asked; nobody else can open it.", r.Grantee())
	return nil
}

// refusedRequest says why a request is not answered.
func refusedRequest(name string, err error) error {
	if errors.Is(err, group.ErrNotMember) {
		return exit.Errorf(exit.Refused, "%s: who asks is not a member by the record that you have", sourceName(name)).
			Hinted("if he was admitted lately, take the newer record with: meshkey group accept")
	}
	return err
}

// approve says what is asked for, and refuses what is not one of the files that
// may be read.
func (a *app) approve(g *group.Group, r *group.Request, files []string) error {
	a.voice.Say("%s asks to read %s of the group %s.", r.Grantee(), countOf(len(r.Items()), "file", "files"), g.Address())
	if len(files) == 0 {
		return nil
	}
	var names []string
	for _, file := range files {
		s, in, err := a.sealed(file)
		if err != nil {
			return err
		}
		name, err := s.Name(g)
		in.Close()
		if err != nil {
			return about(sourceName(file), err)
		}
		names = append(names, name)
	}
	for _, i := range r.Items() {
		if !slices.Contains(names, i.Name) {
			return exit.Errorf(exit.Refused, "the request is for a file that is not among those given")
		}
	}
	return nil
}

func (a *app) groupCombine() *cobra.Command {
	var (
		t       taking
		request string
	)
	cmd := &cobra.Command{
		Use:   "combine FILE --request REQUEST --group GROUP --seed SEED ANSWER...",
		Short: "Decrypt a file of a group with the answers of others",
		Long: `Decrypt FILE with the answers to a request of yours. The proof in each is checked first: if
one is wrong nothing is decrypted, and it is said whose it is. If answers are missing it is
said whose.`,
		Example: `  meshkey group combine plan.dare --request plan.request --group staff \
      --seed alice.seed bob.answer --out plan.pdf
  meshkey group combine plan.dare --request plan.request --group staff \
      --seed alice.seed *.answer > plan.pdf`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			me, err := t.memberIn(a)
			if err != nil {
				return err
			}
			defer me.wipe()
			b, err := a.read(request, maxRecord)
			if err != nil {
				return err
			}
			r, err := group.ParseRequest(b, me.group)
			if err != nil {
				return err
			}
			s, in, err := a.sealed(args[0])
			if err != nil {
				return err
			}
			defer in.Close()
			if name, err := s.Name(me.group); err != nil {
				return err
			} else if !slices.ContainsFunc(r.Items(), func(i group.Item) bool { return i.Name == name }) {
				return exit.Errorf(exit.Failed, "%s is not a file that %s asks for", sourceName(args[0]), sourceName(request))
			}
			d, err := me.member.Resume(r)
			if err != nil {
				return err
			}
			for _, name := range args[1:] {
				b, err := a.read(name, maxRecord)
				if err != nil {
					return err
				}
				answer, err := group.OpenAnswer(b, me.group, r, me.id)
				if err == nil {
					err = d.Add(answer)
				}
				if errors.Is(err, group.ErrNotMember) {
					return exit.Errorf(exit.NotVerified, "%s: %w", sourceName(name), err)
				}
				if err != nil {
					return about(sourceName(name), err)
				}
			}
			return t.finish(a, me.group, d, s, args[0])
		},
	}
	t.flags(cmd)
	cmd.Flags().StringVar(&request, "request", "", "your `REQUEST` that the answers are to")
	t.openFlags(cmd)
	_ = cmd.MarkFlagRequired("request")
	return cmd
}
