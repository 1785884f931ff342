package audit

import (
	"encoding/json"
	"errors"

	"meshkey/keyservice/store"
)

// Heads calls yield with the head of every key that there are records about, in
// the order of their octets, until it returns false.
func Heads(r store.Reader, yield func(Head) bool) error {
	damaged := false
	err := r.Scan(tableHeads, nil, nil, func(_, value []byte) bool {
		var h Head
		if json.Unmarshal(value, &h) != nil {
			damaged = true
			return false
		}
		return yield(h)
	})
	if err == nil && damaged {
		err = errors.New("audit: a head is not one")
	}
	return err
}

// LastRoot is the newest signed root as Verify takes it among what was kept,
// nil if there is none.
func LastRoot(r store.Reader) ([]byte, error) {
	number, err := r.Get(tableRoots, lastRootKey)
	if err != nil || number == nil {
		return nil, err
	}
	return r.Get(tableRoots, number)
}

// Newest is the newest root, nil if there is none. Its signature is not looked
// at.
func Newest(r store.Reader) (*Root, error) {
	root, _, err := lastRoot(r)
	return root, err
}
