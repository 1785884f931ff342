package main

import (
	"bytes"
	"crypto/sha512"
	"fmt"
	"testing"
	"time"

	"meshkey/group"
	"meshkey/internal/dare"
	"meshkey/keyservice/api"
	"meshkey/profile"
	"meshkey/udf"
)

// testIdentity is somebody, always the same by his name.
func testIdentity(t *testing.T, name string) (*profile.Account, *group.Identity) {
	t.Helper()
	u, err := udf.NewSeed(udf.MeshProfileAccount, fmt.Appendf(nil, "%-32s", name))
	if err != nil {
		t.Fatal(err)
	}
	seed, err := profile.SeedFromOctets(u.Octets())
	if err != nil {
		t.Fatal(err)
	}
	account, err := seed.Account()
	if err != nil {
		t.Fatal(err)
	}
	id, err := group.AccountIdentity(account, name+"@example.com")
	if err != nil {
		t.Fatal(err)
	}
	return account, id
}

// A service can show for approval what a member has asked for, and nothing else.
func TestWaitingIsTheMembers(t *testing.T) {
	account, _ := testIdentity(t, "staff")
	_, keys := testIdentity(t, "keys")
	_, alice := testIdentity(t, "alice")
	_, bob := testIdentity(t, "bob")
	admin, change, err := group.Create(account, group.Options{
		Mode: group.Serviced, Address: "staff@example.com", Service: &keys.Member, At: time.Now(),
	}, alice.Member, bob.Member)
	if err != nil {
		t.Fatal(err)
	}
	g := admin.Group()
	ask := func(g *group.Group, id *group.Identity, invitation []byte) []byte {
		t.Helper()
		m, err := group.Accept(g, id, invitation)
		if err != nil {
			t.Fatal(err)
		}
		var sealed bytes.Buffer
		if err := g.Encrypt(&sealed, bytes.NewReader([]byte("plan")), -1, nil); err != nil {
			t.Fatal(err)
		}
		s, err := group.ReadSealed(&sealed)
		if err != nil {
			t.Fatal(err)
		}
		d, err := m.Begin(s)
		if err != nil {
			t.Fatal(err)
		}
		return d.Request().Bytes()
	}
	shown := func(request []byte, grantee string) *api.Waiting {
		e, err := dare.Parse(request)
		if err != nil {
			t.Fatal(err)
		}
		digest := sha512.Sum512(e.Body)
		return &api.Waiting{GranteeAccount: grantee, Request: digest[:], EnvelopedGroupRequest: request}
	}
	bobs := ask(g, bob, change.Invitations[bob.Address])
	if r, err := readWaiting(g, shown(bobs, bob.Address)); err != nil || r.Grantee() != bob.Address {
		t.Fatalf("%v", err)
	}
	if _, err := readWaiting(g, shown(bobs, alice.Address)); err == nil {
		t.Error("the request of one is shown as another's")
	}
	other := shown(bobs, bob.Address)
	other.Request = shown(ask(g, bob, change.Invitations[bob.Address]), bob.Address).Request
	if _, err := readWaiting(g, other); err == nil {
		t.Error("a request is shown under the digest of another")
	}
	dismissal, err := admin.Dismiss(time.Now(), bob.Address)
	if err != nil {
		t.Fatal(err)
	}
	without, err := group.Parse(dismissal.Record, g.Fingerprint())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := readWaiting(without, shown(bobs, bob.Address)); err == nil {
		t.Error("the request of somebody dismissed is shown")
	}
}
