package main

import (
	"errors"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"meshkey/cmd/internal/seedfile"
)

func TestMain(m *testing.M) {
	seedfile.Work = 10 // the journeys need passphrases, not strong ones
	testscript.Main(m, map[string]func(){
		"meshkey": main,
		"code":    expectCode,
	})
}

// expectCode is the script command "exec code N meshkey …": it runs the rest
// and succeeds if that ends with exit code N.
func expectCode() {
	want, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	cmd := exec.Command(os.Args[2], os.Args[3:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	err = cmd.Run()
	got := 0
	if status, ok := errors.AsType[*exec.ExitError](err); ok {
		got = status.ExitCode()
	} else if err != nil {
		panic(err)
	}
	if got != want {
		println("exit code", got, "instead of", want)
		os.Exit(1)
	}
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
