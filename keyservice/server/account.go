package server

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"meshkey/internal/jsonb"
	"meshkey/keyservice/store"
	"meshkey/mesh"
	"meshkey/profile"
)

// Tables of accounts. docs/FORMATS.md, Accounts of a key service.
const (
	accountTable    store.Table = "account"    // address: accountRow
	deviceTable     store.Table = "device"     // address 0 fingerprint of its signature key: deviceRow
	connectTable    store.Table = "connect"    // address 0 name of the request: connectRow
	containerTable  store.Table = "container"  // address 0 name: containerRow
	entryTable      store.Table = "entry"      // address 0 name 0 index: an envelope
	recordTable     store.Table = "record"     // locator: recordRow
	publishedTable  store.Table = "published"  // address 0 locator: 1
	garbageTable    store.Table = "garbage"    // address: 1, while envelopes of a deleted account are left
	invitationTable store.Table = "invitation" // digest of the text: invitationRow
	countTable      store.Table = "count"      // "account": how many there are, deleted ones too; forgottenKey
)

// accountTables are all of them.
var accountTables = []store.Table{
	accountTable, deviceTable, connectTable, containerTable, entryTable, recordTable, publishedTable, garbageTable, invitationTable, countTable,
}

// accountRow is an account as it is stored. A deleted one stays: its address is
// its owner's for ever.
type accountRow struct {
	jsonb.Rest
	Profile jsonb.Raw     `jsonb:"EnvelopedProfileAccount"`
	Created mesh.DateTime `jsonb:"Created"`
	Deleted mesh.DateTime `jsonb:"Deleted"`
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

// countAccounts counts accounts, deleted ones too.
func countAccounts(r store.Reader) (n int64, err error) {
	b, err := r.Get(countTable, []byte(accountTable))
	if err != nil || len(b) == 8 {
		return int64(binary.BigEndian.Uint64(append(b, make([]byte, 8)...))), err
	}
	// Of a store from before they were counted.
	err = r.Scan(accountTable, nil, nil, func(_, _ []byte) bool {
		n++
		return true
	})
	return n, err
}

// registerAccount is storeAccount of an address that had none.
func registerAccount(w store.Writer, a *account, now time.Time) error {
	n, err := countAccounts(w)
	if err != nil {
		return err
	}
	if err := w.Put(countTable, []byte(accountTable), binary.BigEndian.AppendUint64(nil, uint64(n+1))); err != nil {
		return err
	}
	return storeAccount(w, a, now)
}
