package main

import (
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"meshkey/profile"
	"meshkey/record"
)

// sealRecord is the script command "sealrecord SEED SERIAL FILE ENVELOPE...":
// it seals a recovery record without a profile, with envelopes in escrow.
func sealRecord(ts *testscript.TestScript, _ bool, args []string) {
	seed, err := profile.ParseSeed(strings.TrimSpace(ts.ReadFile(args[0])))
	ts.Check(err)
	account, err := seed.Account()
	ts.Check(err)
	key, err := record.NewKey(seed.Octets())
	ts.Check(err)
	serial, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	r := record.Record{Serial: serial, Created: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC), Service: "example.com"}
	for _, name := range args[3:] {
		r.Escrowed = append(r.Escrowed, []byte(ts.ReadFile(name)))
	}
	b, err := r.Seal(key, account.Private(profile.AdministratorSignature))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), b, 0o600))
}
