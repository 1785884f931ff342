package meshkey_test

import (
	"bytes"
	"fmt"
	"log"
	"time"

	"meshkey/escrow"
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
