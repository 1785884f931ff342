package cogen

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"testing"

	"meshkey/internal/curve"
	"meshkey/internal/oracle"
	"meshkey/internal/secret"
)

var fixedContext = Context{Group: "group", Request: "request", Grantee: "grantee"}

// fixedProof is a proof from fixed keys and fixed random octets.
func fixedProof(t *testing.T, a Algorithm, key, random byte, i Index, peer *PublicKey, ctx Context) *Partial {
	t.Helper()
	k := fixedKey(t, a, key)
	scale, err := ctx.scale(a.suite.curve, i)
	if err != nil {
		t.Fatal(err)
	}
	p, err := k.agree(i, scale, peer)
	if err != nil {
		t.Fatal(err)
	}
	p.proof = k.proveAgreementWith(p, scale, peer, ctx, secret.Take(bytes.Repeat([]byte{random}, 64)))
	if err := p.Verify(k.public, peer, ctx); err != nil {
		t.Error(err)
	}
	return p
}

// The nonce of a proof: z - c·s/D. Two proofs with one nonce would give the
// share away. With a source of randomness that has stood still, proofs of
// different statements still have different nonces.
func TestAgreementNonces(t *testing.T) {
	for _, a := range []Algorithm{X25519(), X448(), Ed25519(), Ed448()} {
		nonces := map[string]string{}
		peer, other := fixedKey(t, a, 5).public, fixedKey(t, a, 6).public
		add := func(what string, key, random byte, i Index, peer *PublicKey, ctx Context) {
			t.Helper()
			p := fixedProof(t, a, key, random, i, peer, ctx)
			scale, _ := ctx.scale(a.suite.curve, i)
			s := scale.apply(fixedKey(t, a, key).scalar())
			nonce := string(s.Sub(p.proof.response, s.Mul(s, p.proof.challenge)).Bytes())
			if before, ok := nonces[nonce]; ok {
				t.Errorf("%v: %s and %s have one nonce", a, what, before)
			}
			nonces[nonce] = what
		}
		c, one := fixedContext, NewIndex(1)
		add("one proof", 7, 8, one, peer, c)
		add("other random octets", 7, 9, one, peer, c)
		add("another key", 3, 8, one, peer, c)
		add("another index", 7, 8, NewIndex(2), peer, c)
		add("no index", 7, 8, Index{}, peer, c)
		add("another ephemeral key", 7, 8, one, other, c)
		add("another group", 7, 8, one, peer, Context{Group: "groups", Request: c.Request, Grantee: c.Grantee})
		add("another cut", 7, 8, one, peer, Context{Group: "grouprequest", Grantee: c.Grantee})
		add("another grantee", 7, 8, one, peer, Context{Group: c.Group, Request: c.Request})
		add("divided by 1", 7, 8, one, peer, Context{Group: c.Group, Request: c.Request, Grantee: c.Grantee, Highest: 2})
		add("weighted by 1", 7, 8, one, peer, Context{Group: c.Group, Request: c.Request, Grantee: c.Grantee, Present: indexes(1)})
	}
}

// What is hashed for a proof of fixed octets must not change from one version
// to the next, nor what it comes to.
func TestAgreementOfFixedOctets(t *testing.T) {
	want := map[Algorithm]string{
		X25519():  "410871585d40944e01114f9c2e20591b",
		X448():    "f9b15e77a801ba28bcd3fbe6767bd6b3",
		Ed25519(): "e1a8a0cb2de690cc2d4375eb539a4b63",
		Ed448():   "9e0e513c837316328e643df42cb34fc1",
	}
	for _, a := range []Algorithm{X25519(), X448(), Ed25519(), Ed448()} {
		p := fixedProof(t, a, 7, 8, NewIndex(3), fixedKey(t, a, 5).public, Context{"group", "request", "grantee", 5, nil})
		if got := hex.EncodeToString(tagged("test", 16, p.Bytes(), p.Proof())); got != want[a] {
			t.Errorf("%v: %s", a, got)
		}
	}
}

// The challenge against what docs/FORMATS.md says, written out.
func TestAgreementChallenge(t *testing.T) {
	for _, a := range []Algorithm{X25519(), X448(), Ed25519(), Ed448()} {
		peer := fixedKey(t, a, 5).public
		for _, ctx := range []Context{fixedContext, {Highest: 4}, {Request: "r", Present: indexes(2, 3, 9)}} {
			p := fixedProof(t, a, 7, 8, NewIndex(3), peer, ctx)
			c, d := a.suite.curve, uint64(1)
			D := a.suite.curve.NewScalar().SetUint64(d)
			octet, present := byte(0), []byte(nil)
			if ctx.Highest == 4 {
				octet, D = 4, D.SetUint64(6)
			}
			if ctx.Present != nil { // the weight of 3 among 2, 3 and 9 is 2·9/((2-3)(9-3)) = -3
				octet, D = 0xff, D.Invert(D.Neg(D.SetUint64(3)))
				for _, x := range []byte{2, 3, 9} {
					present = append(append(present, x), make([]byte, 55)...)
				}
			}
			minus := c.NewScalar().Neg(p.proof.challenge)
			R := c.NewPoint().ScalarMult(c.NewScalar().Mul(D, p.proof.response), c.NewGenerator())
			Y := fixedKey(t, a, 7).public
			R.Add(R, c.NewPoint().ScalarMult(minus, Y.point))
			S := c.NewPoint().ScalarMult(p.proof.response, peer.point)
			S.Add(S, c.NewPoint().ScalarMult(minus, p.point))
			want := taggedScalar(c, "agreement v1", []byte(a.String()), []byte(ctx.Group), []byte(ctx.Request), []byte(ctx.Grantee),
				append([]byte{3}, make([]byte, 55)...), []byte{octet}, present, Y.encoded, peer.encoded, p.encoded, R.Bytes(), S.Bytes())
			if want.Equal(p.proof.challenge) != 1 || p.Proof()[0] != octet {
				t.Errorf("%v %v: another challenge", a, ctx)
			}
		}
	}
}

