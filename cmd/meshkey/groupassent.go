package main

import (
	"time"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/outfile"
	"meshkey/group"
	"meshkey/profile"
)

// changeMembers admits and dismisses members, as the holder of the group's seed
// does, or as one of the appointed administrators with the key service.
func (a *app) changeMembers(f folder, seed string, open opening, asJSON bool, admit []group.Member, dismiss []string) error {
	g, err := f.record(a)
	if err != nil {
		return err
	}
	for _, address := range dismiss {
		if g.Member(address) == nil {
			return noMember(address, string(f))
		}
	}
	if seed == "" {
		seed = f.path(fileSeed)
	}
	who, err := a.ownerOf(seed, open)
	if err != nil {
		return err
	}
	defer who.wipe()
	if who.account.Fingerprint().Matches(g.Fingerprint()) || len(g.Administrators()) == 0 {
		return a.administerAs(f, g, who.account, asJSON, func(admin *group.Administrator) (*group.Change, error) {
			if len(dismiss) > 0 {
				return admin.Dismiss(time.Now(), dismiss...)
			}
			return admin.Admit(time.Now(), admit...)
		})
	}
	d, err := f.deputy(a, g, who.account)
	if err != nil {
		return err
	}
	defer d.Wipe()
	change, err := a.withService(f, d, who.account, admit, dismiss)
	if err != nil {
		return err
	}
	next, err := group.Parse(change.Record, g.Fingerprint())
	if err != nil {
		return err
	}
	files := outfile.New(false)
	defer files.Discard()
	return a.enter(files, f, change, g, next, who.account, asJSON)
}

// withService makes a change that takes one administrator and the key service.
func (a *app) withService(f folder, d *group.Deputy, account *profile.Account, admit []group.Member, dismiss []string) (*group.Change, error) {
	g := d.Group()
	if g.AssentId() == "" || g.AdministratorsNeed() > 2 {
		return nil, exit.Errorf(exit.TooFew, "it takes %d administrators together", g.AdministratorsNeed()).
			Hinted("begin with meshkey group propose; grant, confirm and conclude follow")
	}
	by, err := administratorOf(g, account)
	if err != nil {
		return nil, err
	}
	p, err := g.ProposeTo([]string{by.Account, g.Service().Address}, time.Now(), admit, dismiss...)
	if err != nil {
		return nil, err
	}
	a.sayProposal(p)
	var grants [][]byte
	if len(admit) > 0 {
		own, err := d.Grant(p)
		if err != nil {
			return nil, err
		}
		grants = append(grants, own)
	}
	assent, err := a.assent(f, g, account, p, grants...)
	if err != nil {
		return nil, err
	}
	if assent.Grant != nil {
		grants = append(grants, assent.Grant)
	}
	signed, err := d.Sign(p, grants...)
	if err != nil {
		return nil, err
	}
	return g.Conclude(p, grants, signed, assent.Signed)
}

// assent has the key service grant and sign.
func (a *app) assent(f folder, g *group.Group, account *profile.Account, p *group.Proposal, grants ...[]byte) (*group.Assent, error) {
	at, online := serviceOf(g)
	if !online || g.AssentId() == "" {
		return nil, exit.Errorf(exit.Failed, "the group's key service is not one of its administrators").
			Hinted("whoever has the group's seed makes it one: meshkey group appoint %s PROFILE... --with-service", string(f))
	}
	by, err := administratorOf(g, account)
	if err != nil {
		return nil, err
	}
	c, err := dial(at, by, a.receipts(f))
	if err != nil {
		return nil, err
	}
	ctx, done := waiting()
	defer done()
	out, err := c.Assent(ctx, g, p, grants...)
	return out, f.atService(at.URL, err)
}

func (a *app) groupAssent() *cobra.Command {
	var d deputy
	cmd := &cobra.Command{
		Use:   "assent GROUP PROPOSAL GRANT... --seed SEED --out NAME",
		Short: "Have the key service grant and confirm, as an appointed administrator",
		Long: `Ask the group's key service, if it is one of the administrators, to contribute to a
proposal, after the others who make the change have granted. Its grant is written to
NAME.grant, and its confirmation to NAME.confirmation; what follows is as without it.
Where two make the change, the service and you, "meshkey group add" does all of it.`,
		Example: `  meshkey group assent staff carol.proposal alice.grant bob.grant --seed alice.seed --out service
  meshkey group assent staff bob.proposal --seed alice.seed --out service`,
		Args: several("GROUP", "PROPOSAL"),
		RunE: func(_ *cobra.Command, args []string) error {
			f := folder(args[0])
			p, err := a.proposal(args[1])
			if err != nil {
				return err
			}
			grants, err := a.readAll(args[2:])
			if err != nil {
				return err
			}
			who, err := a.ownerOf(d.seed, d.open)
			if err != nil {
				return err
			}
			defer who.wipe()
			g, err := f.record(a)
			if err != nil {
				return err
			}
			a.sayProposal(p)
			out, err := a.assent(f, g, who.account, p, grants...)
			if err != nil {
				return err
			}
			files := outfile.New(d.replace)
			defer files.Discard()
			if out.Grant != nil {
				files.AddBytes(d.out+".grant", out.Grant)
			}
			files.AddBytes(d.out+".confirmation", out.Signed)
			if err := files.Stage(); err != nil {
				return err
			}
			return files.Commit()
		},
	}
	d.flags(cmd)
	cmd.Flags().Lookup("out").Usage = "`NAME` of the two files to write, without .grant and .confirmation"
	cmd.Flags().Lookup("force").Usage = "replace files that are there"
	_ = cmd.MarkFlagRequired("out")
	return cmd
}
