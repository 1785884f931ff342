package meshkeyd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/outfile"
	"meshkey/cmd/internal/seedfile"
	"meshkey/internal/secret"
	"meshkey/keyservice/server"
	"meshkey/keyservice/store"
)

func (a *app) initCommand() *cobra.Command {
	s := newSettings()
	cmd := &cobra.Command{
		Use:     "init [flags]",
		GroupID: groupRun,
		Short:   "Make a new service: its secrets, its store and a TLS certificate",
		Long: `Makes the secrets of a new service and seals them, the store, a TLS certificate that
the service signs itself, and meshkeyd.conf with the settings given here.

It prints the service's address. The part behind # is the fingerprint of the service's
profile: whoever has it needs no certificate authority to know the service.

Where the store holds a service already, a database or one that was restored, this machine
joins it, and what it lacks is made: give the same --seal file, or the passphrase.`,
		Example: `  meshkeyd init
  meshkeyd init --address keys.example.com --listen :8443 --seal passphrase
  meshkeyd init --dir /var/lib/meshkeyd --seal file:/etc/meshkeyd/seal.key \
      --store 'postgres://meshkeyd@db.example.com/meshkeyd?sslmode=verify-full'`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.init(cmd.Context(), s) },
	}
	s.use(cmd, "address", "listen", "store", "seal", "passphrase-file", "tls-cert", "tls-key", "monitor", "registration", "domains")
	return cmd
}

func (a *app) init(ctx context.Context, s *settings) error {
	given := s.given()
	if err := s.load(); err != nil {
		return err
	}
	if s.config != "" && len(given) > 0 {
		return exit.Errorf(exit.Usage, "%s is there already, and flags are given too", s.config).
			Hinted("put the settings into the file, or remove it")
	}
	files := outfile.New(false)
	defer files.Discard()
	if !exists(s.dir) {
		files.Undo(func() { _ = os.Remove(s.dir) })
	}
	if err := makeDir(s.dir); err != nil {
		return err
	}
	fresh := !s.shared() && !exists(s.store)
	st, err := a.openStore(ctx, s.store, true)
	if err != nil {
		return inUseHere(err)
	}
	defer st.Close()
	if fresh {
		files.Undo(func() { st.Close(); _ = os.Remove(s.store) })
	}
	svc, err := view(ctx, st)
	switch {
	case errors.Is(err, errNoService):
		svc, err = a.makeService(ctx, s, st, files)
	case err == nil && !s.shared() && exists(s.tlsCert):
		return exit.Errorf(exit.Failed, "there is a service here already: %v", svc.profile.Fingerprint()).
			Hinted("meshkeyd serve runs it; --dir makes another in a folder of its own")
	case err == nil:
		err = a.join(s, svc) // a database, or a store that was restored
	}
	if err != nil {
		return err
	}
	if err := a.writeFiles(s, svc, given, files); err != nil {
		return err
	}
	fmt.Fprintf(a.out, "Service  %s\n", serviceURL(svc, s.listen))
	fmt.Fprintf(a.out, "Folder   %s\n", s.dir)
	m, err := parseMethod(s.seal)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.out, "Sealed   %s\n", m)
	if m.kind == byFile && filepath.Dir(m.path) == s.dir {
		a.voice.Hint("%s opens the secrets and lies beside the store: whoever copies the folder has both. Keep a copy of it elsewhere, and see --seal for other ways", m.path)
	}
	return nil
}

// exists tells whether there is a file of that name.
func exists(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}

// given are the settings that flags gave, with their paths made whole.
func (s *settings) given() []setting {
	var out []setting
	for _, name := range []string{"store", "seal", "listen", "tls-cert", "tls-key", "monitor", "registration", "domains"} {
		flag := s.all.Flags().Lookup(name)
		if !flag.Changed {
			continue
		}
		value := flag.Value.String()
		switch {
		case name == "seal":
			if m, err := parseMethod(value); err == nil {
				value = m.String()
			}
		case name == "tls-cert", name == "tls-key", name == "store" && !isURL(value):
			if path, err := filepath.Abs(value); err == nil {
				value = path
			}
		}
		out = append(out, setting{name: name, value: value})
	}
	return out
}

