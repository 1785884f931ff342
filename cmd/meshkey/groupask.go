package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/group"
)

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
	return exit.Errorf(codeOf(err), "%s: %w", sourceName(name), err)
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
		t                taking
		request, service string
	)
	cmd := &cobra.Command{
		Use:   "combine FILE --request REQUEST --group GROUP --seed SEED ANSWER...",
		Short: "Decrypt a file of a group with the answers of others",
		Long: `Decrypt FILE with the answers to a request of yours. The proof in each is checked first: if
one is wrong nothing is decrypted, and it is said whose it is. If answers are missing it is
said whose. When only the group's key service is missing it is asked, if it can be called.`,
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
				return exit.Errorf(codeOf(err), "%s: %w", sourceName(request), err)
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
			if err := a.askService(d, folder(t.group), me, len(args)-1, service); err != nil {
				return err
			}
			return t.finish(a, me.group, d, s, args[0])
		},
	}
	t.flags(cmd)
	cmd.Flags().StringVar(&request, "request", "", "your `REQUEST` that the answers are to")
	serviceFlag(cmd, &service)
	t.openFlags(cmd)
	_ = cmd.MarkFlagRequired("request")
	return cmd
}
