package main

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/terminal"
	"meshkey/group"
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

A key service is called: the group remembers its address, "decrypt" asks it, and whoever
changes the group tells it. It refuses a dismissed member from then on, and lets others
wait if the group's conditions say so: "waiting", "approve", "veto".

Everyone keeps a folder of the group. What members and the administrator send each other
are files; what is secret in them is sealed to whom they are for. Members at one computer
decrypt with "decrypt"; those who are not, in three steps, and so a service that cannot
be called:

  request     who wants to read asks
  contribute  each member who agrees, or the service, answers
  combine     who asked decrypts`,
		Example: `  meshkey group create staff staff@example.com --mode service --member alice.profile \
      --service https://keys.example.com/#MBIJ-QPWF-7LDP-T5QF-PN7W-4NP7-N3FN
  meshkey group create board board@example.com --mode offline --need 2 \
      --member alice.profile --member bob.profile --member carol.profile
  meshkey group encrypt plan.pdf --group staff --out plan.dare
  meshkey group decrypt plan.dare --group staff --seed alice.seed \
      --helper bobs-staff --helper-seed bob.seed --out plan.pdf`,
	}
	cmd.AddCommand(
		a.groupCreate(), a.groupAdd(), a.groupDelete(), a.groupRotate(), a.groupList(), a.groupAccept(),
		a.groupPush(), a.groupPull(), a.groupConditions(),
		a.groupWaiting(), a.groupApprove(), a.groupVeto(),
		a.groupEncrypt(), a.groupDecrypt(), a.groupRequest(), a.groupContribute(), a.groupCombine(),
		a.groupAppoint(), a.groupPropose(), a.groupGrant(), a.groupAssent(), a.groupConfirm(), a.groupConclude(), a.groupSign())
	return cmd
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
	Together       int          `json:"administratorsNeed,omitempty"` // of whom act together
	Keys           int          `json:"keys"`

	Conditions []conditionsView `json:"conditions,omitempty"`
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
		Together:   g.AdministratorsNeed(),
		Conditions: viewConditions(g),
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
	if v.Together > 0 {
		fmt.Fprintf(w, "Admit    %d of %s together\n", v.Together, countOf(len(v.Administrators), "administrator", "administrators"))
	}
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
	printConditions(w, v.Conditions)
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
