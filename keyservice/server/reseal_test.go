package server

import (
	"testing"

	"meshkey/keyservice/store"
)

// Halves go under a new storage key, members read as before, also when the old
// key is gone.
func TestReseal(t *testing.T) {
	w := newWorld(t, "alice", "bob")
	w.found("groupx", "alice")
	sealed := w.seal("groupw", "plan")
	reads := func(s *Server) error {
		t.Helper()
		_, err := w.reads("alice", "groupw", sealed, w.asks(s, "alice", "groupw"))
		return err
	}
	use := func() {
		t.Helper()
		w.server.Seal()
		check(t, w.server.Unseal(w.secrets))
	}
	reseal := func() int {
		t.Helper()
		n, err := w.server.Reseal(ctx)
		check(t, err)
		return n
	}
	halves := 0
	check(t, w.db.View(ctx, func(r store.Reader) error {
		halves = 0
		return r.Scan(tableHalves, nil, nil, func(_, _ []byte) bool { halves++; return true })
	}))
	if n := reseal(); n != 0 || halves < 3 {
		t.Errorf("%d of %d halves were under an older key before there was one", n, halves)
	}
	check(t, w.secrets.Rotate())
	use()
	check(t, reads(w.server))
	before := dump(t, w.db, tableHalves)
	if n := reseal(); n != halves || dump(t, w.db, tableHalves) == before {
		t.Errorf("%d of %d halves were put under the new key", n, halves)
	}
	if n := reseal(); n != 0 {
		t.Errorf("%d once more", n)
	}
	w.secrets.Retire()
	use()
	check(t, reads(w.server))
	w.secrets.Wipe()
	w.server.Seal()
	if _, err := w.server.Reseal(ctx); err == nil {
		t.Error("a sealed service puts halves under another key")
	}
}
