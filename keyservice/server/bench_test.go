package server

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"meshkey/group"
	"meshkey/keyservice/api"
	"meshkey/keyservice/store"
)

// A memory is a store that loses everything, to measure what is not the store.
type memory struct {
	mu sync.Mutex
	m  map[store.Table]map[string][]byte
}

func (m *memory) Close() error { return nil }

func (m *memory) View(_ context.Context, f func(store.Reader) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return f(m)
}

func (m *memory) Update(_ context.Context, f func(store.Writer) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return f(m)
}

func (m *memory) Get(t store.Table, key []byte) ([]byte, error) { return m.m[t][string(key)], nil }

func (m *memory) Put(t store.Table, key, value []byte) error {
	if m.m[t] == nil {
		if m.m == nil {
			m.m = map[store.Table]map[string][]byte{}
		}
		m.m[t] = map[string][]byte{}
	}
	m.m[t][string(key)] = append([]byte{}, value...)
	return nil
}

func (m *memory) Delete(t store.Table, key []byte) error {
	delete(m.m[t], string(key))
	return nil
}

func (m *memory) Scan(t store.Table, prefix, after []byte, yield func(key, value []byte) bool) error {
	var keys []string
	for k := range m.m[t] {
		if strings.HasPrefix(k, string(prefix)) && (after == nil || k > string(after)) {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	for _, k := range keys {
		if !yield([]byte(k), bytes.Clone(m.m[t][k])) {
			break
		}
	}
	return nil
}

// operation is a request for contributions to n envelopes.
func (w *world) operation(name, of string, n int) api.Request {
	w.Helper()
	c := w.groups[of]
	m, err := group.Accept(c.admin.Group(), identity(w, name), c.mail[name+"@example.com"]...)
	check(w, err)
	var sealed []*group.Sealed
	for i := range n {
		s, err := group.ReadSealed(bytes.NewReader(w.seal(of, fmt.Sprint(i))))
		check(w, err)
		sealed = append(sealed, s)
	}
	d, err := m.Begin(sealed...)
	check(w, err)
	o, err := d.Request().Operate(c.admin.Group())
	check(w, err)
	return o
}

// BenchmarkDo is a call from its octets to those of the response. Of its time,
// crypto/op is what meters say of curve operations.
func BenchmarkDo(b *testing.B) {
	for _, kind := range []string{"memory", "bolt"} {
		for _, items := range []int{1, 16} {
			b.Run(fmt.Sprintf("%s/items=%d", kind, items), func(b *testing.B) {
				w := newWorld(b, "alice", "bob")
				if kind == "memory" {
					m := &memory{}
					check(b, copyStore(m, w.db))
					w.server = w.serve(m)
				}
				operation := w.operation("bob", "groupw", items)
				bodies := make([][]byte, b.N)
				for i := range bodies {
					bodies[i] = w.sign(by(b, "bob"), operation)
				}
				var next atomic.Int64
				b.ReportAllocs()
				b.SetParallelism(16)
				b.ResetTimer()
				start := time.Now()
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						if r, status := w.server.Do(ctx, peer, bodies[next.Add(1)-1]); status != 201 {
							b.Errorf("%d %s", status, r)
						}
					}
				})
				_ = start
			})
		}
	}
}

// copyStore copies all that a service keeps.
func copyStore(to, from store.Store) error {
	return from.View(ctx, func(r store.Reader) error {
		return to.Update(ctx, func(w store.Writer) error {
			for _, t := range Tables() {
				var keys, values [][]byte
				err := r.Scan(t, nil, nil, func(key, value []byte) bool {
					keys, values = append(keys, key), append(values, value)
					return true
				})
				if err != nil {
					return err
				}
				for i := range keys {
					if err := w.Put(t, keys[i], values[i]); err != nil {
						return err
					}
				}
			}
			return nil
		})
	})
}
