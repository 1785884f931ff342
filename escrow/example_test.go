package escrow_test

import (
	"fmt"
	"time"

	"meshkey/escrow"
	"meshkey/profile"
	"meshkey/shamir"
)

// An account is escrowed as it is created: the seed is split into three shares,
// any two of which bring it back.
func Example() {
	seed := profile.NewSeed()
	defer seed.Wipe()
	quorum := shamir.Quorum{Need: 2, Of: 3}
	for _, advice := range escrow.Advise(quorum) {
		fmt.Println(advice.Text)
	}
	kit, err := escrow.New(seed, quorum, escrow.Options{
		Address: "alice@example.com",
		Date:    time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC),
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer kit.Wipe()
	for _, share := range kit.Shares {
		fmt.Println(share)
	}
	// Output:
	// Any one sheet may be lost or destroyed: the other 2 still recover the account.
	// One stolen sheet tells the thief nothing; two give the account away.
	// share 1 (2 needed)
	// share 2 (2 needed)
	// share 3 (2 needed)
}
