package meshkeyd

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
)

// settings are what can be set by flags and, but for the first two, in the
// configuration file under the same names. A flag counts more than the file.
type settings struct {
	dir    string // where everything lies that is not given a place of its own
	config string

	store    string
	seal     string
	listen   string
	address  string
	tlsCert  string
	tlsKey   string
	clientCA string
	monitor  string
	log      string
	logLevel string
	access   string
	passFile string // not in the file
	window   time.Duration
	skew     time.Duration
	ties     time.Duration
	drain    time.Duration
	rate     int
	conns    int
	eachConn int
	proxies  string
	trusted  []netip.Prefix // proxies, once checked
	register string
	domains  string

	accounts   int
	accountMiB int
	devices    int
	records    int
	asking     int
	askFor     time.Duration
	groups     int
	memberRate int
	keyRate    int
	waiting    int
	waitFor    time.Duration

	all *cobra.Command // every flag there is
}

// The defaults, where they are not zero.
const (
	defaultListen  = "localhost:8443"
	defaultMonitor = "localhost:8444"
	configName     = "meshkeyd.conf"
)

// Names of what lies in the folder.
const (
	storeName  = "store.db"
	sealName   = "seal.key"
	certName   = "tls.crt"
	keyName    = "tls.key"
	socketName = "admin.sock"
)

func newSettings() *settings {
	s := &settings{all: &cobra.Command{}}
	f := s.all.Flags()
	f.StringVar(&s.store, "store", "", "where everything is kept: a `FILE`, or postgres://… for a database that several services share (default: store.db in the folder)")
	f.StringVar(&s.seal, "seal", "", "what seals the service's secrets: keyring, file:PATH or `passphrase` (default: file:seal.key in the folder)")
	f.StringVar(&s.listen, "listen", defaultListen, "`HOST:PORT` where callers are answered; :8443 for every address of this machine")
	f.StringVar(&s.address, "address", "", "`HOST[:PORT]` by which callers reach the service (default: as --listen)")
	f.StringVar(&s.tlsCert, "tls-cert", "", "`FILE` of the TLS certificate and those it hangs on (default: tls.crt in the folder)")
	f.StringVar(&s.tlsKey, "tls-key", "", "`FILE` of its private key (default: tls.key in the folder)")
	f.StringVar(&s.clientCA, "client-ca", "", "`FILE` of certificates; only callers with a TLS certificate that one of them signed may connect")
	f.StringVar(&s.monitor, "monitor", defaultMonitor, "`HOST:PORT` for health and metrics, in clear text; off for none")
	f.StringVar(&s.log, "log", "text", "form of the log: `text` or json")
	f.StringVar(&s.access, "access-log", "off", "which requests are logged, one line each: `off`, calls (without who called) or addresses")
	f.StringVar(&s.logLevel, "log-level", "info", "least `LEVEL` that is logged: debug, info, warn or error")
	f.DurationVar(&s.window, "commit-window", 500*time.Microsecond, "`TIME` that a transaction waits for other requests to share it")
	f.DurationVar(&s.skew, "clock-skew", 2*time.Minute, "`TIME` by which a caller's clock may be wrong")
	f.DurationVar(&s.ties, "root-interval", time.Minute, "`TIME` between signed roots of the audit log")
	f.DurationVar(&s.drain, "drain", 20*time.Second, "`TIME` that requests under way have to end when the service stops")
	f.StringVar(&s.register, "registration", "", "who may register accounts: `invitation`, open or closed (default: open for a service on this machine alone, else invitation)")
	f.StringVar(&s.domains, "domains", "", "`LIST` of the domains of accounts, with commas; * for any (default: any for a service on this machine alone, else that of --address and those it is in)")
	f.IntVar(&s.rate, "rate", 200, "`NUMBER` of requests a second from one network address, above which callers are told to wait")
	f.IntVar(&s.conns, "connections", 4096, "`NUMBER` of connections at a time; others wait")
	f.IntVar(&s.eachConn, "connections-per-address", 256, "`NUMBER` of connections at a time from one network address; more are closed")
	f.StringVar(&s.proxies, "trusted-proxy", "", "`LIST` of addresses and networks (10.0.0.0/8), with commas, of balancers that say in the PROXY protocol who calls")
	f.IntVar(&s.accounts, "accounts", 100_000, "`NUMBER` of accounts that there are before nobody registers without an invitation")
	f.IntVar(&s.accountMiB, "account-size", 64, "`NUMBER` of MiB that the containers of one account hold")
	f.IntVar(&s.devices, "account-devices", 64, "`NUMBER` of devices that are connected to one account")
	f.IntVar(&s.records, "account-records", 16, "`NUMBER` of recovery records of one account")
	f.IntVar(&s.asking, "device-requests", 64, "`NUMBER` of devices that wait to be connected to one account")
	f.DurationVar(&s.askFor, "device-requests-time", 24*time.Hour, "`TIME` that such a device waits before it is forgotten")
	f.IntVar(&s.groups, "groups", 1024, "`NUMBER` of groups that are held in memory, those asked for last")
	f.IntVar(&s.memberRate, "member-rate", 1000, "`NUMBER` of envelopes a second that one member of a group is answered for; 50 seconds' worth at once")
	f.IntVar(&s.keyRate, "key-rate", 5000, "`NUMBER` of envelopes a second that are answered for with one key of a group; 50 seconds' worth at once")
	f.IntVar(&s.waiting, "waiting", 32, "`NUMBER` of requests of one member that wait for approval or for their delay")
	f.DurationVar(&s.waitFor, "waiting-time", 7*24*time.Hour, "`TIME` that such a request waits before it is forgotten")
	f.StringVar(&s.passFile, "passphrase-file", "", "`FILE` whose first line is the passphrase, for --seal passphrase (default: ask at the terminal)")
	return s
}

