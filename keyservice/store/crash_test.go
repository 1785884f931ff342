package store

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"
)

// sector is what a disk writes as a whole or not.
const sector = 512

// A power is a disk whose power may go: it knows what was written and in which order,
// and what of it has to be there afterwards. Its files are real, and show what the
// system has in memory.
type power struct {
	system
	t       *testing.T
	r       *rand.Rand
	name    string // of the store
	log     []written
	files   int  // how many there were; 0 is the store's
	fail    bool // the next that is to be made durable is not, and never
	crashed func(db, journal []byte)
}

// written is a part of a file that was written, or that the journal's name was given
// to another file.
type written struct {
	file    int
	at      int
	octets  []byte
	name    bool
	durable bool
	lost    bool // nobody will make it durable any more
}

const noFile = -1

// newPower has a store whose files are durable; journal is nil if there is none.
func newPower(t *testing.T, r *rand.Rand, db, journal []byte) *power {
	p := &power{t: t, r: r, name: filepath.Join(shm(t), "store"), files: 1}
	check(t, os.WriteFile(p.name, db, 0o600))
	p.log = []written{{octets: db, durable: true}, {name: true, file: noFile, durable: true}}
	if journal != nil {
		check(t, os.WriteFile(p.name+journalSuffix, journal, 0o600))
		p.log = append(p.log, written{name: true, file: 1, durable: true}, written{file: 1, octets: journal, durable: true})
		p.files = 2
	}
	return p
}

