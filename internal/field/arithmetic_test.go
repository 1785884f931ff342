package field_test

import (
	"bytes"
	"math/big"
	"math/rand/v2"
	"testing"

	"filippo.io/bigmod"

	"meshkey/internal/field"
	"meshkey/internal/oracle"
)

// edges are the numbers modulo p where arithmetic goes wrong if it does: at
// both ends and on both sides of 2^(8n) and of every limb.
func edges(p field.Prime) []*big.Int {
	m, one := modulus(p), big.NewInt(1)
	out := []*big.Int{big.NewInt(0), one, big.NewInt(2), new(big.Int).Sub(m, one), new(big.Int).Sub(m, big.NewInt(2))}
	top := new(big.Int).Lsh(one, uint(8*p.Octets()))
	out = append(out, top, new(big.Int).Sub(top, one))
	for bit := uint(64); bit < uint(8*p.Octets()); bit += 64 {
		x := new(big.Int).Lsh(one, bit)
		out = append(out, x, new(big.Int).Sub(x, one), new(big.Int).Sub(m, x))
	}
	return out
}

// draw gives an edge as often as not.
func draw(r *rand.Rand, p field.Prime) *big.Int {
	if r.IntN(2) == 0 {
		e := edges(p)
		return e[r.IntN(len(e))]
	}
	b := make([]byte, p.Octets()+8)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return new(big.Int).Mod(new(big.Int).SetBytes(b), modulus(p))
}

func each(t *testing.T, f func(t *testing.T, r *rand.Rand, p field.Prime, m *big.Int)) {
	t.Helper()
	for n := 1; n <= field.MaxOctets; n++ {
		p := field.New(n)
		f(t, rand.New(rand.NewPCG(uint64(n), 7)), p, modulus(p))
	}
}

func check(t *testing.T, p field.Prime, what string, got *field.Element, want *big.Int) {
	t.Helper()
	if g := number(got); g.Cmp(want) != 0 {
		t.Fatalf("%d octets: %s is %x, not %x", p.Octets(), what, g, want)
	}
}

// The numbers that reduce promises to take: up to 2^59·2^(8n), dense at the
// multiples of p and of 2^(8n).
func TestReduce(t *testing.T) {
	each(t, func(t *testing.T, r *rand.Rand, p field.Prime, m *big.Int) {
		limit := new(big.Int).Lsh(big.NewInt(1), uint(8*p.Octets()+59))
		top := new(big.Int).Lsh(big.NewInt(1), uint(8*p.Octets()))
		try := func(x *big.Int) {
			if x.Sign() < 0 || x.Cmp(limit) >= 0 {
				return
			}
			e := element(x)
			p.Reduce(&e)
			check(t, p, "the rest of "+x.Text(16), &e, new(big.Int).Mod(x, m))
		}
		for shift := range 60 {
			for _, base := range []*big.Int{m, top} {
				for _, k := range []int64{1<<shift - 1, 1 << shift, r.Int64N(1<<shift) + 1} {
					x := new(big.Int).Mul(base, big.NewInt(k))
					for d := int64(-2); d <= 2; d++ {
						try(new(big.Int).Add(x, big.NewInt(d)))
					}
				}
			}
			try(new(big.Int).Rsh(new(big.Int).Sub(limit, big.NewInt(1)), uint(shift)))
		}
	})
}

func TestBytes(t *testing.T) {
	each(t, func(t *testing.T, r *rand.Rand, p field.Prime, _ *big.Int) {
		n := p.Octets()
		for _, x := range append(edges(p), draw(r, p), draw(r, p)) {
			e := element(x)
			room := bytes.Repeat([]byte{0xa5}, n+9)
			fits := p.FillBytes(room[:n], &e)
			if fits != (x.BitLen() <= 8*n) {
				t.Fatalf("%d octets: %x fits: %v", n, x, fits)
			}
			if !bytes.Equal(room[n:], bytes.Repeat([]byte{0xa5}, 9)) {
				t.Fatalf("%d octets: written past the end", n)
			}
			if !fits {
				continue
			}
			if !bytes.Equal(room[:n], x.FillBytes(make([]byte, n))) {
				t.Fatalf("%d octets: %x is written %x", n, x, room[:n])
			}
			back := element(new(big.Int).Lsh(big.NewInt(1), 639)) // what was there goes
			p.SetBytes(&back, room[:n])
			check(t, p, "read again", &back, x)
		}
		mustPanic(t, func() { p.SetBytes(new(field.Element), make([]byte, n-1)) })
		mustPanic(t, func() { p.FillBytes(make([]byte, n+1), new(field.Element)) })
	})
}

func TestSum(t *testing.T) {
	full := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 640), big.NewInt(1))
	each(t, func(t *testing.T, r *rand.Rand, p field.Prime, m *big.Int) {
		for range 60 {
			count := 1 + r.IntN(17)
			words, es := make([]int64, count), make([]field.Element, count)
			want := new(big.Int)
			for i := range es {
				words[i] = r.Int64N(2*field.MaxWords/17) - field.MaxWords/17
				if r.IntN(8) == 0 {
					words[i] = [...]int64{0, 1, -1, field.MaxWords / 17, -field.MaxWords / 17}[r.IntN(5)]
				}
				x := draw(r, p)
				es[i] = element(x)
				want.Add(want, new(big.Int).Mul(x, big.NewInt(words[i])))
			}
			if count == 1 { // one word may take all
				words[0] = [2]int64{field.MaxWords, -field.MaxWords}[r.IntN(2)]
				want.Mul(number(&es[0]), big.NewInt(words[0]))
			}
			want.Mod(want, m)
			other := element(full) // of a longer prime
			p.Sum(&other, words, es)
			check(t, p, "a sum", &other, want)
			into := r.IntN(count) // may be one of the terms
			p.Sum(&es[into], words, es)
			check(t, p, "a sum into a term", &es[into], want)
		}
	})
}