// makeService makes the secrets of a new service, seals them, and puts it into
// the store.
func (a *app) makeService(ctx context.Context, s *settings, st store.Store, files *outfile.Set) (*service, error) {
	address, err := s.publicAddress()
	if err != nil {
		return nil, err
	}
	m, err := parseMethod(s.seal)
	if err != nil {
		return nil, err
	}
	opener, recipient, err := seedfile.NewIdentity()
	if err != nil {
		return nil, err
	}
	defer opener.Wipe()
	secrets := server.NewSecrets(time.Now())
	defer secrets.Wipe()
	svc := &service{address: address, recipient: recipient, seals: seals{}}
	if svc.profile, err = secrets.Profile(); err != nil {
		return nil, err
	}
	if err := svc.closeSecrets(secrets); err != nil {
		return nil, err
	}
	name, sealed, err := a.newSeal(m, s.passFile, opener, files)
	if err != nil {
		return nil, err
	}
	svc.seals[name] = sealed
	if err := files.Stage(); err != nil { // the seal's file is on the disk before anything hangs on it
		return nil, err
	}
	return svc, st.Update(ctx, func(w store.Writer) error {
		if _, err := readService(w); !errors.Is(err, errNoService) {
			return errors.Join(exit.Errorf(exit.Failed, "another machine makes a service in this store just now"), err)
		}
		return svc.write(w)
	})
}

// join tells whether this machine can open the secrets of a service that is in
// the store.
func (a *app) join(s *settings, svc *service) error {
	m, err := parseMethod(s.seal)
	if err != nil {
		return err
	}
	opener, err := a.open(m, s, svc.seals)
	if err != nil {
		return exit.Errorf(exit.Code(err), "the store holds the service %v, which cannot be opened here: %w", svc.profile.Fingerprint(), err).
			Hinted("copy the file of --seal from the machine that has it, or choose --seal passphrase; seals: %s", strings.Join(sortedKeys(svc.seals), ", "))
	}
	defer opener.Wipe()
	secrets, err := svc.openSecrets(opener)
	if err != nil {
		return err
	}
	secrets.Wipe()
	a.voice.Say("The store holds the service %v already; this machine joins it.", svc.profile.Fingerprint())
	return nil
}

// writeFiles writes the TLS certificate, unless there is one, and the
// configuration.
func (a *app) writeFiles(s *settings, svc *service, given []setting, files *outfile.Set) error {
	more := outfile.New(false)
	defer more.Discard()
	if !exists(s.tlsCert) && !exists(s.tlsKey) {
		cert, key, err := newCertificate(hostOf(svc.address), time.Now())
		if err != nil {
			return err
		}
		defer secret.Wipe(key)
		more.AddBytes(s.tlsKey, key)
		more.AddBytes(s.tlsCert, cert)
	}
	if len(given) > 0 {
		more.AddBytes(s.path(configName), append([]byte("# Settings of meshkeyd; \"meshkeyd serve --help\" lists them all.\n"), formatConfig(given)...))
	}
	if err := more.Stage(); err != nil {
		return err
	}
	if err := files.Commit(); err != nil {
		return err
	}
	return more.Commit()
}

// publicAddress is what callers reach the service by.
func (s *settings) publicAddress() (string, error) {
	address := s.address
	if address == "" {
		host, port, err := net.SplitHostPort(s.listen)
		if err != nil {
			return "", err
		}
		if host == "" || net.ParseIP(host).IsUnspecified() {
			if host, err = os.Hostname(); err != nil || host == "" {
				return "", exit.Errorf(exit.Usage, "the service needs an address").Hinted("give --address keys.example.com")
			}
		}
		address = host
		if port != "0" {
			address = net.JoinHostPort(host, port)
		}
	}
	if host := hostOf(address); host == "" || strings.ContainsAny(host, "/@# ") {
		return "", exit.Errorf(exit.Usage, "--address %s: write it as HOST or HOST:PORT", address)
	}
	return strings.ToLower(address), nil
}

// hostOf is an address without its port.
func hostOf(address string) string {
	if host, _, err := net.SplitHostPort(address); err == nil {
		return host
	}
	return strings.Trim(address, "[]")
}

// serviceURL is the text that members give as --service. Where the address has
// no port it is that of listen.
func serviceURL(svc *service, listen string) string {
	address := svc.address
	if _, _, err := net.SplitHostPort(address); err != nil {
		if _, port, err := net.SplitHostPort(listen); err == nil && port != "0" {
			address = net.JoinHostPort(hostOf(address), port)
		}
	}
	return "https://" + strings.TrimSuffix(address, ":443") + "/#" + svc.profile.Fingerprint().String()
}
