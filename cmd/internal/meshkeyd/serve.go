package meshkeyd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/keyservice/server"
	"meshkey/keyservice/store"
)

func (a *app) serveCommand() *cobra.Command {
	s := newSettings()
	cmd := &cobra.Command{
		Use:     "serve [flags]",
		GroupID: groupRun,
		Short:   "Run the service, until it is told to stop",
		Long: `Runs the service in the foreground, with its log on standard error.

A service whose seal is a passphrase starts sealed: it answers nobody until
"meshkeyd unseal" gives it the passphrase. Other seals are opened at the start.

It stops at SIGTERM or an interrupt: requests under way have the time of --drain to end,
a last root of the audit log is signed, the store is closed. A second signal ends it at
once, which costs no answered request. At SIGHUP, and when their files change, the TLS
certificate and key are read anew.

Every flag but --dir and --config can stand in meshkeyd.conf, without its dashes:

  listen = :8443
  log    = json`,
		Example: `  meshkeyd serve
  meshkeyd serve --listen :8443 --log json
  meshkeyd serve --dir /var/lib/meshkeyd --seal file:/run/credentials/meshkeyd.service/seal.key`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.serve(cmd.Context(), s) },
	}
	s.use(cmd, serveFlags...)
	return cmd
}

// serveFlags are those of a service that runs.
var serveFlags = []string{"listen", "store", "seal", "passphrase-file", "tls-cert", "tls-key", "client-ca", "monitor",
	"registration", "domains", "log", "log-level", "access-log", "drain", "rate", "connections", "connections-per-address", "trusted-proxy",
	"accounts", "account-size", "account-devices", "account-records", "device-requests", "device-requests-time", "groups", "member-rate", "key-rate", "waiting", "waiting-time", "commit-window", "clock-skew", "root-interval"}

// A daemon is a service that runs.
type daemon struct {
	settings *settings
	log      *slog.Logger
	store    store.Store
	server   *server.Server
	keys     keyring
	notify   *notifier
	since    time.Time
	main     net.Listener // for callers
	monitor  net.Listener // for health and metrics; nil for none
	ready    atomic.Bool  // callers are answered
	served   bool         // it came as far as that
	tls      *certificates
	limits   *limits
	failed   chan error // a listener that ended by itself
}

// garbage is how much memory may be waste, in percent of what is in use. That is
// a few MiB, and with the runtime's 100 a twentieth of the CPU goes into looking
// for it. GOGC in the environment counts more.
const garbage = 400

func (a *app) serve(ctx context.Context, s *settings) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	if err := s.load(); err != nil {
		return err
	}
	if err := checkDir(s.dir); err != nil {
		return err
	}
	d := &daemon{settings: s, log: newLog(a.errs, s), notify: newNotifier(), since: time.Now().UTC(), failed: make(chan error, 3)}
	var err error
	if d.store, err = a.openStore(ctx, s.store, false); err != nil {
		return inUseHere(err)
	}
	defer d.store.Close()
	svc, err := view(ctx, d.store)
	if err != nil {
		return err
	}
	return a.runDaemon(ctx, d, svc, signals)
}

// inUseHere explains that another process has the store.
func inUseHere(err error) error {
	if inUse(err) {
		return exit.Errorf(exit.Failed, "another process has the store open").
			Hinted("a service runs here already? meshkeyd status; a store in a file is for one service, several share a database")
	}
	return err
}

