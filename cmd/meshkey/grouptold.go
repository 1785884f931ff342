package main

import (
	"fmt"
	"io"
	"strings"

	"meshkey/cmd/internal/outfile"
	"meshkey/cmd/internal/terminal"
	"meshkey/group"
)

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
	Service     string            `json:"service,omitempty"`     // that was called, its address
	Kept        bool              `json:"kept,omitempty"`        // by the service, which has it all
	service     string
	invitation  string // that the service's operator gave, secret
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
	switch {
	case r.Kept:
		fmt.Fprintf(w, "  service      %s\n", terminal.Clean(r.Service))
	case r.Halves != "":
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
	if r.Kept {
		a.voice.Say("The service has record number %d.", r.Serial)
	} else if r.service != "" && !isService(r.service) {
		to += " and to the service"
	}
	var besides []string
	if r.Halves != "" && !isService(r.service) {
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
	if r.Kept && r.Serial > 1 {
		a.voice.Say("Members fetch it with: meshkey group pull FOLDER --seed SEED")
		if to = "those who are named here"; len(besides) == 0 {
			return
		}
	}
	a.voice.Say("Send %s to %s.", r.Record, to)
	if len(besides) > 0 {
		a.voice.Say("Send besides\n  %s", strings.Join(besides, "\n  "))
	}
	if isService(r.service) && !r.Kept {
		a.voice.Say("One of the administrators gives it to the service: meshkey group push %s --seed SEED", string(r.folder))
	}
	a.voice.Say("They take it with: meshkey group accept FOLDER FILE... --seed SEED --fingerprint %s", r.Group)
	a.voice.Say("Tell them that fingerprint in another way than the files go.")
}
