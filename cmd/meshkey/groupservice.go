package main

import (
	"bytes"
	"errors"
	"slices"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/outfile"
	"meshkey/group"
	"meshkey/keyservice/api"
	"meshkey/profile"
)

// settle gives the files of a change their names, and the group's service its
// part of it if it can be called. What is written stays if the service does not
// take it: the halves are in no other place.
func (a *app) settle(files *outfile.Set, r changed, g *group.Group, by api.Caller, asJSON bool) error {
	at, online := serviceOf(g)
	if !online || by.Key == nil {
		return a.publish(files, r, asJSON)
	}
	a.answer = r
	c := r.change()
	c.Service = at.String()
	if err := files.Commit(); err != nil {
		return err
	}
	if err := a.push(c.folder, g, by, c.invitation); err != nil {
		if !asJSON {
			r.print(a.out)
		}
		return exit.Errorf(codeIn(err), "record number %d is written, but the service has not got it: %w", g.Serial(), err).
			Hinted("until it has, all is as before; when it can be reached: meshkey group push %s", string(c.folder))
	}
	c.Kept = true
	if asJSON {
		return a.printJSON(r)
	}
	r.print(a.out)
	r.say(a)
	return nil
}

// changed is what a command tells that changed a group.
type changed interface {
	result
	change() *groupChange
}

func (r *groupChange) change() *groupChange { return r }

// codeIn is the exit code of any error.
func codeIn(err error) int {
	if e, ok := errors.AsType[*exit.Error](err); ok {
		return e.Code
	}
	return codeOf(err)
}

// push gives the group's service the record in the folder, and all halves that
// are there and count. Doing it again changes nothing.
func (a *app) push(f folder, g *group.Group, by api.Caller, invitation string) error {
	at, _ := serviceOf(g)
	c, err := dial(at, by, a.receipts(f))
	if err != nil {
		return err
	}
	halves, err := f.halves(a)
	if err != nil {
		return err
	}
	ctx, done := waiting()
	defer done()
	if invitation != "" {
		if err := c.CreateAccount(ctx, g.Profile(), invitation); err != nil {
			return atService(at.URL, err)
		}
	}
	halves = slices.DeleteFunc(halves, g.Obsolete)
	return f.atService(at.URL, c.Keep(ctx, g.Bytes(), halves...))
}

// atService is what a service says about the group in the folder.
func (f folder) atService(url string, err error) error {
	if errors.Is(err, api.ErrStale) {
		return exit.Errorf(exit.Failed, "the service %s has a newer record of the group", url).
			Hinted("meshkey group pull %s --seed SEED fetches it", string(f))
	}
	return atService(url, err)
}

// administratorOf is the caller who may change what a service has of a group:
// who has the group's seed, or one of the appointed administrators.
func administratorOf(g *group.Group, account *profile.Account) (api.Caller, error) {
	if account.Fingerprint().Matches(g.Fingerprint()) {
		return api.Caller{Account: g.Address(), Key: account.Private(profile.AdministratorSignature)}, nil
	}
	for _, m := range g.Administrators() {
		if m.Udf.Matches(account.Fingerprint()) {
			return api.Caller{Account: m.Address, Key: account.Private(profile.CommonSignature)}, nil
		}
	}
	return api.Caller{}, exit.Errorf(exit.Refused, "that is neither the seed of the group nor that of one of its appointed administrators")
}

func (a *app) groupPush() *cobra.Command {
	var (
		open             opening
		seed, invitation string
		asJSON           bool
	)
	cmd := &cobra.Command{
		Use:   "push GROUP",
		Short: "Give the key service the record and the halves in a folder",
		Long: `Give the group's key service the record in the folder GROUP and the halves that belong to
it. The commands that change a group do so themselves; this makes up for it when the
service could not be reached, when appointed administrators have concluded a change, or
when the service was set up again from a backup. What it has already stays as it is.`,
		Example: `  meshkey group push staff
  meshkey group push staff --seed alice.seed`,
		Args: oneArg("GROUP"),
		RunE: func(_ *cobra.Command, args []string) error {
			f := folder(args[0])
			g, err := onlineGroup(a, f)
			if err != nil {
				return err
			}
			if seed == "" {
				seed = f.path(fileSeed)
			}
			who, err := a.ownerOf(seed, open)
			if err != nil {
				return err
			}
			defer who.wipe()
			by, err := administratorOf(g, who.account)
			if err != nil {
				return err
			}
			text, err := a.invitation(invitation)
			if err != nil {
				return err
			}
			if err := a.push(f, g, by, text); err != nil {
				return err
			}
			return a.tellAtService(g, asJSON)
		},
	}
	administratorFlags(cmd, &open, &seed, &asJSON)
	invitationFlag(cmd, &invitation)
	return cmd
}

