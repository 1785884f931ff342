package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/terminal"
	"meshkey/group"
)

func (a *app) groupConditions() *cobra.Command {
	var (
		open    opening
		seed    string
		asJSON  bool
		none    bool
		members []string
		c       group.Conditions
	)
	cmd := &cobra.Command{
		Use:   "conditions GROUP [--per-day N] [--delay TIME] [--approver ADDRESS]...",
		Short: "Say what has to hold before the key service answers a member",
		Long: `Set what has to hold before the group's key service answers a member: how many files it
answers for in a day, how long a request waits so that others see it and can veto it, and
who has to approve it. Without flags it is printed what holds.

What is set takes the place of what was; it is for all members, or with --member for those
named, in the place of what is for all. --none takes conditions away.`,
		Example: `  meshkey group conditions staff --per-day 20
  meshkey group conditions staff --member bob@example.com --delay 24h
  meshkey group conditions staff --approver alice@example.com --approver carol@example.com --need 1
  meshkey group conditions staff`,
		Args: oneArg("GROUP"),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case none:
				if !c.IsZero() {
					return exit.Errorf(exit.Usage, "--none takes conditions away, and others are given")
				}
			case c.IsZero():
				if len(members) > 0 {
					return exit.Errorf(exit.Usage, "what has to hold for them?").Hinted("--per-day, --delay or --approver says it; --none takes it away")
				}
				g, err := folder(args[0]).record(a)
				if err != nil {
					return err
				}
				v := viewConditions(g)
				if asJSON {
					return a.printJSON(map[string]any{"group": g.Fingerprint().String(), "conditions": v})
				}
				if len(v) == 0 {
					a.voice.Say("The service answers every member at once.")
				}
				printConditions(a.out, v)
				return nil
			case len(c.Approvers) > 0 && c.Need == 0:
				c.Need = 1
			}
			set := &c
			if none {
				set = nil
			}
			return a.administer(folder(args[0]), seed, open, asJSON, func(admin *group.Administrator) (*group.Change, error) {
				for _, m := range members {
					if admin.Group().Member(m) == nil {
						return nil, noMember(m, args[0])
					}
				}
				change, err := admin.SetConditions(time.Now(), set, members...)
				if errors.Is(err, group.ErrTooFewApprovers) {
					return nil, exit.Errorf(exit.Usage, "%w", err).
						Hinted("name more approvers, or with --member those whom it is for: an approver's own requests need another's approval")
				}
				return change, err
			})
		},
	}
	f := cmd.Flags()
	f.IntVar(&c.PerDay, "per-day", 0, "`NUMBER` of files in a day (UTC) for each member")
	f.DurationVar(&c.Delay, "delay", 0, "`TIME` that a request waits, such as 30m or 24h")
	f.StringArrayVar(&c.Approvers, "approver", nil, "`ADDRESS` of a member or appointed administrator who can approve; may be repeated")
	f.IntVar(&c.Need, "need", 0, "`NUMBER` of approvers that it takes (default: one)")
	f.StringArrayVar(&members, "member", nil, "`ADDRESS` of a member whom it is for; may be repeated (default: all)")
	f.BoolVar(&none, "none", false, "take conditions away")
	administratorFlags(cmd, &open, &seed, &asJSON)
	return cmd
}

func noMember(address, folder string) error {
	return exit.Errorf(exit.Usage, "%s is no member of the group", terminal.Clean(address)).
		Hinted("meshkey group list %s names all", folder)
}

// conditionsView is what has to hold for somebody.
type conditionsView struct {
	Member    string   `json:"member,omitempty"` // empty: all others
	PerDay    int      `json:"perDay,omitempty"`
	Delay     string   `json:"delay,omitempty"`
	Need      int      `json:"need,omitempty"`
	Approvers []string `json:"approvers,omitempty"`
}

func viewConditions(g *group.Group) []conditionsView {
	out := []conditionsView{}
	for member, c := range g.AllConditions() {
		v := conditionsView{Member: member, PerDay: c.PerDay, Need: c.Need, Approvers: c.Approvers}
		if c.Delay > 0 {
			v.Delay = c.Delay.String()
		}
		out = append(out, v)
	}
	return out
}

func printConditions(w io.Writer, list []conditionsView) {
	for _, v := range list {
		who := "all members"
		if v.Member != "" {
			who = terminal.Clean(v.Member)
		} else if len(list) > 1 {
			who = "all others"
		}
		fmt.Fprintf(w, "  %-14s %s: %s\n", "condition", who, v.describe())
	}
}

func (v *conditionsView) describe() string {
	var parts []string
	if v.PerDay > 0 {
		parts = append(parts, countOf(v.PerDay, "file a day", "files a day"))
	}
	if v.Delay != "" {
		parts = append(parts, "a delay of "+v.Delay)
	}
	if v.Need > 0 {
		parts = append(parts, fmt.Sprintf("approval by %d of %s", v.Need, terminal.Clean(strings.Join(v.Approvers, ", "))))
	}
	if parts == nil {
		return "none"
	}
	return strings.Join(parts, "; ")
}
