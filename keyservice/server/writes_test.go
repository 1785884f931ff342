package server

import (
	"context"
	"errors"
	"testing"
	"time"

	"meshkey/keyservice/api"
	"meshkey/keyservice/store"
)

// readonly is a store that can be read, and written only if there is room.
type readonly struct {
	store.Store
	room    bool
	updates int
	views   int // since the last update
}

func (s *readonly) View(c context.Context, f func(store.Reader) error) error {
	s.views++
	return s.Store.View(c, f)
}

func (s *readonly) Update(c context.Context, f func(store.Writer) error) error {
	s.views = 0
	if s.updates++; !s.room {
		return &store.UnavailableError{Err: errors.New("no space left on device")}
	}
	return s.Store.Update(c, f)
}

// Whether a store takes changes is known from the last one. Only if that failed
// another is tried, which leaves nothing behind.
func TestWrites(t *testing.T) {
	w := newWorld(t, "alice")
	disk := &readonly{Store: w.db, room: true}
	s := w.serve(disk)
	call := func() error {
		_, err := w.do(s, by(t, "alice"), w.operation("alice", "groupw", 1))
		return err
	}
	writes := func(want bool, tried int) {
		t.Helper()
		before := disk.updates
		if err := s.Writes(ctx); err == nil != want || disk.updates-before != tried {
			t.Errorf("%v, %d changes tried", err, disk.updates-before)
		}
	}
	writes(true, 0)
	check(t, call())
	writes(true, 0)
	disk.room = false
	writes(true, 0) // nothing has shown it yet
	isRefusal(t, call(), api.ErrUnavailable)
	if disk.views > 0 {
		t.Errorf("a store that cannot be used is asked %d times more", disk.views)
	}
	writes(false, 1)
	writes(false, 1)
	disk.room = true
	writes(true, 1)
	writes(true, 0)
	disk.room = false
	isRefusal(t, call(), api.ErrUnavailable)
	disk.room = true
	check(t, call())
	writes(true, 0)

	w.clock.add(time.Hour)
	check(t, s.prune(ctx))
	check(t, w.db.View(ctx, func(r store.Reader) error {
		return r.Scan(tableNonces, nil, nil, func(key, _ []byte) bool {
			t.Errorf("%x is left", key)
			return true
		})
	}))
}
