package meshkeyd

import (
	"context"
	"os"
	"sync"
	"time"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/line"
	"meshkey/internal/secret"
	"meshkey/keyservice/audit"
	"meshkey/keyservice/server"
	"meshkey/keyservice/store"
)

// refresh is how often a service looks whether another that shares its store
// has changed the secrets.
const refresh = 5 * time.Second

// A keyring is what a service that is not sealed keeps to open newer secrets.
type keyring struct {
	mu     sync.Mutex
	opener *secret.Bytes // nil while it is sealed
	loaded []byte        // the secrets in use, as they lie in the store
}

// drop forgets the opener. The caller has the lock.
func (k *keyring) drop() {
	if k.opener != nil {
		k.opener.Wipe()
	}
	k.opener, k.loaded = nil, nil
}

// unseal opens the secrets, and keeps the opener.
func (d *daemon) unseal(ctx context.Context, opener *secret.Bytes) error {
	d.keys.mu.Lock()
	defer d.keys.mu.Unlock()
	if d.keys.opener != nil {
		opener.Wipe()
		return exit.Errorf(exit.Failed, "the service is not sealed")
	}
	d.keys.opener = opener
	if err := d.load(ctx); err != nil {
		d.keys.drop()
		return err
	}
	d.log.Info("unsealed")
	d.notify.tell(d.state())
	return nil
}

// load takes the secrets that are in the store into use. The caller has the
// lock.
func (d *daemon) load(ctx context.Context) error {
	svc, err := view(ctx, d.store)
	if err != nil {
		return err
	}
	if string(svc.secrets) == string(d.keys.loaded) {
		return nil
	}
	secrets, err := svc.openSecrets(d.keys.opener)
	if err != nil {
		return err
	}
	defer secrets.Wipe()
	return d.use(secrets, svc.secrets)
}

// use gives the server other secrets. Calls that come in the moment between are
// told to come again.
func (d *daemon) use(secrets *server.Secrets, sealed []byte) error {
	d.server.Seal()
	if err := d.server.Unseal(secrets); err != nil {
		return err
	}
	d.keys.loaded = sealed
	return nil
}

// seal takes the secrets out of memory. The server is sealed at once and, since
// newer secrets may just have been taken into use, once more.
func (d *daemon) seal() {
	d.server.Seal()
	d.keys.mu.Lock()
	d.keys.drop()
	d.server.Seal()
	d.keys.mu.Unlock()
	d.log.Warn("sealed: the service answers nobody until meshkeyd unseal")
	d.notify.tell(d.state())
}

// state is what systemctl status shows.
func (d *daemon) state() string {
	if d.server.Sealed() {
		return "STATUS=sealed: waits for meshkeyd unseal"
	}
	return "STATUS=serving at " + d.main.Addr().String()
}

// watch looks after what changes while the service runs: secrets in the store,
// the files of the TLS certificate, systemd's watchdog.
func (d *daemon) watch(ctx context.Context) {
	tick := time.NewTicker(refresh)
	defer tick.Stop()
	beat := make(<-chan time.Time)
	if every := watchdog(); every > 0 {
		t := time.NewTicker(every)
		defer t.Stop()
		beat = t.C
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			d.tls.reload(d.log, false)
			d.follow(ctx)
		case <-beat:
			d.server.Sealed() // waits for good if the server is stuck, and systemd starts another
			d.notify.tell("WATCHDOG=1")
		}
	}
}

// follow takes secrets into use that another service has changed.
func (d *daemon) follow(ctx context.Context) {
	d.keys.mu.Lock()
	defer d.keys.mu.Unlock()
	if d.keys.opener == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, refresh) // nobody seals the service meanwhile
	defer cancel()
	if err := d.load(ctx); err != nil && ctx.Err() == nil {
		d.log.Warn("the service's secrets in the store cannot be looked at", "error", line.Plain(err.Error()))
	}
}

// rotated is what a rotation did.
type rotated struct {
	Halves int `json:"halves"`
}

// rotate makes a new storage key, which all halves are put under.
//
// Services that share the store take the new key into use within the time of
// refresh; one that meets a half under it sooner answers that it is not
// available, and the caller comes again. The key before stays in the secrets
// until the next rotation, for a service that was slower than that.
func (d *daemon) rotate(ctx context.Context) (*rotated, error) {
	d.keys.mu.Lock()
	defer d.keys.mu.Unlock()
	if d.keys.opener == nil {
		return nil, exit.Errorf(exit.Refused, "the service is sealed").Hinted("meshkeyd unseal")
	}
	if err := d.load(ctx); err != nil {
		return nil, err
	}
	if _, err := d.server.Reseal(ctx); err != nil { // nothing is left under a key that is dropped
		return nil, err
	}
	if err := d.changeSecrets(ctx, func(s *server.Secrets) error { s.Retire(); return s.Rotate() }); err != nil {
		return nil, err
	}
	n, err := d.server.Reseal(ctx)
	d.log.Info("the halves are under a new storage key", "halves", n)
	return &rotated{n}, err
}

// changeSecrets changes the secrets in the store, and takes them into use.
func (d *daemon) changeSecrets(ctx context.Context, change func(*server.Secrets) error) error {
	svc, err := view(ctx, d.store)
	if err != nil {
		return err
	}
	old := svc.secrets
	secrets, err := svc.openSecrets(d.keys.opener)
	if err != nil {
		return err
	}
	defer secrets.Wipe()
	if err := change(secrets); err != nil {
		return err
	}
	if err := svc.closeSecrets(secrets); err != nil {
		return err
	}
	err = d.store.Update(ctx, func(w store.Writer) error {
		now, err := w.Get(tableService, []byte(keySecrets))
		if err != nil {
			return err
		}
		if string(now) != string(old) {
			return exit.Errorf(exit.Failed, "another service changes the secrets just now").Hinted("try again")
		}
		return w.Put(tableService, []byte(keySecrets), svc.secrets)
	})
	if err != nil {
		return err
	}
	return d.use(secrets, svc.secrets)
}

// status is what the service says of itself.
func (d *daemon) status(ctx context.Context) *statusJSON {
	out := &statusJSON{Running: true, Version: line.Version(), Process: os.Getpid(), Since: d.since, Sealed: d.server.Sealed(), Store: "ok"}
	svc, err := view(ctx, d.store)
	if err == nil {
		err = d.server.Writes(ctx)
	}
	if err != nil {
		out.Store = explain(err).Error()
	}
	_, out.Backup = d.ages(ctx)
	if svc != nil {
		out.Address, out.Fingerprint = d.url(svc), svc.profile.Fingerprint().String()
	}
	out.Ready = d.ready.Load()
	if !d.settings.shared() {
		out.File = d.settings.store
	}
	out.Listen, out.Certificate = d.main.Addr().String(), d.tls.describe()
	if d.monitor != nil {
		out.Monitor = d.monitor.Addr().String()
	}
	return out
}

// url is the service's address, for members.
func (d *daemon) url(svc *service) string { return serviceURL(svc, d.main.Addr().String()) }

// ages are when the newest root of the audit log was signed, and the last backup
// made; zero if that is not known.
func (d *daemon) ages(ctx context.Context) (root, backup time.Time) {
	ctx, cancel := context.WithTimeout(ctx, probe)
	defer cancel()
	_ = d.store.View(ctx, func(r store.Reader) error {
		if newest, err := audit.Newest(r); err != nil {
			return err
		} else if newest != nil {
			root = newest.Time
		}
		noted, err := r.Get(tableService, []byte(keyBackup))
		backup, _ = time.Parse(time.RFC3339, string(noted))
		return err
	})
	return root, backup
}
