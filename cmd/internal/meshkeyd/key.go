package meshkeyd

import (
	"bytes"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/outfile"
	"meshkey/cmd/internal/seedfile"
	"meshkey/keyservice/store"
)

func (a *app) keyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "key",
		GroupID: groupCare,
		Short:   "List, add and remove what opens the secrets; put the halves under a new key",
		Long: `The service's secrets lie sealed in its store: once, under as many seals as there are
ways to open them. So two machines can have a file each, and a person the passphrase.

The halves lie under a storage key, which is among the secrets; "rotate" makes a new one.`,
		Example: `  meshkeyd key list
  meshkeyd key add keyring
  meshkeyd key rotate`,
	}
	cmd.AddCommand(a.keyListCommand(), a.keyAddCommand(), a.keyRemoveCommand(), a.keyRotateCommand())
	return cmd
}

// A sealKeeper keeps the seals: the store, or the service that has it open.
type sealKeeper interface {
	list(context.Context) (seals, error)
	put(ctx context.Context, name string, sealed []byte) error
	remove(ctx context.Context, name string) error
	close()
}

// sealKeeper finds the seals.
func (a *app) sealKeeper(ctx context.Context, s *settings) (sealKeeper, error) {
	if a.held(ctx, s) {
		c, err := dial(ctx, s)
		return heldSeals{c}, err
	}
	st, err := a.openStore(ctx, s.store, false)
	if err != nil {
		return nil, inUseHere(err)
	}
	return storedSeals{st}, nil
}

// storedSeals are in a store.
type storedSeals struct{ st store.Store }

func (k storedSeals) list(ctx context.Context) (seals, error) {
	svc, err := view(ctx, k.st)
	if err != nil {
		return nil, err
	}
	return svc.seals, nil
}

func (k storedSeals) put(ctx context.Context, name string, sealed []byte) error {
	return putSeal(ctx, k.st, name, sealed)
}

func (k storedSeals) remove(ctx context.Context, name string) error {
	return deleteSeal(ctx, k.st, name)
}

func (k storedSeals) close() { k.st.Close() }

// heldSeals are those of a running service.
type heldSeals struct{ c *control }

func (k heldSeals) list(ctx context.Context) (s seals, err error) {
	return s, k.c.call(ctx, "GET", "/seals", nil, &s)
}

func (k heldSeals) put(ctx context.Context, name string, sealed []byte) error {
	return k.c.call(ctx, "PUT", "/seals/"+name, bytes.NewReader(sealed), nil)
}

func (k heldSeals) remove(ctx context.Context, name string) error {
	return k.c.call(ctx, "DELETE", "/seals/"+name, nil, nil)
}

func (k heldSeals) close() {}

// putSeal puts the opener under a seal into the store.
func putSeal(ctx context.Context, st store.Store, name string, sealed []byte) error {
	if kind, _, _ := strings.Cut(name, "-"); !oneOf(kind, byKeyring, byFile, byPassphrase) || len(name) > 64 || !seedfile.Encrypted(sealed) {
		return exit.Errorf(exit.Usage, "that is no seal")
	}
	return st.Update(ctx, func(w store.Writer) error {
		if _, err := readService(w); err != nil {
			return err
		}
		return w.Put(tableService, []byte(keySeal+name), sealed)
	})
}

// deleteSeal takes a seal away, but the last.
func deleteSeal(ctx context.Context, st store.Store, name string) error {
	return st.Update(ctx, func(w store.Writer) error {
		svc, err := readService(w)
		switch {
		case err != nil:
			return err
		case svc.seals[name] == nil:
			return exit.Errorf(exit.Usage, "there is no seal %q", name).Hinted("meshkeyd key list shows them")
		case len(svc.seals) == 1:
			return exit.Errorf(exit.Failed, "%s is the only seal; without it nothing opens the secrets again", name).Hinted("add another first: meshkeyd key add")
		}
		return w.Delete(tableService, []byte(keySeal+name))
	})
}

