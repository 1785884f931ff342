package audit

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"meshkey/cogen"
	"meshkey/keyservice/receipt"
	"meshkey/keyservice/store"
)

// maxHeads bounds a root, so that it fits a value of the store.
const maxHeads = 1000

// A Root ties the logs of all keys together: it holds the heads that are not
// in a root before.
type Root struct {
	Number   uint64    `json:"number"` // from 1
	Time     time.Time `json:"time"`
	Heads    []Head    `json:"heads"`
	Previous Hash      `json:"previous"` // of the root before, zeros for the first
}

// Tie signs a root with the heads that are in none yet, at most a thousand. It
// returns nil if there are none.
func Tie(w store.Writer, signer *cogen.PrivateKey, now time.Time) (*Root, error) {
	var keys []string
	err := w.Scan(tableNew, nil, nil, func(key, _ []byte) bool {
		keys = append(keys, string(key))
		return len(keys) < maxHeads
	})
	if err != nil || len(keys) == 0 {
		return nil, err
	}
	root := &Root{Number: 1, Time: now.UTC().Truncate(time.Millisecond)}
	last, b, err := lastRoot(w)
	if err != nil {
		return nil, err
	}
	if last != nil {
		root.Number, root.Previous = last.Number+1, receipt.HashOf("root", b)
	}
	for _, key := range keys {
		head, err := HeadOf(w, key)
		if err != nil {
			return nil, err
		}
		root.Heads = append(root.Heads, head)
		if err := w.Delete(tableNew, []byte(key)); err != nil {
			return nil, err
		}
	}
	octets, err := json.Marshal(root)
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	value, err := receipt.Sign("root", octets, signer)
	if err != nil {
		return nil, err
	}
	number := binary.BigEndian.AppendUint64(nil, root.Number)
	if err := w.Put(tableRoots, number, value); err != nil {
		return nil, err
	}
	return root, w.Put(tableRoots, lastRootKey, number)
}

// lastRootKey comes after all numbers.
var lastRootKey = []byte("\xff\xff\xff\xff\xff\xff\xff\xfflast")

// lastRoot returns the last root and its octets, nil if there is none.
func lastRoot(r store.Reader) (*Root, []byte, error) {
	number, err := r.Get(tableRoots, lastRootKey)
	if err != nil || number == nil {
		return nil, nil, err
	}
	b, err := r.Get(tableRoots, number)
	if err != nil {
		return nil, nil, err
	}
	var s receipt.Signed
	root := new(Root)
	if receipt.Strict(b, &s) != nil || receipt.Strict(s.Octets, root) != nil {
		return nil, nil, errors.New("audit: the last root is damaged")
	}
	return root, s.Octets, nil
}
