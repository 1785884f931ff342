package server

import (
	"bytes"
	"context"

	"meshkey/internal/secret"
	"meshkey/keyservice/api"
	"meshkey/keyservice/store"
)

// resealBatch is how many halves change in one transaction.
const resealBatch = 100

// Reseal puts every half that is under an older storage key under the newest,
// and returns how many that were. Callers are answered meanwhile.
func (s *Server) Reseal(ctx context.Context) (count int, err error) {
	for after := []byte(nil); ; {
		n, last, err := s.resealNext(ctx, after)
		count += n
		if err != nil || last == nil {
			return count, err
		}
		after = last
	}
}

// resealNext does the next batch after a key, and returns the last key of it,
// nil if there is none. Between two batches the service can be sealed.
func (s *Server) resealNext(ctx context.Context, after []byte) (count int, last []byte, err error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.keys == nil {
		return 0, nil, api.ErrSealed
	}
	keys, err := s.outdated(ctx, after)
	if err != nil || len(keys) == 0 {
		return 0, nil, err
	}
	err = s.config.Store.Update(ctx, func(w store.Writer) error {
		count = 0
		for _, key := range keys {
			changed, err := resealHalf(w, key, s.keys.vault)
			if err != nil {
				return err
			}
			if changed {
				count++
			}
		}
		return nil
	})
	if err != nil {
		return 0, nil, err
	}
	return count, keys[len(keys)-1], nil
}

// outdated lists the next halves after a key that are not under the newest
// storage key.
func (s *Server) outdated(ctx context.Context, after []byte) (keys [][]byte, err error) {
	err = s.config.Store.View(ctx, func(r store.Reader) error {
		keys = nil
		return r.Scan(tableHalves, nil, after, func(key, entry []byte) bool {
			if _, sealed, ok := splitHalf(entry); ok && !s.keys.vault.current(sealed) {
				keys = append(keys, key)
			}
			return len(keys) < resealBatch
		})
	})
	return keys, err
}

// resealHalf puts one half under the newest key, if it is still there and under
// another.
func resealHalf(w store.Writer, key []byte, v *vault) (changed bool, err error) {
	entry, err := w.Get(tableHalves, key)
	if err != nil || entry == nil {
		return false, err
	}
	public, sealed, ok := splitHalf(entry)
	group, place, found := bytes.Cut(key, []byte{0})
	if !ok || !found || v.current(sealed) {
		return false, nil
	}
	half, err := v.open(sealed, bound(string(group), string(place), public))
	if err != nil {
		return false, err
	}
	defer secret.Wipe(half)
	return true, w.Put(tableHalves, key, v.sealHalf(string(group), string(place), public, half))
}
