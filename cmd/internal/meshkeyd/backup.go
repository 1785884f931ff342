package meshkeyd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/backup"
	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/outfile"
	"meshkey/keyservice/audit"
	"meshkey/keyservice/store"
)

func (a *app) backupCommand() *cobra.Command {
	s := newSettings()
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "backup FILE [flags]",
		GroupID: groupCare,
		Short:   "Write all that the store holds into one file, while the service runs",
		Long: `Writes one state of the whole store into a new file, reads it back, and verifies it.

The file holds what the store holds: the halves and the service's secrets stay sealed.
What opens them is not in it: keep the file of --seal, or the passphrase, somewhere
else, or the backup is of no use.`,
		Example: `  meshkeyd backup /backup/meshkeyd-2026-11-23
  meshkeyd backup --json /backup/today`,
		Args: oneArg("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := s.load(); err != nil {
				return err
			}
			summary, err := a.backup(cmd.Context(), s, args[0])
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(summary)
			}
			a.printSummary(summary)
			return nil
		},
	}
	s.use(cmd, "store")
	jsonFlag(cmd, &asJSON)
	return cmd
}

func (a *app) backup(ctx context.Context, s *settings, name string) (*backup.Summary, error) {
	if exists(name) {
		return nil, exit.Errorf(exit.Failed, "%s exists already", name).Hinted("choose another name: no backup is written over another")
	}
	files := outfile.New(false)
	defer files.Discard()
	files.Add(name, func(w io.Writer) error {
		if a.held(ctx, s) {
			return fetchSnapshot(ctx, s, w)
		}
		st, err := a.openStore(ctx, s.store, false)
		if err != nil {
			return inUseHere(err)
		}
		defer st.Close()
		patiently(st)
		if _, err := view(ctx, st); err != nil {
			return err
		}
		return snapshot(ctx, w, st)
	})
	if err := files.Stage(); err != nil {
		return nil, err
	}
	var summary *backup.Summary
	err := files.Each(func(_ string, r io.Reader) (err error) {
		summary, err = backup.Read(r, func(backup.Entry) error { return nil })
		return err
	})
	if err != nil {
		return nil, exit.Errorf(exit.Failed, "the backup does not read back: %w", err).Hinted("try again; is the disk failing?")
	}
	if err := files.Commit(); err != nil {
		return nil, err
	}
	a.noteBackup(ctx, s)
	return summary, nil
}

// noteBackup tells the service that runs here, if one does, that there is a backup.
func (a *app) noteBackup(ctx context.Context, s *settings) {
	c, err := dial(ctx, s)
	if err == nil {
		err = c.call(ctx, "POST", "/backed-up", nil, nil)
	}
	if err != nil && !errors.Is(err, errNotRunning) {
		a.voice.Warn("the backup is made, but the service could not note when: %v", err)
	}
}

func (a *app) printSummary(s *backup.Summary) {
	fmt.Fprintf(a.out, "Entries  %d\n", s.Entries)
	for _, table := range sortedKeys(s.Tables) {
		fmt.Fprintf(a.out, "  %-16s %d\n", table, s.Tables[table])
	}
	fmt.Fprintf(a.out, "SHA-256  %s\n", s.Digest)
}

func (a *app) restoreCommand() *cobra.Command {
	s := newSettings()
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "restore FILE [flags]",
		GroupID: groupCare,
		Short:   "Put a backup into an empty store, and verify what is there then",
		Long: `Puts a backup into a store that is empty, a file or a database, reads it back, verifies
the audit log, and says whether the seal of this machine opens the secrets. What is
broken off goes on when the same command is given again; until then the store serves
nobody.

A backup knows nothing of what came after it: members who were dismissed since are
members again. Have each group's administrator hand its newest record to the service
before it is reached by anybody; docs/operating.md says how.`,
		Example: `  meshkeyd restore /backup/meshkeyd-2026-11-23
  meshkeyd restore /backup/today --store postgres://meshkeyd@db.example.com/meshkeyd`,
		Args: oneArg("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := s.load(); err != nil {
				return err
			}
			return a.restore(cmd.Context(), s, args[0], asJSON)
		},
	}
	s.use(cmd, "store", "seal", "passphrase-file")
	jsonFlag(cmd, &asJSON)
	return cmd
}

// filledJSON is what a restore or a move found at its end.
type filledJSON struct {
	*backup.Summary
	Fingerprint string        `json:"fingerprint"`
	Audit       *audit.Report `json:"audit"`
	Opens       bool          `json:"opens"` // the seal of this machine opens the secrets
}

func (a *app) restore(ctx context.Context, s *settings, name string, asJSON bool) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	// Whether it is whole is known before anything is made of it.
	if err := fromFile(f)(func(backup.Entry) error { return nil }); err != nil {
		return notABackup("the backup "+name, err)
	}
	if err := makeDir(s.dir); err != nil {
		return err
	}
	to, err := a.openStore(ctx, s.store, true)
	if err != nil {
		return inUseHere(err)
	}
	defer to.Close()
	return a.fill(ctx, s, to, s.store, "the backup "+name, fromFile(f), asJSON)
}

