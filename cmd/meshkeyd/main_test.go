package main

import (
	"bytes"
	"crypto/tls"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"meshkey/cmd/internal/exit/exittest"
	"meshkey/cmd/internal/meshkeyd"
	"meshkey/cmd/internal/seedfile"
	"meshkey/cmd/internal/terminal/terminaltest"
	"meshkey/keyservice/store/storetest"
)

func TestMain(m *testing.M) {
	seedfile.Work = 10 // the journeys need passphrases, not strong ones
	testscript.Main(m, map[string]func(){
		"meshkeyd": meshkeyd.Main,
		"code":     exittest.Code,
		"typist":   terminaltest.Typist,
		"post":     post,
	})
}

// post is the script command "exec post FILE TEXT…": it sends each text to the
// service whose address is in the file, as somebody whom the service does not
// know, and prints the status of the answer.
func post() {
	b, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	url, _, _ := strings.Cut(string(b), "#")
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	for _, text := range os.Args[2:] {
		answer, err := client.Post(url+".well-known/mmm", "application/json", bytes.NewBufferString(text))
		if err != nil {
			panic(err)
		}
		if _, err := io.Copy(os.Stdout, answer.Body); err != nil {
			panic(err)
		}
		println(answer.Status)
		answer.Body.Close()
	}
}

func params(dir string, variables ...string) testscript.Params {
	return testscript.Params{
		Dir: dir,
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("TERM", "xterm")
			e.Vars = append(e.Vars, variables...)
			return nil
		},
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
	}
}

// Each script in testdata is a journey: exec runs the commands, a service runs
// beside them.
func TestJourneys(t *testing.T) { testscript.Run(t, params("testdata")) }

// These scripts need a PostgreSQL server.
func TestPostgres(t *testing.T) {
	server := storetest.Start(t)
	testscript.Run(t, params("testdata/postgres", "PG="+server.URL()))
}

func TestCarelessPostgres(t *testing.T) {
	server := storetest.Start(t)
	server.Set("fsync", "off")
	testscript.Run(t, params("testdata/careless", "PG="+server.URL()))
}
