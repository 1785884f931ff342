package chaos

import (
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"meshkey/keyservice/store"
	"meshkey/keyservice/store/storetest"
)

// A database that stops, dies, or cannot be reached costs callers time and
// nothing else: they are told that the service cannot answer, and have answers as
// soon as it can.
func TestDatabase(t *testing.T) {
	db := storetest.Start(t)
	net := between(t, db.Port())
	d := newDaemon(t, t.TempDir(), db.URLAt(net.port()))
	invitation := d.invite()
	d.start()
	monitor := d.monitor()
	c := found(t, d.at(), invitation, "alice", "bob")
	l := c.begin(4, d.at)
	for _, trouble := range []struct {
		name      string
		begin     func()
		end       func()
		noticed   bool // it lasts until a caller is told
		few, many int
	}{
		{"restarted", db.Down, db.Up, false, 1, 5},
		{"stopped", db.Down, db.Up, true, 0, 5},
		{"killed", db.Kill, db.Up, true, 0, 5},
		{"connections cut", net.cut, func() {}, false, 3, 50},
		{"partition", net.lose, net.heal, true, 0, 5},
		{"short partition", net.lose, net.heal, false, 0, 20},
	} {
		n := times(trouble.few, trouble.many)
		if n == 0 {
			continue
		}
		t.Run(trouble.name, func(t *testing.T) {
			for range n {
				l.answers(1 + rand.IntN(40))
				trouble.begin()
				if trouble.noticed {
					l.troubles(1)
					d.becomes(http.StatusServiceUnavailable, monitor)
				}
				trouble.end()
				l.answers(10)
				d.becomes(http.StatusOK, monitor)
				l.replayed(d.at())
			}
		})
	}
	l.stop()
	d.stop()
	d.with(func(st store.Store) { l.verify(st) })
	d.run("audit", "verify", "--dir", d.dir)
}

// Two services share a database. When one is killed those who asked it ask the
// other, and lose no more than what was under way.
func TestReplicaKilled(t *testing.T) {
	url := storetest.URL(t)
	one, two, invitation := replicas(t, url, url)
	c := found(t, one.at(), invitation, "alice", "bob", "carol", "dave")
	l := c.begin(2, one.at, two.at)
	kills := times(4, 40)
	for i := range kills {
		l.answers(20)
		victim := one
		if i%2 == 1 {
			victim = two
		}
		victim.kill()
		l.answers(20)
		victim.start()
	}
	l.stop()
	if l.steady() && (l.silent > 8*kills || len(l.refused) > 0) {
		t.Errorf("%d calls had no answer, of 8 that were under way at each of %d kills, refused %v", l.silent, kills, l.refused)
	}
	one.with(func(st store.Store) { l.verify(st) })
}

// Two services share a database. When one is parted from it in the middle of what
// it does, the other goes on answering.
func TestReplicaParted(t *testing.T) {
	db := storetest.Start(t)
	net := between(t, db.Port())
	one, two, invitation := replicas(t, db.URLAt(net.port()), db.URL())
	c := found(t, two.at(), invitation, "alice", "bob")
	l := c.begin(4, one.at, two.at)
	for range times(1, 4) {
		l.answers(20)
		net.lose()
		for range 5 {
			m := c.members[rand.IntN(len(c.members))]
			check(t, c.insist(two.at(), m.caller, m.operation))
		}
		l.troubles(1)
		net.heal()
		l.answers(20)
		l.replayed(two.at())
	}
	l.stop()
	// The one that was parted comes back, and only then can it sign a last root.
	m := c.members[0]
	check(t, c.insist(one.at(), m.caller, m.operation))
	one.stop()
	two.with(func(st store.Store) { l.verify(st) })
}

// replicas are two services that share a database, which each reaches by a URL.
func replicas(t *testing.T, first, second string) (one, two *daemon, invitation string) {
	t.Helper()
	one = newDaemon(t, t.TempDir(), first)
	two = newDaemon(t, t.TempDir(), second, "--seal", "file:"+one.dir+"/seal.key")
	invitation = one.invite()
	one.start()
	two.start()
	return one, two, invitation
}

// Who is dismissed has no answer any more, from no replica, as soon as one has
// taken the change.
func TestDismissed(t *testing.T) {
	url := storetest.URL(t)
	one, two, invitation := replicas(t, url, url)
	c := found(t, one.at(), invitation, "alice", "bob", "carol")
	l := c.begin(2, one.at, two.at)
	for _, m := range c.members[1:] {
		l.answers(30)
		change, err := c.admin.Dismiss(time.Now(), m.caller.Account)
		check(t, err)
		l.dismissing(m)
		check(t, c.insist(one.at(), c.owner, transfer(change)))
		l.dismiss(m)
		for _, d := range []*daemon{two, one} {
			l.denied(d.at(), m)
		}
	}
	l.answers(30)
	l.stop()
	one.with(func(st store.Store) { l.verify(st) })
}
