package frost

import (
	"bytes"
	"slices"
	"testing"

	"meshkey/cogen"
	"meshkey/internal/curve"
	"meshkey/internal/secret"
	"meshkey/vectors"
)

var suites = []Suite{Ed25519(), Ed448(), Ristretto255()}

func suiteNamed(t testing.TB, name string) Suite {
	t.Helper()
	i := slices.IndexFunc(suites, func(s Suite) bool { return s.String() == name })
	if i < 0 {
		t.Fatalf("no suite %q", name)
	}
	return suites[i]
}

func equal(t *testing.T, what string, got, want []byte) {
	t.Helper()
	if !bytes.Equal(got, want) {
		t.Errorf("%s is %x, want %x", what, got, want)
	}
}

// publishedGroup is the group of a vector and its polynomial.
func publishedGroup(t testing.TB, d vectors.FROST) (*Group, []*curve.Scalar) {
	t.Helper()
	s := suiteNamed(t, d.Suite)
	var polynomial []*curve.Scalar
	var points [][]byte
	for _, b := range append([]vectors.Hex{d.Private}, d.Coefficients...) {
		a, err := s.decodeScalar(b)
		if err != nil {
			t.Fatal(err)
		}
		polynomial = append(polynomial, a)
		points = append(points, s.curve.NewPoint().ScalarBaseMult(a).Bytes())
	}
	g, err := s.NewGroup(points)
	if err != nil {
		t.Fatal(err)
	}
	return g, polynomial
}

func valueAt(u *suite, polynomial []*curve.Scalar, x *curve.Scalar) *curve.Scalar {
	y := u.curve.NewScalar()
	for _, a := range slices.Backward(polynomial) {
		y.Mul(y, x).Add(y, a)
	}
	return y
}

// Every value of RFC 9591, Appendix E, and of the Zcash Foundation's vectors.
func TestPublished(t *testing.T) {
	for c := range vectors.Each[vectors.FROST]("rfc9591") {
		t.Run(c.Name, func(t *testing.T) {
			d := c.Data
			g, polynomial := publishedGroup(t, d)
			equal(t, "key", g.Key(), d.Public)
			for i, share := range d.Shares {
				x := g.curve.NewScalar().SetUint64(uint64(i + 1))
				equal(t, "share", g.encodeScalar(valueAt(g.suite, polynomial, x)), share)
			}
			var signers []*Signer
			var nonces []*Nonces
			var commitments []*Commitment
			for _, v := range d.Signers {
				index := cogen.NewIndex(v.Index)
				x, err := g.indexScalar(index)
				if err != nil {
					t.Fatal(err)
				}
				s, err := g.NewSignerScalar(index, valueAt(g.suite, polynomial, x).Bytes())
				if err != nil {
					t.Fatal(err)
				}
				n, c, err := s.commit(secret.Take(slices.Concat(v.HidingRandom, v.BindingRandom)))
				if err != nil {
					t.Fatal(err)
				}
				equal(t, "nonces", n.scalars.Reveal(), slices.Concat(v.HidingNonce, v.BindingNonce))
				equal(t, "hiding commitment", c.hiding.Bytes(), v.HidingCommitment)
				equal(t, "binding commitment", c.binding.Bytes(), v.BindingCommitment)
				signers, nonces, commitments = append(signers, s), append(nonces, n), append(commitments, c)
			}
			slices.Reverse(commitments)
			p, err := g.NewPackage(d.Message, commitments...)
			if err != nil {
				t.Fatal(err)
			}
			var shares []*SignatureShare
			for i, v := range d.Signers {
				if v.BindingInput != nil {
					equal(t, "input of the binding factor", p.bindingInput(i), v.BindingInput)
				}
				equal(t, "binding factor", g.encodeScalar(p.factors[i]), v.BindingFactor)
				share, err := signers[i].Sign(nonces[i], d.Message, p)
				if err != nil {
					t.Fatal(err)
				}
				equal(t, "signature share", g.encodeScalar(share.z), v.Share)
				shares = append(shares, share)
			}
			signature, err := g.Aggregate(p, shares...)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "signature", signature, d.Signature)
		})
	}
}
