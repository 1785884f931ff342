package main

import (
	"bytes"
	"os"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"meshkey/internal/dare"
	"meshkey/mesh"
	"meshkey/profile"
	"meshkey/udf"
)

func accountIn(ts *testscript.TestScript, file string) *profile.Account {
	seed, err := profile.ParseSeed(strings.TrimSpace(ts.ReadFile(file)))
	ts.Check(err)
	account, err := seed.Account()
	ts.Check(err)
	return account
}

// makeProfile is the script command "makeprofile SEED OUT ADDRESS", for a seed
// in clear text.
func makeProfile(ts *testscript.TestScript, _ bool, args []string) {
	p, err := accountIn(ts, args[0]).Profile(profile.Details{Address: args[2], Created: time.Unix(1e9, 0)})
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), p.Bytes(), 0o600))
}

// makeDevice is the script command "makedevice SEED OUT": the profile of a
// device, from its seed in clear text.
func makeDevice(ts *testscript.TestScript, _ bool, args []string) {
	seed, err := udf.ParseSeed(strings.TrimSpace(ts.ReadFile(args[0])))
	ts.Check(err)
	device, err := profile.NewDevice(seed)
	ts.Check(err)
	data := map[string]*mesh.KeyData{}
	for _, k := range device.Keys() {
		data[k.Name] = mesh.NewKeyData(k.Fingerprint.String(), k.Algorithm.String(), k.Public.Bytes())
	}
	body, err := mesh.Marshal(&mesh.ProfileDevice{
		Profile:    mesh.Profile{ProfileSignature: data[profile.ProfileSignature]},
		Encryption: data[profile.Encryption], Signature: data[profile.Signature], Authentication: data[profile.Authentication],
	})
	ts.Check(err)
	e, err := dare.Sign(body, dare.ContentMeta{}, device.Private(profile.ProfileSignature))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), e.Bytes(), 0o600))
}

// resign is the script command "resign SEED IN OUT [OLD NEW]": what stands in
// the message IN, with NEW in the place of OLD, signed by who has SEED.
func resign(ts *testscript.TestScript, _ bool, args []string) {
	e, err := dare.Parse([]byte(ts.ReadFile(args[1])))
	ts.Check(err)
	body := e.Body
	if len(args) > 3 {
		if body = bytes.Replace(body, []byte(args[3]), []byte(args[4]), 1); bytes.Equal(body, e.Body) {
			ts.Fatalf("no %s in %s", args[3], e.Body)
		}
	}
	e, err = dare.Sign(body, dare.ContentMeta{}, accountIn(ts, args[0]).Private(profile.CommonSignature))
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), e.Bytes(), 0o600))
}
