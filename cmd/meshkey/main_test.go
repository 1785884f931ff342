package main

import (
	"regexp"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"meshkey/cmd/internal/exit/exittest"
	"meshkey/cmd/internal/meshkeyd"
	"meshkey/cmd/internal/seedfile"
	"meshkey/cmd/internal/terminal/terminaltest"
)

func TestMain(m *testing.M) {
	seedfile.Work = 10 // the journeys need passphrases, not strong ones
	testscript.Main(m, map[string]func(){
		"meshkey":  main,
		"meshkeyd": meshkeyd.Main,
		"code":     exittest.Code,
		"typist":   terminaltest.Typist,
	})
}

// Each script in testdata is a journey. "exec" runs the command; standard
// output, standard error and the terminal are looked at apart.
func TestJourneys(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("TERM", "xterm")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"fingerprint": sameFingerprint,
			"sealrecord":  sealRecord,
			"makedevice":  makeDevice,
			"makeprofile": makeProfile,
			"resign":      resign,
			"serve":       serveKeys(t),
		},
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
	})
}

var fingerprint = regexp.MustCompile(`\bM[A-Z2-7]{3}(-[A-Z2-7]{4}){6}\b`)

// sameFingerprint is the script command "fingerprint FILE...": the first
// fingerprint in each file is that in every other.
func sameFingerprint(ts *testscript.TestScript, neg bool, args []string) {
	want := fingerprint.FindString(ts.ReadFile(args[0]))
	if want == "" {
		ts.Fatalf("%s has no fingerprint", args[0])
	}
	for _, name := range args[1:] {
		if got := fingerprint.FindString(ts.ReadFile(name)); (got == want) == neg {
			ts.Fatalf("%s has %q, %s has %q", args[0], want, name, got)
		}
	}
}
