package main

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/group"
	"meshkey/internal/dare"
)

// taking is what a member needs to decrypt.
type taking struct {
	open    opening
	group   string
	seed    string
	senders []string
	changed bool // open it although anyone may have changed it
	out     string
	replace bool
}

func (t *taking) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&t.group, "group", "", "your folder of the `GROUP`")
	f.StringVar(&t.seed, "seed", "", "`SEED` of your account")
	t.open.flags(cmd)
	_ = cmd.MarkFlagRequired("group")
	_ = cmd.MarkFlagRequired("seed")
}

func (t *taking) openFlags(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&t.senders, "sender", nil, "`PROFILE` of a signer who is no member; may be repeated")
	cmd.Flags().BoolVar(&t.changed, "unsigned", false, "open an envelope that anyone who carried it may have changed")
	outputFlags(cmd, &t.out, &t.replace)
}

// party is somebody who is here with his folder of a group and his seed: a
// member, or the service.
type party struct {
	who     owner
	id      *group.Identity
	group   *group.Group
	member  *group.Membership   // nil for the service
	service *group.LocalService // nil for a member
}

func (p *party) wipe() {
	if p.member != nil {
		p.member.Wipe()
	}
	if p.service != nil {
		p.service.Wipe()
	}
	p.who.wipe()
}

func (p *party) helper() group.Helper {
	if p.service != nil {
		return p.service
	}
	return p.member
}

// partyIn takes up what somebody has of a group. The caller wipes it.
func (a *app) partyIn(f folder, seed string, open opening) (*party, error) {
	g, err := f.record(a)
	if err != nil {
		return nil, err
	}
	who, err := a.ownerOf(seed, open)
	if err != nil {
		return nil, err
	}
	p := &party{who: who, group: g}
	if err := p.takeUp(a, f); err != nil {
		p.wipe()
		return nil, err
	}
	return p, nil
}

func (p *party) takeUp(a *app, f folder) error {
	id, isService, err := identityIn(p.group, p.who.account)
	if err != nil {
		return err
	}
	p.id = id
	if !isService {
		invitations, err := f.invitationsOf(a, id.Address)
		if err != nil {
			return err
		}
		p.member, err = group.Accept(p.group, id, invitations...)
		return err
	}
	halves, err := f.halves(a)
	if err != nil {
		return err
	}
	p.service = group.NewLocalService(id)
	return p.service.Keep(context.Background(), p.group.Bytes(), halves...)
}

// memberIn is partyIn for one who reads.
func (t *taking) memberIn(a *app) (*party, error) {
	p, err := a.partyIn(folder(t.group), t.seed, t.open)
	if err == nil && p.member == nil {
		p.wipe()
		return nil, exit.Errorf(exit.Failed, "that is the seed of the service, which does not read")
	}
	return p, err
}

// sealed reads the header of an envelope.
func (a *app) sealed(name string) (*group.Sealed, io.Closer, error) {
	in, err := a.open(name)
	if err != nil {
		return nil, nil, err
	}
	s, err := group.ReadSealed(in)
	if err == nil {
		return s, in, nil
	}
	in.Close()
	if errors.Is(err, dare.ErrPipe) {
		return nil, nil, exit.Errorf(exit.Failed, "%s: %w", sourceName(name), err).Hinted("write it to a file first, and give that")
	}
	return nil, nil, exit.Errorf(exit.Failed, "%s is no envelope: %w", sourceName(name), err)
}
