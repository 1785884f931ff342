package main

import (
	"context"
	"net/http"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"meshkey/keyservice/server"
	"meshkey/keyservice/store"
)

// service is the key service, with what the fixture has in its store.
func service(keep, fixture, secretsFile string) (http.Handler, func() int64) {
	debug.SetGCPercent(400) // as meshkeyd serve does
	octets, err := os.ReadFile(secretsFile)
	check(err)
	secrets, err := server.ParseSecrets(octets)
	check(err)
	st := open(keep)
	fill(st, fixture)
	s, err := server.New(server.Config{Store: st, Address: "keys.example.com", Window: window, Skew: time.Hour})
	check(err)
	check(s.Unseal(secrets))
	return s.Handler(), func() int64 {
		n, _ := s.Meter().Work(server.Receipt)
		return n
	}
}

func open(keep string) store.Store {
	var st store.Store
	var err error
	switch {
	case keep == "memory":
		return &memory{tables: map[store.Table]map[string][]byte{}}
	case strings.HasPrefix(keep, "postgres://"):
		st, err = store.OpenPostgres(context.Background(), keep)
	default:
		st, err = store.OpenBolt(keep)
	}
	check(err)
	return st
}

// fill copies the fixture into a store.
func fill(to store.Store, fixture string) {
	from, err := store.OpenBolt(fixture)
	check(err)
	ctx := context.Background()
	check(from.View(ctx, func(r store.Reader) error {
		return to.Update(ctx, func(w store.Writer) (failed error) {
			for _, t := range server.Tables() {
				err := r.Scan(t, nil, nil, func(key, value []byte) bool {
					failed = w.Put(t, key, value)
					return failed == nil
				})
				if err != nil || failed != nil {
					return err
				}
			}
			return nil
		})
	}))
	check(from.Close())
}

// A memory is a store that loses everything: what is measured with it is not the
// store. The changes of a function that failed stay.
type memory struct {
	mu     sync.Mutex
	tables map[store.Table]map[string][]byte
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

func (m *memory) Get(t store.Table, key []byte) ([]byte, error) { return m.tables[t][string(key)], nil }

func (m *memory) Put(t store.Table, key, value []byte) error {
	if m.tables[t] == nil {
		m.tables[t] = map[string][]byte{}
	}
	m.tables[t][string(key)] = append([]byte{}, value...)
	return nil
}

func (m *memory) Delete(t store.Table, key []byte) error {
	delete(m.tables[t], string(key))
	return nil
}

// Scan is in no order, and passes over after: enough for a group to be read,
// whose record is one piece.
func (m *memory) Scan(t store.Table, prefix, _ []byte, yield func(key, value []byte) bool) error {
	for key, value := range m.tables[t] {
		if strings.HasPrefix(key, string(prefix)) && !yield([]byte(key), value) {
			break
		}
	}
	return nil
}
