package curve

import (
	"encoding/binary"
	"math/big"
	"testing"

	fp "github.com/cloudflare/circl/math/fp448"

	"meshkey/internal/oracle"
)

func number(l limbs) *big.Int {
	b := make([]byte, 0, 8*maxLimbs)
	for _, w := range l {
		b = binary.LittleEndian.AppendUint64(b, w)
	}
	return oracle.FromLittleEndian(b)
}

func TestConstants(t *testing.T) {
	check := func(what string, got, want, modulus *big.Int) {
		t.Helper()
		got, want = new(big.Int).Mod(got, modulus), new(big.Int).Mod(want, modulus)
		if got.Cmp(want) != 0 {
			t.Errorf("%s is %v, want %v", what, got, want)
		}
	}
	square := func(x *big.Int) *big.Int { return new(big.Int).Mul(x, x) }
	from := oracle.FromLittleEndian

	for _, v := range []struct {
		*order
		curve *oracle.Curve
	}{{order25519, oracle.Ed25519()}, {order448, oracle.Ed448()}} {
		r := new(big.Int).Lsh(big.NewInt(1), uint(64*v.n))
		if number(v.l).Cmp(v.curve.L) != 0 || number(v.rr).Cmp(v.curve.L) >= 0 {
			t.Error("L, or R² below it")
		}
		check("R²", number(v.rr), square(r), v.curve.L)
		word := new(big.Int).Lsh(big.NewInt(1), 64)
		check("-1/L·L", new(big.Int).Mul(new(big.Int).SetUint64(v.k0), v.curve.L), big.NewInt(-1), word)
	}

	p25519, p448 := oracle.X25519().P, oracle.X448().P
	if from(prime25519).Cmp(p25519) != 0 || from(prime448).Cmp(p448) != 0 {
		t.Error("a field prime")
	}
	check("the square of map25519", square(from(map25519[:])), big.NewInt(-486664), p25519)
	check("2·121666·d of edwards25519", new(big.Int).Mul(from(twoD25519[:]), big.NewInt(121666)), big.NewInt(-2*121665), p25519)
	// The tangent of torsionFree goes through (A+2, 0) and the x of a point of
	// order 4: with m the slope, that is x = A + 2 + 2·(m + 2), and m + 2 is a
	// root of A + 2.
	root := new(big.Int).Add(from(tangent25519[:]), big.NewInt(2))
	check("the square of tangent25519 + 2", square(root), big.NewInt(486664), p25519)
	check("the square of rootOf39081", square(from(rootOf39081[:])), big.NewInt(39081), p448)
	check("d of edwards448", from(ed448.d[:]), big.NewInt(-39081), p448)
	check("39081·d of curve448", new(big.Int).Mul(from(x448.d[:]), big.NewInt(39081)), big.NewInt(39082), p448)

	// The addition law is complete: d is not a square.
	for _, d := range []fp.Elt{ed448.d, x448.d} {
		if big.Jacobi(from(d[:]), p448) != -1 {
			t.Error("d is a square")
		}
		// What torsionFree rests on.
		minus := new(big.Int).Sub(from(d[:]), big.NewInt(1))
		a := new(big.Int).Add(from(d[:]), big.NewInt(1))
		a.Mul(a, big.NewInt(2)).Mul(a, new(big.Int).ModInverse(minus, p448))
		if big.Jacobi(minus, p448) != 1 ||
			big.Jacobi(new(big.Int).Sub(a, big.NewInt(2)), p448) != 1 ||
			big.Jacobi(a.Add(a, big.NewInt(2)), p448) != -1 {
			t.Error("a curve for which torsionFree was not made")
		}
	}
	// What joinX25519 and joinX448 divide by is never 0.
	if v2 := big.NewInt(-1 + 486662 - 1); big.Jacobi(v2, p25519) != -1 {
		t.Error("curve25519 has a point with u = -1")
	}
	if v2 := big.NewInt(1 + 156326 + 1); big.Jacobi(v2, p448) != -1 {
		t.Error("curve448 has a point with u = 1")
	}
}

