package meshkeyd

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
)

func (a *app) statusCommand() *cobra.Command {
	s := newSettings()
	var wait, asJSON bool
	var limit time.Duration
	cmd := &cobra.Command{
		Use:     "status [flags]",
		GroupID: groupRun,
		Short:   "Show whether the service runs, is sealed, and reaches its store",
		Long: `Asks the service that runs in the folder how it is.

The exit code is 0 if it runs and answers calls, 6 if it does not run or is sealed, 1 if
it cannot use its store. With --wait it waits until the code would be 0.`,
		Example: `  meshkeyd status
  meshkeyd status --wait --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := s.load(); err != nil {
				return err
			}
			status, err := a.askStatus(cmd.Context(), s, wait, limit)
			a.answer = status
			if err != nil && (!status.Running || asJSON) {
				return err
			}
			if asJSON {
				return a.printJSON(status)
			}
			a.printStatus(status)
			return err
		},
	}
	s.use(cmd)
	cmd.Flags().BoolVar(&wait, "wait", false, "wait until the service runs and is not sealed")
	cmd.Flags().DurationVar(&limit, "wait-for", time.Minute, "`TIME` after which --wait gives up")
	jsonFlag(cmd, &asJSON)
	return cmd
}

// askStatus asks once, or until the service answers calls.
func (a *app) askStatus(ctx context.Context, s *settings, wait bool, limit time.Duration) (*statusJSON, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for {
		status, err := statusOf(ctx, s)
		if err == nil || !wait {
			return status, err
		}
		select {
		case <-ctx.Done():
			return status, err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// statusOf is the status of the service in the folder, and as an error what
// keeps it from answering calls.
func statusOf(ctx context.Context, s *settings) (*statusJSON, error) {
	status := &statusJSON{}
	c, err := dial(ctx, s)
	if err != nil {
		return status, err
	}
	if err := c.call(ctx, "GET", "/status", nil, status); err != nil {
		return status, err
	}
	switch {
	case status.Store != "ok":
		return status, exit.Errorf(exit.Failed, "the service runs, but %s", status.Store)
	case status.Sealed:
		return status, exit.Errorf(exit.Refused, "the service runs, but it is sealed").Hinted("meshkeyd unseal")
	case !status.Ready:
		return status, exit.Errorf(exit.Failed, "the service starts")
	}
	return status, nil
}

func (a *app) printStatus(s *statusJSON) {
	row := func(name, format string, args ...any) {
		fmt.Fprintf(a.out, "%-12s %s\n", name, fmt.Sprintf(format, args...))
	}
	row("Service", "%s", s.Address)
	row("Running", "process %d since %s, meshkeyd %s", s.Process, s.Since.Format(time.RFC3339), s.Version)
	row("Sealed", "%s", map[bool]string{true: "yes: it answers nobody", false: "no"}[s.Sealed])
	row("Store", "%s", s.Store)
	row("Listens at", "%s", s.Listen)
	row("Monitor", "%s", s.Monitor)
	if !s.Backup.IsZero() {
		row("Backup", "%s", s.Backup.Format(time.RFC3339))
	}
	if c := s.Certificate; c != nil {
		row("Certificate", "%s, until %s%s", c.Subject, c.Until.Format(time.DateOnly), map[bool]string{true: ", signed by itself"}[c.Own])
	}
}

func (a *app) sealCommand() *cobra.Command {
	s := newSettings()
	cmd := &cobra.Command{
		Use:     "seal [flags]",
		GroupID: groupRun,
		Short:   "Take the secrets out of the running service's memory",
		Long: `From then on the service answers nobody until "meshkeyd unseal": for a machine that
someone may be at, or an upgrade nobody may come between. Requests under way are
answered first. It goes on in memory of other machines that share the store.`,
		Example: `  meshkeyd seal`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := s.load(); err != nil {
				return err
			}
			c, err := dial(cmd.Context(), s)
			if err != nil {
				return err
			}
			if err := c.call(cmd.Context(), "POST", "/seal", nil, nil); err != nil {
				return err
			}
			a.voice.Say("Sealed. The service answers nobody until meshkeyd unseal.")
			return nil
		},
	}
	s.use(cmd)
	return cmd
}

func (a *app) showCommand() *cobra.Command {
	s := newSettings()
	var asJSON bool
	cmd := &cobra.Command{
		Use:       "show [address|fingerprint|profile] [flags]",
		GroupID:   groupRun,
		Short:     "Print the service's address, fingerprint or signed profile",
		Long:      "Prints what members and auditors need: the address to give as --service, the\nfingerprint alone, or the service's signed profile, by which receipts and the audit\nlog are verified. It works whether the service runs or not.",
		Example:   "  meshkeyd show\n  meshkeyd show address\n  meshkeyd show profile > service.profile",
		ValidArgs: []string{"address", "fingerprint", "profile"},
		Args:      cobra.MatchAll(cobra.MaximumNArgs(1), cobra.OnlyValidArgs),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := s.load(); err != nil {
				return err
			}
			svc, url, err := a.lookUp(cmd.Context(), s)
			if err != nil {
				return err
			}
			switch {
			case asJSON:
				return a.printJSON(map[string]string{"address": url, "fingerprint": svc.profile.Fingerprint().String(), "profile": string(svc.profile.Bytes())})
			case len(args) == 0:
				fmt.Fprintf(a.out, "Service      %s\nFingerprint  %s\n", url, svc.profile.Fingerprint())
			case args[0] == "address":
				fmt.Fprintln(a.out, url)
			case args[0] == "fingerprint":
				fmt.Fprintln(a.out, svc.profile.Fingerprint())
			default:
				fmt.Fprintf(a.out, "%s\n", svc.profile.Bytes())
			}
			return nil
		},
	}
	s.use(cmd, "store", "listen")
	jsonFlag(cmd, &asJSON)
	return cmd
}

// lookUp finds the service, running or not, and its address for members.
func (a *app) lookUp(ctx context.Context, s *settings) (*service, string, error) {
	url := ""
	if status, err := statusOf(ctx, s); status.Running {
		url = status.Address
	} else if err != nil && !errors.Is(err, errNotRunning) {
		return nil, "", err
	}
	st, err := a.reading(ctx, s)
	if err != nil {
		return nil, "", err
	}
	defer st.Close()
	svc, err := view(ctx, st)
	if err != nil {
		return nil, "", err
	}
	if url == "" {
		url = serviceURL(svc, s.listen)
	}
	return svc, url, nil
}
