package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/outfile"
	"meshkey/cmd/internal/terminal"
	"meshkey/group"
	"meshkey/profile"
)

func (a *app) groupCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "group",
		GroupID: groupTools,
		Short:   "Encrypt to a group of which no member reads alone",
		Long: `Files are encrypted to a group, and a member decrypts them with contributions of others:

  service   of the group's key service. When it is told that a member is dismissed, that
            member reads no more.
  offline   of as many other members as it takes; there is no service.
  mixed     of the key service and of as many other members as it takes.

Only the administrator can read alone: he has the group's seed, which can be put on paper
as the seed of any account (meshkey escrow).

Everyone keeps a folder of the group: the administrator, the service, every member. What
they send each other are files; what is secret in them is sealed to whom they are for.
Those who are at one computer decrypt with "decrypt"; those who are not, in three steps:

  request     who wants to read asks
  contribute  the service, or each member who agrees, answers
  combine     who asked decrypts`,
		Example: `  meshkey group create staff staff@example.com --mode offline --need 2 \
      --member alice.profile --member bob.profile --member carol.profile
  meshkey group encrypt plan.pdf --group staff --out plan.dare
  meshkey group decrypt plan.dare --group staff --seed alice.seed \
      --helper bobs-staff --helper-seed bob.seed --out plan.pdf`,
	}
	cmd.AddCommand(
		a.groupCreate(), a.groupAdd(), a.groupDelete(), a.groupRotate(), a.groupList(), a.groupAccept(),
		a.groupEncrypt(), a.groupDecrypt(), a.groupRequest(), a.groupContribute(), a.groupCombine(),
		a.groupAppoint(), a.groupPropose(), a.groupGrant(), a.groupConfirm(), a.groupConclude(), a.groupSign())
	return cmd
}

