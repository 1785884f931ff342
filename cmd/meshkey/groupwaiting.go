package main

import (
	"bytes"
	"crypto/sha512"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/terminal"
	"meshkey/group"
	"meshkey/internal/dare"
	"meshkey/keyservice/api"
)

func (a *app) groupWaiting() *cobra.Command {
	var (
		v      visit
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "waiting GROUP --seed SEED",
		Short: "List the requests that wait at the key service for an approval or a delay",
		Long: `List what members have asked the group's key service for and it has not answered yet: who
asks, for how many files, until when it waits, and who approved. The first column is what
"meshkey group approve" and "veto" call it by.`,
		Example: `  meshkey group waiting staff --seed alice.seed
  meshkey group waiting staff --seed staff/seed --json`,
		Args: oneArg("GROUP"),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := v.begin(a, folder(args[0])); err != nil {
				return err
			}
			defer v.end()
			list, err := v.waiting(a)
			if err != nil {
				return err
			}
			views := []*waitingView{}
			for _, w := range list {
				views = append(views, w.view())
			}
			if asJSON {
				return a.printJSON(map[string]any{"group": v.group.Fingerprint().String(), "waiting": views})
			}
			if len(views) == 0 {
				a.voice.Say("Nothing waits.")
			}
			for _, view := range views {
				view.print(a.out)
			}
			return nil
		},
	}
	v.flags(cmd)
	jsonFlag(cmd, &asJSON)
	return cmd
}

// waitingRequest is a request that waits, as the service has it and as the
// member signed it.
type waitingRequest struct {
	*api.Waiting
	request *group.Request
}

// waiting fetches what waits. Each is held to the member's own signature: the
// service cannot have something approved that nobody asks for.
func (v *visit) waiting(a *app) (out []waitingRequest, err error) {
	after := ""
	for {
		r, err := v.client.Do(v.ctx, &api.WaitingRequest{AccountAddress: v.group.Address(), After: after})
		if err != nil {
			return nil, atService(v.at.URL, err)
		}
		page, ok := r.(*api.WaitingResponse)
		if !ok {
			return nil, exit.Errorf(exit.Failed, "the service %s answers something else", v.at.URL)
		}
		for _, w := range page.Waiting {
			request, err := readWaiting(v.group, w)
			if errors.Is(err, group.ErrNotMember) {
				a.voice.Warn("%s asks, who is not a member by the record that you have; meshkey group pull %s --seed %s fetches the newest",
					w.GranteeAccount, string(v.folder), v.seed)
				continue
			}
			if err != nil {
				return nil, exit.Errorf(exit.NotVerified, "the service %s shows a request that was not made so: %w", v.at.URL, err)
			}
			out = append(out, waitingRequest{w, request})
		}
		if after = page.Next; after == "" {
			return out, nil
		}
	}
}

// readWaiting verifies what waits.
func readWaiting(g *group.Group, w *api.Waiting) (*group.Request, error) {
	r, err := group.ParseRequest(w.EnvelopedGroupRequest, g)
	if err != nil {
		return nil, err
	}
	e, err := dare.Parse(w.EnvelopedGroupRequest)
	if err != nil {
		return nil, err
	}
	if digest := sha512.Sum512(e.Body); !bytes.Equal(digest[:], w.Request) || r.Grantee() != w.GranteeAccount {
		return nil, fmt.Errorf("it is not the one that its digest says")
	}
	return r, nil
}

// handle is what a person calls a request that waits: the beginning of its
// digest.
func (w waitingRequest) handle() string {
	text := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(w.Request[:5])
	return text[:4] + "-" + text[4:]
}

type waitingView struct {
	Request   string   `json:"request"`
	Member    string   `json:"member"`
	Files     []string `json:"files"` // fingerprints of the keys they were sealed with
	Since     string   `json:"since"`
	Until     string   `json:"until,omitempty"` // the delay's end
	Expires   string   `json:"expires"`
	Need      int64    `json:"need,omitempty"`
	Approvers []string `json:"approvers,omitempty"`
	Approved  []string `json:"approved,omitempty"`
}

