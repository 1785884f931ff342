package server

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"time"

	"meshkey/internal/jsonb"
	"meshkey/keyservice/store"
	"meshkey/mesh"
	"meshkey/profile"
)

// Tables of accounts. docs/FORMATS.md, Accounts at rest.
const (
	accountTable    store.Table = "account"    // address: accountRow
	deviceTable     store.Table = "device"     // address 0 fingerprint of its signature key: deviceRow
	connectTable    store.Table = "connect"    // address 0 name of the request: connectRow
	containerTable  store.Table = "container"  // address 0 name: containerRow
	entryTable      store.Table = "entry"      // address 0 name 0 index: an envelope
	recordTable     store.Table = "record"     // locator: recordRow
	invitationTable store.Table = "invitation" // digest of the text: invitationRow
)

// accountTables are all of them.
var accountTables = []store.Table{
	accountTable, deviceTable, connectTable, containerTable, entryTable, recordTable, invitationTable,
}

// accountRow is an account as it is stored. A deleted one stays: its address is
// its owner's for ever.
type accountRow struct {
	jsonb.Rest
	Profile jsonb.Raw     `jsonb:"EnvelopedProfileAccount"`
	Created mesh.DateTime `jsonb:"Created"`
	Deleted mesh.DateTime `jsonb:"Deleted"`
}

// deviceRow is a device that is or was connected to an account.
type deviceRow struct {
	jsonb.Rest
	Connection jsonb.Raw     `jsonb:"EnvelopedConnectionDevice"`
	Added      mesh.DateTime `jsonb:"Added"`
	Removed    mesh.DateTime `jsonb:"Removed"`
}

var rows = sync.OnceValue(func() *jsonb.Schema {
	return jsonb.NewSchema(nil, &accountRow{}, &deviceRow{})
})

// getRow reads a row into one that is zero, and tells whether it is there.
func getRow(r store.Reader, t store.Table, key []byte, row any) (bool, error) {
	b, err := r.Get(t, key)
	if err != nil || b == nil {
		return false, err
	}
	if err := rows().Unmarshal(b, row); err != nil {
		return false, fmt.Errorf("server: a row of the table %s is damaged: %w", t, err)
	}
	return true, nil
}

func putRow(w store.Writer, t store.Table, key []byte, row any) error {
	b, err := rows().Marshal(row, jsonb.JSON)
	if err != nil {
		return fmt.Errorf("server: %w", err)
	}
	return w.Put(t, key, b)
}

// under is the key of what belongs to an address. No address holds a zero octet.
func under(address string, parts ...string) []byte {
	b := []byte(address)
	for _, p := range parts {
		b = append(append(b, 0), p...)
	}
	return b
}

// An account is a person's or a group's, as the store has it.
type account struct {
	profile *profile.Profile
	created time.Time
	deleted bool // its address stays its owner's
}

// loadAccount returns the account of an address, deleted or not, or nil.
func loadAccount(r store.Reader, address string) (*account, error) {
	var row accountRow
	if ok, err := getRow(r, accountTable, under(address), &row); err != nil || !ok {
		return nil, err
	}
	p, err := profiles.get(row.Profile, func() (*profile.Profile, error) { return profile.Parse(row.Profile) })
	if err != nil {
		return nil, fmt.Errorf("server: the account in the store: %w", err)
	}
	if p.Address() != address {
		return nil, errors.New("server: the account in the store has another address")
	}
	created, err := row.Created.Time()
	if err != nil {
		return nil, fmt.Errorf("server: the account in the store: %w", err)
	}
	return &account{p, created, row.Deleted != ""}, nil
}

// liveAccount is loadAccount, and nil for one that was deleted.
func liveAccount(r store.Reader, address string) (*account, error) {
	a, err := loadAccount(r, address)
	if a != nil && a.deleted {
		a = nil
	}
	return a, err
}

func storeAccount(w store.Writer, a *account, deleted time.Time) error {
	row := &accountRow{Profile: a.profile.Bytes(), Created: mesh.NewDateTime(a.created)}
	if a.deleted {
		row.Deleted = mesh.NewDateTime(deleted)
	}
	return putRow(w, accountTable, under(a.profile.Address()), row)
}

// loadDevice returns the connection of the device of an account that signs with
// the key of that fingerprint, nil if there is none or it was removed. The chain
// from the account's profile by its administrator to the device is verified.
func loadDevice(r store.Reader, a *account, kid string) (*profile.Connection, error) {
	var row deviceRow
	if ok, err := getRow(r, deviceTable, under(a.profile.Address(), kid), &row); err != nil || !ok || row.Removed != "" {
		return nil, err
	}
	chain := append(a.profile.Bytes(), row.Connection...)
	c, err := connections.get(chain, func() (*profile.Connection, error) { return profile.ParseConnection(row.Connection, a.profile) })
	if err != nil {
		return nil, fmt.Errorf("server: a device in the store: %w", err)
	}
	if c.Signer(kid) == nil {
		return nil, errors.New("server: a device in the store has another key")
	}
	return c, nil
}

// proved remembers what was parsed and verified, by the digest of the octets it
// came from: the same octets need no second proof.
type proved[T any] struct {
	mu sync.Mutex
	m  map[[sha256.Size]byte]T
}

// maxProved bounds what is remembered, a few kilobytes each.
const maxProved = 4096

var (
	profiles    proved[*profile.Profile]
	connections proved[*profile.Connection]
)

// get returns what verify made of b at one time or another.
func (p *proved[T]) get(b []byte, verify func() (T, error)) (T, error) {
	digest := sha256.Sum256(b)
	p.mu.Lock()
	v, ok := p.m[digest]
	p.mu.Unlock()
	if ok {
		return v, nil
	}
	v, err := verify()
	if err != nil {
		return v, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.m == nil || len(p.m) >= maxProved {
		p.m = map[[sha256.Size]byte]T{}
	}
	p.m[digest] = v
	return v, nil
}
