package main

import (
	"time"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/outfile"
	"meshkey/group"
	"meshkey/profile"
)

// administer runs a change of a group by the holder of its seed, and writes what
// comes of it into the group's folder, all of it or nothing.
func (a *app) administer(f folder, seedName string, open opening, asJSON bool, do func(*group.Administrator) (*group.Change, error)) error {
	if seedName == "" {
		seedName = f.path(fileSeed)
	}
	known, err := f.record(a)
	if err != nil {
		return err
	}
	seed, err := a.openSeed(seedName, open)
	if err != nil {
		return err
	}
	defer seed.Wipe()
	account, err := seed.Account()
	if err != nil {
		return err
	}
	defer account.Wipe()
	return a.administerAs(f, known, account, asJSON, do)
}

// administerAs is administer by an account that was opened.
func (a *app) administerAs(f folder, known *group.Group, account *profile.Account, asJSON bool, do func(*group.Administrator) (*group.Change, error)) error {
	admin, err := group.Administer(account, known.Bytes())
	if err != nil {
		return err
	}
	before := admin.Group()
	change, err := do(admin)
	if err != nil {
		return err
	}
	if err := admin.Group().Succeeds(before); err != nil {
		return err
	}
	files := outfile.New(false)
	defer files.Discard()
	return a.enter(files, f, change, before, admin.Group(), account, asJSON)
}

// enter writes what comes of a change into the group's folder, and tells the
// service.
func (a *app) enter(files *outfile.Set, f folder, change *group.Change, before, next *group.Group, account *profile.Account, asJSON bool) error {
	r := &groupChange{folder: f}
	r.enter(files, change, next)
	if err := files.Stage(); err != nil {
		return err
	}
	by, err := administratorOf(before, account)
	if err != nil {
		return err
	}
	return a.settle(files, r, next, by, asJSON)
}

func (a *app) groupAdd() *cobra.Command {
	var (
		open   opening
		seed   string
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "add GROUP PROFILE...",
		Short: "Admit members to a group",
		Long: `Admit the accounts whose signed profiles are given. The record in the folder GROUP is
replaced by the next one; an invitation for each is written beside it, and for the
service the halves that belong to them. A new member can decrypt, with whoever else it
takes, what was encrypted before, as far as the group's key was not rotated.

An appointed administrator gives the seed of his own account, and the group's key service
does its part, if it was appointed with him and no third one is needed.`,
		Example: `  meshkey group add staff bob.profile
  meshkey group add staff bob.profile --seed ann.seed
  meshkey group add staff bob.profile carol.profile --passphrase-file pass`,
		Args: several("GROUP", "PROFILE"),
		RunE: func(_ *cobra.Command, args []string) error {
			members, err := a.groupMembers(args[1:])
			if err != nil {
				return err
			}
			return a.changeMembers(folder(args[0]), seed, open, asJSON, members, nil)
		},
	}
	administratorFlags(cmd, &open, &seed, &asJSON)
	orOfAdministrator(cmd)
	return cmd
}

// several takes one argument and then one or more.
func several(first, more string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		missing := map[int]string{0: first, 1: more}[len(args)]
		if missing != "" {
			return exit.Errorf(exit.Usage, "%s is missing", missing).Hinted("%s", cmd.UseLine())
		}
		return nil
	}
}

func administratorFlags(cmd *cobra.Command, open *opening, seed *string, asJSON *bool) {
	cmd.Flags().StringVar(seed, "seed", "", "`SEED` of the group (default: the file seed in GROUP)")
	open.flags(cmd)
	jsonFlag(cmd, asJSON)
}

// orOfAdministrator says that an appointed administrator's own seed will do.
func orOfAdministrator(cmd *cobra.Command) {
	cmd.Flags().Lookup("seed").Usage = "`SEED` of the group, or of an appointed administrator's account (default: the file seed in GROUP)"
}

func (a *app) groupDelete() *cobra.Command {
	var (
		open   opening
		seed   string
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "delete GROUP ADDRESS...",
		Short: "Dismiss members from a group",
		Long: `Dismiss the members with these addresses. It takes effect for each who has the new
record, which replaces the one in the folder GROUP:

  service   as soon as the service accepts it, a dismissed member decrypts nothing.
  offline,  the key is shared out anew, and each remaining member must accept a new
  mixed     invitation. Old shares still fit each other: what keeps dismissed members from
            reading together is that the others, and the service, deleted theirs.

Nothing can take back what a dismissed member has read or copied. Appointed administrators
dismiss as they admit: with "meshkey group add" is said how.`,
		Example: `  meshkey group delete staff bob@example.com
  meshkey group delete staff bob@example.com --json`,
		Args: several("GROUP", "ADDRESS"),
		RunE: func(_ *cobra.Command, args []string) error {
			return a.changeMembers(folder(args[0]), seed, open, asJSON, nil, args[1:])
		},
	}
	administratorFlags(cmd, &open, &seed, &asJSON)
	orOfAdministrator(cmd)
	return cmd
}

func (a *app) groupRotate() *cobra.Command {
	var (
		open   opening
		seed   string
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "rotate GROUP",
		Short: "Give a group a new key",
		Long: `Give the group a new key, for what is encrypted from now on, and all members new
invitations. What was encrypted before is decrypted as before. Those who encrypt need the
new profile.`,
		Example: `  meshkey group rotate staff
  meshkey group rotate staff --seed /media/stick/seed`,
		Args: oneArg("GROUP"),
		RunE: func(_ *cobra.Command, args []string) error {
			return a.administer(folder(args[0]), seed, open, asJSON, func(admin *group.Administrator) (*group.Change, error) {
				return admin.Rotate(time.Now())
			})
		},
	}
	administratorFlags(cmd, &open, &seed, &asJSON)
	return cmd
}
