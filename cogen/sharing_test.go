package cogen_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"testing"

	"meshkey/cogen"
	"meshkey/internal/oracle"
	"meshkey/internal/secret/secrettest"
	"meshkey/shamir"
)

func split(t *testing.T, k *cogen.PrivateKey, need, of int) *cogen.Sharing {
	t.Helper()
	s, err := k.Split(shamir.Quorum{Need: need, Of: of})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func index(t *testing.T, n *big.Int) cogen.Index {
	t.Helper()
	i, err := cogen.IndexOf(oracle.LittleEndian(n, 56))
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// answer is what a holder sends, read again by who combines.
func answer(t *testing.T, s *cogen.Share, peer *cogen.PublicKey, ctx cogen.Context) cogen.Contributor {
	t.Helper()
	p, err := s.Agree(peer, ctx)
	if err != nil {
		t.Fatal(err)
	}
	read, err := s.Algorithm().ParsePartial(p.Index(), p.Bytes(), p.Proof())
	if err != nil {
		t.Fatal(err)
	}
	holder, err := s.Commitment().PublicShare(s.Index())
	if err != nil {
		t.Fatal(err)
	}
	return cogen.Contributor{Partial: read, Holder: holder}
}

// Every subset of every quorum up to n = 7, once recombined and once agreeing:
// enough shares give the key, and what it agrees on; fewer give neither.
func TestEverySubset(t *testing.T) {
	most := 7
	if testing.Short() {
		most = 4
	}
	eachAlgorithm(t, func(t *testing.T, a cogen.Algorithm) {
		k, peer := a.GenerateKey(), a.GenerateKey().PublicKey()
		want, err := k.SharedSecret(peer)
		if err != nil {
			t.Fatal(err)
		}
		for of := 1; of <= most; of++ {
			for need := 1; need <= of; need++ {
				sharing := split(t, k, need, of)
				var partials []*cogen.Partial
				for _, s := range sharing.Shares {
					p, err := s.Agree(peer, cogen.Context{Highest: of * (need % 2)})
					if err != nil {
						t.Fatal(err)
					}
					partials = append(partials, p)
				}
				for set := 1; set < 1<<of; set++ {
					var shares []*cogen.Share
					var parts []*cogen.Partial
					for i := range of {
						if set>>i&1 == 1 {
							shares, parts = append(shares, sharing.Shares[i]), append(parts, partials[i])
						}
					}
					again, err := cogen.Recombine(shares...)
					var few *shamir.TooFewError
					if len(shares) < need && !errors.As(err, &few) || len(shares) >= need && (err != nil || !again.PublicKey().Equal(k.PublicKey())) {
						t.Errorf("%d of %d, set %b: %v", need, of, set, err)
					}
					got, err := cogen.CombineAgreements(parts...)
					if err != nil || bytes.Equal(got, want) != (len(parts) >= need) {
						t.Errorf("%d of %d, set %b: %x, %v", need, of, set, got, err)
					}
				}
			}
		}
	})
}

// All ways to combine, proofs included, and to find that holders are missing.
func TestCombine(t *testing.T) {
	base := cogen.Context{Group: "group", Request: "request", Grantee: "grantee"}
	eachAlgorithm(t, func(t *testing.T, a cogen.Algorithm) {
		k, peer := a.GenerateKey(), a.GenerateKey().PublicKey()
		want, err := k.SharedSecret(peer)
		if err != nil {
			t.Fatal(err)
		}
		halves, err := k.SplitAll(2)
		if err != nil {
			t.Fatal(err)
		}
		check := func(what string, ctx cogen.Context, parts ...cogen.Contributor) {
			t.Helper()
			got, err := cogen.CombineVerified(k.PublicKey(), peer, ctx, parts...)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%s: %x, %v, want %x", what, got, err, want)
			}
			if _, err := cogen.CombineVerified(k.PublicKey(), peer, ctx, parts[1:]...); len(parts) > 1 && !errors.Is(err, cogen.ErrQuorum) {
				t.Errorf("%s, but one: %v", what, err)
			}
			if _, err := cogen.CombineVerified(peer, peer, ctx, parts...); !errors.Is(err, cogen.ErrQuorum) {
				t.Errorf("%s, for another key: %v", what, err)
			}
		}
		additive := func(k *cogen.PrivateKey, ctx cogen.Context) cogen.Contributor {
			p, err := k.AgreeProved(peer, ctx)
			if err != nil {
				t.Fatal(err)
			}
			return cogen.Contributor{Partial: p, Holder: k.PublicKey()}
		}
		check("halves", base, additive(halves[0], base), additive(halves[1], base))
		whole, rest := split(t, k, 3, 5).Shares, split(t, halves[1], 2, 3).Shares
		for _, ctx := range []cogen.Context{
			base, {Highest: 5}, {Highest: 20}, {Present: []cogen.Index{cogen.NewIndex(1), cogen.NewIndex(3), cogen.NewIndex(4)}},
		} {
			check(fmt.Sprint("shares ", ctx), ctx, answer(t, whole[3], peer, ctx), answer(t, whole[0], peer, ctx), answer(t, whole[2], peer, ctx))
			if len(ctx.Present) > 0 {
				ctx.Present = ctx.Present[:2]
			}
			check(fmt.Sprint("half and shares ", ctx), ctx, answer(t, rest[0], peer, ctx), additive(halves[0], ctx), answer(t, rest[2], peer, ctx))
		}
		pairs, three := split(t, k, 2, 3).Shares, cogen.Context{Present: []cogen.Index{cogen.NewIndex(1), cogen.NewIndex(2), cogen.NewIndex(3)}}
		all := []cogen.Contributor{answer(t, pairs[0], peer, three), answer(t, pairs[1], peer, three), answer(t, pairs[2], peer, three)}
		check("more than needed", three, all...)
		large := index(t, new(big.Int).Sub(oracleOf(a).L, big.NewInt(1)))
		far, err := k.SplitAt(2, []cogen.Index{cogen.NewIndex(7), large, cogen.NewIndex(1 << 40)})
		if err != nil {
			t.Fatal(err)
		}
		for _, set := range [][]int{{0, 1}, {1, 2}, {2, 0}} {
			check("large indexes", base, answer(t, far.Shares[set[0]], peer, base), answer(t, far.Shares[set[1]], peer, base))
		}
		_, err = cogen.CombineAgreements(answer(t, whole[0], peer, base).Partial, answer(t, whole[1], peer, cogen.Context{Highest: 5}).Partial)
		if err == nil {
			t.Error("shares divided in two ways are combined")
		}
		one := answer(t, whole[0], peer, base).Partial
		if _, err := cogen.CombineAgreements(one, one); err == nil {
			t.Error("one share is combined with itself")
		}
		if _, err := cogen.CombineAgreements(); err == nil {
			t.Error("nothing is combined")
		}
	})
}

// A hundred holders, of whom every other one answers.
func TestHundredHolders(t *testing.T) {
	eachAlgorithm(t, func(t *testing.T, a cogen.Algorithm) {
		k := a.GenerateKey()
		sharing := split(t, k, 50, 100)
		var shares []*cogen.Share
		for i := 1; i < 100; i += 2 {
			shares = append(shares, sharing.Shares[i])
		}
		again, err := cogen.Recombine(shares...)
		if err != nil || !again.PublicKey().Equal(k.PublicKey()) {
			t.Errorf("%v", err)
		}
		if err := sharing.Shares[99].Verify(); err != nil {
			t.Error(err)
		}
	})
}

// Shares and commitments against large numbers: the commitment's points are
// multiples by the coefficients, found by interpolation.
func TestSharingEqualsOracle(t *testing.T) {
	eachAlgorithm(t, func(t *testing.T, a cogen.Algorithm) {
		o := oracleOf(a)
		sharing := split(t, a.GenerateKey(), 2, 3)
		value := func(i int) *big.Int { return oracle.FromLittleEndian(sharing.Shares[i].Scalar()) }
		slope := new(big.Int).Sub(value(1), value(0))
		constant := new(big.Int).Sub(value(0), slope)
		for i, c := range []*big.Int{constant, slope} {
			if got, want := sharing.Commitment.Bytes()[i], o.Encode(o.Mul(c.Mod(c, o.L), o.Base)); !bytes.Equal(got, want) {
				t.Errorf("coefficient %d is committed to as %x, want %x", i, got, want)
			}
		}
		third := constant.Add(constant, slope.Mul(slope, big.NewInt(3)))
		if value(2).Cmp(third.Mod(third, o.L)) != 0 {
			t.Error("the shares are on no line")
		}
		for _, s := range sharing.Shares {
			p, err := sharing.Commitment.PublicShare(s.Index())
			if err != nil || !p.Equal(s.Key().PublicKey()) || !s.Commitment().Equal(sharing.Commitment) {
				t.Errorf("share %v: %v", s.Index(), err)
			}
			again, err := cogen.NewShare(sharing.Commitment, s.Index(), s.Scalar())
			if err != nil || !bytes.Equal(again.Scalar(), s.Scalar()) {
				t.Errorf("share %v: %v", s.Index(), err)
			}
			secrettest.CheckHidden(t, s, s.Scalar())
			secrettest.CheckHidden(t, sharing, s.Scalar())
		}
		sharing.Wipe()
		if sharing.Shares[0].Scalar() != nil {
			t.Error("a wiped share has a scalar")
		}
		if _, err := sharing.Shares[0].Agree(a.GenerateKey().PublicKey(), cogen.Context{}); err == nil {
			t.Error("a wiped share agrees")
		}
		if _, err := cogen.Recombine(sharing.Shares...); err == nil {
			t.Error("wiped shares are recombined")
		}
	})
}

// A dealer who lies to a holder is found out by the holder alone.
func TestShareRefuses(t *testing.T) {
	eachAlgorithm(t, func(t *testing.T, a cogen.Algorithm) {
		for _, far := range []bool{false, true} {
			at := []cogen.Index{cogen.NewIndex(1), cogen.NewIndex(2), cogen.NewIndex(3)}
			if far {
				at[1] = index(t, new(big.Int).Sub(oracleOf(a).L, big.NewInt(5)))
			}
			sharing, err := a.GenerateKey().SplitAt(2, at)
			if err != nil {
				t.Fatal(err)
			}
			c, s := sharing.Commitment, sharing.Shares[1].Scalar()
			wrong := func(what string, c *cogen.Commitment, i cogen.Index, scalar []byte) {
				t.Helper()
				var lie *cogen.ShareError
				if _, err := cogen.NewShare(c, i, scalar); !errors.As(err, &lie) || lie.Index != i {
					t.Errorf("%s: %v", what, err)
				}
			}
			more := bytes.Clone(s)
			more[0] ^= 1
			wrong("another scalar", c, at[1], more)
			wrong("another index", c, at[0], s)
			wrong("another's scalar", c, at[1], sharing.Shares[0].Scalar())
			wrong("another commitment", split(t, a.GenerateKey(), 2, 3).Commitment, at[1], s)
			points := c.Bytes()
			slices.Reverse(points)
			reversed, err := a.NewCommitment(points)
			if err != nil {
				t.Fatal(err)
			}
			wrong("coefficients in another order", reversed, at[1], s)
			order := oracle.LittleEndian(new(big.Int).Add(oracleOf(a).L, oracle.FromLittleEndian(s)), a.PrivateLen())
			for _, scalar := range [][]byte{nil, s[1:], append(bytes.Clone(s), 0), make([]byte, len(s)), order} {
				if _, err := cogen.NewShare(c, at[1], scalar); err == nil {
					t.Errorf("%x is taken", scalar)
				}
			}
			for _, i := range []cogen.Index{{}, index(t, oracleOf(a).L)} {
				if _, err := cogen.NewShare(c, i, s); err == nil {
					t.Errorf("index %v is taken", i)
				}
				if _, err := c.PublicShare(i); err == nil {
					t.Errorf("index %v has a share", i)
				}
			}
			if _, err := cogen.Recombine(sharing.Shares[0], sharing.Shares[0]); err == nil {
				t.Error("one share twice")
			}
			if _, err := cogen.Recombine(sharing.Shares[0], split(t, a.GenerateKey(), 2, 3).Shares[1]); err == nil {
				t.Error("shares of two keys")
			}
		}
		if _, err := cogen.Recombine(); err == nil {
			t.Error("no shares")
		}
		k := a.GenerateKey()
		for _, q := range []shamir.Quorum{{}, {Need: 0, Of: 1}, {Need: 2, Of: 1}, {Need: -1, Of: -1}, {Need: 1, Of: cogen.MaxShares + 1}} {
			if _, err := k.Split(q); err == nil {
				t.Errorf("a key is split into %v", q)
			}
		}
		if _, err := k.SplitAt(1, []cogen.Index{cogen.NewIndex(1), cogen.NewIndex(1)}); err == nil {
			t.Error("one index twice")
		}
		k.Wipe()
		if _, err := k.Split(shamir.Quorum{Need: 1, Of: 1}); err == nil {
			t.Error("a wiped key is split")
		}
	})
}

// With 0 as a root of f(x) - f(0) at an index the share there would be 0, and
// its public key the identity.
func TestPublicShareOfZero(t *testing.T) {
	eachAlgorithm(t, func(t *testing.T, a cogen.Algorithm) {
		p := a.GenerateKey().PublicKey()
		minus := oracleOf(a).Encode(oracleOf(a).Neg(decodeOracle(t, a, p.Bytes())))
		c, err := a.NewCommitment([][]byte{p.Bytes(), minus}) // k - k·x, 0 at 1
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.PublicShare(cogen.NewIndex(1)); err == nil {
			t.Error("the identity is a public share")
		}
		if q, err := c.PublicShare(cogen.NewIndex(2)); err != nil || !bytes.Equal(q.Bytes(), minus) {
			t.Errorf("%v", err)
		}
	})
}

func decodeOracle(t *testing.T, a cogen.Algorithm, b []byte) oracle.Point {
	t.Helper()
	p, ok := oracleOf(a).Decode(b)
	if !ok {
		t.Fatal("no point")
	}
	return p
}

func TestCommitmentRefuses(t *testing.T) {
	eachAlgorithm(t, func(t *testing.T, a cogen.Algorithm) {
		o := oracleOf(a)
		good := split(t, a.GenerateKey(), 3, 3).Commitment.Bytes()
		if c, err := a.NewCommitment(good); err != nil || c.Need() != 3 || !slices.EqualFunc(c.Bytes(), good, bytes.Equal) || c.Algorithm() != a {
			t.Fatalf("%v", err)
		}
		for _, at := range []int{0, 2} {
			bad := [][]byte{nil, good[0][1:], make([]byte, len(good[0])), bytes.Repeat([]byte{0xff}, len(good[0]))}
			for _, p := range o.Torsion() {
				if p.X != nil {
					bad = append(bad, o.Encode(p))
				}
				if !p.Equal(o.Identity()) {
					bad = append(bad, o.Encode(o.Add(p, o.Base)))
				}
			}
			if !a.IsSignature() {
				bad = append(bad, good[at][:len(good[at])-1]) // without sign
			}
			for _, b := range bad {
				points := slices.Clone(good)
				points[at] = b
				if _, err := a.NewCommitment(points); err == nil {
					t.Errorf("%x is taken as point %d", b, at)
				}
			}
		}
		if _, err := a.NewCommitment(nil); err == nil {
			t.Error("no points are taken")
		}
		if _, err := a.NewCommitment(make([][]byte, cogen.MaxShares+1)); err == nil {
			t.Error("any number of points is taken")
		}
	})
}
