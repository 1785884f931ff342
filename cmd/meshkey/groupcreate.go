package main

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/outfile"
	"meshkey/group"
	"meshkey/profile"
)

func (a *app) groupCreate() *cobra.Command {
	var (
		lock     locking
		mode     string
		need     int
		service  string
		invited  string
		members  []string
		asJSON   bool
		creation = newGroup{}
	)
	cmd := &cobra.Command{
		Use:   "create GROUP ADDRESS --mode service|offline|mixed [--need N] [--service ADDRESS] [--member PROFILE]...",
		Short: "Create a group, and invite its members",
		Long: `Create a group and write into the new folder GROUP:

  seed                 SECRET: the administrator's, encrypted. Who has it reads everything.
  record               who belongs to the group; for its members and its service
  profile              public: for those who encrypt to the group
  1.ADDRESS.invitation for that member; only he can open it
  1.halves             for the service; only it can open them

Members are named by their signed profiles. Compare the fingerprints of those: who is
admitted under a false profile reads in another's place.

A key service is named by its address, https://HOST:PORT/#FINGERPRINT, which the group
remembers; its halves go there at once, and so do those of every later change. A service
that is reached by files is named by its profile as members are.`,
		Example: `  meshkey group create staff staff@example.com --mode service --member bob.profile \
      --service https://keys.example.com/#MBIJ-QPWF-7LDP-T5QF-PN7W-4NP7-N3FN
  meshkey group create board board@example.com --mode offline --need 2 \
      --member a.profile --member b.profile --member c.profile --recipient age1…`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 2 {
				return exit.Errorf(exit.Usage, "a folder for the group and its address are needed").Hinted("%s", cmd.UseLine())
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			o := group.Options{Mode: group.Mode(mode), Need: need, Address: args[1], At: time.Now()}
			if err := a.groupOptions(&o, service, members); err != nil {
				return err
			}
			if err := lock.check(); err != nil {
				return err
			}
			var err error
			if creation.invitation, err = a.invitation(invited); err != nil {
				return err
			}
			creation.folder = folder(args[0])
			return a.createGroup(&creation, o, members, &lock, asJSON)
		},
	}
	f := cmd.Flags()
	f.StringVar(&mode, "mode", "", "whose contributions a decryption takes: `service|offline|mixed`")
	f.IntVarP(&need, "need", "t", 0, "`NUMBER` of members that a decryption takes (offline and mixed)")
	f.StringVar(&service, "service", "", "`ADDRESS` of the key service, or the file with its profile (service and mixed)")
	f.StringArrayVar(&members, "member", nil, "`PROFILE` of a member; may be repeated")
	lock.flags(cmd)
	invitationFlag(cmd, &invited)
	jsonFlag(cmd, &asJSON)
	_ = cmd.MarkFlagRequired("mode")
	complete(cmd, "mode", string(group.Serviced), string(group.Offline), string(group.Mixed))
	return cmd
}

// groupOptions checks the flags of "group create" and reads the service's
// profile.
func (a *app) groupOptions(o *group.Options, service string, members []string) error {
	hasService := o.Mode == group.Serviced || o.Mode == group.Mixed
	switch {
	case !hasService && o.Mode != group.Offline:
		return exit.Errorf(exit.Usage, "there is no mode %q", string(o.Mode)).Hinted("--mode service, --mode offline or --mode mixed")
	case hasService && service == "":
		return exit.Errorf(exit.Usage, "which is the key service?").Hinted("--service ADDRESS names it: https://HOST:PORT/#FINGERPRINT")
	case !hasService && service != "":
		return exit.Errorf(exit.Usage, "there is no service in the mode offline")
	case o.Mode == group.Serviced && o.Need > 1:
		return exit.Errorf(exit.Usage, "in the mode service one member reads, with the service").Hinted("--mode mixed asks for the service and several members")
	case o.Mode != group.Serviced && o.Need < 1:
		return exit.Errorf(exit.Usage, "how many members does a decryption take?").Hinted("--need 2 says that two have to agree")
	case o.Mode != group.Serviced && len(members) > 0 && o.Need > len(members):
		return exit.Errorf(exit.Usage, "%d members are needed, and there are %d", o.Need, len(members))
	}
	if service == "" {
		return nil
	}
	m, err := a.serviceMember(service)
	o.Service = m
	return err
}

// groupMember reads the profile of somebody who takes part in a group.
func (a *app) groupMember(name string) (*group.Member, error) {
	p, err := a.openProfile(name)
	if err != nil {
		return nil, err
	}
	m, err := group.NewMember(p, p.Address())
	if err != nil {
		return nil, exit.Errorf(exit.Failed, "%s cannot take part in a group: %w", sourceName(name), err)
	}
	return &m, nil
}

func (a *app) groupMembers(names []string) (out []group.Member, err error) {
	for _, name := range names {
		m, err := a.groupMember(name)
		if err != nil {
			return nil, err
		}
		out = append(out, *m)
	}
	return out, nil
}

// newGroup is what "group create" gave.
type newGroup struct {
	groupChange
	Seed string `json:"seedFile"`
}

func (a *app) createGroup(r *newGroup, o group.Options, members []string, lock *locking, asJSON bool) error {
	list, err := a.groupMembers(members)
	if err != nil {
		return err
	}
	seed := profile.NewSeed()
	defer seed.Wipe()
	account, err := seed.Account()
	if err != nil {
		return err
	}
	defer account.Wipe()
	admin, change, err := group.Create(account, o, list...)
	if err != nil {
		return err
	}
	files := outfile.New(false)
	defer files.Discard()
	r.Seed = r.folder.path(fileSeed)
	var sealed []byte
	files.Add(r.Seed, writes(&sealed))
	r.enter(files, change, admin.Group())
	if err := files.Check(); err != nil {
		return err
	}
	if sealed, err = lock.close(a, seed, files); err != nil {
		return err
	}
	if err := files.Stage(); err != nil {
		return err
	}
	by, err := administratorOf(admin.Group(), account)
	if err != nil {
		return err
	}
	return a.settle(files, r, admin.Group(), by, asJSON)
}

func (r *newGroup) print(w io.Writer) {
	r.groupChange.print(w)
	fmt.Fprintf(w, "  seed         %s  SECRET, encrypted\n", r.Seed)
}

func (r *newGroup) say(a *app) {
	r.groupChange.say(a)
	a.voice.Warn("this group is not on paper; meshkey escrow %s --quorum 2of3 --out DIR makes up for it", r.Seed)
}