// runDaemon runs the service until a signal.
func (a *app) runDaemon(ctx context.Context, d *daemon, svc *service, signals <-chan os.Signal) (err error) {
	d.server, err = server.New(server.Config{
		Store: d.store, Address: hostOf(svc.address), Window: d.settings.window, Skew: d.settings.skew, Ties: d.settings.ties, Log: d.log, Access: accessLog(d.log, d.settings.access),
		Groups: d.settings.groups, Accounts: d.settings.policy(svc.address), Waits: server.Waits{Requests: d.settings.waiting, For: d.settings.waitFor},
		Rates: server.Rates{Member: ratePerSecond(d.settings.memberRate), Key: ratePerSecond(d.settings.keyRate)},
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.end()) }()
	if err := d.bind(); err != nil {
		return err
	}
	defer d.unbind()
	d.server.Audible = d.limits.audible
	socket, err := listenAdmin(d.settings.path(socketName))
	if err != nil {
		return err
	}
	defer os.Remove(d.settings.path(socketName))
	control := d.serveAdmin(socket)
	defer control.Close()
	if err := a.unsealAtStart(ctx, d, svc); err != nil {
		return err
	}
	stop := d.open()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go d.watch(ctx)
	d.served = true
	d.log.Info("serving", "address", d.url(svc), "listen", d.main.Addr().String(), "sealed", d.server.Sealed())
	d.notify.tell("READY=1", d.state())
	err = d.wait(signals)
	cancel()
	d.notify.tell("STOPPING=1", "STATUS=ending")
	d.log.Info("stopping", "drain", d.settings.drain)
	go func() { // once more, and it is at once
		for s := range signals {
			if s != syscall.SIGHUP {
				os.Exit(exit.Failed)
			}
		}
	}()
	return errors.Join(err, stop())
}

// wait waits for a signal to stop, or for a listener to fail.
func (d *daemon) wait(signals <-chan os.Signal) error {
	for {
		select {
		case s := <-signals:
			if s != syscall.SIGHUP {
				d.log.Info("signal", "signal", s.String())
				return nil
			}
			d.notify.reloading()
			d.tls.reload(d.log, true)
			d.notify.tell("READY=1", d.state())
		case err := <-d.failed:
			return err
		}
	}
}

// end closes what runDaemon made.
func (d *daemon) end() error {
	err := d.server.Close()
	d.keys.mu.Lock()
	d.keys.drop()
	d.keys.mu.Unlock()
	if err != nil {
		return fmt.Errorf("a last root of the audit log could not be signed: %w", err)
	}
	if d.served {
		d.log.Info("stopped")
	}
	return nil
}

// unsealAtStart opens the secrets, unless a person has to.
func (a *app) unsealAtStart(ctx context.Context, d *daemon, svc *service) error {
	m, err := parseMethod(d.settings.seal)
	if err != nil {
		return err
	}
	if m.kind == byPassphrase && d.settings.passFile == "" {
		d.log.Warn("the service is sealed and answers nobody: give it the passphrase with meshkeyd unseal", "dir", d.settings.dir)
		return nil
	}
	opener, err := a.open(m, d.settings, svc.seals)
	if err != nil {
		return err
	}
	return d.unseal(ctx, opener)
}

// newLog writes to w what happens.
func newLog(w io.Writer, s *settings) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(s.logLevel)) // checked before
	o := &slog.HandlerOptions{Level: level}
	if s.log == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// accessLog logs requests, nil for none. It has no account, key or group; which
// member asked for what, and when, is the audit log's, which is sealed off better.
func accessLog(log *slog.Logger, what string) func(server.Access) {
	if what == "off" {
		return nil
	}
	return func(a server.Access) {
		attributes := []slog.Attr{
			slog.String("request", a.Peer.Request), slog.String("call", cmp.Or(a.Call, "unknown")), slog.String("outcome", cmp.Or(a.Code, "answered")),
			slog.Int("status", a.Status), slog.Int("in", a.In), slog.Int("out", a.Out), slog.Duration("took", a.Took),
		}
		if what == "addresses" {
			attributes = append(attributes, slog.String("from", a.Peer.Address))
		}
		log.LogAttrs(context.Background(), slog.LevelInfo, "request", attributes...)
	}
}

// serveOn serves a handler until it is shut down.
func (d *daemon) serveOn(l net.Listener, h *http.Server, what string) {
	go func() {
		if err := h.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			d.failed <- fmt.Errorf("the listener for %s ended: %w", what, err)
		}
	}()
}
