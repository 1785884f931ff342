package meshkeyd

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"meshkey/keyservice/store"
)

// A downStore is one that cannot be read.
type downStore struct {
	store.Store
	err error
}

func (d downStore) View(context.Context, func(store.Reader) error) error { return d.err }

func TestStoreDown(t *testing.T) {
	for err, want := range map[error]string{
		&store.UnavailableError{Err: errors.New("refused")}:                      "the store does not answer",
		&store.UnavailableError{Err: fmt.Errorf("%w: page 7", store.ErrDamaged)}: "the store is damaged",
	} {
		if got := (&daemon{store: downStore{err: err}}).storeDown(t.Context()); got != want {
			t.Errorf("%v: %q", err, got)
		}
	}
}
