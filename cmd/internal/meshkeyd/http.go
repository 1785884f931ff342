package meshkeyd

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"meshkey/cmd/internal/exit"
)

// bind takes the addresses and the TLS certificate, without serving yet.
func (d *daemon) bind() error {
	d.tls = &certificates{cert: d.settings.tlsCert, key: d.settings.tlsKey, clientCA: d.settings.clientCA}
	d.limits = newLimits(d.settings)
	if err := d.tls.load(); err != nil {
		return err
	}
	var err error
	if d.main, err = listen("listen", d.settings.listen); err != nil {
		return err
	}
	if d.settings.monitor != "off" {
		d.monitor, err = listen("monitor", d.settings.monitor)
	}
	return err
}

func (d *daemon) unbind() {
	d.main.Close()
	if d.monitor != nil {
		d.monitor.Close()
	}
}

func listen(flag, address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, exit.Errorf(exit.Failed, "--%s %s: %w", flag, address, err).Hinted("is it taken by another program, or not an address of this machine?")
	}
	return l, nil
}

// Times that a connection has, and what it may send. No call is long.
const (
	headTime  = 5 * time.Second
	readTime  = 30 * time.Second
	writeTime = time.Minute
	idleTime  = 2 * time.Minute
	maxHead   = 1 << 14
)

// open serves; stop ends that when the requests under way are over, or their
// time is.
func (d *daemon) open() (stop func() error) {
	d.server.TLSKey = d.tls.digest
	h := &http.Server{
		Handler: d.limits.guard(d.server.Handler()), TLSConfig: d.tls.config(),
		ReadHeaderTimeout: headTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime, MaxHeaderBytes: maxHead,
		ErrorLog: slog.NewLogLogger(d.log.Handler(), slog.LevelDebug),
	}
	servers := []*http.Server{h}
	d.serveOn(tls.NewListener(d.callers(), h.TLSConfig), h, "callers")
	if d.monitor != nil {
		m := &http.Server{
			Handler:           d.monitored(),
			ReadHeaderTimeout: headTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime, MaxHeaderBytes: maxHead,
			ErrorLog: slog.NewLogLogger(d.log.Handler(), slog.LevelDebug),
		}
		servers = append(servers, m)
		d.serveOn(d.monitor, m, "health and metrics")
	}
	d.ready.Store(true)
	return func() error {
		d.ready.Store(false)
		ctx, cancel := context.WithTimeout(context.Background(), d.settings.drain)
		defer cancel()
		for _, s := range servers {
			err := s.Shutdown(ctx)
			if errors.Is(err, context.DeadlineExceeded) {
				d.log.Warn("some requests did not end in time, and are broken off")
				err = s.Close()
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
}
