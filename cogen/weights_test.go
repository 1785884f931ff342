package cogen

import (
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"meshkey/internal/curve"
	"meshkey/internal/oracle"
)

var bothOrders = map[*curve.Curve]*big.Int{curve.Ed25519(): oracle.Ed25519().L, curve.Ed448(): oracle.Ed448().L}

// bigWeights is Lagrange's formula.
func bigWeights(order *big.Int, at []Index) []*big.Int {
	var x, w []*big.Int
	for _, i := range at {
		x = append(x, oracle.FromLittleEndian(i.Bytes()))
	}
	for i := range x {
		over, under := big.NewInt(1), big.NewInt(1)
		for j := range x {
			if i != j {
				over.Mul(over, x[j]).Mod(over, order)
				under.Mul(under, new(big.Int).Sub(x[j], x[i])).Mod(under, order)
			}
		}
		w = append(w, over.Mul(over, under.ModInverse(under, order)).Mod(over, order))
	}
	return w
}

// checkWeights compares weights, and a sum of points with given logarithms,
// with large numbers.
func checkWeights(t interface{ Errorf(string, ...any) }, c *curve.Curve, at []Index, highest int) {
	l, err := newInterpolation(c, at)
	if err != nil {
		t.Errorf("%v: %v", at, err)
		return
	}
	want, total := bigWeights(bothOrders[c], at), new(big.Int)
	points := make([]*curve.Point, len(at))
	for i, w := range l.weights() {
		if oracle.FromLittleEndian(w.Bytes()).Cmp(want[i]) != 0 {
			t.Errorf("%v %v: weight %d is %x", c, at, i, w.Bytes())
		}
		log := uint64(3*i + 5)
		points[i] = c.NewPoint().ScalarBaseMult(c.NewScalar().SetUint64(log))
		total.Add(total, want[i].Mul(want[i], new(big.Int).SetUint64(log)))
	}
	total.Mul(total, new(big.Int).SetUint64(divisors[highest])).Mod(total, bothOrders[c])
	s, err := c.NewScalar().SetCanonical(oracle.LittleEndian(total, c.ScalarLen()))
	if err != nil {
		t.Errorf("%v", err)
		return
	}
	if c.NewPoint().ScalarBaseMult(s).Equal(l.sum(points, highest)) != 1 {
		t.Errorf("%v %v, highest %d: wrong sum", c, at, highest)
	}
}

func indexes(x ...uint64) []Index {
	at := make([]Index, len(x))
	for i := range x {
		at[i] = NewIndex(x[i])
	}
	return at
}

func largest(c *curve.Curve) Index {
	i, err := IndexOf(c.NewScalar().Neg(c.NewScalar().SetUint64(1)).Bytes())
	if err != nil {
		panic(err)
	}
	return i
}

func TestWeights(t *testing.T) {
	run := func(first, n uint64) (x []uint64) {
		for i := range n {
			x = append(x, first+(i*23+3)%n) // in no order, for 23 does not divide n
		}
		return x
	}
	for c := range bothOrders {
		for _, x := range [][]uint64{
			{1}, {1023}, {1024}, {1 << 40}, {2, 1}, {1, 3}, {7, 2, 5}, {1, 1023}, {1, 1024}, {1023, 1022, 1021, 512},
			run(1, 20), run(1, 30), run(100, 40), run(1000, 50), run(1<<63, 10), run(1, 129), run(1, 150),
			{1, 1 << 32, 1<<64 - 1}, {1<<64 - 1, 1<<64 - 2, 3}, {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37},
		} {
			checkWeights(t, c, indexes(x...), 0)
		}
		every := make([]uint64, 60) // products of several words
		for i := range every {
			every[i] = uint64(2*i + 1)
		}
		checkWeights(t, c, indexes(every...), 0)
		checkWeights(t, c, append(indexes(1, 2, 1<<20), largest(c)), 0)
		checkWeights(t, c, []Index{largest(c)}, 0)
		for highest := 1; highest <= MaxHighest; highest++ {
			checkWeights(t, c, indexes(uint64(highest)), highest)
			checkWeights(t, c, indexes(run(1, uint64(highest))...), highest)
		}
	}
}

// Any indexes, small ones together with large ones, and any highest index,
// even one that is too low, which only costs more.
func TestWeightsOfAnyIndexes(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 150 {
		bound := []uint64{8, 20, 60, 1100, 1 << 40}[random.IntN(5)]
		x := make([]uint64, 1+random.IntN(8))
		for i := range x {
			for x[i] == 0 || slices.Contains(x[:i], x[i]) {
				x[i] = 1 + random.Uint64N(bound)
			}
		}
		for c := range bothOrders {
			checkWeights(t, c, indexes(x...), random.IntN(MaxHighest+1))
		}
	}
}

func TestInvertSmall(t *testing.T) {
	for c, order := range bothOrders {
		for _, d := range []uint64{1, 2, 3, 4, 97, 1 << 32, 1<<64 - 1, 1 << 63, divisors[20], 600_851_475_143} {
			want := new(big.Int).ModInverse(new(big.Int).SetUint64(d), order)
			if got := oracle.FromLittleEndian(invertSmall(c, d).Bytes()); got.Cmp(want) != 0 {
				t.Errorf("1/%d is %d, want %d", d, got, want)
			}
		}
	}
}

func TestInterpolationRefuses(t *testing.T) {
	for c := range bothOrders {
		order, err := IndexOf(oracle.LittleEndian(bothOrders[c], c.ScalarLen()))
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range [][]Index{{{}}, indexes(1, 2, 1), {NewIndex(1), order}, {largest(c), largest(c)}} {
			if _, err := newInterpolation(c, at); err == nil {
				t.Errorf("%v are taken", at)
			}
		}
	}
	if _, err := newInterpolation(curve.Ed25519(), []Index{largest(curve.Ed448())}); err == nil {
		t.Error("an index above 2^256 is taken on edwards25519")
	}
}

func TestIndex(t *testing.T) {
	for _, s := range []string{"1", "9", "10", "18446744073709551615", "0x010000000000000000", "0xffeeddccbbaa99887766"} {
		i, err := ParseIndex(s)
		if err != nil || i.String() != s {
			t.Errorf("%q is read as %v, %v", s, i, err)
		}
		if again, err := IndexOf(i.Bytes()); err != nil || again != i {
			t.Errorf("%v is read as %v, %v", i, again, err)
		}
	}
	long := largest(curve.Ed448())
	if i, err := ParseIndex(long.String()); err != nil || i != long {
		t.Errorf("%v, %v", i, err)
	}
	for _, s := range []string{"", "0", "01", "+1", "-1", " 1", "1 ", "1e3", "18446744073709551616", "0x", "0x1", "0x01", "0xffffffffffffffff",
		"0x10000000000000000", "0x00010000000000000000", "0X010000000000000000", "0x0100000000000000AA", "0x" + long.String()[2:] + "00"} {
		if i, err := ParseIndex(s); err == nil {
			t.Errorf("%q is read as %v", s, i)
		}
	}
	x := indexes(3, 1, 1<<40, 2, 256)
	slices.SortFunc(x, Index.compare)
	if !slices.Equal(x, indexes(1, 2, 3, 256, 1<<40)) {
		t.Errorf("sorted as %v", x)
	}
}

func FuzzParseIndex(f *testing.F) {
	f.Add("1")
	f.Add("0x010000000000000000")
	f.Fuzz(func(t *testing.T, s string) {
		if i, err := ParseIndex(s); err == nil && (i.IsZero() || i.String() != s) {
			t.Errorf("%q is read as %v", s, i)
		}
	})
}
