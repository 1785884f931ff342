package main

import (
	"context"

	"github.com/spf13/cobra"

	"meshkey/group"
	"meshkey/keyservice"
)

// visit is a party's visit to the service of a group. It is secret.
type visit struct {
	open opening
	seed string

	folder folder
	group  *group.Group
	at     keyservice.Address
	who    owner
	client *keyservice.Client
	ctx    context.Context
	cancel context.CancelFunc
}

func (v *visit) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&v.seed, "seed", "", "`SEED` of your account, or of the group")
	v.open.flags(cmd)
	_ = cmd.MarkFlagRequired("seed")
}

// begin opens what is needed. Who called it calls end, if there was no error.
func (v *visit) begin(a *app, f folder) (err error) {
	if v.group, err = onlineGroup(a, f); err != nil {
		return err
	}
	v.folder = f
	v.at, _ = serviceOf(v.group)
	if v.who, err = a.ownerOf(v.seed, v.open); err != nil {
		return err
	}
	by, err := partyOf(v.group, v.who.account)
	if err == nil {
		v.client, err = dial(v.at, by, a.receipts(f))
	}
	if err != nil {
		v.who.wipe()
		return err
	}
	v.ctx, v.cancel = waiting()
	return nil
}

func (v *visit) end() {
	v.cancel()
	v.who.wipe()
}