// onlineGroup is the group in a folder, which must have a service that can be
// called.
func onlineGroup(a *app, f folder) (*group.Group, error) {
	g, err := f.record(a)
	if err != nil {
		return nil, err
	}
	if _, online := serviceOf(g); !online {
		return nil, exit.Errorf(exit.Failed, "the group %s has no key service that can be called", g.Address()).
			Hinted("its parties send each other files: meshkey group --help")
	}
	return g, nil
}

func (a *app) tellAtService(g *group.Group, asJSON bool) error {
	at, _ := serviceOf(g)
	told := struct {
		Group   string `json:"group"`
		Address string `json:"address"`
		Serial  int64  `json:"serial"`
		Service string `json:"service"`
	}{g.Fingerprint().String(), g.Address(), g.Serial(), at.String()}
	if asJSON {
		return a.printJSON(told)
	}
	a.voice.Say("The service %s has record number %d of the group %s.", at.URL, g.Serial(), g.Address())
	return nil
}

func (a *app) groupPull() *cobra.Command {
	var (
		open   opening
		seed   string
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "pull GROUP --seed SEED",
		Short: "Fetch the group's newest record from the key service",
		Long: `Fetch the newest record from the group's key service into your folder GROUP. It is checked
that the group's administrator signed it and that it follows from the one you have, so
the service cannot make one up. Invitations do not come this way.`,
		Example: `  meshkey group pull staff --seed bob.seed
  meshkey group pull staff --seed staff/seed --json`,
		Args: oneArg("GROUP"),
		RunE: func(_ *cobra.Command, args []string) error {
			f := folder(args[0])
			g, err := onlineGroup(a, f)
			if err != nil {
				return err
			}
			who, err := a.ownerOf(seed, open)
			if err != nil {
				return err
			}
			defer who.wipe()
			by, err := partyOf(g, who.account)
			if err != nil {
				return err
			}
			newest, err := fetchGroup(g, by)
			if err != nil {
				return err
			}
			if !bytes.Equal(newest.Bytes(), g.Bytes()) {
				files := outfile.New(false)
				defer files.Discard()
				files.Replace(f.path(fileRecord), newest.Bytes())
				if exists(f.path(fileProfile)) {
					files.Replace(f.path(fileProfile), newest.Profile().Bytes())
				}
				if err := files.Stage(); err != nil {
					return err
				}
				if err := files.Commit(); err != nil {
					return err
				}
			}
			return a.tellAtService(newest, asJSON)
		},
	}
	cmd.Flags().StringVar(&seed, "seed", "", "`SEED` of your account, or of the group")
	open.flags(cmd)
	jsonFlag(cmd, &asJSON)
	_ = cmd.MarkFlagRequired("seed")
	return cmd
}

// partyOf is the caller that an account is in a group: its administrator, or one
// of its members.
func partyOf(g *group.Group, account *profile.Account) (api.Caller, error) {
	if by, err := administratorOf(g, account); err == nil {
		return by, nil
	}
	id, _, err := identityIn(g, account)
	if err != nil {
		return api.Caller{}, err
	}
	return api.Caller{Account: id.Address, Key: account.Private(profile.CommonSignature)}, nil
}

// fetchGroup fetches the newest record of a group, which must follow from g.
func fetchGroup(g *group.Group, by api.Caller) (*group.Group, error) {
	at, _ := serviceOf(g)
	c, err := dial(at, by)
	if err != nil {
		return nil, err
	}
	ctx, done := waiting()
	defer done()
	b, err := c.Group(ctx, g.Address())
	if err != nil {
		return nil, atService(at.URL, err)
	}
	newest, err := group.Parse(b, g.Fingerprint())
	if err != nil {
		return nil, about("what the service "+at.URL+" has", err)
	}
	if err := newest.Succeeds(g); err != nil {
		return nil, about("what the service "+at.URL+" has", err)
	}
	return newest, nil
}

// serviceMember is a key service as one who takes part in a group: named by its
// address, or by the file with the signed profile of its account.
func (a *app) serviceMember(name string) (*group.Member, error) {
	if !isService(name) {
		return a.groupMember(name)
	}
	at, err := parseService(name)
	if err != nil {
		return nil, err
	}
	p, err := hello(at)
	if err != nil {
		return nil, err
	}
	if at.Service.IsZero() {
		a.voice.Say("The service %s is %s.", at.URL, p.Fingerprint())
		a.voice.Say("Compare that with what its operator tells you.")
	}
	m, err := group.NewMember(p, at.URL)
	if err != nil {
		return nil, exit.Errorf(exit.Failed, "%s cannot take part in a group: %w", at.URL, err)
	}
	return &m, nil
}
