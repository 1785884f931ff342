package dkg

import (
	"bytes"
	"slices"
	"strconv"
	"testing"

	"meshkey/cogen"
	"meshkey/internal/curve"
	"meshkey/vectors"
)

// FROST's key generation, and others', give what ours gives from the same
// coefficients.
func TestPublished(t *testing.T) {
	proofs := 0
	for c := range vectors.Each[vectors.DKG]("dkg") {
		t.Run(c.Name, func(t *testing.T) {
			a := must(cogen.ParseAlgorithm(c.Data.Algorithm))(t)
			s := suites[a]
			total := s.curve.NewScalar()
			for _, b := range c.Data.Sums {
				total.Add(total, scalarFrom(t, s, b))
			}
			if c.Data.Sums != nil && !bytes.Equal(total.Bytes(), c.Data.Share) {
				t.Errorf("the sums give %x", total.Bytes())
			}
			for _, p := range c.Data.Parties {
				if p.Coefficients != nil {
					dealer(t, s, p)
				}
				if p.Proof != nil {
					proofs++
					proof(t, s, p)
					key := must(a.NewPublicKey(p.Commitment[0]))(t)
					if !VerifyKnowledge(key, at(p.Index)[0], p.Proof) || VerifyKnowledge(key, at(9)[0], p.Proof) || VerifyKnowledge(key, at(p.Index)[0], p.Proof[1:]) {
						t.Errorf("VerifyKnowledge is wrong on party %d", p.Index)
					}
				}
				holder(t, a, c.Data, p)
			}
		})
	}
	if proofs != 6 {
		t.Errorf("%d proofs of knowledge", proofs)
	}
}

func scalarFrom(t *testing.T, s *suite, b []byte) *curve.Scalar {
	t.Helper()
	return must(s.curve.NewScalar().SetCanonical(b))(t)
}

func dealer(t *testing.T, s *suite, p vectors.Dealer) {
	var f polynomial
	for _, b := range p.Coefficients {
		f = append(f, scalarFrom(t, s, b))
	}
	var want []byte
	for _, b := range p.Commitment {
		want = append(want, b...)
	}
	if got := f.commitment(s); want != nil && !bytes.Equal(got, want) {
		t.Errorf("party %d commits to %x", p.Index, got)
	}
	for to, want := range p.Deals {
		x := must(strconv.ParseUint(to, 10, 64))(t)
		if got := f.at(s, s.curve.NewScalar().SetUint64(x)).Bytes(); !bytes.Equal(got, want) {
			t.Errorf("party %d deals %x to %s", p.Index, got, to)
		}
	}
}

func proof(t *testing.T, s *suite, p vectors.Dealer) {
	i := s.curve.NewScalar().SetUint64(p.Index)
	public := must(s.curve.Decode(p.Commitment[0]))(t)
	if !s.proves(nil, i, public, p.Commitment[0], p.Proof) {
		t.Errorf("party %d does not prove that it knows its constant", p.Index)
	}
	// The nonce that was used follows from the proof and the constant; with it
	// ours are the same octets.
	k := s.knowledge(nil, i, p.Commitment[0], p.Proof[:s.curve.PointLen()])
	a, z := scalarFrom(t, s, p.Coefficients[0]), scalarFrom(t, s, p.Proof[s.curve.PointLen():])
	nonce := z.Sub(z, k.Mul(k, a))
	if got := s.prove(nil, i, a, nonce, p.Commitment[0]); !bytes.Equal(got, p.Proof) {
		t.Errorf("party %d proves %x", p.Index, got)
	}
	if s.proves(make([]byte, idLen), i, public, p.Commitment[0], p.Proof) || s.proves(nil, i.Add(i, i), public, p.Commitment[0], p.Proof) {
		t.Errorf("the proof of party %d is good for another context or index", p.Index)
	}
}

// holder checks what results for a party.
func holder(t *testing.T, a cogen.Algorithm, d vectors.DKG, p vectors.Dealer) {
	if p.Share == nil {
		return
	}
	c := &Ceremony{session: session{suite: suites[a]}, algorithm: a, size: len(p.Commitment), need: len(p.Commitment)}
	tr := &transcript{}
	for _, p := range d.Parties {
		tr.cores = append(tr.cores, slices.Concat(octets(p.Commitment)...))
	}
	commitment := must(c.sum(tr))(t)
	i := at(p.Index)[0]
	if got := must(commitment.PublicShare(i))(t); !bytes.Equal(got.Bytes(), p.Public) || !bytes.Equal(commitment.Key().Bytes(), d.Key) {
		t.Errorf("party %d has the public share %x of %x", p.Index, got.Bytes(), commitment.Key().Bytes())
	}
	if _, err := cogen.NewShare(commitment, i, p.Share); err != nil {
		t.Errorf("party %d: %v", p.Index, err)
	}
}

func octets(hex []vectors.Hex) (out [][]byte) {
	for _, h := range hex {
		out = append(out, h)
	}
	return out
}
