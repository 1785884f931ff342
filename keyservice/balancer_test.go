package keyservice_test

import (
	"crypto/sha256"
	"crypto/tls"
	"fmt"
	"net"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"meshkey/keyservice/api"
	"meshkey/keyservice/keyservicetest"
	"meshkey/keyservice/server"
	"meshkey/keyservice/store"
)

// A turn is the listener of one host behind a balancer.
type turn struct {
	net.Listener
	conns chan net.Conn
}

func (t *turn) Accept() (net.Conn, error) {
	if conn, open := <-t.conns; open {
		return conn, nil
	}
	return nil, net.ErrClosed
}

// balance gives each connection to a listener to the next host, and returns
// theirs.
func balance(l net.Listener, hosts int) (turns []*turn) {
	for range hosts {
		turns = append(turns, &turn{l, make(chan net.Conn, 64)})
	}
	go func() {
		for i := 0; ; i++ {
			conn, err := l.Accept()
			if err != nil {
				break
			}
			turns[i%hosts].conns <- conn
		}
		for _, t := range turns {
			close(t.conns)
		}
	}()
	return turns
}

// Behind a balancer that gives every connection to another host, each with a TLS
// key of its own, a client is answered.
func TestBalanced(t *testing.T) {
	for _, hosts := range []int{2, 3, 4} {
		t.Run(fmt.Sprint(hosts), func(t *testing.T) {
			db, err := store.OpenBolt(filepath.Join(t.TempDir(), "db"))
			check(t, err)
			defer db.Close()
			s := keyservicetest.Start(t, db)
			l, err := net.Listen("tcp", "127.0.0.1:0")
			check(t, err)
			for i, turn := range balance(l, hosts) {
				one, err := server.New(server.Config{Store: db, Address: "keys.example.com", Accounts: server.Policy{Registration: server.Open}})
				check(t, err)
				defer one.Close()
				check(t, one.Unseal(s.Secrets))
				c := certificate(t, fmt.Sprint("host ", i))
				one.TLSKey = func() [sha256.Size]byte { return sha256.Sum256(c.Leaf.RawSubjectPublicKeyInfo) }
				host := httptest.NewUnstartedServer(one.Handler())
				host.Listener.Close()
				host.Listener, host.TLS = turn, &tls.Config{Certificates: []tls.Certificate{c}}
				host.StartTLS()
				defer host.Close()
			}
			_, fingerprint, _ := strings.Cut(s.Address, "#")
			p, by := somebody(t, "alice@example.com")
			c := dial(t, "https://"+l.Addr().String()+"/#"+fingerprint, by)
			check(t, c.CreateAccount(t.Context(), p, ""))
			for range 2 * hosts {
				c.Close() // the next call has a connection of its own
				_, err := c.Do(t.Context(), &api.StatusRequest{AccountAddress: by.Account})
				check(t, err)
			}
		})
	}
}
