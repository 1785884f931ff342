package bench

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"testing"

	"github.com/cloudflare/circl/sign/ed448"

	"meshkey/cogen"
	"meshkey/cogen/frost"
	"meshkey/shamir"
)

// A signing is what n holders have after round two.
type signing struct {
	group       *frost.Group
	signers     []*frost.Signer
	commitments []*frost.Commitment
	pack        *frost.Package
	shares      []*frost.SignatureShare
}

func sign(b *testing.B, suite frost.Suite, message []byte, n int) *signing {
	b.Helper()
	s := new(signing)
	var err error
	if s.group, s.signers, err = suite.Deal(shamir.Quorum{Need: n, Of: n}); err != nil {
		b.Fatal(err)
	}
	var nonces []*frost.Nonces
	for _, signer := range s.signers {
		n, c, err := signer.Commit()
		if err != nil {
			b.Fatal(err)
		}
		nonces, s.commitments = append(nonces, n), append(s.commitments, c)
	}
	if s.pack, err = s.group.NewPackage(message, s.commitments...); err != nil {
		b.Fatal(err)
	}
	for i, signer := range s.signers {
		share, err := signer.Sign(nonces[i], message, s.pack)
		if err != nil {
			b.Fatal(err)
		}
		s.shares = append(s.shares, share)
	}
	return s
}

// plain is one signer who has the key, and one verifier.
func plain(suite frost.Suite, message []byte) (sign, verify func()) {
	if suite == frost.Ed448() {
		key := ed448.NewKeyFromSeed(make([]byte, ed448.SeedSize))
		public, signature := key.Public().(ed448.PublicKey), ed448.Sign(key, message, "")
		return func() { ed448.Sign(key, message, "") }, func() { ed448.Verify(public, message, signature, "") }
	}
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	public, signature := key.Public().(ed25519.PublicKey), ed25519.Sign(key, message)
	return func() { ed25519.Sign(key, message) }, func() { ed25519.Verify(public, message, signature) }
}

// What each round costs a signer and the coordinator of n, held against one
// plain signature or verification by a peer: Ed25519 of crypto/ed25519, Ed448
// of circl. Round one is two base multiplications. In round two a signer reads
// two points of every signer and adds them up. The coordinator pays for one
// verification, whatever n is, unless somebody cheats: that is blame.
func BenchmarkFROST(b *testing.B) {
	message := make([]byte, 64)
	for _, suite := range []frost.Suite{frost.Ed25519(), frost.Ed448(), frost.Ristretto255()} {
		plainSign, plainVerify := plain(suite, message)
		for _, n := range []int{2, 5, 51} {
			s := sign(b, suite, message, n)
			run := func(what string, l limits, base, ours func()) {
				if suite == frost.Ristretto255() {
					l = limits{} // the base is Ed25519, by another library
				}
				b.Run(fmt.Sprintf("%v/%s/%d", suite, what, n), func(b *testing.B) { compare(b, l, ours, base) })
			}
			if n == 2 {
				run("commit", limits{2.2, 2}, plainSign, func() { _, _, _ = s.signers[0].Commit() })
			}
			encoded := s.pack.Bytes()
			run("read", limits{}, plainVerify, func() { _, _ = s.group.ParsePackage(encoded) })
			// Nonces sign once, so making them is part of it.
			run("commit-pack-sign", limits{}, plainSign, func() {
				nonces, c, _ := s.signers[0].Commit()
				s.commitments[0] = c
				p, _ := s.group.NewPackage(message, s.commitments...)
				if _, err := s.signers[0].Sign(nonces, message, p); err != nil {
					b.Fatal(err)
				}
			})
			run("aggregate", limits{1.2, 1.05}, plainVerify, func() {
				if _, err := s.group.Aggregate(s.pack, s.shares...); err != nil {
					b.Fatal(err)
				}
			})
			shares := append([]*frost.SignatureShare(nil), s.shares...)
			octets := shares[0].Bytes()
			octets[len(octets)-len(octets)/4] ^= 1
			var err error
			if shares[0], err = s.group.ParseSignatureShare(octets); err != nil {
				b.Fatal(err)
			}
			run("blame", limits{}, plainVerify, func() {
				_, err := s.group.Aggregate(s.pack, shares...)
				if e := (*frost.CheatError)(nil); !errors.As(err, &e) || e.Indexes[0] != cogen.NewIndex(1) {
					b.Fatal(err)
				}
			})
		}
	}
}
