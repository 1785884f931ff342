// Package server is the key service without its transport: [Server.Do] takes
// the octets of a call and returns those of the response. It holds the other
// halves of members' keys, and so it can refuse to help, and be told to, but
// cannot read.
//
// A call goes one way, whatever it asks for: it is parsed, its caller is found
// and his signature verified, what is expensive is computed, and then one
// transaction of the store checks that the nonce is new and that the caller's
// authority still stands, makes the changes, and appends to the audit log. Only
// when that is durable does anything leave. handlers.go lists the calls.
//
// # Security
//
// A service begins sealed: [Server.Unseal] gives it its keys, which are in memory
// alone, and [Server.Seal] takes them away. Halves are in the store under
// AES-256-GCM, each bound to its group, its place in it and its public side, so
// that none can be put in another's place. Whoever has the store and the log has
// no half; whoever has the halves too still needs a member's.
//
// Authority is looked up in the store again by the transaction that makes the
// record, so a member who was dismissed, or a device that was removed, is
// refused by the next request on every service that shares the store, even one
// that has everything in its cache. Caches only save work.
//
// Conditions in a group's record, quotas, delays and approvals, are decided in
// that transaction too, by the record that the store then has. They bind a
// service that is honest: one that is not can answer whom the record has, at
// once and as often as it likes, and a member who has all of its halves needs
// nobody's approval. What it then did is not in its log either. Rates are
// counted by each service alone, and forgotten when it ends.
//
// Who can write the store, and not only read it, can put back an older record of
// a group: that is well signed, and only members who have seen the newer one can
// tell. He cannot put back halves that were deleted, unless he kept them, and the
// roots of the audit log that were kept elsewhere show what he takes away.
//
// All who are not known get the same refusal. Panics of handlers are caught and
// answered as an internal error, without their text.
package server

import (
	"context"
	"crypto/sha256"
	"errors"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"meshkey/keyservice/store"
	"meshkey/profile"
)

// Config is what a Server is made of.
type Config struct {
	Store    store.Store   // stays the caller's to close
	Address  string        // of the service, such as keys.example.com, as its profile and callers have it
	Window   time.Duration // that a transaction waits for others that are on their way; 500 µs if 0
	Skew     time.Duration // that a caller's clock may be wrong by; 2 minutes if 0
	Ties     time.Duration // between signed roots of the audit log; a minute if 0
	Groups   int           // in memory at once, with 64 MiB of records at most; 1024 if 0
	Accounts Policy        // who may have one, and how much of everything
	Waits    Waits         // how much may wait for approval, and for how long
	Rates    Rates         // how fast is answered
	Now      func() time.Time
	Log      *slog.Logger // nil for none
	Access   func(Access) // is told what became of every request; nil for none
}

// An Access is one request and what became of it. No names of accounts are in it.
type Access struct {
	Peer   Peer
	Call   string // its name; "Record" for a recovery record, empty if it was not known
	Code   string // of the refusal, empty for an answer
	Status int    // of HTTP
	In     int    // octets of the request
	Out    int    // octets of the answer
	Took   time.Duration
}

// A Server is a key service. Several goroutines may use it.
type Server struct {
	config    Config
	committer *store.Committer
	log       *slog.Logger
	groups    *holdings
	meter     Meter
	buckets   buckets // of those who are known
	strangers buckets // of networks: who has many does not take the others' away

	// Audible tells whether the refusal of somebody unknown is written to the
	// log, or only counted, because there are too many. nil is always. It is set
	// before the first call.
	Audible func(Peer) bool
	// TLSKey is the SHA-256 of the public key, a SubjectPublicKeyInfo, of the TLS
	// certificate that the host shows, which Hello states. nil for none.
	TLSKey func() [sha256.Size]byte

	mu   sync.RWMutex
	keys *keys // nil while sealed

	cancel context.CancelFunc
	done   chan struct{}
}

// Peer is who is at the other end of the connection.
type Peer struct {
	Address string // such as 192.0.2.7:4711
	Request string // by which the log and he himself can name the request
}

// Network is what counts as one peer: his address, with IPv6 the /64 that one
// line has.
func (p Peer) Network() netip.Prefix {
	a, err := netip.ParseAddrPort(p.Address)
	if err != nil {
		return netip.Prefix{}
	}
	ip := a.Addr().Unmap().WithZone("")
	bits := ip.BitLen()
	if ip.Is6() {
		bits = 64
	}
	n, _ := ip.Prefix(bits)
	return n
}

// New returns a service that is sealed. Close ends it.
func New(config Config) (*Server, error) {
	if config.Store == nil || config.Address == "" {
		return nil, errors.New("server: a service needs a store and an address")
	}
	orDefault(&config.Window, 500*time.Microsecond)
	orDefault(&config.Skew, 2*time.Minute)
	orDefault(&config.Ties, time.Minute)
	orDefault(&config.Groups, 1024)
	config.Accounts.complete(config.Address)
	orDefault(&config.Waits.Requests, 32)
	orDefault(&config.Waits.For, 7*24*time.Hour)
	config.Rates.Member.complete(Rate{1_000, 50_000})
	config.Rates.Key.complete(Rate{5_000, 250_000})
	config.Rates.Stranger.complete(Rate{1, 100})
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{
		config: config, log: config.Log,
		groups: newHoldings(config.Groups),
		done:   make(chan struct{}),
	}
	s.committer = store.NewCommitter(bookkeeper{config.Store, &s.meter}, config.Window)
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	go s.keepHouse(ctx)
	return s, nil
}

func orDefault[T comparable](v *T, value T) {
	var zero T
	if *v == zero {
		*v = value
	}
}

// Unseal gives the service its keys. The secrets stay the caller's to wipe.
func (s *Server) Unseal(secrets *Secrets) error {
	k, err := secrets.keys(s.config.Address)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.keys != nil {
		k.wipe()
		return errors.New("server: the service is not sealed")
	}
	s.keys = k
	return nil
}

// Seal takes the service's keys away, and all halves out of memory. It waits for
// calls that are under way.
func (s *Server) Seal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.groups.clear()
	if s.keys != nil {
		s.keys.wipe()
		s.keys = nil
	}
}

// Sealed tells whether the service waits for its keys.
func (s *Server) Sealed() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.keys == nil
}

// Profile is the service's profile, nil while it is sealed.
func (s *Server) Profile() *profile.Profile {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.keys == nil {
		return nil
	}
	return s.keys.profile
}

// lastTie is how long closing waits for a store that does not answer.
const lastTie = 15 * time.Second

// Close makes what is under way durable, signs a last root of the audit log, and
// seals the service.
func (s *Server) Close() error {
	s.cancel()
	<-s.done
	ctx, cancel := context.WithTimeout(context.Background(), lastTie)
	defer cancel()
	err := s.Tie(ctx)
	s.committer.Close()
	s.Seal()
	return err
}