// Products agree with bigmod.
func TestMul(t *testing.T) {
	each(t, func(t *testing.T, r *rand.Rand, p field.Prime, m *big.Int) {
		modulus, err := bigmod.NewModulus(m.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		nat := func(x *big.Int) *bigmod.Nat {
			b, err := bigmod.NewNat().SetBytes(x.FillBytes(make([]byte, modulus.Size())), modulus)
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		try := func(x, y *big.Int) {
			a, b := element(x), element(y)
			p.Mul(&a, &a, &b)
			check(t, p, "a product", &a, new(big.Int).SetBytes(nat(x).Mul(nat(y), modulus).Bytes(modulus)))
			p.Mul(&b, &b, &b)
			check(t, p, "a square", &b, new(big.Int).SetBytes(nat(y).Mul(nat(y), modulus).Bytes(modulus)))
		}
		for _, x := range edges(p) {
			for _, y := range edges(p) {
				try(x, y)
			}
		}
		for range 50 {
			try(draw(r, p), draw(r, p))
		}
	})
}

func TestEvaluate(t *testing.T) {
	each(t, func(t *testing.T, r *rand.Rand, p field.Prime, m *big.Int) {
		for range 40 {
			numbers := make([]*big.Int, 1+r.IntN(15))
			es := make([]field.Element, len(numbers))
			for i := range es {
				numbers[i] = draw(r, p)
				es[i] = element(numbers[i])
			}
			x := 1 + r.IntN(field.MaxIndex)
			var e field.Element
			p.Evaluate(&e, es, x)
			check(t, p, "a polynomial", &e, oracle.Evaluate(m, numbers, x))
		}
		// The largest that there is.
		largest := new(big.Int).Sub(m, big.NewInt(1))
		numbers, es := make([]*big.Int, 15), make([]field.Element, 15)
		for i := range es {
			numbers[i], es[i] = largest, element(largest)
		}
		var e field.Element
		p.Evaluate(&e, es, field.MaxIndex)
		check(t, p, "the largest polynomial", &e, oracle.Evaluate(m, numbers, field.MaxIndex))
	})
	p := field.New(1)
	mustPanic(t, func() { p.Evaluate(new(field.Element), make([]field.Element, 1), 0) })
	mustPanic(t, func() { p.Evaluate(new(field.Element), make([]field.Element, 1), 17) })
	mustPanic(t, func() { p.Evaluate(new(field.Element), nil, 1) })
	mustPanic(t, func() { p.Evaluate(new(field.Element), make([]field.Element, 16), 1) })
}

// Uniform takes the 255·p lowest numbers and no others, and gives their rests.
func TestUniform(t *testing.T) {
	each(t, func(t *testing.T, r *rand.Rand, p field.Prime, m *big.Int) {
		limit := new(big.Int).Mul(m, big.NewInt(255))
		end := new(big.Int).Lsh(big.NewInt(1), uint(8*p.RandomOctets()))
		try := func(x *big.Int) {
			if x.Sign() < 0 || x.Cmp(end) >= 0 {
				return
			}
			var e field.Element
			ok := p.Uniform(&e, x.FillBytes(make([]byte, p.RandomOctets())))
			if ok != (x.Cmp(limit) < 0) {
				t.Fatalf("%d octets: %x is taken: %v", p.Octets(), x, ok)
			}
			check(t, p, "a draw", &e, new(big.Int).Mod(x, m))
		}
		for k := range int64(257) {
			for d := int64(-2); d <= 2; d++ {
				try(new(big.Int).Add(new(big.Int).Mul(m, big.NewInt(k)), big.NewInt(d)))
				try(new(big.Int).Add(new(big.Int).Lsh(big.NewInt(k), uint(8*p.Octets())), big.NewInt(d)))
			}
		}
	})
	p := field.New(1)
	mustPanic(t, func() { p.Uniform(new(field.Element), make([]byte, 1)) })
}

// For one octet all draws can be tried: each element comes 255 times.
func TestUniformIsUniform(t *testing.T) {
	p := field.New(1)
	var times [257]int
	for x := range 1 << 16 {
		var e field.Element
		if p.Uniform(&e, []byte{byte(x >> 8), byte(x)}) {
			times[number(&e).Int64()]++
		}
	}
	for x, n := range times {
		if n != 255 {
			t.Errorf("%d comes %d times of 65536", x, n)
		}
	}
}

func TestZero(t *testing.T) {
	each(t, func(t *testing.T, _ *rand.Rand, p field.Prime, _ *big.Int) {
		for _, x := range edges(p) {
			if e := element(x); e.IsZero() != (x.Sign() == 0) {
				t.Fatalf("%x is zero: %v", x, e.IsZero())
			}
		}
	})
	es := []field.Element{element(big.NewInt(7)), element(big.NewInt(8))}
	field.Wipe(es)
	if !es[0].IsZero() || !es[1].IsZero() {
		t.Error("wiped elements are not zero")
	}
}
