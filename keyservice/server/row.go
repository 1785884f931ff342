package server

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"

	"meshkey/internal/jsonb"
	"meshkey/keyservice/store"
	"meshkey/profile"
)

// rowSchema has what is stored of accounts, and of requests that wait.
var rowSchema = sync.OnceValue(func() *jsonb.Schema {
	return jsonb.NewSchema(nil, &accountRow{}, &deviceRow{}, &connectRow{}, &containerRow{}, &recordRow{}, &invitationRow{}, &waitingRow{}, &vetoRow{})
})

// getRow reads a row into one that is zero, and tells whether it is there.
func getRow(r store.Reader, t store.Table, key []byte, row any) (bool, error) {
	b, err := r.Get(t, key)
	if err != nil || b == nil {
		return false, err
	}
	return true, readRow(t, b, row)
}

var errDamaged = errors.New("server: what is in the store is damaged")

func readRow(t store.Table, b []byte, row any) error {
	if err := rowSchema().Unmarshal(b, row); err != nil {
		return fmt.Errorf("%w: table %s: %w", errDamaged, t, err)
	}
	return nil
}

func putRow(w store.Writer, t store.Table, key []byte, row any) error {
	b, err := rowSchema().Marshal(row, jsonb.JSON)
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

// scan returns copies of the entries with a prefix.
func scan(r store.Reader, t store.Table, prefix []byte) (keys, values [][]byte, err error) {
	err = r.Scan(t, prefix, nil, func(key, value []byte) bool {
		keys, values = append(keys, key), append(values, value)
		return true
	})
	return keys, values, err
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
