package meshkeyd

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/keyservice/server"
	"meshkey/keyservice/store"
)

// policy says who may register accounts. A service that only this machine
// reaches is there to be tried.
func (s *settings) policy(address string) server.Policy {
	local := oneOf(hostOf(address), "localhost", "127.0.0.1", "::1")
	p := server.Policy{
		Registration: server.ByInvitation,
		Accounts:     int64(s.accounts), Octets: int64(s.accountMiB) << 20, Devices: s.devices,
		Records: s.records, Requests: s.asking, Patience: s.askFor,
	}
	switch {
	case s.register == "closed":
		p.Registration = server.Closed
	case s.register == "open", s.register == "" && local:
		p.Registration = server.Open
	}
	for _, domain := range strings.FieldsFunc(s.domains, func(c rune) bool { return c == ',' || c == ' ' }) {
		p.Domains = append(p.Domains, strings.ToLower(domain))
	}
	if p.Domains == nil && local {
		p.Domains = []string{"*"}
	}
	return p
}

// maxInvited bounds what an invitation can be.
const (
	maxUses  = 10000
	maxValid = 366 * 24 * time.Hour
)

// invitationJSON is an invitation to make.
type invitationJSON struct {
	Address string    `json:"address,omitempty"`
	Uses    int64     `json:"uses"`
	Expires time.Time `json:"expires"`
}

// madeInvitation is one that was made.
type madeInvitation struct {
	Invitation string `json:"invitation"`
	invitationJSON
}

func (a *app) inviteCommand() *cobra.Command {
	s := newSettings()
	i := invitationJSON{Uses: 1}
	valid, asJSON := 7*24*time.Hour, false
	cmd := &cobra.Command{
		Use:     "invite [ADDRESS] [flags]",
		GroupID: groupCare,
		Short:   "Invite somebody to register an account",
		Long: `Prints an invitation: whoever has it can register the account of ADDRESS, one of any
address in a domain if that is *@DOMAIN, or any that the service keeps.

Groups are accounts too. The text is a secret until it is used up; the service keeps
only a digest of it.`,
		Example: `  meshkeyd invite alice@example.com
  meshkeyd invite '*@example.com' --uses 20 --valid 24h`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				i.Address = args[0]
			}
			i.Expires = time.Now().Add(valid).UTC().Truncate(time.Second)
			return a.invite(cmd.Context(), s, i, asJSON)
		},
	}
	s.use(cmd, "store")
	cmd.Flags().Int64Var(&i.Uses, "uses", 1, "`NUMBER` of accounts that can be registered with it")
	cmd.Flags().DurationVar(&valid, "valid", valid, "`TIME` for which it is good")
	jsonFlag(cmd, &asJSON)
	return cmd
}

// check tells what cannot be meant.
func (i *invitationJSON) check(now time.Time) error {
	_, _, ok := strings.Cut(i.Address, "@")
	switch {
	case i.Address != "" && !ok || strings.ToLower(i.Address) != i.Address:
		return exit.Errorf(exit.Usage, "an invitation is for name@domain, or *@domain, in small letters")
	case i.Uses < 1 || i.Uses > maxUses:
		return exit.Errorf(exit.Usage, "--uses: from 1 to %d", maxUses)
	case !i.Expires.After(now) || i.Expires.After(now.Add(maxValid)):
		return exit.Errorf(exit.Usage, "--valid: up to a year")
	}
	return nil
}

func (a *app) invite(ctx context.Context, s *settings, i invitationJSON, asJSON bool) error {
	if err := i.check(time.Now()); err != nil {
		return err
	}
	if err := s.load(); err != nil {
		return err
	}
	var made madeInvitation
	if a.held(ctx, s) {
		c, err := dial(ctx, s)
		if err != nil {
			return err
		}
		body, err := json.Marshal(i)
		if err != nil {
			return err
		}
		if err := c.call(ctx, "POST", "/invitations", bytes.NewReader(body), &made); err != nil {
			return err
		}
	} else {
		st, err := a.openStore(ctx, s.store, false)
		if err != nil {
			return inUseHere(err)
		}
		defer st.Close()
		if _, err := view(ctx, st); err != nil {
			return err
		}
		if made, err = invite(ctx, st, i); err != nil {
			return err
		}
	}
	if asJSON {
		return a.printJSON(made)
	}
	fmt.Fprintln(a.out, made.Invitation)
	return nil
}

// invite makes an invitation in a store.
func invite(ctx context.Context, st store.Store, i invitationJSON) (made madeInvitation, err error) {
	made.invitationJSON = i
	err = st.Update(ctx, func(w store.Writer) (err error) {
		made.Invitation, err = server.Invite(w, server.Invitation{Address: i.Address, Uses: i.Uses, Expires: i.Expires})
		return err
	})
	return made, err
}

// invite makes an invitation for who asks at the socket.
func (ad *admin) invite(w http.ResponseWriter, r *http.Request) {
	var i invitationJSON
	err := json.NewDecoder(io.LimitReader(r.Body, 1<<12)).Decode(&i)
	if err != nil {
		err = exit.Errorf(exit.Usage, "an invitation was not understood")
	} else {
		err = i.check(time.Now())
	}
	if err != nil {
		reply(w, nil, err)
		return
	}
	made, err := invite(r.Context(), ad.d.store, i)
	reply(w, made, err)
}
