package chaos

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	"meshkey/keyservice/store"
)

// A service that is killed under load, again and again, has in its log all that
// it answered, and answers no call twice.
func TestKilled(t *testing.T) {
	d := newDaemon(t, t.TempDir(), "")
	invitation := d.invite()
	d.start()
	c := found(t, d.at(), invitation, "alice", "bob")
	l := c.begin(4, d.at)
	for range times(3, 60) {
		l.answers(1 + rand.IntN(80))
		d.kill()
		d.with(func(st store.Store) { l.verify(st) })
		d.start()
		l.replayed(d.at())
	}
	l.answers(10)
	l.stop()
	d.stop()
	d.with(func(st store.Store) { l.verify(st) })
	d.run("audit", "verify", "--dir", d.dir)
}

// A service that was killed does not start without its journal, and says why; with
// it nothing is lost.
func TestJournalGone(t *testing.T) {
	d := newDaemon(t, t.TempDir(), "")
	invitation := d.invite()
	d.start()
	c := found(t, d.at(), invitation, "alice", "bob")
	l := c.begin(2, d.at)
	l.answers(10)
	d.kill()
	l.stop()
	journal := d.store + ".journal"
	check(t, os.Rename(journal, journal+".away"))
	out, err := exec.Command(program(t), "serve", "--dir", d.dir).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "there is no journal of it in "+journal) {
		t.Errorf("%v: %s", err, out)
	}
	check(t, os.Rename(journal+".away", journal))
	d.with(func(st store.Store) { l.verify(st) })
}
