package server

import (
	"crypto/sha256"
	"fmt"
	"net"
	"strings"
	"time"

	"meshkey/internal/jsonb"
	"meshkey/internal/secret"
	"meshkey/keyservice/api"
	"meshkey/keyservice/store"
	"meshkey/mesh"
	"meshkey/udf"
)

// Registration says who may register an account.
type Registration int

// The ways.
const (
	ByInvitation Registration = iota // whoever has an invitation from the operator
	Open                             // everyone
	Closed                           // nobody
)

// A Policy says who may have an account at the service, and how much of
// everything. What is zero gets the value that stands behind it.
type Policy struct {
	Registration Registration
	Domains      []string // of addresses, or "*"; that of the service's address, and the ones it is in

	Accounts int64         // that there are before none can be registered without an invitation; 100,000
	Octets   int64         // of all containers of an account; 64 MiB
	Records  int           // recovery records of an account; 16
	Record   int           // octets of one; 256 KiB
	Devices  int           // connected to an account; 64
	Requests int           // of devices that wait to be connected to an account; 64
	Together int           // of these, from one network address; 4
	Patience time.Duration // with a request, and with who asked and does not fetch the answer; 24 h
}

func (p *Policy) complete(address string) {
	orDefault(&p.Accounts, 100_000)
	orDefault(&p.Octets, 64<<20)
	orDefault(&p.Records, 16)
	orDefault(&p.Record, api.MaxRecord)
	orDefault(&p.Devices, 64)
	orDefault(&p.Requests, 64)
	orDefault(&p.Together, 4)
	orDefault(&p.Patience, 24*time.Hour)
	if p.Domains != nil {
		return
	}
	if host, _, err := net.SplitHostPort(address); err == nil {
		address = host
	}
	// A service at keys.example.com serves example.com too, and not com.
	for domain, more := address, true; more; {
		p.Domains = append(p.Domains, domain)
		_, domain, more = strings.Cut(domain, ".")
		more = more && strings.Contains(domain, ".")
	}
}

// Lengths of an address and its parts, in octets.
const (
	maxLocal   = 64
	maxAddress = 255
)

// admits says why an address cannot be one of this service, in its form or its
// domain; it is empty if it can. Of two addresses that somebody could take for
// one another at most one is admitted: there are no capital letters, and nothing
// but ASCII.
func (p *Policy) admits(address string) string {
	local, domain, ok := strings.Cut(address, "@")
	switch {
	case !ok:
		return "an address is name@domain"
	case len(local) < 1 || len(local) > maxLocal || len(address) > maxAddress:
		return fmt.Sprintf("the name has 1 to %d letters, the address at most %d", maxLocal, maxAddress)
	case !spelt(local, "._-+") || !spelt(domain, ".-"):
		return "an address has small letters and digits, with single dots and hyphens between them"
	}
	for _, d := range p.Domains {
		if d == "*" || d == domain {
			return ""
		}
	}
	return "the service does not keep accounts of that domain"
}

// spelt tells whether s is of small letters and digits, with one of marks between
// two of them at most.
func spelt(s, marks string) bool {
	before := true // a mark, or the beginning
	for _, c := range s {
		mark := strings.ContainsRune(marks, c)
		if mark && before || !mark && !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9') {
			return false
		}
		before = mark
	}
	return !before
}

// An Invitation lets somebody register.
type Invitation struct {
	Address string    // the only one that can be registered, or "*@" and a domain, or empty for any
	Uses    int64     // how many accounts
	Expires time.Time // when it is no longer good
}

// invitationRow is an invitation as it is stored.
type invitationRow struct {
	jsonb.Rest
	Address string        `jsonb:"Address"`
	Uses    int64         `jsonb:"Uses"` // that are left
	Expires mesh.DateTime `jsonb:"Expires"`
}

const invitationLen = 16

// Invite makes an invitation and returns its text, which lets whoever has it
// register. The store has only a digest of it.
func Invite(w store.Writer, i Invitation) (text string, err error) {
	octets := secret.Random(invitationLen)
	defer octets.Wipe()
	if i.Uses < 1 || i.Expires.IsZero() {
		return "", fmt.Errorf("server: an invitation is for one account or more, until a day")
	}
	if text, err = udf.FormatNonce(octets.Reveal()); err != nil {
		return "", fmt.Errorf("server: %w", err)
	}
	row := &invitationRow{Address: i.Address, Uses: i.Uses, Expires: mesh.NewDateTime(i.Expires)}
	return text, putRow(w, invitationTable, invitationKey(text), row)
}

// invitationKey is nil for what is no invitation.
func invitationKey(text string) []byte {
	octets, err := udf.ParseNonce(text)
	if err != nil {
		return nil
	}
	digest := sha256.Sum256(octets)
	return digest[:]
}

// What those are told who may not register, whatever is wrong with the
// invitation they have.
var (
	errUninvited = api.ErrDenied.Because("accounts are registered by invitation of the service's operator")
	errClosed    = api.ErrDenied.Because("no accounts are registered here")
	errFull      = api.ErrDenied.Because("there are as many accounts as the service's operator wants")
)

// welcome tells whether an address may be registered now; use writes what the
// registration uses up.
func (p *Policy) welcome(r store.Reader, address, invitation string, now time.Time) (use func(store.Writer) error, err error) {
	switch p.Registration {
	case Open:
		n, err := countAccounts(r)
		if err == nil && n >= p.Accounts {
			err = errFull
		}
		return func(store.Writer) error { return nil }, err
	case Closed:
		return nil, errClosed
	}
	key := invitationKey(invitation)
	if key == nil {
		return nil, errUninvited
	}
	var row invitationRow
	if _, err := getRow(r, invitationTable, key, &row); err != nil {
		return nil, err
	}
	expires, err := row.Expires.Time()
	if err != nil || row.Uses < 1 || !now.Before(expires) || !row.covers(address) {
		return nil, errUninvited
	}
	row.Uses--
	return func(w store.Writer) error {
		if row.Uses == 0 {
			return w.Delete(invitationTable, key)
		}
		return putRow(w, invitationTable, key, &row)
	}, nil
}

func (r *invitationRow) covers(address string) bool {
	if domain, any := strings.CutPrefix(r.Address, "*@"); any {
		return strings.HasSuffix(address, "@"+domain)
	}
	return r.Address == "" || r.Address == address
}
