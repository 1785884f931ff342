package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/outfile"
	"meshkey/cmd/internal/terminal"
	"meshkey/group"
	"meshkey/internal/dare"
	"meshkey/profile"
	"meshkey/udf"
)

func (a *app) groupAccept() *cobra.Command {
	var (
		open              opening
		seed, fingerprint string
		asJSON            bool
	)
	cmd := &cobra.Command{
		Use:   "accept GROUP FILE... --seed SEED [--fingerprint M…]",
		Short: "Take what the administrator of a group sends, and check it",
		Long: `Take a group's record, and what came with it for you, into your folder GROUP, which is
made if it is not there. It is checked that the administrator signed it all, that the
record is newer than the one you have, and that your half of the group's key is the one
that the record says.

The first time --fingerprint is needed: have the administrator tell it to you in a way
that is not the one these files came by. The service gives the group's halves the same
way, and what the new record took back is deleted.`,
		Example: `  meshkey group accept staff record 1.bob@example.com.invitation --seed bob.seed \
      --fingerprint MARP-…
  meshkey group accept staff record 2.halves --seed keys.seed`,
		Args: several("GROUP", "FILE"),
		RunE: func(_ *cobra.Command, args []string) error {
			who, err := a.ownerOf(seed, open)
			if err != nil {
				return err
			}
			defer who.wipe()
			x := &acceptance{folder: folder(args[0]), account: who.account}
			if err := x.read(a, args[1:], fingerprint); err != nil {
				return err
			}
			return x.accept(a, asJSON)
		},
	}
	f := cmd.Flags()
	f.StringVar(&seed, "seed", "", "`SEED` of your account, or of the service's")
	f.StringVar(&fingerprint, "fingerprint", "", "the group's `FINGERPRINT` (M…), needed the first time")
	open.flags(cmd)
	jsonFlag(cmd, &asJSON)
	_ = cmd.MarkFlagRequired("seed")
	return cmd
}

// acceptance is what somebody takes over from a group's administrator.
type acceptance struct {
	folder      folder
	account     *profile.Account
	group       *group.Group
	record      []byte
	halves      [][]byte // sent now, for the service
	invitations [][]byte // sent now, for a member
	capability  []byte   // sent now, for an appointed administrator
}

// read sorts the files that were sent.
func (x *acceptance) read(a *app, names []string, fingerprint string) error {
	for _, name := range names {
		b, err := a.read(name, maxRecord)
		if err != nil {
			return err
		}
		e, err := dare.Parse(b)
		switch {
		case err == nil && e.Encrypted():
			if meta, err := e.ContentMeta(); err == nil && meta.MessageType == "CapabilityKeyGenerate" {
				x.capability = b
			} else {
				x.invitations = append(x.invitations, b)
			}
		case err == nil && x.record != nil:
			return exit.Errorf(exit.Usage, "two records at once").Hinted("give the newer one")
		case err == nil:
			x.record = b
		case bytes.HasPrefix(b, []byte("{")):
			x.invitations = append(x.invitations, b)
		default:
			envelopes, err := unlist(b)
			if err != nil {
				return exit.Errorf(exit.Failed, "%s is nothing that an administrator sends: %w", sourceName(name), err)
			}
			x.halves = append(x.halves, envelopes...)
		}
	}
	return x.readRecord(a, fingerprint)
}

// readRecord verifies the record that was sent, against the one that is known.
func (x *acceptance) readRecord(a *app, fingerprint string) error {
	known, err := x.folder.record(a)
	switch {
	case err != nil && exists(x.folder.path(fileRecord)):
		return err
	case err != nil:
		known = nil
	}
	var want udf.Fingerprint
	switch {
	case fingerprint != "":
		if want, err = udf.ParseFingerprint(fingerprint); err != nil {
			return exit.Errorf(exit.Usage, "--fingerprint: %w", err)
		}
	case known != nil:
		want = known.Fingerprint()
	default:
		return exit.Errorf(exit.Usage, "which group is it? anybody can make a record that looks like it").
			Hinted("have its administrator tell you the fingerprint, and give it with --fingerprint M…")
	}
	if x.record == nil {
		if x.group = known; known == nil {
			return exit.Errorf(exit.Failed, "the group's record is missing").Hinted("the administrator has to send it too")
		}
		return nil
	}
	if x.group, err = group.Parse(x.record, want); err != nil {
		return err
	}
	if known != nil {
		return x.group.Succeeds(known)
	}
	return nil
}

// accept checks what was sent for the account, and writes all of it or nothing.
func (x *acceptance) accept(a *app, asJSON bool) error {
	id, isService, err := identityIn(x.group, x.account)
	if err != nil {
		return err
	}
	files := outfile.New(false)
	defer files.Discard()
	r := &accepted{Group: x.group.Fingerprint().String(), Serial: x.group.Serial(), As: id.Address}
	if x.record != nil {
		files.Replace(x.folder.path(fileRecord), x.record)
	}
	if x.capability != nil {
		err = x.acceptCapability(id, files)
	}
	switch {
	case err != nil:
	case isService:
		r.As, r.Half = group.Service, true
		err = x.acceptHalves(a, id, files)
	case x.group.Member(id.Address) != nil:
		err = x.acceptInvitations(a, id, files, r)
	}
	if err != nil {
		return err
	}
	if err := files.Stage(); err != nil {
		return err
	}
	return a.publish(files, r, asJSON)
}

