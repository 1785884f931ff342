package frost_test

import (
	"crypto/ed25519"
	"fmt"

	"meshkey/cogen"
	"meshkey/cogen/frost"
	"meshkey/shamir"
)

// Two of three holders of an administrator's key sign.
func Example() {
	key := cogen.Ed25519().GenerateKey()
	sharing, err := key.Split(shamir.Quorum{Need: 2, Of: 3})
	if err != nil {
		panic(err)
	}
	group, err := frost.NewGroup(sharing.Commitment)
	if err != nil {
		panic(err)
	}

	// Round one: the first and the third holder commit.
	var signers []*frost.Signer
	var nonces []*frost.Nonces // each holder keeps his own
	var commitments []*frost.Commitment
	for _, share := range []*cogen.Share{sharing.Shares[0], sharing.Shares[2]} {
		s, err := group.NewSigner(share)
		if err != nil {
			panic(err)
		}
		n, c, err := s.Commit()
		if err != nil {
			panic(err)
		}
		signers, nonces, commitments = append(signers, s), append(nonces, n), append(commitments, c)
	}

	// The coordinator puts the package together.
	message := []byte("Bob may open the archive.")
	p, err := group.NewPackage(message, commitments...)
	if err != nil {
		panic(err)
	}

	// Round two: each holder reads the message, approves it and signs.
	var shares []*frost.SignatureShare
	for i, s := range signers {
		share, err := s.Sign(nonces[i], message, p)
		if err != nil {
			panic(err)
		}
		shares = append(shares, share)
	}

	signature, err := group.Aggregate(p, shares...)
	if err != nil {
		panic(err)
	}
	fmt.Println(ed25519.Verify(group.Key(), message, signature))

	// Nonces sign once.
	_, err = signers[1].Sign(nonces[1], message, p)
	fmt.Println(err)

	// A cheat is named: the holder sends another number.
	octets := shares[1].Bytes()
	octets[len(octets)-8] ^= 1
	if shares[1], err = group.ParseSignatureShare(octets); err != nil {
		panic(err)
	}
	_, err = group.Aggregate(p, shares...)
	fmt.Println(err)
	// Output:
	// true
	// frost: the nonces have been used
	// frost: holder 3: a wrong signature share
}
