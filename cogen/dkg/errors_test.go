package dkg

import (
	"testing"

	"meshkey/cogen"
	"meshkey/internal/curve"
)

// A wrong share is traced to its dealer at large indexes too.
func TestBlameLargeIndex(t *testing.T) {
	forAll(t, func(t *testing.T, a cogen.Algorithm) {
		far := largest(t, a)
		p := begin(t, must(Generate(a, nil, 3, append(at(1, 2, 1<<40), far)))(t)).open(t).deal(t)
		d := p.dealers[liar]
		wrong := &Dealer{c: p.c, self: liar, seed: d.seed, key: d.key, core: d.core, pledge: d.pledge,
			f: polynomial{d.f[0], d.f[1], p.c.curve.NewScalar()}}
		for _, i := range []cogen.Index{far, at(1 << 40)[0]} {
			p.deals[i][liar] = wrong.deal(i)
			_, err := p.finish(i)
			names(t, "a wrong share", err, liar)
			names(t, "a complaint", p.c.Judge(i, liar, p.openings[liar], p.deals[i][liar]), liar)
		}
	})
}

// Points at an index are the same by both ways there are.
func TestValue(t *testing.T) {
	forAll(t, func(t *testing.T, a cogen.Algorithm) {
		s := suites[a]
		f := polynomial(s.scalars(4, "test"))
		points := must(s.points(f.commitment(s)))(t)
		for _, i := range []cogen.Index{at(1)[0], at(1 << 63)[0], largest(t, a)} {
			if s.valueVarTime(points, i).Equal(s.curve.NewPoint().ScalarBaseMult(f.at(s, s.scalar(i)))) != 1 {
				t.Errorf("the value at %v is another", i)
			}
		}
	})
}

// Weights at x take the values of a polynomial to its value at x.
func TestWeights(t *testing.T) {
	forAll(t, func(t *testing.T, a cogen.Algorithm) {
		s := suites[a]
		f := polynomial(s.scalars(4, "test"))
		indexes := append(at(9, 2, 1<<50), largest(t, a))
		for _, x := range []*curve.Scalar{s.curve.NewScalar(), s.scalar(at(3)[0])} {
			sum := s.curve.NewScalar()
			for k, w := range s.weightsAt(x, indexes) {
				sum.Add(sum, w.Mul(w, f.at(s, s.scalar(indexes[k]))))
			}
			if sum.Equal(f.at(s, x)) != 1 {
				t.Error("the weights give another value")
			}
		}
	})
}

func TestJudgeRefuses(t *testing.T) {
	p := begin(t, must(Generate(cogen.X448(), nil, 2, first(3)))(t)).open(t).deal(t)
	stranger, m := at(9)[0], p.deals[me][liar]
	if err := p.c.Judge(stranger, liar, p.openings[liar], m); err == nil || Culprits(err) != nil {
		t.Errorf("a stranger complains: %v", err)
	}
	if err := p.c.Judge(me, stranger, p.openings[liar], m); err == nil || Culprits(err) != nil {
		t.Errorf("a stranger is accused: %v", err)
	}
	names(t, "no opening", p.c.Judge(me, liar, p.openings[liar][1:], m), liar)
	names(t, "an opening without a proof", p.c.Judge(me, liar, flipped(p.openings[liar], -3*idLen-1), m), liar)
}

func TestErrors(t *testing.T) {
	for want, err := range map[string]error{
		"dkg: party 2 lied": &CheatError{liar, "lied"},
		"dkg: no deal of party 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more":                                   &MissingError{"deal", first(12)},
		"dkg: party 2 told us one thing and party 1, 3 another; the messages that it signed show who lies": &DisputeError{liar, at(1, 3)},
		"dkg: party 1, 3 has seen other openings than we have; those that are signed show who lies":        &DisputeError{Tellers: at(1, 3)},
	} {
		if err.Error() != want {
			t.Errorf("%v\nand not %v", err, want)
		}
	}
}
