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
