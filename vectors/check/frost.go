package check

import (
	"bytes"
	"crypto/sha3"
	"crypto/sha512"
	"fmt"
	"slices"

	"meshkey/cogen"
	"meshkey/cogen/frost"
	"meshkey/internal/curve"
	"meshkey/vectors"
)

// A frostSuite is what it takes to compute beside package frost the values
// that it keeps to itself.
type frostSuite struct {
	frost.Suite
	curve   *curve.Curve
	context string
	hash    func([]byte) []byte
}

var frostSuites = []frostSuite{
	{frost.Ed25519(), curve.Ed25519(), "FROST-ED25519-SHA512-v1", sha512Sum},
	{frost.Ed448(), curve.Ed448(), "FROST-ED448-SHAKE256-v1", shake256Sum},
	{frost.Ristretto255(), curve.Ristretto255(), "FROST-RISTRETTO255-SHA512-v1", sha512Sum},
}

func sha512Sum(b []byte) []byte {
	sum := sha512.Sum512(b)
	return sum[:]
}

func shake256Sum(b []byte) []byte { return sha3.SumSHAKE256(b, 114) }

// tagged is the hash of a list of octets under a tag of RFC 9591, Section 6.
func (s frostSuite) tagged(tag string, parts ...[]byte) []byte {
	return s.hash(append([]byte(s.context+tag), slices.Concat(parts...)...))
}

func (s frostSuite) decode(b []byte) (*curve.Scalar, error) {
	n := s.curve.ScalarLen()
	if len(b) != s.curve.PointLen() || len(bytes.Trim(b[n:], "\x00")) > 0 {
		return nil, fmt.Errorf("not a scalar")
	}
	return s.curve.NewScalar().SetCanonical(b[:n])
}

func (s frostSuite) encode(x *curve.Scalar) []byte {
	return append(x.Bytes(), make([]byte, s.curve.PointLen()-s.curve.ScalarLen())...)
}

// value is that of a polynomial, the constant coefficient first.
func value(c *curve.Curve, polynomial []*curve.Scalar, x uint64) *curve.Scalar {
	y, at := c.NewScalar(), c.NewScalar().SetUint64(x)
	for _, a := range slices.Backward(polynomial) {
		y.Mul(y, at).Add(y, a)
	}
	return y
}

// frostSigned makes the signature again and checks all that comes on the way.
func frostSigned(c vectors.Case[vectors.FROST]) error {
	var f findings
	d := c.Data
	at := slices.IndexFunc(frostSuites, func(s frostSuite) bool { return s.String() == d.Suite })
	if at < 0 {
		return fmt.Errorf("no suite %q", d.Suite)
	}
	s := frostSuites[at]
	var polynomial []*curve.Scalar
	var points [][]byte
	for _, b := range append([]vectors.Hex{d.Private}, d.Coefficients...) {
		a, err := s.decode(b)
		if f.failed("coefficient", err) {
			return f.err()
		}
		polynomial, points = append(polynomial, a), append(points, s.curve.NewPoint().ScalarBaseMult(a).Bytes())
	}
	for i, share := range d.Shares {
		f.octets("share", s.encode(value(s.curve, polynomial, uint64(i+1))), share)
	}
	g, err := s.NewGroup(points)
	if f.failed("group", err) {
		return f.err()
	}
	f.octets("public", g.Key(), d.Public)
	f.same("need", fmt.Sprint(g.Need()), fmt.Sprint(d.Need))
	f.failed("signing", frostRounds(&f, s, g, polynomial, d))
	return f.err()
}

// frostRounds are the two rounds. Values that are wrong go to f.
func frostRounds(f *findings, s frostSuite, g *frost.Group, polynomial []*curve.Scalar, d vectors.FROST) error {
	signers, nonces := make([]*frost.Signer, len(d.Signers)), make([]*frost.Nonces, len(d.Signers))
	var commitments []*frost.Commitment
	var list []byte
	for i, v := range d.Signers {
		share := value(s.curve, polynomial, v.Index)
		var err error
		if signers[i], err = g.NewSignerScalar(cogen.NewIndex(v.Index), share.Bytes()); err != nil {
			return err
		}
		for _, n := range []struct{ random, nonce vectors.Hex }{{v.HidingRandom, v.HidingNonce}, {v.BindingRandom, v.BindingNonce}} {
			h := s.curve.NewScalar().SetWide(s.tagged("nonce", n.random, s.encode(share)))
			f.octets("nonce", s.encode(h), n.nonce)
		}
		// Fresh nonces, stored, with these in their place.
		fresh, _, err := signers[i].Commit()
		if err != nil {
			return err
		}
		stored := fresh.Bytes()
		stored = append(stored[:len(stored)-2*s.curve.PointLen()], slices.Concat(v.HidingNonce, v.BindingNonce)...)
		if nonces[i], err = signers[i].ParseNonces(stored); err != nil {
			return err
		}
		commitment := nonces[i].Commitment()
		entry := slices.Concat(s.encode(s.curve.NewScalar().SetUint64(v.Index)), v.HidingCommitment, v.BindingCommitment)
		if !bytes.HasSuffix(commitment.Bytes(), entry) {
			f.add("commitments of signer %d are not those of its nonces", v.Index)
		}
		commitments, list = append(commitments, commitment), append(list, entry...)
	}
	p, err := g.NewPackage(d.Message, commitments...)
	if err != nil {
		return err
	}
	var shares []*frost.SignatureShare
	for i, v := range d.Signers {
		input := slices.Concat(d.Public, s.tagged("msg", d.Message), s.tagged("com", list), s.encode(s.curve.NewScalar().SetUint64(v.Index)))
		f.octets("input of the binding factor", input, v.BindingInput)
		f.octets("binding factor", s.encode(s.curve.NewScalar().SetWide(s.tagged("rho", input))), v.BindingFactor)
		share, err := signers[i].Sign(nonces[i], d.Message, p)
		if err != nil {
			return err
		}
		if !bytes.HasSuffix(share.Bytes(), v.Share) {
			f.add("signature share of signer %d is another", v.Index)
		}
		shares = append(shares, share)
	}
	signature, err := g.Aggregate(p, shares...)
	f.octets("signature", signature, d.Signature)
	return err
}
