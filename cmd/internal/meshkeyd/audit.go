package meshkeyd

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/ask"
	"meshkey/cmd/internal/backup"
	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/outfile"
	"meshkey/keyservice/audit"
	"meshkey/keyservice/store"
	"meshkey/profile"
)

// maxReceipts bounds a file with receipts or roots, maxProfile one with a
// profile, in octets.
const (
	maxReceipts = 64 << 20
	maxProfile  = 1 << 20
)

func (a *app) auditCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "audit",
		GroupID: groupCare,
		Short:   "Verify, show or export the log of every request",
		Long: `Every request is a record in the log before it is answered. The records about one key
are a chain; from time to time the service signs a root over all chains. Whoever asked
has a receipt, which no later change of the log makes fit again.`,
		Example: `  meshkeyd audit verify
  meshkeyd audit show
  meshkeyd audit export log`,
	}
	cmd.AddCommand(a.auditVerifyCommand(), a.auditShowCommand(), a.auditRootCommand(), a.auditExportCommand())
	return cmd
}

func (a *app) auditVerifyCommand() *cobra.Command {
	s := newSettings()
	var asJSON bool
	var from, profileFile string
	var kept []string
	cmd := &cobra.Command{
		Use:     "verify [flags]",
		Short:   "Verify the whole log, with receipts and roots that were kept elsewhere",
		Example: "  meshkeyd audit verify\n  meshkeyd audit verify --kept alice/receipts --kept root-17\n  meshkeyd audit verify --from log --profile service.profile",
		Long: `Verifies every record, every root, and that they fit, and names each that was changed,
exchanged, taken away or put in. The exit code is 7 if something is found.

Records after the last root could be cut off, and a thief of the service's keys could
write another log: receipts and roots that others keep show both. --from verifies an
exported log or a backup, wherever it is; then --profile gives the service's profile as
you have it, since the one inside came with what is to be verified.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.auditVerify(cmd.Context(), s, from, profileFile, kept, asJSON)
		},
	}
	s.use(cmd, "store")
	cmd.Flags().StringArrayVar(&kept, "kept", nil, "`FILE` with receipts or roots that were kept elsewhere, one a line; may be repeated")
	cmd.Flags().StringVar(&from, "from", "", "`FILE` of an exported log or a backup (default: the store)")
	cmd.Flags().StringVar(&profileFile, "profile", "", "`FILE` with the service's profile, as \"meshkeyd show profile\" prints it")
	jsonFlag(cmd, &asJSON)
	return cmd
}

func (a *app) auditVerify(ctx context.Context, s *settings, from, profileFile string, files []string, asJSON bool) error {
	st, err := a.logOf(ctx, s, from)
	if err != nil {
		return err
	}
	defer st.Close()
	svc, err := view(ctx, st)
	if err != nil {
		return err
	}
	if profileFile != "" {
		if err := a.expectProfile(svc, profileFile); err != nil {
			return err
		}
	}
	kept, err := a.kept(svc, files)
	if err != nil {
		return err
	}
	report, err := verifyLog(ctx, st, svc, kept)
	if err != nil {
		return err
	}
	a.answer = report
	if err := findings(report); err != nil && asJSON {
		return err
	}
	if asJSON {
		return a.printJSON(report)
	}
	fmt.Fprintf(a.out, "Service  %s\n", svc.profile.Fingerprint())
	a.printReport(report, len(kept))
	return findings(report)
}

// kept reads files with receipts and roots, one a line, which the service must
// have signed.
func (a *app) kept(svc *service, files []string) ([]audit.Receipt, error) {
	var out []audit.Receipt
	for _, name := range files {
		b, err := ask.Read(a.in, name, maxReceipts)
		if err != nil {
			return nil, err
		}
		for i, line := range bytes.Split(b, []byte{'\n'}) {
			receipt := audit.Receipt(bytes.TrimSpace(line))
			if len(receipt) == 0 {
				continue
			}
			if err := receipt.Verify(svc.profile.Key(profile.ServiceSignature)); err != nil {
				return nil, exit.Errorf(exit.NotVerified, "%s: line %d: no receipt or root of the service %v", ask.SourceName(name), i+1, svc.profile.Fingerprint()).
					Hinted("it is of another service, or was changed")
			}
			out = append(out, receipt)
		}
	}
	return out, nil
}

// expectProfile takes the signer from a file instead of the log, if both are of
// one service.
func (a *app) expectProfile(svc *service, name string) error {
	b, err := ask.Read(a.in, name, maxProfile)
	if err != nil {
		return err
	}
	p, err := profile.Parse(b)
	if err != nil {
		return exit.Errorf(exit.NotVerified, "%s is no profile: %w", ask.SourceName(name), err).Hinted("\"meshkeyd show profile\" prints it where the service is")
	}
	if !p.Fingerprint().Matches(svc.profile.Fingerprint()) {
		return exit.Errorf(exit.NotVerified, "the log is of the service %v, and not of %v", svc.profile.Fingerprint(), p.Fingerprint())
	}
	svc.profile = p
	return nil
}

// logOf opens the log: of the store, or of an exported one.
func (a *app) logOf(ctx context.Context, s *settings, from string) (store.Store, error) {
	if err := s.load(); err != nil {
		return nil, err
	}
	if from == "" {
		return a.reading(ctx, s)
	}
	f, err := os.Open(from)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	st, err := a.copied(s, func(to store.Store) error { return load(ctx, to, f) })
	if err != nil {
		return nil, notABackup(from, err)
	}
	return st, nil
}

// verifyLog verifies the log of a service.
func verifyLog(ctx context.Context, st store.Store, svc *service, kept []audit.Receipt) (*audit.Report, error) {
	var report *audit.Report
	err := st.View(ctx, func(r store.Reader) (err error) {
		report, err = audit.Verify(r, svc.profile.Key(profile.ServiceSignature), kept...)
		return err
	})
	return report, err
}

// printReport prints what was found, and the verdict, in which kept receipts and
// roots had a part.
func (a *app) printReport(r *audit.Report, kept int) {
	fmt.Fprintf(a.out, "Records  %d about %d keys, %d of them in no root yet\n", r.Records, r.Keys, r.Untied)
	if r.Roots > 0 {
		fmt.Fprintf(a.out, "Roots    %d, the last of %s\n", r.Roots, r.LastRoot.Format(time.RFC3339))
	} else {
		fmt.Fprintln(a.out, "Roots    none yet")
	}
	for _, f := range r.Findings {
		fmt.Fprintf(a.out, "Found    %s\n", f)
	}
	switch {
	case len(r.Findings) > 0:
		fmt.Fprintln(a.out, "Result   it does not verify")
	case kept > 0:
		fmt.Fprintf(a.out, "Result   it verifies, and so does what was kept: %d receipts and roots\n", kept)
	default:
		fmt.Fprintln(a.out, "Result   it verifies")
	}
}

// findings is the error for a log with findings.
func findings(r *audit.Report) error {
	if n := len(r.Findings); n > 0 {
		return exit.Errorf(exit.NotVerified, "the audit log does not verify: %d found", n).
			Hinted("keep the store as it is, and see \"The audit log does not verify\" in docs/operating.md")
	}
	return nil
}

func (a *app) auditShowCommand() *cobra.Command {
	s := newSettings()
	var asJSON bool
	var from string
	var after uint64
	cmd := &cobra.Command{
		Use:   "show [KEY] [flags]",
		Short: "Show the records about a key, or which keys there are",
		Long: `Without KEY it lists the keys that there are records about, and how many: accounts, and
the names of capabilities, one for each member and operation. With KEY it shows the
records: when, who asked (the fingerprint of his key), what for, and why it was refused.`,
		Example: "  meshkeyd audit show\n  meshkeyd audit show alice@example.com --after 100\n  meshkeyd audit show --json alice@example.com",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			st, err := a.logOf(cmd.Context(), s, from)
			if err != nil {
				return err
			}
			defer st.Close()
			if len(args) == 0 {
				return a.showKeys(cmd.Context(), st, asJSON)
			}
			return a.showRecords(cmd.Context(), st, args[0], after, asJSON)
		},
	}
	s.use(cmd, "store")
	cmd.Flags().Uint64Var(&after, "after", 0, "show records with higher numbers than `NUMBER` only")
	cmd.Flags().StringVar(&from, "from", "", "`FILE` of an exported log or a backup (default: the store)")
	jsonFlag(cmd, &asJSON)
	return cmd
}

func (a *app) showKeys(ctx context.Context, st store.Store, asJSON bool) error {
	var heads []audit.Head
	err := st.View(ctx, func(r store.Reader) error {
		heads = nil
		return audit.Heads(r, func(h audit.Head) bool { heads = append(heads, h); return true })
	})
	if err != nil {
		return err
	}
	if asJSON {
		return a.printJSON(map[string]any{"keys": heads})
	}
	fmt.Fprintf(a.out, "%8s  %s\n", "Records", "Key")
	for _, h := range heads {
		fmt.Fprintf(a.out, "%8d  %s\n", h.Number, h.Key)
	}
	return nil
}

func (a *app) showRecords(ctx context.Context, st store.Store, key string, after uint64, asJSON bool) error {
	var list []*audit.Record
	var head audit.Head
	err := st.View(ctx, func(r store.Reader) (err error) {
		list = nil
		if head, err = audit.HeadOf(r, key); err != nil {
			return err
		}
		return audit.Records(r, key, after, func(x *audit.Record) bool { list = append(list, x); return true })
	})
	switch {
	case err != nil:
		return err
	case head.Number == 0:
		return exit.Errorf(exit.Failed, "there are no records about %s", key).Hinted("meshkeyd audit show lists the keys")
	case asJSON:
		return a.printJSON(map[string]any{"key": key, "records": list})
	}
	const row = "%6v  %-24s  %-16s  %-34s  %s\n"
	fmt.Fprintf(a.out, row, "Number", "Time", "Call", "Caller's key", "Outcome")
	for _, x := range list {
		what := "answered"
		if x.Refused != "" {
			what = "refused: " + x.Refused
		}
		fmt.Fprintf(a.out, row, x.Number, x.Time.Format("2006-01-02T15:04:05.000Z07:00"), x.Call, cmp.Or(x.Caller, "-"), what)
	}
	return nil
}

func (a *app) auditRootCommand() *cobra.Command {
	s := newSettings()
	cmd := &cobra.Command{
		Use:   "root [flags]",
		Short: "Print the newest signed root of the log, to keep elsewhere",
		Long: `Prints the newest signed root. Kept where the service's administrators cannot write, it
shows later whether the log up to then was changed, even by them:
"meshkeyd audit verify --kept FILE". If the service runs, it signs one now.`,
		Example: `  meshkeyd audit root > root-2026-11-23
  meshkeyd audit verify --kept root-2026-11-23`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.auditRoot(cmd.Context(), s) },
	}
	s.use(cmd, "store")
	return cmd
}

func (a *app) auditRoot(ctx context.Context, s *settings) error {
	if err := s.load(); err != nil {
		return err
	}
	c, err := dial(ctx, s)
	if err == nil {
		err = c.call(ctx, "POST", "/tie", nil, nil)
	}
	if err != nil && !errors.Is(err, errNotRunning) {
		return err
	}
	st, err := a.reading(ctx, s)
	if err != nil {
		return err
	}
	defer st.Close()
	var root []byte
	err = st.View(ctx, func(r store.Reader) (err error) {
		root, err = audit.LastRoot(r)
		return err
	})
	if err != nil {
		return err
	}
	if root == nil {
		return exit.Errorf(exit.Failed, "there is no root yet").Hinted("the service signs one within --root-interval of the first request")
	}
	_, err = fmt.Fprintf(a.out, "%s\n", root)
	return err
}

func (a *app) auditExportCommand() *cobra.Command {
	s := newSettings()
	cmd := &cobra.Command{
		Use:   "export FILE [flags]",
		Short: "Write the log into a file that others can verify, without any half",
		Long: `Writes the records, the signed roots and the service's profile into a new file: for an
auditor, who verifies it with "meshkeyd audit verify --from FILE" and reads it with
"meshkeyd audit show --from FILE". No half and no account is in it. It names who asked
for what and when; treat it accordingly.`,
		Example: `  meshkeyd audit export log-2026-11-23
  meshkeyd audit verify --from log-2026-11-23`,
		Args: oneArg("FILE"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.auditExport(cmd.Context(), s, args[0]) },
	}
	s.use(cmd, "store")
	return cmd
}

func (a *app) auditExport(ctx context.Context, s *settings, name string) error {
	st, err := a.logOf(ctx, s, "")
	if err != nil {
		return err
	}
	defer st.Close()
	files := outfile.New(false)
	defer files.Discard()
	var summary *backup.Summary
	files.Add(name, func(w io.Writer) error {
		return st.View(ctx, func(r store.Reader) (err error) {
			summary, err = exportLog(w, r)
			return err
		})
	})
	if err := files.Stage(); err != nil {
		return err
	}
	if err := files.Commit(); err != nil {
		return err
	}
	a.printSummary(summary)
	return nil
}

// exportLog writes the tables of the log, and of the service only what is
// public.
func exportLog(w io.Writer, r store.Reader) (*backup.Summary, error) {
	out, err := backup.NewWriter(w)
	if err != nil {
		return nil, err
	}
	err = backup.Scan(r, append(audit.Tables(), tableService), func(e backup.Entry) error {
		if e.Table == tableService && string(e.Key) != keyProfile && string(e.Key) != keyAddress {
			return nil
		}
		return out.Write(e)
	})
	if err != nil {
		return nil, err
	}
	return out.Close()
}
