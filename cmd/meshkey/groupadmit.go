package main

import (
	"bytes"
	"errors"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/outfile"
	"meshkey/group"
	"meshkey/profile"
)

// groupCode is the exit code of an error of a group, exit.Failed if it is none.
func groupCode(err error) int {
	switch {
	case is[*group.CheatError](err), errors.Is(err, group.ErrMalleable), errors.Is(err, group.ErrDocument):
		return exit.NotVerified
	case is[*group.TooFewError](err):
		return exit.TooFew
	case errors.Is(err, group.ErrNotMember):
		return exit.Refused
	}
	return exit.Failed
}

// about puts before an error what it is about, and keeps its code and hint.
func about(what string, err error) error {
	code := codeOf(err)
	if e, ok := errors.AsType[*exit.Error](err); ok {
		code = e.Code
	}
	return exit.Errorf(code, "%s: %w", what, err).Hinted("%s", exit.Hint(err))
}

func (a *app) groupAppoint() *cobra.Command {
	var (
		open        opening
		seed        string
		need        int
		withService bool
		asJSON      bool
	)
	cmd := &cobra.Command{
		Use:   "appoint GROUP PROFILE...",
		Short: "Let several administrators admit members, none of whom can read",
		Long: `Split the right to admit members among two administrators or more, in the mode service.
From then on members are admitted by all of them together: one proposes, each grants,
each confirms, and anyone concludes. None of them can read what is encrypted to the
group, nor can all but one of them together. The seed in GROUP still can: put it on paper,
and delete it.

With --need fewer than all of them act together. With --with-service the group's key
service is one of them, who agrees to whatever another proposes: with --need 2 each of the
others admits and dismisses alone, by "meshkey group add" and "delete", himself too, so
each can come to read. With --need 3 it takes two of them. A dishonest service, which never
reads alone, could read together with one fewer of them than --need says.`,
		Example: `  meshkey group appoint staff alice.profile bob.profile
  meshkey group appoint staff alice.profile bob.profile --with-service --need 2
  meshkey group appoint staff alice.profile bob.profile --json`,
		Args: several("GROUP", "PROFILE"),
		RunE: func(_ *cobra.Command, args []string) error {
			list, err := a.groupMembers(args[1:])
			if err != nil {
				return err
			}
			return a.administer(folder(args[0]), seed, open, asJSON, func(admin *group.Administrator) (*group.Change, error) {
				if withService {
					if _, online := serviceOf(admin.Group()); !online {
						return nil, exit.Errorf(exit.Usage, "the group has no key service that can be called")
					}
					list = append(list, *admin.Group().Service())
				}
				if need == 0 {
					need = len(list)
				}
				return admin.AppointSome(time.Now(), need, list...)
			})
		},
	}
	cmd.Flags().IntVar(&need, "need", 0, "`NUMBER` of administrators who act together (default: all)")
	cmd.Flags().BoolVar(&withService, "with-service", false, "make the group's key service one of them")
	administratorFlags(cmd, &open, &seed, &asJSON)
	return cmd
}

func (a *app) groupPropose() *cobra.Command {
	var (
		admit, dismiss, by []string
		out                string
		replace            bool
	)
	cmd := &cobra.Command{
		Use:   "propose GROUP (--admit PROFILE | --dismiss ADDRESS)... --out PROPOSAL",
		Short: "Propose to the appointed administrators whom to admit or dismiss",
		Long: `Write down whom the appointed administrators of GROUP are to admit or to dismiss. The
proposal goes to each of them, is no secret, and is good for the record as it stands, once.
With --by it is for these administrators alone, as many as it takes, all of whom act then.`,
		Example: `  meshkey group propose staff --admit carol.profile --out carol.proposal
  meshkey group propose staff --dismiss bob@example.com --out bob.proposal \
      --by alice@example.com --by carol@example.com`,
		Args: oneArg("GROUP"),
		RunE: func(_ *cobra.Command, args []string) error {
			g, err := folder(args[0]).record(a)
			if err != nil {
				return err
			}
			list, err := a.groupMembers(admit)
			if err != nil {
				return err
			}
			var p *group.Proposal
			if len(by) == 0 {
				p, err = g.Propose(time.Now(), list, dismiss...)
			} else {
				p, err = g.ProposeTo(by, time.Now(), list, dismiss...)
			}
			if err != nil {
				return err
			}
			a.sayProposal(p)
			return a.write(out, p.Bytes(), replace)
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&admit, "admit", nil, "`PROFILE` of who is to be admitted; may be repeated")
	f.StringArrayVar(&dismiss, "dismiss", nil, "`ADDRESS` of a member who is to be dismissed; may be repeated")
	f.StringArrayVar(&by, "by", nil, "`ADDRESS` of an administrator who acts; may be repeated (default: all of them)")
	outputFlags(cmd, &out, &replace)
	cmd.MarkFlagsOneRequired("admit", "dismiss")
	return cmd
}

// sayProposal says what an administrator has to compare.
func (a *app) sayProposal(p *group.Proposal) {
	for _, m := range p.Admit() {
		a.voice.Say("To be admitted: %s, %s. Compare the fingerprint with what he tells you himself.", m.Address, m.Udf)
	}
	for _, address := range p.Dismiss() {
		a.voice.Say("To be dismissed: %s.", address)
	}
}

// deputy is an appointed administrator at work.
type deputy struct {
	open      opening
	seed, out string
	replace   bool
}

func (d *deputy) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&d.seed, "seed", "", "`SEED` of your account")
	d.open.flags(cmd)
	outputFlags(cmd, &d.out, &d.replace)
	_ = cmd.MarkFlagRequired("seed")
}

