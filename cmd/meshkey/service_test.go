package main

import (
	"path/filepath"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"meshkey/keyservice/keyservicetest"
	"meshkey/keyservice/store"
)

// serveKeys makes the script command "serve": it runs a key service until the
// test is over, and puts its address into $SERVICE. "serve seal" and "serve
// unseal" take the service's keys away and give them back.
func serveKeys(t *testing.T) func(*testscript.TestScript, bool, []string) {
	var mu sync.Mutex
	services := map[string]*keyservicetest.Service{} // by the address in $SERVICE
	return func(ts *testscript.TestScript, neg bool, args []string) {
		mu.Lock()
		defer mu.Unlock()
		switch s := services[ts.Getenv("SERVICE")]; {
		case len(args) == 0:
			st, err := store.OpenBolt(filepath.Join(ts.Getenv("WORK"), "service.db"))
			ts.Check(err)
			t.Cleanup(func() { st.Close() })
			s := keyservicetest.Start(t, st)
			services[s.Address] = s
			ts.Setenv("SERVICE", s.Address)
		case args[0] == "seal":
			s.Server.Seal()
		default:
			ts.Check(s.Server.Unseal(s.Secrets))
		}
	}
}
