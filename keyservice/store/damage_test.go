package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// Damage that is met in a transaction is a typed error of it and of all that follow,
// wherever it is; nothing of the transaction is made, nothing hangs, and the file is
// let go.
func TestBoltDamagedLater(t *testing.T) {
	limit := journalLimit
	t.Cleanup(func() { journalLimit = limit })
	journalLimit = 2000
	ctx := context.Background()
	name := filepath.Join(t.TempDir(), "store")
	b := openTest(t, name)
	put := func(b *Bolt, from, to int) error {
		return b.Update(ctx, func(w Writer) error {
			for i := from; i < to; i++ {
				if err := w.Put("t", fmt.Appendf(nil, "%04d", i), make([]byte, 200)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	check(t, put(b, 0, 400))
	check(t, b.Close())
	whole, err := os.ReadFile(name)
	check(t, err)
	page := os.Getpagesize()
	met := 0
	for at := 0; at < len(whole)/page; at++ {
		for _, how := range []string{"zeros", "ones", "another's", "cut off"} {
			t.Run(fmt.Sprintf("%s from page %d", how, at), func(t *testing.T) {
				name := filepath.Join(t.TempDir(), "store")
				check(t, os.WriteFile(name, whole, 0o600))
				b, err := OpenBolt(name)
				check(t, err)
				f, err := os.OpenFile(name, os.O_RDWR, 0)
				check(t, err)
				junk := make([]byte, page)
				switch how {
				case "ones":
					for i := range junk {
						junk[i] = 0xff
					}
				case "another's":
					copy(junk, whole[(at+1)%(len(whole)/page)*page:])
				case "cut off":
					check(t, f.Truncate(int64(at*page)))
				}
				if how != "cut off" {
					_, err = f.WriteAt(junk, int64(at*page))
					check(t, err)
				}
				check(t, f.Close())
				own := errors.New("own")
				read := func() error {
					return b.View(ctx, func(r Reader) error {
						for i := range 400 {
							if _, err := r.Get("t", fmt.Appendf(nil, "%04d", i)); err != nil {
								return err
							}
						}
						return r.Scan("t", nil, nil, func(_, _ []byte) bool { return true })
					})
				}
				var down *UnavailableError
				first := read()
				if first == nil { // what is written meets more
					first = put(b, 100, 130)
				}
				if first != nil {
					met++
					if !errors.Is(first, ErrDamaged) || !errors.As(first, &down) {
						t.Fatal(first)
					}
					for _, err := range []error{
						read(), put(b, 0, 1),
						b.View(ctx, func(Reader) error { return own }),
						b.Update(ctx, func(Writer) error { return own }),
					} {
						if !errors.Is(err, ErrDamaged) || !errors.As(err, &down) {
							t.Fatal("afterwards:", err)
						}
					}
				}
				if err := b.Close(); (first != nil) != errors.Is(err, ErrDamaged) {
					t.Errorf("closed: %v after %v", err, first)
				}
			})
		}
	}
	if met < 20 {
		t.Errorf("only %d damages were met", met)
	}
}