// do takes up the appointment in a folder, reads a proposal and writes what an
// administrator answers to it.
func (d *deputy) do(a *app, f folder, proposal string, answer func(*group.Deputy, *group.Proposal) ([]byte, error)) error {
	g, err := f.record(a)
	if err != nil {
		return err
	}
	p, err := a.proposal(proposal)
	if err != nil {
		return err
	}
	who, err := a.ownerOf(d.seed, d.open)
	if err != nil {
		return err
	}
	defer who.wipe()
	deputy, err := f.deputy(a, g, who.account)
	if err != nil {
		return err
	}
	defer deputy.Wipe()
	a.sayProposal(p)
	b, err := answer(deputy, p)
	if err != nil {
		return err
	}
	return a.write(d.out, b, d.replace)
}

// deputy takes up the appointment of an account in a folder. The caller wipes it.
func (f folder) deputy(a *app, g *group.Group, account *profile.Account) (*group.Deputy, error) {
	id, _, err := identityIn(g, account)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(g.Administrators(), func(m group.Member) bool { return m.Address == id.Address }) {
		return nil, exit.Errorf(exit.Refused, "%s is not one of the appointed administrators of the group", id.Address)
	}
	capability, err := f.newest(a, id.Address, endCapability)
	if err != nil {
		return nil, err
	}
	return group.NewDeputy(g, id, capability)
}

func (a *app) proposal(name string) (*group.Proposal, error) {
	b, err := a.read(name, maxRecord)
	if err != nil {
		return nil, err
	}
	p, err := group.ParseProposal(bytes.TrimSpace(b))
	if err != nil {
		return nil, exit.Errorf(exit.Failed, "%s is no proposal: %w", sourceName(name), err)
	}
	return p, nil
}

func (a *app) groupGrant() *cobra.Command {
	var d deputy
	cmd := &cobra.Command{
		Use:   "grant GROUP PROPOSAL --seed SEED --out GRANT",
		Short: "Contribute to an admission, as an appointed administrator",
		Long: `Write what you contribute to the halves of those who are to be admitted: each part of it
is sealed to the member or to the service. It goes to all other administrators, who
confirm when they have everybody's.`,
		Example: `  meshkey group grant staff carol.proposal --seed alice.seed --out alice.grant
  meshkey group grant staff carol.proposal --seed bob.seed --out bob.grant`,
		Args: several("GROUP", "PROPOSAL"),
		RunE: func(_ *cobra.Command, args []string) error {
			return d.do(a, folder(args[0]), args[1], (*group.Deputy).Grant)
		},
	}
	d.flags(cmd)
	return cmd
}

func (a *app) groupConfirm() *cobra.Command {
	var d deputy
	cmd := &cobra.Command{
		Use:   "confirm GROUP PROPOSAL GRANT... --seed SEED --out CONFIRMATION",
		Short: "Sign the record that follows from a proposal and all its grants",
		Long: `Check the grants of all administrators, which have to add up to the group's key, and sign
the record that follows. A grant that does not is refused, and it is said whose it is.`,
		Example: `  meshkey group confirm staff carol.proposal alice.grant bob.grant --seed alice.seed \
      --out alice.confirmation
  meshkey group confirm staff carol.proposal *.grant --seed bob.seed --out bob.confirmation`,
		Args: several("GROUP", "PROPOSAL"),
		RunE: func(_ *cobra.Command, args []string) error {
			grants, err := a.readAll(args[2:])
			if err != nil {
				return err
			}
			return d.do(a, folder(args[0]), args[1], func(d *group.Deputy, p *group.Proposal) ([]byte, error) {
				return d.Sign(p, grants...)
			})
		},
	}
	d.flags(cmd)
	return cmd
}

func (a *app) readAll(names []string) (out [][]byte, err error) {
	for _, name := range names {
		b, err := a.read(name, maxRecord)
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

func (a *app) groupConclude() *cobra.Command {
	var (
		grants, confirmations []string
		asJSON                bool
	)
	cmd := &cobra.Command{
		Use:   "conclude GROUP PROPOSAL --grant GRANT... --confirmation CONFIRMATION...",
		Short: "Make the next record of what all administrators have confirmed",
		Long: `Join what all appointed administrators have granted and confirmed: the record in GROUP is
replaced by the next one, with an invitation for each who was admitted and halves for the
service. It needs no secret, so anyone who has the files can do it.`,
		Example: `  meshkey group conclude staff carol.proposal --grant alice.grant --grant bob.grant \
      --confirmation alice.confirmation --confirmation bob.confirmation`,
		Args: several("GROUP", "PROPOSAL"),
		RunE: func(_ *cobra.Command, args []string) error {
			f := folder(args[0])
			g, err := f.record(a)
			if err != nil {
				return err
			}
			p, err := a.proposal(args[1])
			if err != nil {
				return err
			}
			granted, err := a.readAll(grants)
			if err != nil {
				return err
			}
			confirmed, err := a.readAll(confirmations)
			if err != nil {
				return err
			}
			change, err := g.Conclude(p, granted, confirmed...)
			if err != nil {
				return err
			}
			next, err := group.Parse(change.Record, g.Fingerprint())
			if err != nil {
				return err
			}
			files := outfile.New(false)
			defer files.Discard()
			r := &groupChange{folder: f}
			r.enter(files, change, next)
			if err := files.Stage(); err != nil {
				return err
			}
			return a.publish(files, r, asJSON)
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&grants, "grant", nil, "`GRANT` of an administrator; one for each")
	f.StringArrayVar(&confirmations, "confirmation", nil, "`CONFIRMATION` of an administrator; one for each")
	jsonFlag(cmd, &asJSON)
	return cmd
}
