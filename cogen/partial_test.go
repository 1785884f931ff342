package cogen_test

import (
	"bytes"
	"errors"
	"math/big"
	"testing"

	"meshkey/cogen"
	"meshkey/internal/oracle"
	"meshkey/internal/secret/secrettest"
)

// refused checks that a proof is refused, and its holder named.
func refused(t *testing.T, what string, p *cogen.Partial, holder, peer *cogen.PublicKey, ctx cogen.Context) {
	t.Helper()
	var lie *cogen.ProofError
	if err := p.Verify(holder, peer, ctx); !errors.As(err, &lie) || lie.Index != p.Index() {
		t.Errorf("%s: %v", what, err)
	}
}

// A contribution of another occasion, or of another holder, is refused, and so
// is one that lies about what it is.
func TestPartialLiars(t *testing.T) {
	ctx := cogen.Context{Group: "group", Request: "request", Grantee: "grantee"}
	eachAlgorithm(t, func(t *testing.T, a cogen.Algorithm) {
		peer, sharing := a.GenerateKey().PublicKey(), split(t, a.GenerateKey(), 2, 3)
		first, second := sharing.Shares[0], sharing.Shares[1]
		good := answer(t, first, peer, ctx)
		if err := good.Partial.Verify(good.Holder, peer, ctx); err != nil {
			t.Fatal(err)
		}
		p, holder := good.Partial, good.Holder
		secrettest.CheckHidden(t, p, p.Bytes())
		secrettest.CheckHidden(t, good, p.Bytes())
		refused(t, "another group", p, holder, peer, cogen.Context{Group: "groups", Request: "request", Grantee: "grantee"})
		refused(t, "another request", p, holder, peer, cogen.Context{Group: "group", Request: "request2", Grantee: "grantee"})
		refused(t, "another grantee", p, holder, peer, cogen.Context{Group: "group", Request: "request", Grantee: "Grantee"})
		refused(t, "another cut", p, holder, peer, cogen.Context{Group: "grouprequest", Grantee: "grantee"})
		refused(t, "another ephemeral key", p, holder, a.GenerateKey().PublicKey(), ctx)
		refused(t, "another holder", p, second.Key().PublicKey(), peer, ctx)
		refused(t, "divided, they say", p, holder, peer, cogen.Context{Group: "group", Request: "request", Grantee: "grantee", Highest: 3})
		for _, b := range algorithms {
			if b != a {
				refused(t, "another algorithm", p, b.GenerateKey().PublicKey(), peer, ctx)
				refused(t, "another algorithm", p, holder, b.GenerateKey().PublicKey(), ctx)
				if _, err := first.Agree(b.GenerateKey().PublicKey(), ctx); err == nil {
					t.Error("a share agrees with a key of another algorithm")
				}
			}
		}
		read := func(i cogen.Index, point, proof []byte) *cogen.Partial {
			t.Helper()
			p, err := a.ParsePartial(i, point, proof)
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		refused(t, "another index", read(second.Index(), p.Bytes(), p.Proof()), holder, peer, ctx)
		refused(t, "as a summand", read(cogen.Index{}, p.Bytes(), p.Proof()), holder, peer, ctx)
		refused(t, "without proof", read(p.Index(), p.Bytes(), nil), holder, peer, ctx)
		refused(t, "another's point", read(p.Index(), answer(t, second, peer, ctx).Partial.Bytes(), p.Proof()), holder, peer, ctx)
		refused(t, "another's proof", read(p.Index(), p.Bytes(), answer(t, second, peer, ctx).Partial.Proof()), holder, peer, ctx)
		other := ctx
		other.Request = "before"
		refused(t, "a proof of before", read(p.Index(), p.Bytes(), answer(t, first, peer, other).Partial.Proof()), holder, peer, ctx)
		negative := p.Bytes()
		negative[len(negative)-1] ^= 0x80
		refused(t, "the negative", read(p.Index(), negative, p.Proof()), holder, peer, ctx)
		strange := split(t, a.GenerateKey(), 2, 3).Shares[0]
		refused(t, "a share of another key", answer(t, strange, peer, ctx).Partial, holder, peer, ctx)

		// Who lies is named, all of them, and nothing is combined.
		wrong, right := answer(t, strange, peer, ctx), answer(t, second, peer, ctx)
		late := answer(t, sharing.Shares[2], peer, other)
		wrong.Holder = holder
		got, err := cogen.CombineVerified(sharing.Commitment.Key(), peer, ctx, wrong, right, late)
		var culprits []uint64
		for _, err := range err.(interface{ Unwrap() []error }).Unwrap() {
			var lie *cogen.ProofError
			if !errors.As(err, &lie) {
				t.Fatal(err)
			}
			x, _ := lie.Index.Uint64()
			culprits = append(culprits, x)
		}
		if got != nil || len(culprits) != 2 || culprits[0] != 1 || culprits[1] != 3 {
			t.Errorf("culprits %v, %x", culprits, got)
		}
	})
}

// Whoever divides or weights his share in another way than agreed is refused,
// and so are contexts that make no sense.
func TestPartialScales(t *testing.T) {
	eachAlgorithm(t, func(t *testing.T, a cogen.Algorithm) {
		peer, sharing := a.GenerateKey().PublicKey(), split(t, a.GenerateKey(), 2, 5)
		at := []cogen.Index{cogen.NewIndex(1), cogen.NewIndex(2), cogen.NewIndex(3), cogen.NewIndex(5)}
		contexts := []cogen.Context{{}, {Highest: 5}, {Highest: 6}, {Present: at[:2]}, {Present: at[:3]}, {Present: []cogen.Index{at[0], at[1], at[3]}}}
		for i, made := range contexts {
			p := answer(t, sharing.Shares[1], peer, made)
			for j, checked := range contexts {
				if err := p.Partial.Verify(p.Holder, peer, checked); (err == nil) != (i == j) {
					t.Errorf("made for %v, checked for %v: %v", made, checked, err)
				}
			}
			if made.Highest > 0 { // the octet alone does not help
				proof := p.Partial.Proof()
				proof[0] = byte(made.Highest%cogen.MaxHighest + 1)
				q, err := a.ParsePartial(p.Partial.Index(), p.Partial.Bytes(), proof)
				if err != nil {
					t.Fatal(err)
				}
				refused(t, "another divisor", q, p.Holder, peer, made)
				refused(t, "another divisor", q, p.Holder, peer, cogen.Context{Highest: int(proof[0])})
			}
		}
		for _, ctx := range []cogen.Context{
			{Highest: 1}, {Highest: -1}, {Highest: cogen.MaxHighest + 1}, {Highest: 255}, {Highest: 5, Present: at[:2]}, {Present: at[2:]},
			{Present: []cogen.Index{at[1], at[0]}}, {Present: []cogen.Index{at[1], at[1]}}, {Present: []cogen.Index{{}, at[1]}},
		} {
			if _, err := sharing.Shares[1].Agree(peer, ctx); err == nil {
				t.Errorf("a share agrees for %v", ctx)
			}
		}
	})
}

// The sign of v of the ephemeral key: it does not matter which is taken if all
// take the same, and who takes the other is told.
func TestPartialSigns(t *testing.T) {
	for _, a := range []cogen.Algorithm{cogen.X25519(), cogen.X448()} {
		k, sharing := a.GenerateKey(), (*cogen.Sharing)(nil)
		sharing = split(t, k, 2, 2)
		odd := a.GenerateKey().PublicKey().Bytes()
		odd[len(odd)-1] = 0x80
		even := bytes.Clone(odd)
		even[len(even)-1] = 0
		keys := []*cogen.PublicKey{public(t, a, odd), public(t, a, even), public(t, a, odd[:len(odd)-1])}
		var all [][]byte
		for _, peer := range keys {
			one, two := answer(t, sharing.Shares[0], peer, cogen.Context{}), answer(t, sharing.Shares[1], peer, cogen.Context{})
			got, err := cogen.CombineVerified(k.PublicKey(), peer, cogen.Context{}, one, two)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, got)
		}
		if !bytes.Equal(all[0], all[1]) || !bytes.Equal(all[1], all[2]) {
			t.Errorf("%v: %x", a, all)
		}
		p := answer(t, sharing.Shares[0], keys[2], cogen.Context{})
		if err := p.Partial.Verify(p.Holder, keys[1], cogen.Context{}); err != nil {
			t.Errorf("no sign is not even: %v", err)
		}
		err := p.Partial.Verify(p.Holder, keys[0], cogen.Context{})
		if want := "cogen: the contribution to the agreement from share 1: it is of the ephemeral key with the other sign of v"; err == nil || err.Error() != want {
			t.Errorf("%v", err)
		}
		refused(t, "a public share without sign", p.Partial, public(t, a, p.Holder.Plain()), keys[2], cogen.Context{})
	}
}

