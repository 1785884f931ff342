package chaos

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"meshkey/keyservice/store"
)

// A disk that is full costs callers time: nothing is answered that could not be
// written down, which the service says of itself too, and when there is room again the same process goes on.
func TestDiskFull(t *testing.T) {
	disk := t.TempDir()
	err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=32m")
	if errors.Is(err, syscall.EPERM) {
		t.Skip("only root can make a small disk")
	}
	check(t, err)
	t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
	d := newDaemon(t, t.TempDir(), filepath.Join(disk, "store.db"))
	invitation := d.invite()
	d.start()
	monitor := d.monitor()
	c := found(t, d.at(), invitation, "alice", "bob")
	l := c.begin(4, d.at)
	for range times(2, 20) {
		l.answers(20)
		ballast := filepath.Join(disk, "ballast")
		fillUp(t, ballast)
		l.troubles(20)
		d.becomes(http.StatusServiceUnavailable, monitor)
		check(t, os.Remove(ballast))
		d.becomes(http.StatusOK, monitor)
		l.answers(20)
		l.replayed(d.at())
	}
	l.stop()
	if l.silent > 0 || len(l.refused) == 0 {
		t.Errorf("%d calls without an answer, refused %v", l.silent, l.refused)
	}
	d.stop()
	d.with(func(st store.Store) { l.verify(st) })
	d.run("audit", "verify", "--dir", d.dir, "--store", d.store)
}

// fillUp writes a file until the disk is full.
func fillUp(t *testing.T, name string) {
	t.Helper()
	f, err := os.Create(name)
	check(t, err)
	defer f.Close()
	for page := make([]byte, 4096); err == nil; {
		_, err = f.Write(page)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
}