func (w waitingRequest) view() *waitingView {
	v := &waitingView{
		Request: w.handle(), Member: w.GranteeAccount, Since: string(w.Since), Until: string(w.Until), Expires: string(w.Expires),
		Need: w.Need, Approvers: w.Approvers,
	}
	for _, i := range w.request.Items() {
		v.Files = append(v.Files, i.Name)
	}
	for _, by := range w.Approvals {
		v.Approved = append(v.Approved, by.Address)
	}
	return v
}

func (v *waitingView) print(w io.Writer) {
	fmt.Fprintf(w, "%s  %s, %s, since %s\n", v.Request, terminal.Clean(v.Member), countOf(len(v.Files), "file", "files"), v.Since)
	if v.Until != "" {
		fmt.Fprintf(w, "           waits until %s\n", v.Until)
	}
	if v.Need > 0 {
		fmt.Fprintf(w, "           approved by %d of %d", len(v.Approved), v.Need)
		if len(v.Approved) > 0 {
			fmt.Fprintf(w, ": %s", terminal.Clean(strings.Join(v.Approved, ", ")))
		}
		fmt.Fprintln(w)
	}
}

// find returns the request that a person means.
func (v *visit) find(a *app, name string) (w waitingRequest, err error) {
	list, err := v.waiting(a)
	if err != nil {
		return w, err
	}
	for _, w := range list {
		if strings.EqualFold(w.handle(), name) {
			return w, nil
		}
	}
	return w, exit.Errorf(exit.Failed, "nothing called %s waits", terminal.Clean(name)).
		Hinted("meshkey group waiting %s --seed %s lists what waits; it may have been answered, vetoed or forgotten", string(v.folder), v.seed)
}

func (a *app) groupApprove() *cobra.Command {
	var (
		v      visit
		files  []string
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "approve GROUP REQUEST --seed SEED",
		Short: "Approve a member's request that waits at the key service",
		Long: `Approve a request that waits, as one of its approvers. The service answers it when all are
there that it takes. With --file it is made sure that it is for these files and for no
others.`,
		Example: `  meshkey group approve staff QKR4-7TZA --seed alice.seed
  meshkey group approve staff QKR4-7TZA --seed alice.seed --file plan.dare`,
		Args: several("GROUP", "REQUEST"),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := v.begin(a, folder(args[0])); err != nil {
				return err
			}
			defer v.end()
			w, err := v.find(a, args[1])
			if err != nil {
				return err
			}
			if err := a.approve(v.group, w.request, files); err != nil {
				return err
			}
			_, err = v.client.Do(v.ctx, &api.ApproveRequest{AccountAddress: v.group.Address(), GranteeAccount: w.GranteeAccount, Request: w.Request})
			if err != nil {
				return atService(v.at.URL, err)
			}
			return a.tellDecision(w, "approved", asJSON)
		},
	}
	v.flags(cmd)
	cmd.Flags().StringArrayVar(&files, "file", nil, "`FILE` that may be read; may be repeated")
	jsonFlag(cmd, &asJSON)
	return cmd
}

func (a *app) groupVeto() *cobra.Command {
	var (
		v      visit
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "veto GROUP REQUEST --seed SEED",
		Short: "End a member's request that waits at the key service, unanswered",
		Long: `End a request that waits, for good: any member can, and the administrator. Who asked can
ask again, and it waits again. A request of your own is withdrawn so.`,
		Example: `  meshkey group veto staff QKR4-7TZA --seed carol.seed`,
		Args:    several("GROUP", "REQUEST"),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := v.begin(a, folder(args[0])); err != nil {
				return err
			}
			defer v.end()
			w, err := v.find(a, args[1])
			if err != nil {
				return err
			}
			_, err = v.client.Do(v.ctx, &api.VetoRequest{AccountAddress: v.group.Address(), GranteeAccount: w.GranteeAccount, Request: w.Request})
			if err != nil {
				return atService(v.at.URL, err)
			}
			return a.tellDecision(w, "vetoed", asJSON)
		},
	}
	v.flags(cmd)
	jsonFlag(cmd, &asJSON)
	return cmd
}

func (a *app) tellDecision(w waitingRequest, decision string, asJSON bool) error {
	if asJSON {
		return a.printJSON(map[string]string{"request": w.handle(), "member": w.GranteeAccount, "decision": decision})
	}
	a.voice.Say("The request %s of %s is %s.", w.handle(), w.GranteeAccount, decision)
	return nil
}
