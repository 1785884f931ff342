package bench

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"math/rand"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"filippo.io/age"

	"meshkey/cogen"
	"meshkey/group"
	"meshkey/internal/dare"
	"meshkey/profile"
)

// step turns one file into another.
type step func(w io.Writer, r *os.File) error

// BenchmarkEnvelope seals a file to a group and opens it with the contributions
// of a member and the key service, then to one recipient in every form, in turns
// with age on the same file, from disk to disk. It prints megabytes of plaintext
// a second, the ratio of the time to age's, and the most memory in use at once.
// MESHKEY_MIB is the size of the file in MiB, 64 without it; TMPDIR is where the
// files are, such as /dev/shm, to leave the disk out of it.
func BenchmarkEnvelope(b *testing.B) {
	bob, signer := cogen.X448().GenerateKey(), cogen.Ed448().GenerateKey()
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		b.Fatal(err)
	}
	f := newPlain(b)
	ageSeal := func(w io.Writer, r *os.File) error {
		out, err := age.Encrypt(w, identity.Recipient())
		if err != nil {
			return err
		}
		if _, err := io.Copy(out, r); err != nil {
			return err
		}
		return out.Close()
	}
	ageOpen := func(w io.Writer, r *os.File) error {
		in, err := age.Decrypt(r, identity)
		if err != nil {
			return err
		}
		_, err = io.Copy(w, in)
		return err
	}
	f.run(b, ageSeal, "plain", "aged")
	run := func(name string, l limits, seal, open step) {
		b.Run("seal/"+name, func(b *testing.B) {
			f.compare(b, l, seal, "plain", "sealed", ageSeal, "plain", "aged")
		})
		b.Run("open/"+name, func(b *testing.B) {
			f.compare(b, l, open, "sealed", "opened", ageOpen, "aged", "opened")
			f.run(b, open, "sealed", "opened")
			if f.digest(b, "opened") != f.digest(b, "plain") {
				b.Fatal("another file came out")
			}
		})
	}
	g, member, service := newGroup(b)
	run("group", limits{1, 0.7},
		func(w io.Writer, r *os.File) error { return g.Encrypt(w, r, f.size, nil) },
		func(w io.Writer, r *os.File) error {
			_, err := member.Decrypt(context.Background(), w, r, service)
			return err
		})
	for _, mode := range []struct {
		name string
		opt  dare.SealOptions
		limits
	}{
		{"anonymous", dare.SealOptions{Anonymous: true}, limits{1, 0.7}},
		{"anonymous-text", dare.SealOptions{Anonymous: true, Text: true}, limits{2, 1.2}},
		{"signed", dare.SealOptions{Signer: signer}, limits{3.5, 2.5}},
		{"signed-text", dare.SealOptions{Signer: signer, Text: true}, limits{5, 3.5}},
	} {
		mode.opt.Recipients = []*cogen.PublicKey{bob.PublicKey()}
		seal := func(w io.Writer, r *os.File) error { return dare.SealTo(w, r, f.size, mode.opt) }
		open := func(w io.Writer, r *os.File) error {
			in, err := dare.NewReader(r)
			if err != nil {
				return err
			}
			if mode.opt.Signer != nil {
				if err := in.Verify(signer.PublicKey()); err != nil {
					return err
				}
			}
			return in.Open(w, dare.PrivateKey(bob))
		}
		run(mode.name, mode.limits, seal, open)
	}
}

// newGroup makes a group with a key service and one member.
func newGroup(b *testing.B) (*group.Group, *group.Membership, *group.LocalService) {
	person := func(address string) *group.Identity {
		account, err := profile.NewSeed().Account()
		if err != nil {
			b.Fatal(err)
		}
		id, err := group.AccountIdentity(account, address)
		if err != nil {
			b.Fatal(err)
		}
		return id
	}
	keys, bob := person("keys@example.com"), person("bob@example.com")
	account, err := profile.NewSeed().Account()
	if err != nil {
		b.Fatal(err)
	}
	_, change, err := group.Create(account, group.Options{
		Mode: group.Serviced, Address: "staff@example.com", At: time.Now(), Service: &keys.Member,
	}, bob.Member)
	if err != nil {
		b.Fatal(err)
	}
	service := group.NewLocalService(keys)
	if err := service.Keep(context.Background(), change.Record, change.Halves...); err != nil {
		b.Fatal(err)
	}
	g, err := group.Parse(change.Record, account.Fingerprint())
	if err != nil {
		b.Fatal(err)
	}
	member, err := group.Accept(g, bob, change.Invitations[bob.Address])
	if err != nil {
		b.Fatal(err)
	}
	return g, member, service
}

// files are the files of the benchmark, in a folder of its own.
type files struct {
	dir  string
	size int64
}

// newPlain makes the file "plain".
func newPlain(b *testing.B) *files {
	mib := 64
	if n, err := strconv.Atoi(os.Getenv("MESHKEY_MIB")); err == nil {
		mib = n
	}
	f := &files{b.TempDir(), int64(mib) << 20}
	w, err := os.Create(filepath.Join(f.dir, "plain"))
	if err != nil {
		b.Fatal(err)
	}
	defer w.Close()
	block := make([]byte, 1<<20)
	rand.New(rand.NewSource(1)).Read(block)
	for range mib {
		if _, err := io.Copy(w, bytes.NewReader(block)); err != nil {
			b.Fatal(err)
		}
	}
	return f
}

// run takes a step from one file to another and returns how long it took, with
// the most memory in use.
func (f *files) run(b *testing.B, s step, from, to string) (time.Duration, uint64) {
	r, err := os.Open(filepath.Join(f.dir, from))
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	w, err := os.Create(filepath.Join(f.dir, to))
	if err != nil {
		b.Fatal(err)
	}
	defer w.Close()
	runtime.GC()
	peak, stop := watchMemory()
	start := time.Now()
	err = s(w, r)
	took := time.Since(start)
	stop()
	if err != nil {
		b.Fatal(err)
	}
	return took, peak.Load()
}

// watchMemory follows the memory in use.
func watchMemory() (peak *atomic.Uint64, stop func()) {
	peak = new(atomic.Uint64)
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak.Store(max(peak.Load(), m.HeapInuse+m.StackInuse))
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	return peak, func() { close(done); <-ended }
}

// compare is the compare of all benchmarks for steps that take long.
func (f *files) compare(b *testing.B, l limits, ours step, from, to string, base step, baseFrom, baseTo string) {
	var ns, ratios []float64
	var most uint64
	for b.Loop() {
		t, peak := f.run(b, ours, from, to)
		u, _ := f.run(b, base, baseFrom, baseTo)
		most = max(most, peak)
		ns, ratios = append(ns, float64(t)), append(ratios, float64(t)/float64(u))
	}
	m := median(ns)
	b.ReportMetric(m, "ns/op")
	b.ReportMetric(float64(f.size)/1e6/(m/1e9), "MB/s")
	b.ReportMetric(median(ratios), "×age")
	b.ReportMetric(float64(most)/(1<<20), "MiB-peak")
	b.ReportMetric(l.must, "must")
	b.ReportMetric(l.stretch, "stretch")
}

func (f *files) digest(b *testing.B, name string) [sha256.Size]byte {
	r, err := os.Open(filepath.Join(f.dir, name))
	if err != nil {
		b.Fatal(err)
	}
	defer r.Close()
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		b.Fatal(err)
	}
	return [sha256.Size]byte(h.Sum(nil))
}
