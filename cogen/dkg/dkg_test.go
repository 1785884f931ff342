package dkg

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"testing"

	"meshkey/cogen"
)

func TestGenerate(t *testing.T) {
	forAll(t, func(t *testing.T, a cogen.Algorithm) {
		for _, q := range []struct{ need, of int }{{1, 1}, {1, 3}, {2, 3}, {3, 3}, {4, 7}} {
			t.Run(fmt.Sprintf("%d of %d", q.need, q.of), func(t *testing.T) {
				check(t, q.need, generated(t, a, q.need, first(q.of)))
			})
		}
	})
}

// Each ceremony gives another key.
func TestFresh(t *testing.T) {
	a := cogen.Ed25519()
	x, y := generated(t, a, 2, first(3)), generated(t, a, 2, first(3))
	if x[0].Commitment().Equal(y[0].Commitment()) {
		t.Error("two ceremonies gave the same key")
	}
}

// largest returns the index that is the group order minus 1.
func largest(t testing.TB, a cogen.Algorithm) cogen.Index {
	s := suites[a].curve.NewScalar()
	return must(cogen.IndexOf(s.Neg(s.SetUint64(1)).Bytes()))(t)
}

// order returns the group order, which no index may be: it stands for 0.
func order(t testing.TB, a cogen.Algorithm) cogen.Index {
	b := largest(t, a).Bytes()
	b[0]++ // L is odd
	return must(cogen.IndexOf(b))(t)
}

func TestLargeIndexes(t *testing.T) {
	forAll(t, func(t *testing.T, a cogen.Algorithm) {
		holders := append(at(7, 1<<63+5, 3), largest(t, a))
		shares := generated(t, a, 3, holders)
		key := check(t, 3, shares)
		commitment := shares[0].Commitment()
		shares = run(t, must(Refresh(nil, commitment, holders))(t), shares...)
		if !check(t, 3, shares).Equal(key) {
			t.Error("refreshed to another key")
		}
		r := must(NewRepair(nil, shares[0].Commitment(), largest(t, a), at(3, 7, 1<<63+5)))(t)
		repair(t, r, shares[:3]...)
	})
}

func TestHundred(t *testing.T) {
	list := algorithms[:1]
	if os.Getenv("MESHKEY_TEST_ALL") != "" {
		list = algorithms
	}
	for _, a := range list {
		c := must(Generate(a, nil, 51, first(100)))(t)
		p := begin(t, c).open(t)
		me := c.holders[99]
		p.deals[me] = messages{}
		for i, d := range p.dealers {
			p.deals[me][i] = d.deal(me) // without the checks of Deal, which take each its time
		}
		got := must(p.finish(me))(t)
		if got.Commitment().Need() != 51 {
			t.Error("another quorum")
		}
		must(p.dealers[me].Deal(p.openings))(t)
	}
}

func TestRefresh(t *testing.T) {
	forAll(t, func(t *testing.T, a cogen.Algorithm) {
		for _, need := range []int{2, 3, 4} {
			old := generated(t, a, need, first(4))
			key := old[0].Commitment().Key()
			fresh := run(t, must(Refresh([]byte("spring"), old[0].Commitment(), first(4)))(t), old...)
			if !check(t, need, fresh).Equal(key) {
				t.Fatal("refreshed to another key")
			}
			for i := range old {
				if bytes.Equal(old[i].Scalar(), fresh[i].Scalar()) {
					t.Error("a share stayed the same")
				}
			}
			mixed := append(slices.Clone(old[:need-1]), fresh[3])
			if k, err := cogen.Recombine(mixed...); err == nil && k.PublicKey().Equal(key) {
				t.Error("old and new shares go together")
			}
			check(t, need, old) // which is why they must be wiped
		}
		if _, err := Refresh(nil, generated(t, a, 1, first(2))[0].Commitment(), first(2)); err == nil {
			t.Error("a quorum of one is refreshed")
		}
	})
}

// A member is removed by a refresh without him.
func TestRefreshWithout(t *testing.T) {
	a := cogen.X448()
	old := generated(t, a, 2, first(4))
	fresh := run(t, must(Refresh(nil, old[0].Commitment(), at(1, 2, 4)))(t), old...)
	key := check(t, 2, fresh)
	if !key.Equal(old[0].Commitment().Key()) {
		t.Error("another key")
	}
	if k, err := cogen.Recombine(old[2], fresh[0]); err == nil && k.PublicKey().Equal(key) {
		t.Error("the share of who was removed still counts")
	}
	if _, err := Refresh(nil, old[0].Commitment(), at(4)); err == nil {
		t.Error("fewer holders than needed are left")
	}
}

func TestReshare(t *testing.T) {
	forAll(t, func(t *testing.T, a cogen.Algorithm) {
		old := generated(t, a, 3, first(5))
		key := old[0].Commitment().Key()
		for _, q := range []struct {
			dealers []cogen.Index
			need    int
			holders []cogen.Index
		}{
			{at(1, 3, 5), 2, at(1, 2, 3)},
			{at(2, 3, 4), 4, at(10, 20, 30, 40, 50)},
			{at(1, 2, 3, 4, 5), 1, at(9)},
			{at(5, 4, 3, 2), 3, at(5, 6, 7)},
		} {
			fresh := run(t, must(Reshare(nil, old[0].Commitment(), q.dealers, q.need, q.holders))(t), old...)
			if !check(t, q.need, fresh).Equal(key) {
				t.Errorf("%v: reshared to another key", q)
			}
		}
		if _, err := Reshare(nil, old[0].Commitment(), at(1, 2), 2, first(3)); err == nil {
			t.Error("two deal where three are needed")
		}
	})
}
