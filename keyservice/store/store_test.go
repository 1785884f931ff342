package store_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"meshkey/keyservice/store"
	"meshkey/keyservice/store/storetest"
)

var ctx = context.Background()

func TestMain(m *testing.M) { storetest.Main(m) }

// stores runs a test on each store.
func stores(t *testing.T, test func(t *testing.T, open func() store.Store)) {
	opens := map[string]func(t *testing.T) func() store.Store{
		"bolt": func(t *testing.T) func() store.Store {
			name := filepath.Join(t.TempDir(), "store")
			return func() store.Store {
				s, err := store.OpenBolt(name)
				if err != nil {
					t.Fatal(err)
				}
				return s
			}
		},
		"postgres": func(t *testing.T) func() store.Store {
			url := storetest.URL(t)
			return func() store.Store {
				s, err := store.OpenPostgres(ctx, url)
				if err != nil {
					t.Fatal(err)
				}
				return s
			}
		},
	}
	for name, open := range opens {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

func put(t *testing.T, s store.Store, table store.Table, entries ...string) {
	t.Helper()
	err := s.Update(ctx, func(w store.Writer) error {
		for i := 0; i < len(entries); i += 2 {
			if err := w.Put(table, []byte(entries[i]), []byte(entries[i+1])); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, s store.Store, table store.Table, key string) (value []byte) {
	t.Helper()
	err := s.View(ctx, func(r store.Reader) (err error) {
		value, err = r.Get(table, []byte(key))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func scan(t *testing.T, s store.Store, table store.Table, prefix string, after []byte, limit int) string {
	t.Helper()
	var out []string
	err := s.View(ctx, func(r store.Reader) error {
		out = nil // it may run twice
		return r.Scan(table, []byte(prefix), after, func(key, value []byte) bool {
			out = append(out, fmt.Sprintf("%q=%s", key, value))
			return len(out) != limit
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, " ")
}

func TestGetPutDelete(t *testing.T) {
	stores(t, func(t *testing.T, open func() store.Store) {
		s := open()
		put(t, s, "a", "k", "1", "l", "", "\x00\xff", "3")
		put(t, s, "b", "k", "other")
		put(t, s, "a", "k", "2")
		for key, want := range map[string]string{"k": "2", "l": "", "\x00\xff": "3"} {
			if got := get(t, s, "a", key); got == nil || string(got) != want {
				t.Errorf("%q is %q, want %q", key, got, want)
			}
		}
		if got := get(t, s, "a", "none"); got != nil {
			t.Errorf("a key that is not there has %q", got)
		}
		err := s.Update(ctx, func(w store.Writer) error {
			if err := w.Delete("a", []byte("k")); err != nil {
				return err
			}
			return w.Delete("none", []byte("k"))
		})
		if err != nil || get(t, s, "a", "k") != nil || string(get(t, s, "b", "k")) != "other" {
			t.Error("Delete", err)
		}
		for _, key := range [][]byte{nil, {}, make([]byte, store.MaxKey+1)} {
			if err := s.Update(ctx, func(w store.Writer) error { return w.Put("a", key, nil) }); err == nil {
				t.Errorf("a key of %d octets is put", len(key))
			}
		}
		if err := s.Update(ctx, func(w store.Writer) error { return w.Put("a", []byte("k"), make([]byte, store.MaxValue+1)) }); err == nil {
			t.Error("a value too long is put")
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = open()
		defer s.Close()
		if got := get(t, s, "a", "\x00\xff"); string(got) != "3" {
			t.Errorf("after opening again %q", got)
		}
	})
}

func TestScan(t *testing.T) {
	stores(t, func(t *testing.T, open func() store.Store) {
		s := open()
		defer s.Close()
		put(t, s, "a", "b\x01", "1", "b\xff", "2", "b", "0", "c", "3", "a", "-", "\xff", "4", "\xff\xff", "5")
		for _, c := range []struct {
			prefix string
			after  []byte
			limit  int
			want   string
		}{
			{"b", nil, 0, `"b"=0 "b\x01"=1 "b\xff"=2`},
			{"b", []byte("b\x01"), 0, `"b\xff"=2`},
			{"b", []byte("b\x02"), 0, `"b\xff"=2`},
			{"b", []byte("a"), 2, `"b"=0 "b\x01"=1`},
			{"b", []byte("c"), 0, ``},
			{"\xff", nil, 0, `"\xff"=4 "\xff\xff"=5`},
			{"", nil, 1, `"a"=-`},
			{"d", nil, 0, ``},
		} {
			if got := scan(t, s, "a", c.prefix, c.after, c.limit); got != c.want {
				t.Errorf("%q after %q: %s, want %s", c.prefix, c.after, got, c.want)
			}
		}
		var many []string
		for i := range 600 {
			many = append(many, string(binary.BigEndian.AppendUint32(nil, uint32(i))), "")
		}
		put(t, s, "many", many...)
		if got := strings.Count(scan(t, s, "many", "", nil, 0), `"=`); got != 600 {
			t.Errorf("%d of 600 entries", got)
		}
		if got := scan(t, s, "no such table", "", nil, 0); got != "" {
			t.Error(got)
		}
	})
}

// What fails changes nothing, and the error is the function's own.
func TestUpdateFails(t *testing.T) {
	stores(t, func(t *testing.T, open func() store.Store) {
		s := open()
		defer s.Close()
		own := errors.New("own")
		err := s.Update(ctx, func(w store.Writer) error {
			if err := w.Put("a", []byte("k"), []byte("v")); err != nil {
				return err
			}
			return own
		})
		if err != own {
			t.Errorf("the error is %v", err)
		}
		if get(t, s, "a", "k") != nil {
			t.Error("a failed change was made")
		}
		ended, cancel := context.WithCancel(ctx)
		cancel()
		var unavailable *store.UnavailableError
		if err := s.Update(ended, func(w store.Writer) error { return w.Put("a", []byte("k"), nil) }); !errors.As(err, &unavailable) {
			t.Errorf("with an ended context: %v", err)
		}
	})
}

// Transactions see no other: counters that many raise lose no step, and two
// changes that each look at what the other writes cannot both be made.
func TestSerializable(t *testing.T) {
	stores(t, func(t *testing.T, open func() store.Store) {
		s := open()
		defer s.Close()
		var wait sync.WaitGroup
		for range 4 {
			wait.Go(func() {
				for range 10 {
					if err := s.Update(ctx, raise("counter")); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wait.Wait()
		if got := count(get(t, s, "a", "counter")); got != 40 {
			t.Errorf("40 steps made %d", got)
		}
		for range 10 {
			put(t, s, "doctors", "x", "on call", "y", "on call")
			for _, who := range []string{"x", "y"} {
				wait.Go(func() {
					err := s.Update(ctx, func(w store.Writer) error {
						onCall := 0
						err := w.Scan("doctors", nil, nil, func(_, value []byte) bool {
							if string(value) == "on call" {
								onCall++
							}
							return true
						})
						if err != nil || onCall < 2 {
							return err
						}
						return w.Put("doctors", []byte(who), []byte("away"))
					})
					if err != nil {
						t.Error(err)
					}
				})
			}
			wait.Wait()
			if got := scan(t, s, "doctors", "", nil, 0); strings.Count(got, "on call") != 1 {
				t.Fatal(got)
			}
		}
	})
}

// A change that has lost against another is made at its second try, whoever else
// is at work: long ones do not starve beside many short ones.
func TestNobodyStarves(t *testing.T) {
	stores(t, func(t *testing.T, open func() store.Store) {
		s := open()
		defer s.Close()
		var others, long sync.WaitGroup
		over := make(chan struct{})
		for range 3 {
			others.Go(func() {
				for {
					select {
					case <-over:
						return
					default:
						if err := s.Update(ctx, raise("counter")); err != nil {
							t.Error(err)
							return
						}
					}
				}
			})
		}
		for range 2 {
			long.Go(func() {
				for range 10 {
					tries := 0
					err := s.Update(ctx, func(w store.Writer) error {
						tries++
						for i := range 20 { // it takes its time
							if err := w.Put("b", []byte{byte(i)}, nil); err != nil {
								return err
							}
						}
						return raise("counter")(w)
					})
					if err != nil || tries > 2 {
						t.Errorf("%d tries, %v", tries, err)
					}
				}
			})
		}
		long.Wait()
		close(over)
		others.Wait()
	})
}

func raise(key string) func(store.Writer) error {
	return func(w store.Writer) error {
		old, err := w.Get("a", []byte(key))
		if err != nil {
			return err
		}
		return w.Put("a", []byte(key), binary.BigEndian.AppendUint64(nil, count(old)+1))
	}
}

func count(value []byte) uint64 {
	if value == nil {
		return 0
	}
	return binary.BigEndian.Uint64(value)
}

// A Committer makes every change once, refuses none but those that fail, and
// makes many of them in one transaction.
func TestCommitter(t *testing.T) {
	stores(t, func(t *testing.T, open func() store.Store) {
		s := &counting{Store: open()}
		defer s.Close()
		c := store.NewCommitter(s, time.Hour) // nothing below may wait for it
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		own := errors.New("own")
		var wait sync.WaitGroup
		var over []func()
		for range 60 {
			over = append(over, c.Announce())
		}
		for i := range 60 {
			wait.Go(func() {
				defer over[i]()
				f, want := raise("counter"), error(nil)
				if i%20 == 7 {
					f, want = func(w store.Writer) error {
						if err := w.Put("a", []byte("bad"), nil); err != nil {
							return err
						}
						return own
					}, own
				}
				if err := c.Update(ctx, f); err != want {
					t.Errorf("change %d: %v", i, err)
				}
			})
		}
		wait.Wait()
		if got := count(get(t, s, "a", "counter")); got != 57 {
			t.Errorf("57 steps made %d", got)
		}
		if get(t, s, "a", "bad") != nil {
			t.Error("a failed change was made")
		}
		if s.updates > 20 {
			t.Errorf("%d transactions for 60 changes", s.updates)
		}
		// Nobody else was announced, so nothing waits for the window.
		if err := c.Update(ctx, raise("counter")); err != nil {
			t.Error(err)
		}
		c.Close()
		c.Close()
		var unavailable *store.UnavailableError
		if err := c.Update(ctx, raise("counter")); !errors.As(err, &unavailable) {
			t.Errorf("after Close: %v", err)
		}
	})
}

// Whoever gives his change up costs those nothing who share its transaction.
func TestCommitterGivenUp(t *testing.T) {
	stores(t, func(t *testing.T, open func() store.Store) {
		s := open()
		defer s.Close()
		c := store.NewCommitter(s, time.Hour)
		defer c.Close()
		running, release, first := make(chan bool, 1), make(chan bool), make(chan error, 1)
		go func() {
			first <- c.Update(ctx, func(w store.Writer) error {
				running <- true
				<-release
				return nil
			})
		}()
		<-running
		gone, cancel := context.WithCancel(ctx)
		cancel()
		var unavailable *store.UnavailableError
		if err := c.Update(gone, raise("counter")); !errors.As(err, &unavailable) {
			t.Errorf("given up: %v", err)
		}
		defer c.Announce()() // two, so that they share
		defer c.Announce()()
		second := make(chan error, 1)
		go func() { second <- c.Update(ctx, raise("counter")) }()
		close(release)
		if err := errors.Join(<-first, <-second); err != nil {
			t.Error(err)
		}
		if got := count(get(t, s, "a", "counter")); got != 1 {
			t.Errorf("one step made %d", got)
		}
	})
}

type counting struct {
	store.Store
	updates int
}

func (c *counting) Update(ctx context.Context, f func(store.Writer) error) error {
	c.updates++
	return c.Store.Update(ctx, f)
}

func TestBoltLocksAndCopies(t *testing.T) {
	name := filepath.Join(t.TempDir(), "store")
	s, err := store.OpenBolt(name)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	put(t, s, "a", "k", "v")
	if _, err := store.OpenBolt(name); err == nil || !strings.Contains(err.Error(), "another process") {
		t.Errorf("a file that is open is opened: %v", err)
	}
	var copied bytes.Buffer
	if err := s.Backup(&copied); err != nil || copied.Len() == 0 {
		t.Error(copied.Len(), err)
	}
}