// use gives a command the flags of those names, --dir and --config.
func (s *settings) use(cmd *cobra.Command, names ...string) {
	cmd.Flags().StringVar(&s.dir, "dir", "", "the service's `FOLDER` (default: $STATE_DIRECTORY, else "+shownDir()+")")
	cmd.Flags().StringVar(&s.config, "config", "", "configuration `FILE` (default: meshkeyd.conf in the folder, if it is there)")
	for _, name := range names {
		cmd.Flags().AddFlag(s.all.Flags().Lookup(name))
	}
}

// load finds the folder and reads the configuration file.
func (s *settings) load() error {
	if s.dir == "" {
		dir, err := defaultDir()
		if err != nil {
			return exit.Errorf(exit.Usage, "%w", err).Hinted("name the service's folder with --dir")
		}
		s.dir = dir
	}
	dir, err := filepath.Abs(s.dir)
	if err != nil {
		return err
	}
	s.dir = dir
	if err := s.readConfig(); err != nil {
		return err
	}
	for _, d := range []struct {
		v    *string
		name string
	}{{&s.store, storeName}, {&s.tlsCert, certName}, {&s.tlsKey, keyName}} {
		if *d.v == "" {
			*d.v = filepath.Join(s.dir, d.name)
		}
	}
	if s.seal == "" {
		s.seal = "file:" + filepath.Join(s.dir, sealName)
	}
	return s.check()
}

// check tells what cannot be meant.
func (s *settings) check() error {
	if _, err := parseMethod(s.seal); err != nil {
		return err
	}
	if s.shared() {
		if _, err := url.Parse(s.store); err != nil {
			return exit.Errorf(exit.Usage, "--store: the URL of the database cannot be read") // it may hold a password
		}
	}
	for _, c := range []struct{ name, value string }{{"listen", s.listen}, {"monitor", s.monitor}} {
		if _, _, err := net.SplitHostPort(c.value); err != nil && (c.name != "monitor" || c.value != "off") {
			return exit.Errorf(exit.Usage, "--%s %s: write it as HOST:PORT", c.name, c.value)
		}
	}
	if !oneOf(s.log, "text", "json") {
		return exit.Errorf(exit.Usage, "--log %s: text or json", s.log)
	}
	if !oneOf(s.access, "off", "calls", "addresses") {
		return exit.Errorf(exit.Usage, "--access-log %s: off, calls or addresses", s.access)
	}
	if !oneOf(s.register, "", "invitation", "open", "closed") {
		return exit.Errorf(exit.Usage, "--registration %s: invitation, open or closed", s.register)
	}
	if !oneOf(s.logLevel, "debug", "info", "warn", "error") {
		return exit.Errorf(exit.Usage, "--log-level %s: debug, info, warn or error", s.logLevel)
	}
	for _, c := range []struct {
		name       string
		value, max int
	}{
		{"rate", s.rate, 1 << 30}, {"connections", s.conns, 1 << 20}, {"connections-per-address", s.eachConn, 1 << 20},
		{"accounts", s.accounts, 1 << 30}, {"account-size", s.accountMiB, 1 << 20}, {"account-devices", s.devices, 1 << 10},
		{"account-records", s.records, 1 << 10}, {"device-requests", s.asking, 1 << 10}, {"groups", s.groups, 1 << 20},
		{"member-rate", s.memberRate, 1 << 20}, {"key-rate", s.keyRate, 1 << 20}, {"waiting", s.waiting, 1 << 10},
	} {
		if c.value < 1 || c.value > c.max {
			return exit.Errorf(exit.Usage, "--%s %d: it must be from 1 to %d", c.name, c.value, c.max)
		}
	}
	var err error
	if s.trusted, err = parseNetworks(s.proxies); err != nil {
		return exit.Errorf(exit.Usage, "--trusted-proxy: %w", err)
	}
	for _, c := range []struct {
		name     string
		value    time.Duration
		min, max time.Duration
	}{
		{"commit-window", s.window, time.Microsecond, time.Second},
		{"clock-skew", s.skew, time.Second, time.Hour},
		{"root-interval", s.ties, time.Second, time.Hour},
		{"drain", s.drain, 0, time.Hour},
		{"device-requests-time", s.askFor, time.Minute, 366 * 24 * time.Hour},
		{"waiting-time", s.waitFor, time.Minute, 366 * 24 * time.Hour},
	} {
		if c.value < c.min || c.value > c.max {
			return exit.Errorf(exit.Usage, "--%s %s: it must be from %s to %s", c.name, c.value, c.min, c.max)
		}
	}
	return nil
}

func oneOf(s string, list ...string) bool {
	for _, one := range list {
		if s == one {
			return true
		}
	}
	return false
}

// shared tells whether the store is a database.
func (s *settings) shared() bool { return isURL(s.store) }

func isURL(store string) bool {
	return strings.HasPrefix(store, "postgres://") || strings.HasPrefix(store, "postgresql://")
}

// path is the path of what lies in the folder.
func (s *settings) path(name string) string { return filepath.Join(s.dir, name) }

// defaultDir is the folder where systemd puts a service, or the user's.
func defaultDir() (string, error) {
	if dir := os.Getenv("STATE_DIRECTORY"); dir != "" && !strings.Contains(dir, ":") {
		return dir, nil
	}
	if dir := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "meshkeyd"), nil
	}
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		dir, err := os.UserConfigDir()
		return filepath.Join(dir, "meshkeyd"), err
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("there is no home folder: %w", err)
	}
	return filepath.Join(home, ".local", "state", "meshkeyd"), nil
}

func shownDir() string {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return "meshkeyd in the user's folder of configurations"
	}
	return "~/.local/state/meshkeyd"
}