func (a *app) groupCreate() *cobra.Command {
	var (
		lock     locking
		mode     string
		need     int
		service  string
		members  []string
		asJSON   bool
		creation = newGroup{}
	)
	cmd := &cobra.Command{
		Use:   "create GROUP ADDRESS --mode service|offline|mixed [--need N] [--service PROFILE] [--member PROFILE]...",
		Short: "Create a group, and invite its members",
		Long: `Create a group and write into the new folder GROUP:

  seed                 SECRET: the administrator's, encrypted. Who has it reads everything.
  record               who belongs to the group; for its members and its service
  profile              public: for those who encrypt to the group
  1.ADDRESS.invitation for that member; only he can open it
  1.halves             for the service; only it can open them

Members and the service are named by their signed profiles. Compare the fingerprints of
those: who is admitted under a false profile reads in another's place.`,
		Example: `  meshkey group create staff staff@example.com --mode service --service keys.profile \
      --member bob.profile
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
			creation.folder = folder(args[0])
			return a.createGroup(&creation, o, members, &lock, asJSON)
		},
	}
	f := cmd.Flags()
	f.StringVar(&mode, "mode", "", "whose contributions a decryption takes: `service|offline|mixed`")
	f.IntVarP(&need, "need", "t", 0, "`NUMBER` of members that a decryption takes (offline and mixed)")
	f.StringVar(&service, "service", "", "`PROFILE` of the key service's account (service and mixed)")
	f.StringArrayVar(&members, "member", nil, "`PROFILE` of a member; may be repeated")
	lock.flags(cmd)
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
		return exit.Errorf(exit.Usage, "which is the key service?").Hinted("--service PROFILE names it by the signed profile of its account")
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
	m, err := a.groupMember(service)
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
	return a.publish(files, r, asJSON)
}

func (r *newGroup) print(w io.Writer) {
	r.groupChange.print(w)
	fmt.Fprintf(w, "  seed         %s  SECRET, encrypted\n", r.Seed)
}

func (r *newGroup) say(a *app) {
	r.groupChange.say(a)
	a.voice.Warn("this group is not on paper; meshkey escrow %s --quorum 2of3 --out DIR makes up for it", r.Seed)
}

// groupChange is what a command tells that changed a group.
type groupChange struct {
	folder      folder
	Group       string            `json:"group"`
	Address     string            `json:"address"`
	Serial      int64             `json:"serial"`
	Record      string            `json:"record"`
	Profile     string            `json:"profile"`
	Halves      string            `json:"halves,omitempty"`
	Invitations map[string]string `json:"invitations,omitempty"` // files, by address
	Appointed   map[string]string `json:"appointed,omitempty"`   // the same
	service     string
	members     []group.Member
	appointed   []group.Member
}

// enter enters the files of a change and notes them.
func (r *groupChange) enter(files *outfile.Set, c *group.Change, g *group.Group) {
	r.Group, r.Address, r.Serial, r.members = g.Fingerprint().String(), g.Address(), g.Serial(), g.Members()
	r.Record, r.Profile = r.folder.path(fileRecord), r.folder.path(fileProfile)
	files.Replace(r.Record, c.Record)
	files.Replace(r.Profile, g.Profile().Bytes())
	if s := g.Service(); s != nil {
		r.service = s.Address
	}
	if len(c.Halves) > 0 {
		r.Halves = r.folder.path(numbered(r.Serial, "", endHalves))
		files.AddBytes(r.Halves, list(c.Halves))
	}
	r.appointed = g.Administrators()
	r.Invitations = r.enterFor(files, r.members, c.Invitations, endInvitation)
	r.Appointed = r.enterFor(files, r.appointed, c.Appointments, endCapability)
}

// enterFor enters files that are for one person each.
func (r *groupChange) enterFor(files *outfile.Set, who []group.Member, data map[string][]byte, end string) map[string]string {
	var names map[string]string
	for _, m := range who {
		b := data[m.Address]
		if b == nil {
			continue
		}
		if names == nil {
			names = map[string]string{}
		}
		name := r.folder.path(numbered(r.Serial, m.Address, end))
		names[m.Address] = name
		files.AddBytes(name, b)
	}
	return names
}

func (r *groupChange) print(w io.Writer) {
	fmt.Fprintf(w, "Group  %s  %s\n", r.Group, terminal.Clean(r.Address))
	fmt.Fprintf(w, "  record       %s  number %d\n", r.Record, r.Serial)
	fmt.Fprintf(w, "  profile      %s  public\n", r.Profile)
	if r.Halves != "" {
		fmt.Fprintf(w, "  halves       %s\n", r.Halves)
	}
	for _, m := range r.members {
		if name := r.Invitations[m.Address]; name != "" {
			fmt.Fprintf(w, "  invitation   %s\n", terminal.Clean(name))
		}
	}
	for _, m := range r.appointed {
		if name := r.Appointed[m.Address]; name != "" {
			fmt.Fprintf(w, "  appointment  %s\n", terminal.Clean(name))
		}
	}
}

// say tells what has to be sent to whom.
func (r *groupChange) say(a *app) {
	to := "every member"
	if r.service != "" {
		to += " and to the service"
	}
	var besides []string
	if r.Halves != "" {
		besides = append(besides, r.Halves+" to the service, "+r.service)
	}
	for _, m := range r.members {
		if name := r.Invitations[m.Address]; name != "" {
			besides = append(besides, name+" to "+m.Address)
		}
	}
	for _, m := range r.appointed {
		if name := r.Appointed[m.Address]; name != "" {
			besides = append(besides, name+" to "+m.Address)
		}
	}
	a.voice.Say("Send %s to %s.", r.Record, to)
	if len(besides) > 0 {
		a.voice.Say("Send besides\n  %s", strings.Join(besides, "\n  "))
	}
	a.voice.Say("They take it with: meshkey group accept FOLDER FILE... --seed SEED --fingerprint %s", r.Group)
	a.voice.Say("Tell them that fingerprint in another way than the files go.")
}

func (a *app) groupList() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list GROUP",
		Short: "Say who belongs to a group, and how it decrypts",
		Example: `  meshkey group list staff
  meshkey group list staff --json`,
		Args: oneArg("GROUP"),
		RunE: func(_ *cobra.Command, args []string) error {
			g, err := folder(args[0]).record(a)
			if err != nil {
				return err
			}
			t := listGroup(g)
			if asJSON {
				return a.printJSON(t)
			}
			t.print(a.out)
			return nil
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

// groupView is what is public about a group.
type groupView struct {
	Group          string       `json:"group"`
	Address        string       `json:"address"`
	Serial         int64        `json:"serial"`
	Updated        string       `json:"updated"`
	Mode           group.Mode   `json:"mode"`
	Need           int          `json:"need"`
	Service        *memberView  `json:"service,omitempty"`
	Members        []memberView `json:"members"`
	Administrators []memberView `json:"administrators,omitempty"`
	Keys           int          `json:"keys"`
}

type memberView struct {
	Address string `json:"address"`
	Account string `json:"account"`
}

func viewMembers(list []group.Member) (out []memberView) {
	for _, m := range list {
		out = append(out, memberView{m.Address, m.Udf.String()})
	}
	return out
}

func listGroup(g *group.Group) *groupView {
	v := &groupView{
		Group: g.Fingerprint().String(), Address: g.Address(), Serial: g.Serial(), Updated: g.Updated().Format(time.RFC3339),
		Mode: g.Mode(), Need: g.Need(), Members: viewMembers(g.Members()), Administrators: viewMembers(g.Administrators()), Keys: len(g.Keys()),
	}
	if v.Members == nil {
		v.Members = []memberView{}
	}
	if s := g.Service(); s != nil {
		v.Service = &memberView{s.Address, s.Udf.String()}
	}
	return v
}

func (v *groupView) print(w io.Writer) {
	fmt.Fprintf(w, "Group    %s  %s\n", v.Group, terminal.Clean(v.Address))
	fmt.Fprintf(w, "Record   number %d of %s, %s\n", v.Serial, v.Updated, countOf(v.Keys, "key", "keys"))
	fmt.Fprintf(w, "Decrypt  %s\n", describeMode(v.Mode, v.Need))
	print := func(what string, m memberView) {
		fmt.Fprintf(w, "  %-14s %s  %s\n", what, m.Account, terminal.Clean(m.Address))
	}
	if v.Service != nil {
		print("service", *v.Service)
	}
	for _, m := range v.Members {
		print("member", m)
	}
	for _, m := range v.Administrators {
		print("administrator", m)
	}
}

// describeMode says whose contributions it takes.
func describeMode(mode group.Mode, need int) string {
	switch mode {
	case group.Serviced:
		return "a member and the key service"
	case group.Offline:
		return fmt.Sprintf("%d members together", need)
	}
	return fmt.Sprintf("%d members together and the key service", need)
}
