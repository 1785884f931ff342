package meshkey_test

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"meshkey/escrow"
	"meshkey/group"
	"meshkey/print"
	"meshkey/profile"
	"meshkey/recovery"
	"meshkey/scan"
	"meshkey/shamir"
	"meshkey/udf"
)

// Put a new account's seed on paper: any two of three sheets bring it back.
func Example_escrow() {
	seed := profile.NewSeed()
	defer seed.Wipe()
	kit, err := escrow.New(seed, shamir.Quorum{Need: 2, Of: 3}, escrow.Options{Date: time.Now()})
	check(err)
	defer kit.Wipe()
	sheets, err := print.Sheets(kit, print.Options{})
	check(err)
	for _, sheet := range sheets {
		check(sheet.WritePDF(file(sheet.Name() + ".pdf")))
	}
	fmt.Println(len(sheets), "sheets; each was combined with every other before they were given out")
	// Output: 3 sheets; each was combined with every other before they were given out
}

// Bring the account back from photographs of two of its sheets.
func Example_recovery() {
	account, photos := lost() // its fingerprint, which is no secret, and some pictures
	session, err := recovery.New(recovery.Anchor{Account: account})
	check(err)
	defer session.Wipe()
	for _, photo := range photos {
		texts, err := scan.Read(photo)
		check(err)
		for _, t := range texts {
			_, err = session.Add(t.Text, "photo")
			check(err)
		}
	}
	result, err := session.Recover()
	check(err)
	defer result.Seed.Wipe()
	fmt.Println("recovered from sheets", result.Used, "and verified:", result.Verified)
	// Output: recovered from sheets [1 3] and verified: true
}

// Set up a group whose files open only if two of its members and its key service
// agree.
func Example_group() {
	account, keys, alice, bob, carol := cast() // accounts of the group, of its service, of its members
	options := group.Options{Mode: group.Mixed, Need: 2, Address: "board@example.com", Service: &keys.Member, At: time.Now()}
	admin, change, err := group.Create(account, options, alice.Member, bob.Member, carol.Member)
	check(err)
	account.Wipe() // its seed is on paper
	service := group.NewLocalService(keys)
	check(service.Keep(context.Background(), change.Record, change.Halves...))
	sealed := file("minutes.dare")
	check(admin.Group().Encrypt(sealed, strings.NewReader("the minutes of Monday"), -1, nil))
	asks, err := group.Accept(admin.Group(), bob, change.Invitations[bob.Address])
	check(err)
	helps, err := group.Accept(admin.Group(), carol, change.Invitations[carol.Address])
	check(err)
	_, err = asks.Decrypt(context.Background(), os.Stdout, sealed, service, helps)
	check(err)
	// Output: the minutes of Monday
}

// cast makes the accounts of a group, of its service and of three members.
func cast() (account *profile.Account, keys, alice, bob, carol *group.Identity) {
	account, err := profile.NewSeed().Account()
	check(err)
	identity := func(address string) *group.Identity {
		account, err := profile.NewSeed().Account()
		check(err)
		id, err := group.AccountIdentity(account, address)
		check(err)
		return id
	}
	return account, identity("keys@example.com"), identity("alice@example.com"), identity("bob@example.com"), identity("carol@example.com")
}

// lost makes an account, prints three sheets, and forgets all but pictures of
// the first and the last.
func lost() (udf.Fingerprint, []*bytes.Buffer) {
	seed := profile.NewSeed()
	defer seed.Wipe()
	kit, err := escrow.New(seed, shamir.Quorum{Need: 2, Of: 3}, escrow.Options{Date: time.Now()})
	check(err)
	sheets, err := print.Sheets(kit, print.Options{Paper: print.Letter})
	check(err)
	var photos []*bytes.Buffer
	for _, i := range []int{2, 0} {
		photo := new(bytes.Buffer)
		check(sheets[i].WritePNG(photo, 150))
		photos = append(photos, photo)
	}
	return kit.Fingerprint, photos
}

func file(string) *bytes.Buffer { return new(bytes.Buffer) }

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