// shm is a folder, in memory if there is one.
func shm(t *testing.T) string {
	dir, err := os.MkdirTemp("/dev/shm", "meshkey-store-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// crash lets the power go now: of what need not be there, nothing, all, or some is.
func (p *power) crash() {
	if p.crashed == nil {
		return
	}
	for _, chance := range []int{0, 4, 1, 2, 3} { // of four
		files := map[int][]byte{}
		journal := noFile
		for _, w := range p.log {
			if w.name {
				if w.durable || p.r.IntN(4) < chance {
					journal = w.file
				}
				continue
			}
			for at := 0; at < len(w.octets); {
				end := min(len(w.octets), (w.at+at)/sector*sector+sector-w.at)
				if w.durable || p.r.IntN(4) < chance {
					f := files[w.file]
					if more := w.at + end - len(f); more > 0 {
						f = append(f, make([]byte, more)...)
					}
					copy(f[w.at+at:], w.octets[at:end])
					files[w.file] = f
				}
				at = end
			}
		}
		var octets []byte
		if journal != noFile {
			octets = append([]byte{}, files[journal]...)
		}
		p.crashed(files[0], octets)
	}
}

// durable makes what is pending so, or loses it.
func (p *power) durable(these func(written) bool) error {
	p.crash()
	for i := range p.log {
		if w := &p.log[i]; !w.durable && !w.lost && these(*w) {
			w.durable, w.lost = !p.fail, p.fail
		}
	}
	if p.fail {
		p.fail = false
		return errDisk
	}
	return nil
}

func (p *power) write(file, at int, octets []byte) {
	p.log = append(p.log, written{file: file, at: at, octets: bytes.Clone(octets)})
	p.crash()
}

func (p *power) open(name string, flag int) (journalFile, error) {
	f, err := p.system.open(name, flag)
	if err != nil {
		return nil, err
	}
	if flag&os.O_CREATE != 0 {
		p.log = append(p.log, written{name: true, file: p.files})
		p.files++
	}
	return powerFile{f, p, p.files - 1}, nil
}

func (p *power) remove(name string) error {
	err := p.system.remove(name)
	if err == nil {
		p.log = append(p.log, written{name: true, file: noFile})
		p.crash()
	}
	return err
}

func (p *power) syncFolder(string) error {
	return p.durable(func(w written) bool { return w.name })
}

type powerFile struct {
	journalFile
	power *power
	file  int
}

func (f powerFile) WriteAt(b []byte, at int64) (int, error) {
	n, err := f.journalFile.WriteAt(b, at)
	f.power.write(f.file, int(at), b[:n])
	return n, err
}

func (f powerFile) Sync() error {
	return f.power.durable(func(w written) bool { return !w.name && w.file == f.file })
}

// commit is bbolt's, which writes pages, makes them durable, writes one of the first
// two, and makes that durable.
func (p *power) commit(commit func(*bbolt.Tx) error, tx *bbolt.Tx) error {
	before, err := os.ReadFile(p.name)
	check(p.t, err)
	if err := commit(tx); err != nil {
		return err
	}
	after, err := os.ReadFile(p.name)
	check(p.t, err)
	fail := p.fail
	p.fail = false
	if more := len(after) - len(before); more > 0 { // which it makes durable first
		p.log = append(p.log, written{at: len(before), octets: make([]byte, more), durable: true})
	}
	page := os.Getpagesize()
	for at := 2 * page; at < len(after); at += page {
		if end := at + page; end > len(before) || !bytes.Equal(before[at:end], after[at:end]) {
			p.log = append(p.log, written{at: at, octets: after[at:end]})
		}
	}
	ours := func(w written) bool { return !w.name && w.file == 0 }
	check(p.t, p.durable(ours))
	for at := 0; at < 2*page; at += page {
		if !bytes.Equal(before[at:at+page], after[at:at+page]) {
			p.write(0, at, after[at:at+page])
		}
	}
	p.fail = fail
	return p.durable(ours)
}

// state is all that a store has.
func state(t *testing.T, b *Bolt) model {
	t.Helper()
	m := model{}
	check(t, b.View(context.Background(), func(r Reader) error {
		for _, table := range modelTables {
			if err := r.Scan(table, nil, nil, func(key, value []byte) bool {
				m[overlayKey(table, key)] = string(value)
				return true
			}); err != nil {
				return err
			}
		}
		return nil
	}))
	return m
}

// abandon ends the use of a store as the end of its process does.
func abandon(b *Bolt) {
	if b.db != nil {
		_ = b.db.Close()
	}
	b.journal.close()
	b.db, b.newer, b.loaded, b.over = nil, nil, false, true
}

// Whenever the power goes, also a second time while the store recovers from the first,
// also after the disk failed to make something durable, and whatever of what was not
// made durable is there then: every change that was acknowledged is there, whole and in
// order, and none that was not tried.
func TestPowerLoss(t *testing.T) {
	limit, commit := journalLimit, commitTx
	t.Cleanup(func() { journalLimit, commitTx = limit, commit })
	journalLimit = 900
	ctx := context.Background()
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(11, seed))
		empty := openTest(t, filepath.Join(shm(t), "store"))
		check(t, empty.Close())
		db, err := os.ReadFile(empty.name)
		check(t, err)
		p := newPower(t, r, db, nil)
		live := p // whose commits these are
		commitTx = func(tx *bbolt.Tx) error { return live.commit(commit, tx) }
		m := model{}
		possible := []model{m}
		images := 0
		// recovered checks what a store has after the power went, and that it goes on.
		var recovered func(again bool) func(db, journal []byte)
		recovered = func(again bool) func(db, journal []byte) {
			return func(db, journal []byte) {
				images++
				before := live
				live = newPower(t, r, db, journal)
				defer func() { live = before }()
				dir := filepath.Dir(live.name)
				defer os.RemoveAll(dir)
				if again && r.IntN(12) == 0 {
					live.crashed = recovered(false)
				}
				b, err := openBolt(live.name, live)
				if err != nil {
					t.Fatalf("run %d, image %d: %v", seed, images, err)
				}
				defer abandon(b)
				has := state(t, b)
				found := false
				for _, m := range possible {
					found = found || maps.Equal(has, m)
				}
				if !found {
					t.Fatalf("run %d, image %d: the store has\n%q, and may have\n%q", seed, images, has, possible)
				}
				live.crashed = nil
				check(t, b.Update(ctx, func(w Writer) error { return w.Put("b", []byte("more"), []byte("1")) }))
				abandon(b)
				b, err = openBolt(live.name, live)
				check(t, err)
				defer abandon(b)
				if has[overlayKey("b", []byte("more"))] = "1"; !maps.Equal(state(t, b), has) {
					t.Fatalf("run %d, image %d: what came after is not there", seed, images)
				}
			}
		}
		p.crashed = recovered(true)
		b, err := openBolt(p.name, p)
		check(t, err)
		for range 24 {
			after := maps.Clone(m)
			p.fail = r.IntN(6) == 0
			possible = append(possible, after)
			err := b.Update(ctx, func(w Writer) error { return after.change(w, r) })
			p.fail = false
			if err == nil {
				m = after
				possible = []model{m}
			} else if !errors.Is(err, errDisk) {
				t.Fatal(err)
			}
			switch r.IntN(8) {
			case 0:
				abandon(b)
				b, err = openBolt(p.name, p)
				check(t, err)
				// What was not known is now.
				m = state(t, b)
				if !b.journal.failed {
					possible = []model{m}
				}
			case 1:
				check(t, b.Close())
				b, err = openBolt(p.name, p)
				check(t, err)
				m.view(t, b)
				possible = []model{m}
			}
			m.view(t, b)
		}
		p.crashed = nil
		abandon(b)
		t.Logf("run %d: %d images", seed, images)
		if images < 500 {
			t.Errorf("%d images only", images)
		}
	}
}