// The multiplication takes any x below R, though most that it is given are
// below L.
func TestMontgomeryBounds(t *testing.T) {
	for _, o := range []*order{order25519, order448} {
		full, most := limbs{}, o.l
		for i := range o.n {
			full[i] = ^uint64(0)
		}
		most[0]--
		l, r := number(o.l), new(big.Int).Lsh(big.NewInt(1), uint(64*o.n))
		// y with all limbs but the last full is below L too.
		under := full
		under[o.n-1] = o.l[o.n-1] - 1
		for _, x := range []limbs{full, most, under, {}, {1}, o.rr} {
			for _, y := range []limbs{most, under, {}, {1}, o.rr} {
				want := new(big.Int).Mul(number(x), number(y))
				want.Mul(want, new(big.Int).ModInverse(r, l)).Mod(want, l)
				var z limbs
				if o.mul(&z, &x, &y); number(z).Cmp(want) != 0 {
					t.Errorf("%x·%x/R is %x, want %x", x, y, number(z), want)
				}
			}
		}
	}
}

// Digits are what they stand for, and within their bounds.
func TestDigits(t *testing.T) {
	c := Ed448()
	minusOne := c.NewScalar().SetUint64(1)
	for _, s := range []*Scalar{
		c.NewScalar(), c.NewScalar().SetUint64(1), minusOne.Neg(minusOne), c.NewScalar().SetUint64(1 << 63),
		c.NewScalar().SetWide(unhex("8888888888888888888888888888888888888888888888888888888888888888")),
		c.NewScalar().SetWide(unhex("7777777777777777777777777777777777777777777777777777777777777777ffffffffffffffff")),
		c.NewScalar().Invert(c.NewScalar().SetUint64(3)),
	} {
		want := oracle.FromLittleEndian(s.Bytes())
		sixteen := new(big.Int)
		digits := s.radix16()
		for i := digits16 - 1; i >= 0; i-- {
			if digits[i] < -8 || digits[i] > 7 {
				t.Errorf("digit %d", digits[i])
			}
			sixteen.Lsh(sixteen, 4).Add(sixteen, big.NewInt(int64(digits[i])))
		}
		if sixteen.Cmp(want) != 0 {
			t.Errorf("%v has the digits of %v", want, sixteen)
		}
		value := s.value()
		for width := 2; width <= 6; width++ {
			sum, last := new(big.Int), -width
			for i, d := range naf(nil, &value, width) {
				if d == 0 {
					continue
				}
				if d&1 == 0 || int(max(d, -d)) >= 1<<(width-1) || i-last < width {
					t.Errorf("digit %d at %d", d, i)
				}
				last = i
				sum.Add(sum, new(big.Int).Lsh(big.NewInt(int64(d)), uint(i)))
			}
			if sum.Cmp(want) != 0 {
				t.Errorf("%v has the digits of %v with width %d", want, sum, width)
			}
		}
	}
}

// The residue symbols and multiplying by the order tell the same.
func TestTorsionFree(t *testing.T) {
	for _, c := range []*Curve{X25519(), Ed25519(), X448(), Ed448()} {
		minusOne := c.NewScalar().SetUint64(1)
		minusOne.Neg(minusOne)
		encoded, g := make([]byte, c.PointLen()), c.NewGenerator()
		var counts [2]int
		for range 255 << (c.cofactor - 2) {
			encoded[0]++
			encoded[7] += 3
			encoded[11] += 5 * (encoded[0] & 1)
			p, err := c.Decode(encoded)
			if err != nil {
				continue
			}
			q := c.NewPoint().ScalarMult(minusOne, p)
			want := q.Add(q, p).IsIdentity()
			if counts[want]++; p.IsTorsionFree() != want {
				t.Fatalf("%v %x: %d, want %d", c, encoded, p.IsTorsionFree(), want)
			}
			// Not by the representation, nor by the sign of x.
			for _, same := range []*Point{q.Add(p, g).Sub(q, g), c.NewPoint().Neg(p)} {
				if got := same.IsTorsionFree(); got != want {
					t.Fatalf("%v %x, computed: %d, want %d", c, encoded, got, want)
				}
			}
		}
		if counts[0] < 50 || counts[1] < 15 {
			t.Errorf("%v: %d points with torsion, %d without", c, counts[0], counts[1])
		}
	}
}
