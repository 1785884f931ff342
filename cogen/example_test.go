package cogen_test

import (
	"bytes"
	"fmt"

	"meshkey/cogen"
)

// Two keys agree on a secret; what one of them signs, others verify.
func Example() {
	alice, bob := cogen.X448().GenerateKey(), cogen.X448().GenerateKey()
	a, err := alice.SharedSecret(bob.PublicKey())
	if err != nil {
		panic(err)
	}
	b, err := bob.SharedSecret(alice.PublicKey())
	if err != nil {
		panic(err)
	}
	fmt.Println("agreed on", len(a), "octets:", bytes.Equal(a, b))

	signer := cogen.Ed448().GenerateKey()
	signature, err := signer.Sign([]byte("a message"))
	if err != nil {
		panic(err)
	}
	read, err := cogen.Ed448().NewPublicKey(signer.PublicKey().Bytes())
	if err != nil {
		panic(err)
	}
	fmt.Println("verified:", read.Verify([]byte("a message"), signature))
	fmt.Println("another message:", read.Verify([]byte("another message"), signature))
	fmt.Println("a private key prints as", signer)
	// Output:
	// agreed on 56 octets: true
	// verified: true
	// another message: false
	// a private key prints as [secret]
}
