package group_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"meshkey/group"
	"meshkey/profile"
)

// A group of three in which any two members can read, without a service.
func Example() {
	var members []group.Member
	ids := map[string]*group.Identity{}
	for _, name := range []string{"alice@example.com", "bob@example.com", "carol@example.com"} {
		account, _ := profile.NewSeed().Account()
		ids[name], _ = group.AccountIdentity(account, name)
		members = append(members, ids[name].Member)
	}
	account, _ := profile.NewSeed().Account() // the group's own, to be put on paper
	admin, change, err := group.Create(account, group.Options{
		Mode: group.Offline, Need: 2, Address: "board@example.com", At: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC),
	}, members...)
	if err != nil {
		fmt.Println(err)
		return
	}
	var sealed, plaintext bytes.Buffer
	_ = admin.Group().Encrypt(&sealed, strings.NewReader("the minutes"), -1, nil)

	accept := func(name string) *group.Membership {
		m, err := group.Accept(admin.Group(), ids[name], change.Invitations[name])
		if err != nil {
			fmt.Println(err)
		}
		return m
	}
	bob, carol := accept("bob@example.com"), accept("carol@example.com")
	_, err = bob.Decrypt(context.Background(), &plaintext, bytes.NewReader(sealed.Bytes()))
	fmt.Println(err)
	_, err = bob.Decrypt(context.Background(), &plaintext, &sealed, carol)
	fmt.Println(plaintext.String(), err)
	// Output:
	// group: 1 more of these have to answer: alice@example.com, carol@example.com
	// the minutes <nil>
}

// Two administrators, neither of whom can read, admit a member together.
func ExampleDeputy() {
	now := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	person := func(address string) *group.Identity {
		account, _ := profile.NewSeed().Account()
		id, _ := group.AccountIdentity(account, address)
		return id
	}
	keys, bob := person("keys@example.com"), person("bob@example.com")
	administrators := []*group.Identity{person("x@example.com"), person("y@example.com")}
	account, _ := profile.NewSeed().Account()
	admin, _, err := group.Create(account, group.Options{Mode: group.Serviced, Address: "staff@example.com", At: now, Service: &keys.Member})
	if err != nil {
		fmt.Println(err)
		return
	}
	change, _ := admin.Appoint(now, administrators[0].Member, administrators[1].Member)
	account.Wipe() // nobody has the whole key from here on; its seed is on paper

	g := admin.Group()
	proposal, _ := g.Propose(now, []group.Member{bob.Member})
	var deputies []*group.Deputy
	var grants, signed [][]byte
	for _, id := range administrators {
		d, _ := group.NewDeputy(g, id, change.Appointments[id.Address])
		grant, _ := d.Grant(proposal)
		deputies, grants = append(deputies, d), append(grants, grant)
	}
	for _, d := range deputies {
		record, err := d.Sign(proposal, grants...)
		if err != nil {
			fmt.Println(err) // names who granted something wrong
		}
		signed = append(signed, record)
	}
	change, _ = g.Conclude(proposal, grants, signed...)

	service := group.NewLocalService(keys)
	fmt.Println(service.Keep(context.Background(), change.Record, change.Halves...))
	g, _ = group.Parse(change.Record, g.Fingerprint())
	_, err = group.Accept(g, bob, change.Invitations[bob.Address])
	fmt.Println(err, g.Members()[0].Address)
	// Output:
	// <nil>
	// <nil> bob@example.com
}
