package dkg

import (
	"bytes"
	"strings"
	"testing"

	"meshkey/cogen"
)

// An aid is a repair and all that was sent in it.
type aid struct {
	r      *Repair
	tables messages
	deltas map[cogen.Index]messages // by who gets it, then by who sent it
	sums   messages
}

func split(t testing.TB, r *Repair, shares ...*cogen.Share) *aid {
	t.Helper()
	p := &aid{r, messages{}, map[cogen.Index]messages{}, messages{}}
	for _, s := range shares {
		tab, deltas, err := r.Split(s)
		if err != nil {
			t.Fatal(err)
		}
		p.tables[s.Index()] = tab
		for to, m := range deltas {
			if p.deltas[to] == nil {
				p.deltas[to] = messages{}
			}
			p.deltas[to][s.Index()] = m
		}
	}
	return p
}

func (p *aid) sum(t testing.TB) *aid {
	t.Helper()
	for _, i := range p.r.helpers {
		p.sums[i] = must(p.r.Sum(i, p.tables, p.deltas[i]))(t)
	}
	return p
}

func repair(t testing.TB, r *Repair, shares ...*cogen.Share) *cogen.Share {
	t.Helper()
	p := split(t, r, shares...).sum(t)
	got := must(r.Recover(p.tables, p.sums))(t)
	if got.Index() != r.lost || !got.Commitment().Equal(r.old) {
		t.Error("repaired something else")
	}
	return got
}

func TestRepair(t *testing.T) {
	forAll(t, func(t *testing.T, a cogen.Algorithm) {
		for need := 1; need <= 4; need++ {
			shares := generated(t, a, need, first(5))
			for more := need; more <= 4; more++ {
				var helpers []cogen.Index
				for _, s := range shares[:more] {
					helpers = append(helpers, s.Index())
				}
				r := must(NewRepair([]byte("flood"), shares[0].Commitment(), at(5)[0], helpers))(t)
				if got := repair(t, r, shares[:more]...); !bytes.Equal(got.Scalar(), shares[4].Scalar()) {
					t.Error("repaired another share")
				}
				// One that nobody had yet.
				repair(t, must(NewRepair([]byte("flood"), shares[0].Commitment(), at(77)[0], helpers))(t), shares[:more]...)
			}
		}
	})
}

func TestRepairRefuses(t *testing.T) {
	a := cogen.X25519()
	shares := generated(t, a, 2, first(3))
	c := shares[0].Commitment()
	for what, f := range map[string]func() (*Repair, error){
		"too few":        func() (*Repair, error) { return NewRepair(nil, c, me, at(2)) },
		"its own help":   func() (*Repair, error) { return NewRepair(nil, c, me, at(1, 2)) },
		"a helper twice": func() (*Repair, error) { return NewRepair(nil, c, me, at(2, 2)) },
		"a long context": func() (*Repair, error) { return NewRepair(make([]byte, 2000), c, me, at(2, 3)) },
		// At 0 is the key itself.
		"no index":        func() (*Repair, error) { return NewRepair(nil, c, cogen.Index{}, at(2, 3)) },
		"the group order": func() (*Repair, error) { return NewRepair(nil, c, order(t, a), at(2, 3)) },
	} {
		if _, err := f(); err == nil {
			t.Errorf("%s: no error", what)
		}
	}
	r := must(NewRepair(nil, c, me, at(2, 3)))(t)
	for what, s := range map[string]*cogen.Share{"the loser's": shares[0], "another key's": generated(t, a, 2, first(3))[1]} {
		if _, _, err := r.Split(s); err == nil {
			t.Errorf("splits %s", what)
		}
	}
}

func TestLiarHelps(t *testing.T) {
	forAll(t, func(t *testing.T, a cogen.Algorithm) {
		shares := generated(t, a, 3, first(4))
		c := shares[0].Commitment()
		r := must(NewRepair([]byte("flood"), c, me, at(2, 3, 4)))(t)
		p := split(t, r, shares[1:]...)
		twice := split(t, r, shares[1:]...) // what the liar says to others
		elsewhere := split(t, must(NewRepair(nil, c, me, at(2, 3, 4)))(t), shares[1:]...)
		n := r.curve.PointLen()

		for what, m := range map[string][]byte{
			"a table of something else": append(p.tables[liar][:r.headLen()+2*n:r.headLen()+2*n], p.tables[other][r.headLen()+2*n:]...),
			"a table of no points":      append(p.tables[liar][:r.headLen():r.headLen()], bytes.Repeat([]byte{0xff}, 3*n)...),
			"another's table":           p.tables[other],
			"another repair's table":    elsewhere.tables[liar],
			"a short table":             p.tables[liar][:r.headLen()+2*n],
		} {
			tables := with(p.tables, liar, m)
			_, err := r.Sum(other, tables, p.deltas[other])
			names(t, what, err, liar)
			_, err = r.Recover(tables, p.sums)
			names(t, what, err, liar)
		}
		for what, m := range map[string][]byte{
			"a wrong delta":          flipped(p.deltas[other][liar], -10),
			"another helper's delta": p.deltas[liar][liar],
			"another table's delta":  twice.deltas[other][liar],
			"another repair's delta": elsewhere.deltas[other][liar],
			"a table for a delta":    p.tables[liar],
		} {
			got, err := r.Sum(other, p.tables, with(p.deltas[other], liar, m))
			names(t, what, err, liar)
			if got != nil {
				t.Errorf("%s: summed up", what)
			}
		}
		_, err := r.Sum(other, with(p.tables, liar, nil), p.deltas[other])
		missing(t, err, "table", liar)
		_, err = r.Sum(other, p.tables, with(p.deltas[other], liar, nil))
		missing(t, err, "delta", liar)
		if _, err := r.Sum(me, p.tables, p.deltas[other]); err == nil {
			t.Error("the loser helps")
		}

		p.sum(t)
		twice.sum(t)
		for what, m := range map[string][]byte{
			"a wrong sum":     flipped(p.sums[liar], r.headLen()+2),
			"another's sum":   p.sums[other],
			"a delta for one": p.deltas[other][liar],
		} {
			got, err := r.Recover(p.tables, with(p.sums, liar, m))
			names(t, what, err, liar)
			if got != nil {
				t.Errorf("%s: recovered", what)
			}
		}
		_, err = r.Recover(p.tables, with(p.sums, liar, nil))
		missing(t, err, "sum", liar)

		// The liar shows the loser another table than the helpers.
		_, err = r.Recover(with(p.tables, liar, twice.tables[liar]), p.sums)
		names(t, "two tables", err, liar) // his own sum says so
		_, err = r.Recover(with(p.tables, liar, twice.tables[liar]), with(p.sums, liar, flippedView(r, p, twice)))
		if err == nil || !strings.Contains(err.Error(), "told us one thing") {
			t.Errorf("two tables: %v", err)
		}
	})
}

// flippedView is the liar's sum, with the digest of his other table.
func flippedView(r *Repair, p, twice *aid) []byte {
	m := bytes.Clone(p.sums[liar])
	at := r.headLen() + r.curve.ScalarLen() // the liar is the first helper
	copy(m[at:at+idLen], tagged("table", idLen, r.id, twice.tables[liar][r.headLen():]))
	return m
}
