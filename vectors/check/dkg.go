package check

import (
	"fmt"
	"strconv"

	"meshkey/cogen"
	"meshkey/cogen/dkg"
	"meshkey/vectors"
)

// distributed checks that the values go together. That the ceremony gives them
// is for the tests of cogen/dkg.
func distributed(c vectors.Case[vectors.DKG]) error {
	var f findings
	d := c.Data
	a, err := algorithm(d.Algorithm)
	if f.failed("algorithm", err) {
		return f.err()
	}
	if d.Sums != nil {
		if total, err := cogen.CombinePrivate(scalars(&f, a, d.Sums)...); !f.failed("sums", err) {
			f.octets("repaired share", total.Bytes(), d.Share)
		}
	}
	var dealt []*cogen.Commitment
	for _, p := range d.Parties {
		dealt = append(dealt, dealer(&f, a, p))
	}
	if f.err() != nil {
		return f.err()
	}
	for _, p := range d.Parties {
		if p.Share == nil {
			continue
		}
		i, what := cogen.NewIndex(p.Index), fmt.Sprintf("public share of %d", p.Index)
		var of []*cogen.PublicKey
		for _, c := range dealt {
			public, err := c.PublicShare(i)
			f.failed(what, err)
			of = append(of, public)
		}
		added(&f, a, what, p.Public, of)
		for _, share := range scalars(&f, a, []vectors.Hex{p.Share}) {
			f.octets(what, share.PublicKey().Bytes(), p.Public)
		}
	}
	var constants []*cogen.PublicKey
	for _, c := range dealt {
		constants = append(constants, c.Key())
	}
	if constants != nil {
		added(&f, a, "key", d.Key, constants)
	}
	return f.err()
}

// dealer checks what a party dealt, and returns what it is committed to.
func dealer(f *findings, a cogen.Algorithm, p vectors.Dealer) *cogen.Commitment {
	var points [][]byte
	for k, s := range scalars(f, a, p.Coefficients) {
		points = append(points, s.PublicKey().Bytes())
		if p.Commitment != nil {
			f.octets(fmt.Sprintf("point %d of %d", k, p.Index), points[k], p.Commitment[k])
		}
	}
	if points == nil {
		for _, b := range p.Commitment {
			points = append(points, b)
		}
	}
	c, err := a.NewCommitment(points)
	if p.Proof != nil && err == nil && !dkg.VerifyKnowledge(c.Key(), cogen.NewIndex(p.Index), p.Proof) {
		f.add("%d does not prove that it knows its constant", p.Index)
	}
	if f.failed(fmt.Sprintf("commitment of %d", p.Index), err) {
		return nil
	}
	for to, share := range p.Deals {
		i, err := strconv.ParseUint(to, 10, 64)
		if err == nil {
			_, err = cogen.NewShare(c, cogen.NewIndex(i), share)
		}
		f.failed(fmt.Sprintf("deal of %d for %s", p.Index, to), err)
	}
	return c
}

// scalars reads private scalars.
func scalars(f *findings, a cogen.Algorithm, of []vectors.Hex) (out []*cogen.PrivateKey) {
	for _, b := range of {
		k, err := a.NewPrivateScalar(b)
		if !f.failed("scalar", err) {
			out = append(out, k)
		}
	}
	return out
}

// added checks that a public key is the sum of others.
func added(f *findings, a cogen.Algorithm, what string, want vectors.Hex, of []*cogen.PublicKey) {
	k, err := a.NewPublicKey(want)
	if !f.failed(what, err) && !k.IsSum(of...) {
		f.add("%s is not the sum of what was dealt", what)
	}
}