// fill fills a store from a source, verifies what is there, and says so.
func (a *app) fill(ctx context.Context, s *settings, to store.Store, toName, fromName string, source backup.Source, asJSON bool) error {
	summary, err := backup.Fill(ctx, to, tables(), marker(), fromName, source)
	switch {
	case errors.Is(err, backup.ErrNotEmpty):
		return exit.Errorf(exit.Failed, "the store %s: %w", shownStore(toName), err).Hinted("name a store that holds nothing, or empty this one yourself")
	case errors.Is(err, backup.ErrChanged):
		return exit.Errorf(exit.Failed, "something was changed while it was copied").Hinted("stop every meshkeyd that uses either store, and run the command again")
	case err != nil:
		return notABackup(fromName, err)
	}
	out := &filledJSON{Summary: summary}
	a.answer = out
	svc, err := view(ctx, to)
	if err != nil {
		return err
	}
	out.Fingerprint = svc.profile.Fingerprint().String()
	out.Opens = a.opens(s, svc)
	if out.Audit, err = verifyLog(ctx, to, svc, nil); err != nil {
		return err
	}
	if len(out.Audit.Findings) == 0 && asJSON {
		return a.printJSON(out)
	}
	if !asJSON {
		a.printSummary(summary)
		fmt.Fprintf(a.out, "Service  %s\n", svc.profile.Fingerprint())
		a.printReport(out.Audit, 0)
		if !out.Opens {
			a.voice.Warn("%s does not open the service's secrets, or is not there: before serve, bring what opens them, or name it with --seal; their seals: %s", s.seal, strings.Join(sortedKeys(svc.seals), ", "))
		}
	}
	return findings(out.Audit)
}

// notABackup gives what does not verify its exit code.
func notABackup(name string, err error) error {
	if errors.Is(err, backup.ErrDamaged) || errors.Is(err, backup.ErrOther) {
		return exit.Errorf(exit.NotVerified, "%s: %w", name, err)
	}
	return err
}

// opens tells whether the seal of this machine opens the service's secrets,
// without asking anybody.
func (a *app) opens(s *settings, svc *service) bool {
	m, err := parseMethod(s.seal)
	if err != nil || m.kind == byPassphrase && s.passFile == "" {
		return false
	}
	opener, err := a.open(m, s, svc.seals)
	if err != nil {
		return false
	}
	defer opener.Wipe()
	secrets, err := svc.openSecrets(opener)
	if err != nil {
		return false
	}
	secrets.Wipe()
	return true
}

func (a *app) migrateCommand() *cobra.Command {
	s := newSettings()
	var to string
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "migrate --to STORE [flags]",
		GroupID: groupCare,
		Short:   "Move everything to another store: from a file to PostgreSQL, or back",
		Long: `Copies all that the store holds into another one, which is empty, compares both by
digest, and verifies the audit log there. No meshkeyd may run on either meanwhile.

The store it came from stays as it is. Change "store" in meshkeyd.conf afterwards, and
take the old one away once the service runs: two services on two copies would each go
on by itself.`,
		Example: `  meshkeyd migrate --to postgres://meshkeyd@db.example.com/meshkeyd
  meshkeyd migrate --store postgres://meshkeyd@db.example.com/meshkeyd --to store.db`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if to == "" {
				return exit.Errorf(exit.Usage, "where to? --to is missing").Hinted("--to FILE or --to postgres://…")
			}
			if err := s.load(); err != nil {
				return err
			}
			return a.migrate(cmd.Context(), s, to, asJSON)
		},
	}
	s.use(cmd, "store", "seal", "passphrase-file")
	cmd.Flags().StringVar(&to, "to", "", "`STORE` to fill: a file, or postgres://…")
	jsonFlag(cmd, &asJSON)
	return cmd
}

func (a *app) migrate(ctx context.Context, s *settings, name string, asJSON bool) error {
	if _, err := dial(ctx, s); err == nil {
		return exit.Errorf(exit.Failed, "the service runs; what it answers meanwhile would be lost").Hinted("stop it first")
	}
	if !isURL(name) { // what is shown may be copied into meshkeyd.conf, wherever serve is started
		var err error
		if name, err = filepath.Abs(name); err != nil {
			return err
		}
	}
	from, err := a.openStore(ctx, s.store, false)
	if err != nil {
		return inUseHere(err)
	}
	defer from.Close()
	patiently(from)
	if _, err := view(ctx, from); err != nil {
		return err
	}
	to, err := a.openStore(ctx, name, true)
	if err != nil {
		return inUseHere(err)
	}
	defer to.Close()
	patiently(to)
	if err := a.fill(ctx, s, to, name, "the store "+shownStore(s.store), backup.From(ctx, from, tables(), nil), asJSON); err != nil {
		return err
	}
	a.voice.Hint("set store = %s in %s, start the service, and take %s away", shownStore(name), s.path(configName), shownStore(s.store))
	return nil
}
