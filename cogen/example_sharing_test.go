package cogen_test

import (
	"bytes"
	"errors"
	"fmt"

	"meshkey/cogen"
	"meshkey/shamir"
)

// Any two of three holders agree for the key, which is whole nowhere after it
// was split. One who lies is named before anything is combined.
func ExamplePrivateKey_Split() {
	key := cogen.X448().GenerateKey()
	sharing, err := key.Split(shamir.Quorum{Need: 2, Of: 3})
	if err != nil {
		panic(err)
	}
	defer sharing.Wipe()

	sender := cogen.X448().GenerateKey()
	ephemeral := sender.PublicKey()
	ctx := cogen.Context{Group: "board@example.com", Request: "1", Grantee: "alice@example.com", Highest: 3}
	var answers []cogen.Contributor
	for _, share := range []*cogen.Share{sharing.Shares[0], sharing.Shares[2]} {
		partial, err := share.Agree(ephemeral, ctx)
		if err != nil {
			panic(err)
		}
		holder, err := sharing.Commitment.PublicShare(share.Index())
		if err != nil {
			panic(err)
		}
		answers = append(answers, cogen.Contributor{Partial: partial, Holder: holder})
	}
	agreed, err := cogen.CombineVerified(key.PublicKey(), ephemeral, ctx, answers...)
	if err != nil {
		panic(err)
	}
	sent, err := sender.SharedSecret(key.PublicKey())
	if err != nil {
		panic(err)
	}
	fmt.Println("two of three agree:", bytes.Equal(agreed, sent))

	_, err = cogen.CombineVerified(key.PublicKey(), ephemeral, ctx, answers[0])
	fmt.Println("one of them:", errors.Is(err, cogen.ErrQuorum))

	ctx.Request = "2"
	_, err = cogen.CombineVerified(key.PublicKey(), ephemeral, ctx, answers...)
	fmt.Println(err)
	// Output:
	// two of three agree: true
	// one of them: true
	// cogen: the contribution to the agreement from share 1: it is not what its holder's public key makes it, for this request
	// cogen: the contribution to the agreement from share 3: it is not what its holder's public key makes it, for this request
}