func (x *acceptance) acceptCapability(id *group.Identity, files *outfile.Set) error {
	d, err := group.NewDeputy(x.group, id, x.capability)
	if err != nil {
		return err
	}
	d.Wipe()
	files.Replace(x.folder.path(numbered(x.group.Serial(), id.Address, endCapability)), x.capability)
	return nil
}

func (x *acceptance) acceptInvitations(a *app, id *group.Identity, files *outfile.Set, r *accepted) error {
	all, err := x.folder.invitationsOf(a, id.Address)
	if err != nil {
		return err
	}
	m, err := group.Accept(x.group, id, append(all, x.invitations...)...)
	if is[*dare.RecipientError](err) {
		return exit.Errorf(exit.WrongAccount, "an invitation is not for %s: %w", id.Address, err).
			Hinted("take the one with that address in its name")
	}
	if err != nil {
		return err
	}
	m.Wipe()
	r.Half = len(all)+len(x.invitations) > 0
	r.empty = !r.Half
	for i, b := range x.invitations {
		files.Replace(x.folder.path(numbered(x.group.Serial(), id.Address, plus(i)+endInvitation)), b)
	}
	return nil
}

// plus tells files of one name apart.
func plus(i int) string {
	if i == 0 {
		return ""
	}
	return fmt.Sprint(".", i+1)
}

// acceptHalves checks that the service has every half that the record gives it.
//
// The halves of the dismissed go for good: files that had any are replaced.
func (x *acceptance) acceptHalves(a *app, id *group.Identity, files *outfile.Set) error {
	kept, err := x.folder.all(a, endHalves)
	if err != nil {
		return err
	}
	name := x.folder.path(numbered(x.group.Serial(), "", endHalves))
	if !slices.ContainsFunc(kept, func(f namedFile) bool { return f.name == name }) {
		kept = append(kept, namedFile{name, list(nil)})
	}
	var all [][]byte
	for _, file := range kept {
		before, err := unlist(file.data)
		if err != nil {
			return exit.Errorf(exit.Failed, "%s: %w", file.name, err)
		}
		now := slices.Clone(before)
		for _, half := range x.halves {
			if file.name == name && !slices.ContainsFunc(now, func(b []byte) bool { return bytes.Equal(b, half) }) {
				now = append(now, half)
			}
		}
		now = slices.DeleteFunc(now, x.group.Obsolete)
		if !slices.EqualFunc(before, now, bytes.Equal) {
			files.Replace(file.name, list(now))
		}
		all = append(all, now...)
	}
	s := group.NewLocalService(id)
	defer s.Wipe()
	return s.Keep(context.Background(), x.group.Bytes(), all...)
}

// accepted is what "group accept" tells.
type accepted struct {
	Group  string `json:"group"`
	Serial int64  `json:"serial"`
	As     string `json:"as"`
	Half   bool   `json:"half"` // a member has his, or the service all of its own

	empty bool // a member without any invitation
}

func (r *accepted) print(w io.Writer) {
	fmt.Fprintf(w, "Group    %s\nRecord   number %d\nYou are  %s\n", r.Group, r.Serial, terminal.Clean(r.As))
}

func (r *accepted) say(a *app) {
	if r.empty {
		a.voice.Say("It is signed by the group's administrator.")
		a.voice.Warn("you have no half of the group's key yet: ask for the invitation that was made for you, and accept it too")
		return
	}
	a.voice.Say("All of it is signed by the group's administrator, and your half is the one that the record says.")
}

// identityIn finds the account among those who take part in a group.
func identityIn(g *group.Group, account *profile.Account) (id *group.Identity, isService bool, err error) {
	f := account.Fingerprint()
	if s := g.Service(); s != nil && s.Udf.Matches(f) {
		id, err = group.AccountIdentity(account, s.Address)
		return id, true, err
	}
	for _, m := range append(g.Members(), g.Administrators()...) {
		if m.Udf.Matches(f) {
			id, err = group.AccountIdentity(account, m.Address)
			return id, false, err
		}
	}
	return nil, false, exit.Errorf(exit.Refused, "the account %s is not one of the group %s: never admitted, or dismissed", f, g.Address())
}

// invitationsOf are the invitations of one member in the folder.
func (f folder) invitationsOf(a *app, address string) ([][]byte, error) {
	return f.of(a, address, endInvitation)
}

// of are the files of one kind for somebody, the newest last.
func (f folder) of(a *app, address, end string) (out [][]byte, err error) {
	files, err := f.all(a, end)
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		_, who, _ := strings.Cut(strings.TrimSuffix(filepath.Base(file.name), end), ".")
		if more, ok := strings.CutPrefix(who, fileName(address)); ok && strings.Trim(more, ".0123456789") == "" {
			out = append(out, file.data)
		}
	}
	return out, nil
}

// halves are those of the service in the folder.
func (f folder) halves(a *app) (out [][]byte, err error) {
	files, err := f.all(a, endHalves)
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		envelopes, err := unlist(file.data)
		if err != nil {
			return nil, exit.Errorf(exit.Failed, "%s: %w", file.name, err)
		}
		out = append(out, envelopes...)
	}
	return out, nil
}

// newest is the newest file of one kind for somebody.
func (f folder) newest(a *app, address, end string) ([]byte, error) {
	all, err := f.of(a, address, end)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, exit.Errorf(exit.Failed, "%s has no file %s", string(f), "N."+fileName(address)+end).
			Hinted("meshkey group accept takes what the group's administrator sends")
	}
	return all[len(all)-1], nil
}