// No octet of a contribution can be changed.
func TestPartialEveryOctet(t *testing.T) {
	eachAlgorithm(t, func(t *testing.T, a cogen.Algorithm) {
		peer := a.GenerateKey().PublicKey()
		good := answer(t, split(t, a.GenerateKey(), 2, 2).Shares[0], peer, cogen.Context{Highest: 2})
		point, proof := good.Partial.Bytes(), good.Partial.Proof()
		for i := range len(point) + len(proof) {
			point, proof := bytes.Clone(point), bytes.Clone(proof)
			if i < len(point) {
				point[i] ^= 1 << (i % 8)
			} else {
				proof[i-len(point)] ^= 1 << (i % 8)
			}
			if p, err := a.ParsePartial(good.Partial.Index(), point, proof); err == nil {
				refused(t, "a changed octet", p, good.Holder, peer, cogen.Context{Highest: 2})
			}
		}
	})
}

func TestParsePartialRefuses(t *testing.T) {
	eachAlgorithm(t, func(t *testing.T, a cogen.Algorithm) {
		o, n := oracleOf(a), a.PrivateLen()
		good := answer(t, split(t, a.GenerateKey(), 2, 2).Shares[0], a.GenerateKey().PublicKey(), cogen.Context{}).Partial
		refuse := func(what string, i cogen.Index, point, proof []byte) {
			t.Helper()
			if _, err := a.ParsePartial(i, point, proof); err == nil {
				t.Errorf("%s is taken: %x, %x", what, point, proof)
			}
		}
		point, proof := good.Bytes(), good.Proof()
		refuse("an index at the order", index(t, o.L), point, proof)
		for _, b := range [][]byte{nil, point[1:], append(bytes.Clone(point), 0), make([]byte, len(point)), bytes.Repeat([]byte{0xff}, len(point))} {
			refuse("another point", good.Index(), b, proof)
		}
		if !a.IsSignature() {
			refuse("u alone", good.Index(), point[:len(point)-1], proof)
		}
		for _, p := range o.Torsion() {
			if p.X != nil {
				refuse("small order", good.Index(), o.Encode(p), nil)
			}
		}
		for _, b := range [][]byte{{0}, proof[1:], append(bytes.Clone(proof), 0), append([]byte{21}, proof[1:]...), append([]byte{0xfe}, proof[1:]...)} {
			refuse("another proof", good.Index(), point, b)
		}
		refuse("a divided summand", cogen.Index{}, point, append([]byte{5}, proof[1:]...))
		for _, at := range []int{1, 1 + n} { // the same scalars, not reduced
			unreduced := bytes.Clone(proof)
			x := oracle.FromLittleEndian(unreduced[at : at+n])
			copy(unreduced[at:], oracle.LittleEndian(x.Add(x, o.L), n))
			refuse("a scalar above the order", good.Index(), point, unreduced)
			copy(unreduced[at:], oracle.LittleEndian(new(big.Int).Set(o.L), n))
			refuse("the order", good.Index(), point, unreduced)
		}
	})
}

func FuzzParsePartial(f *testing.F) {
	for i, a := range algorithms {
		p, err := a.GenerateKey().AgreeProved(a.GenerateKey().PublicKey(), cogen.Context{})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(i), uint64(0), p.Bytes(), p.Proof())
		f.Add(uint8(i), uint64(3), p.Bytes(), append([]byte{5}, p.Proof()[1:]...))
	}
	f.Fuzz(func(t *testing.T, which uint8, x uint64, point, proof []byte) {
		var i cogen.Index
		if x > 0 {
			i = cogen.NewIndex(x)
		}
		p, err := algorithms[which%4].ParsePartial(i, point, proof)
		if err == nil && (!bytes.Equal(p.Bytes(), point) || !bytes.Equal(p.Proof(), proof) || p.Index() != i) {
			t.Errorf("%x, %x is read as %x, %x", point, proof, p.Bytes(), p.Proof())
		}
	})
}