func (a *app) keyListCommand() *cobra.Command {
	s := newSettings()
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list [flags]",
		Short:   "List the seals of the service's secrets",
		Example: "  meshkeyd key list\n  meshkeyd key list --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := s.load(); err != nil {
				return err
			}
			k, err := a.sealKeeper(cmd.Context(), s)
			if err != nil {
				return err
			}
			defer k.close()
			sealed, err := k.list(cmd.Context())
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(map[string]any{"seals": sortedKeys(sealed)})
			}
			for _, name := range sortedKeys(sealed) {
				fmt.Fprintf(a.out, "%-18s opened by %s\n", name, strings.Join(seedfile.Locks(sealed[name]), ", "))
			}
			return nil
		},
	}
	s.use(cmd, "store")
	jsonFlag(cmd, &asJSON)
	return cmd
}

func (a *app) keyAddCommand() *cobra.Command {
	s := newSettings()
	var newFile string
	cmd := &cobra.Command{
		Use:   "add keyring|file:PATH|passphrase [flags]",
		Short: "Add a way to open the secrets, or replace the passphrase",
		Long: `Opens the secrets by the seal that --seal names, and seals what opens them once more.
A file that is not there is made. A new passphrase takes the place of the old one.`,
		Example: `  meshkeyd key add passphrase
  meshkeyd key add file:/mnt/stick/seal.key --seal passphrase`,
		Args: oneArg("keyring, file:PATH or passphrase"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.keyAdd(cmd.Context(), s, args[0], newFile)
		},
	}
	s.use(cmd, "store", "seal", "passphrase-file")
	cmd.Flags().StringVar(&newFile, "new-passphrase-file", "", "`FILE` whose first line is the new passphrase (default: ask at the terminal)")
	return cmd
}

func (a *app) keyAdd(ctx context.Context, s *settings, text, newFile string) error {
	added, err := parseMethod(text)
	if err != nil {
		return err
	}
	if err := s.load(); err != nil {
		return err
	}
	m, err := parseMethod(s.seal)
	if err != nil {
		return err
	}
	k, err := a.sealKeeper(ctx, s)
	if err != nil {
		return err
	}
	defer k.close()
	sealed, err := k.list(ctx)
	if err != nil {
		return err
	}
	opener, err := a.open(m, s, sealed)
	if err != nil {
		return err
	}
	defer opener.Wipe()
	files := outfile.New(false)
	defer files.Discard()
	name, more, err := a.newSeal(added, newFile, opener, files)
	if err != nil {
		return err
	}
	if err := files.Stage(); err != nil {
		return err
	}
	if err := files.Commit(); err != nil { // before anything hangs on them
		return err
	}
	if err := k.put(ctx, name, more); err != nil {
		return err
	}
	a.voice.Say("Added %s.", name)
	return nil
}

func (a *app) keyRemoveCommand() *cobra.Command {
	s := newSettings()
	cmd := &cobra.Command{
		Use:   "remove NAME [flags]",
		Short: "Remove a way to open the secrets",
		Long: `Removes a seal from the store. Copies of the store from before, such as backups, are
opened by it as ever: take those away too, if it was stolen, and rotate the storage key.`,
		Example: `  meshkeyd key remove passphrase`,
		Args:    oneArg("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := s.load(); err != nil {
				return err
			}
			k, err := a.sealKeeper(cmd.Context(), s)
			if err != nil {
				return err
			}
			defer k.close()
			if err := k.remove(cmd.Context(), args[0]); err != nil {
				return err
			}
			a.voice.Say("Removed %s. Backups from before are still opened by it.", args[0])
			return nil
		},
	}
	s.use(cmd, "store")
	return cmd
}

func (a *app) keyRotateCommand() *cobra.Command {
	s := newSettings()
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "rotate [flags]",
		Short: "Put every half under a new storage key, while the service runs",
		Long: `Makes a new storage key and puts every half that is in the store under it. The service
must run here and not be sealed; others that share the store follow within seconds. The
key before stays among the secrets until the next rotation.

Backups from before stay under the old key, and restore as ever.`,
		Example: `  meshkeyd key rotate`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := s.load(); err != nil {
				return err
			}
			c, err := dial(cmd.Context(), s)
			if err != nil {
				return err
			}
			var done rotated
			if err := c.call(cmd.Context(), "POST", "/rotate", nil, &done); err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(done)
			}
			a.voice.Say("Halves under the new storage key: %d.", done.Halves)
			return nil
		},
	}
	s.use(cmd)
	jsonFlag(cmd, &asJSON)
	return cmd
}
