package chaos

import (
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"meshkey/keyservice/store"
)

// A disk that is full costs callers time: nothing is answered that could not be
// written down, which the service says of itself too, and when there is room again the same process goes on.
func TestDiskFull(t *testing.T) {
	disk := smallDisk(t)
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
	if l.silent > 0 && l.steady() || len(l.refused) == 0 {
		t.Errorf("%d calls without an answer, refused %v", l.silent, l.refused)
	}
	d.stop()
	d.with(func(st store.Store) { l.verify(st) })
	d.run("audit", "verify", "--dir", d.dir, "--store", d.store)
}

// A backup for which there is no room fails, says why, and leaves nothing behind.
// That the service's own disk is full keeps nobody from making one elsewhere.
func TestBackupDiskFull(t *testing.T) {
	disk := smallDisk(t)
	d := newDaemon(t, t.TempDir(), filepath.Join(disk, "store.db"))
	invitation := d.invite()
	d.start()
	l := found(t, d.at(), invitation, "alice", "bob").begin(4, d.at)
	l.answers(20)
	l.stop()
	d.run("audit", "root", "--dir", d.dir) // it has no more to write of its own
	ballast, onDisk := filepath.Join(disk, "ballast"), filepath.Join(disk, "backup")
	elsewhere := filepath.Join(t.TempDir(), "backup")
	for _, running := range []bool{true, false} {
		if !running {
			d.stop()
		}
		for _, room := range []int64{0, 8 << 10} {
			fillUp(t, ballast)
			info, err := os.Stat(ballast)
			check(t, err)
			check(t, os.Truncate(ballast, info.Size()-room))
			out, err := exec.Command(program(t), "backup", onDisk, "--dir", d.dir).CombinedOutput()
			failed, ok := errors.AsType[*exec.ExitError](err)
			if !ok || failed.ExitCode() != 1 || !strings.Contains(string(out), onDisk+": no space left on device\n") {
				t.Errorf("with room for %d octets: %v\n%s", room, err, out)
			}
			files, err := os.ReadDir(disk)
			check(t, err)
			for _, f := range files {
				if n := f.Name(); n != "ballast" && n != "store.db" && n != "store.db.journal" {
					t.Errorf("a part is left: %v", files)
				}
			}
		}
		d.run("backup", elsewhere, "--dir", d.dir)
		d.run("restore", elsewhere, "--dir", t.TempDir())
		check(t, os.Remove(elsewhere))
		check(t, os.Remove(ballast))
	}
	d.run("backup", onDisk, "--dir", d.dir)
}

// smallDisk is a folder with room for little.
func smallDisk(t *testing.T) string {
	t.Helper()
	disk := t.TempDir()
	err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=32m")
	if errors.Is(err, syscall.EPERM) {
		t.Skip("only root can make a small disk")
	}
	check(t, err)
	t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
	return disk
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
