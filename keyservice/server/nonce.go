package server

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"time"

	"meshkey/keyservice/api"
	"meshkey/keyservice/store"
)

// tableNonces has the nonces of calls that would still be fresh: the time of the
// call in seconds, and a digest of signer and nonce. In the order of their keys
// they go out of date. A key without a digest is what Writes tried.
const tableNonces store.Table = "nonce"

// pruneBatch is how many nonces are deleted in one transaction.
const pruneBatch = 512

// nonceKey is that of a call.
func (j *job) nonceKey() []byte {
	h := sha256.New()
	h.Write([]byte(j.caller.kid))
	h.Write([]byte{0})
	h.Write([]byte(j.call.Nonce))
	return h.Sum(binary.BigEndian.AppendUint64(nil, uint64(j.call.Time.Unix())))
}

// Nonces are kept for that long at least. So only of calls that are older than
// recent, which few services take, can the nonce have been deleted, by one that
// takes none as old, or before the service was told to take older ones.
const (
	leastKept = 6 * time.Minute
	recent    = leastKept / 3
)

// forgottenKey is where the count table has up to when nonces were deleted, in
// seconds.
var forgottenKey = []byte(tableNonces)

// forgotten is up to when nonces were deleted.
func forgotten(r store.Reader) (int64, error) {
	b, err := r.Get(countTable, forgottenKey)
	if err != nil || len(b) != 8 {
		return 0, err
	}
	return int64(binary.BigEndian.Uint64(b)), nil
}

// spend takes the call's nonce, which nobody has before.
func (j *job) spend(w store.Writer) error {
	if j.now.Sub(j.call.Time) > recent {
		if to, err := forgotten(w); err != nil {
			return err
		} else if j.call.Time.Unix() < to {
			return api.ErrExpired
		}
	}
	key := j.nonceKey()
	switch old, err := w.Get(tableNonces, key); {
	case err != nil:
		return err
	case old != nil:
		return api.ErrReplayed
	}
	return w.Put(tableNonces, key, []byte{1})
}

// prune deletes nonces of calls that are no longer fresh, by the clock of any
// service that may share the store.
func (s *Server) prune(ctx context.Context) error {
	to := s.config.Now().Add(-max(3*s.config.Skew, leastKept)).Unix()
	before := binary.BigEndian.AppendUint64(nil, uint64(max(0, to)))
	for ctx.Err() == nil {
		var old [][]byte
		err := s.config.Store.View(ctx, func(r store.Reader) error {
			old = nil
			return r.Scan(tableNonces, nil, nil, func(key, _ []byte) bool {
				if string(key) >= string(before) {
					return false
				}
				old = append(old, key)
				return len(old) < pruneBatch
			})
		})
		if err != nil || len(old) == 0 {
			return err
		}
		err = s.committer.Update(ctx, func(w store.Writer) error {
			if now, err := forgotten(w); err != nil {
				return err
			} else if now < to {
				if err := w.Put(countTable, forgottenKey, before); err != nil {
					return err
				}
			}
			for _, key := range old {
				if err := w.Delete(tableNonces, key); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
