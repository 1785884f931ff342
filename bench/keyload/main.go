// Keyload is the server that the key service's benchmark asks: the service, or
// the least that does the same work on curves and writes something durable. It
// says where it listens, measures its own CPU between the words "start" and
// "stop" on standard input, and ends with that.
package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"meshkey/cogen"
)

// window is how long a transaction waits for requests on their way.
const window = 500 * time.Microsecond

func main() {
	log.SetFlags(0)
	kind := flag.String("kind", "service", "service or minimal")
	keep := flag.String("store", "", "memory, FILE, or postgres://…; of the minimal server: none, log:FILE or FILE")
	fixture := flag.String("fixture", "", "FILE that a store begins with; of the minimal server: its keys")
	secrets := flag.String("secrets", "", "FILE with the service's secrets")
	certificates := flag.String("tls", "", "FILE with a certificate and its key, which clients have to show too; empty for plain HTTP")
	algorithm := flag.String("algorithm", "X448", "of the halves")
	flag.Parse()
	a, err := cogen.ParseAlgorithm(*algorithm)
	check(err)
	var handler http.Handler
	var signed func() int64 // how many signatures were made
	switch *kind {
	case "service":
		handler, signed = service(*keep, *fixture, *secrets)
	case "minimal":
		handler, signed = minimal(*keep, *fixture, a)
	default:
		log.Fatalf("there is no -kind %s", *kind)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	fmt.Println(l.Addr())
	if *certificates != "" {
		l = tls.NewListener(l, mutual(*certificates))
	}
	go func() { check(http.Serve(l, handler)) }()
	answer(os.Stdin, os.Stdout, newScale(a, signed))
}

// mutual accepts the one certificate, and shows it.
func mutual(name string) *tls.Config {
	cert, err := tls.LoadX509KeyPair(name, name)
	check(err)
	pool := x509.NewCertPool()
	pool.AddCert(cert.Leaf)
	return &tls.Config{
		MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{cert},
		ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool,
	}
}

// answer does what it is told until r ends.
func answer(r io.Reader, w io.Writer, s *scale) {
	for words := bufio.NewScanner(r); words.Scan(); {
		switch words.Text() {
		case "start":
			s.start()
			fmt.Fprintln(w, "{}")
		case "stop":
			check(json.NewEncoder(w).Encode(s.stop()))
		}
	}
}

func check(err error) {
	if err != nil {
		log.Fatal("keyload: ", err)
	}
}