// A holder may add a point of small order to an honest contribution. The
// equation of the proof then still holds for one challenge in as many as the
// order, which are quickly tried; the contribution must be refused all the same.
func TestTorsionForged(t *testing.T) {
	for a, o := range map[Algorithm]*oracle.Curve{
		X25519(): oracle.X25519(), X448(): oracle.X448(), Ed25519(): oracle.Ed25519(), Ed448(): oracle.Ed448(),
	} {
		k, peer := fixedKey(t, a, 7), fixedKey(t, a, 5).public
		honest, err := k.agree(NewIndex(1), scale{}, peer)
		if err != nil {
			t.Fatal(err)
		}
		base, _ := o.Decode(honest.encoded)
		for i, torsion := range o.Torsion() {
			if torsion.Equal(o.Identity()) {
				continue
			}
			p, err := a.ParsePartial(NewIndex(1), o.Encode(o.Add(base, torsion)), nil)
			if err != nil {
				t.Fatal(err)
			}
			found := false
			for try := 0; try < 200 && !found; try++ {
				random := bytes.Repeat([]byte{byte(try), byte(i)}, 32)
				p.proof = k.proveAgreementWith(p, scale{}, peer, fixedContext, secret.Take(random))
				found = p.verify(scale{}, k.public, peer, fixedContext)
			}
			if !found {
				t.Errorf("%v: the equation held for no challenge", a)
			}
			if err := p.Verify(k.public, peer, fixedContext); err == nil {
				t.Errorf("%v: a contribution with torsion is taken", a)
			}
		}
	}
}

// A holder who divides his share as was agreed, and says otherwise in what he
// proves, would spoil the combination unseen.
func TestScalingForged(t *testing.T) {
	for _, a := range []Algorithm{X25519(), X448(), Ed25519(), Ed448()} {
		k, peer, ctx := fixedKey(t, a, 7), fixedKey(t, a, 5).public, Context{Highest: 5}
		scale, err := ctx.scale(a.suite.curve, NewIndex(1))
		if err != nil {
			t.Fatal(err)
		}
		for _, octet := range []byte{0, 4, 6, weighted} {
			p, err := k.agree(NewIndex(1), scale, peer)
			if err != nil {
				t.Fatal(err)
			}
			p.scaling = octet
			p.proof = k.proveAgreement(p, scale, peer, ctx)
			if !p.verify(scale, k.public, peer, ctx) || p.Verify(k.public, peer, ctx) == nil {
				t.Errorf("%v: a contribution divided in another way than it says is taken", a)
			}
		}
	}
}

// Weak forms of the challenge let proofs be made up: here each is computed from
// a statement in which one thing is missing, and must be refused.
func TestForgedChallenges(t *testing.T) {
	for _, a := range []Algorithm{X25519(), X448(), Ed25519(), Ed448()} {
		c, peer, holder := a.suite.curve, fixedKey(t, a, 5).public, fixedKey(t, a, 7).public
		random := func(octet byte) *curve.Scalar { return taggedScalar(c, "test", []byte{octet}) }
		// Without the contribution in the hash: R and S first, then C to fit them.
		r, s := random(1), random(2)
		R, S := c.NewPoint().ScalarBaseMult(r), c.NewPoint().ScalarMult(s, peer.point)
		p := &Partial{algorithm: a, index: NewIndex(1), point: c.NewPoint(), encoded: make([]byte, c.PointLen())}
		e := p.challenge(p.statement(holder, peer, fixedContext), R.Bytes(), S.Bytes())
		z := c.NewScalar().Add(r, c.NewScalar().Mul(e, fixedKey(t, a, 7).scalar()))
		fit := c.NewPoint().ScalarMult(c.NewScalar().Sub(z, s), peer.point) // e·C
		p.point.ScalarMult(c.NewScalar().Invert(e), fit)
		p.encoded, p.proof = p.point.Bytes(), &proof{e, z}
		if p.Verify(holder, peer, fixedContext) == nil {
			t.Errorf("%v: a contribution made up after the challenge is taken", a)
		}
		// Zeros, and the equation's trivial solutions.
		for _, q := range []proof{{c.NewScalar(), c.NewScalar()}, {c.NewScalar(), random(3)}, {random(3), c.NewScalar()}} {
			p.proof = &q
			if p.Verify(holder, peer, fixedContext) == nil {
				t.Errorf("%v: %x is a proof", a, fmt.Sprint(q))
			}
		}
	}
}
