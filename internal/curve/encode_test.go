package curve_test

import (
	"bytes"
	"math/big"
	"slices"
	"strings"
	"testing"

	"meshkey/internal/oracle"
)

func TestEncodingRoundTrip(t *testing.T) {
	eachCurve(t, func(t *testing.T, c pair) {
		for _, p := range c.samples(t, 3) {
			if p.ours.IsSmallOrder() == 1 {
				continue
			}
			b := p.ours.Bytes()
			if len(b) != c.PointLen() {
				t.Errorf("%s has %d octets", p.name, len(b))
			}
			q, err := c.Decode(b)
			if err != nil || q.Equal(p.ours) != 1 {
				t.Errorf("%s does not come back: %v", p.name, err)
				continue
			}
			first, second := p.ours.Coordinates()
			if !bytes.Equal(first, oracle.LittleEndian(p.theirs.X, c.PlainLen())) ||
				!bytes.Equal(second, oracle.LittleEndian(p.theirs.Y, c.PlainLen())) {
				t.Errorf("%s has the coordinates %x, %x", p.name, first, second)
			}
			if !c.oracle.Montgomery {
				continue
			}
			q, err = c.DecodePlain(b[:c.PlainLen()])
			if err != nil {
				t.Errorf("%s without sign: %v", p.name, err)
				continue
			}
			if _, v := q.Coordinates(); v[0]&1 != 0 || !bytes.Equal(q.Bytes()[:c.PlainLen()], b[:c.PlainLen()]) {
				t.Errorf("%s without sign is read as another point", p.name)
			}
		}
	})
}

// What the points without an encoding of their own are written as.
func TestEncodingOfSmallOrder(t *testing.T) {
	eachCurve(t, func(t *testing.T, c pair) {
		zeros := make([]byte, c.PointLen())
		identity := bytes.Clone(zeros)
		if !c.oracle.Montgomery {
			identity[0] = 1
		}
		if got := c.NewPoint().Bytes(); !bytes.Equal(got, identity) {
			t.Errorf("the identity is written as %x", got)
		}
		if first, second := c.NewPoint().Coordinates(); c.oracle.Montgomery && !bytes.Equal(slices.Concat(first, second), make([]byte, 2*c.PlainLen())) {
			t.Errorf("the identity has the coordinates %x, %x", first, second)
		}
		ours, _ := c.torsion(t)
		for i, p := range ours {
			if q, err := c.Decode(p.Bytes()); err == nil {
				t.Errorf("T%d is read, as %x", i, q.Bytes())
			}
		}
	})
}

func TestDecodeRefuses(t *testing.T) {
	eachCurve(t, func(t *testing.T, c pair) {
		p, n := c.oracle.P, c.PlainLen()
		shown := func(v *big.Int, sign byte) []byte {
			b := oracle.LittleEndian(v, n)
			if c.PointLen() > n {
				b = append(b, 0)
			}
			b[len(b)-1] |= sign
			return b
		}
		refuse := func(why string, b []byte) {
			t.Helper()
			_, err := c.Decode(b)
			if err == nil {
				t.Errorf("%x is taken, though %s", b, why)
			} else if !strings.Contains(err.Error(), why) {
				t.Errorf("%x: %v, want: %s", b, err, why)
			}
			if _, ok := c.oracle.Decode(b); ok {
				t.Errorf("the oracle takes %x", b)
			}
		}
		base := c.NewGenerator().Bytes()
		for length := range 2 * len(base) {
			if length != len(base) {
				refuse("wrong length", append(bytes.Clone(base), base...)[:length])
			}
		}
		if c.PointLen() > n {
			for sign := 1; sign < 256; sign++ {
				if sign != 0x80 {
					refuse("sign octet", append(bytes.Clone(base[:n]), byte(sign)))
				}
			}
		}
		for _, sign := range []byte{0, 0x80} {
			// Every value at or above the prime whose residue is a point:
			// for 2^255 - 19 the largest are p+18 only.
			for add := range int64(19) {
				refuse("not below the field prime", shown(new(big.Int).Add(p, big.NewInt(add)), sign))
			}
			for _, small := range c.oracle.Torsion() {
				if small.X == nil {
					continue
				}
				v := small.Y
				if c.oracle.Montgomery {
					v = small.X
				}
				refuse("small order", shown(v, sign))
			}
		}
		// About half of all coordinates belong to no point.
		var missing, found int
		for v := big.NewInt(2); v.Int64() < 60; v.Add(v, big.NewInt(1)) {
			b := shown(v, 0)
			if _, ok := c.oracle.Lift(v, 0); !ok {
				missing++
				refuse("no point has this coordinate", b)
			} else if _, err := c.Decode(b); err == nil {
				found++
			}
		}
		if missing < 15 || found < 15 {
			t.Errorf("%d points missing, %d found", missing, found)
		}
		if c.oracle.Montgomery {
			for _, b := range [][]byte{base, base[:n-1], oracle.LittleEndian(p, n), make([]byte, n), bytes.Repeat([]byte{0xff}, n)} {
				if _, err := c.DecodePlain(b); err == nil {
					t.Errorf("%x is taken without sign", b)
				}
			}
		}
	})
}

// Decode must not keep, nor change, what it is given.
func TestDecodeCopies(t *testing.T) {
	eachCurve(t, func(t *testing.T, c pair) {
		b := c.NewPoint().Double(c.NewGenerator()).Bytes()
		before := bytes.Clone(b)
		p, err := c.Decode(b)
		if err != nil || !bytes.Equal(b, before) {
			t.Fatalf("decoding changes its argument, or fails: %v", err)
		}
		clear(b)
		if !bytes.Equal(p.Bytes(), before) {
			t.Error("the point changes with the octets it was read from")
		}
	})
}

// Neither panic nor disagreement with the oracle; what is read is written the
// same.
func FuzzDecode(f *testing.F) {
	for i, c := range pairs {
		g := c.NewGenerator().Bytes()
		f.Add(byte(i), g)
		f.Add(byte(i), g[:len(g)-1])
		f.Add(byte(i), make([]byte, len(g)))
		f.Add(byte(i), bytes.Repeat([]byte{0xff}, len(g)))
		for _, p := range c.oracle.Torsion()[1:] {
			f.Add(byte(i), c.oracle.Encode(p))
			f.Add(byte(i), c.oracle.Encode(c.oracle.Add(p, c.oracle.Base)))
		}
	}
	f.Fuzz(func(t *testing.T, which byte, b []byte) {
		c := pairs[int(which)%len(pairs)]
		p, err := c.Decode(b)
		if _, ok := c.oracle.Decode(b); ok != (err == nil) {
			t.Fatalf("%v %x: %v, the oracle: %v", c, b, err, ok)
		}
		if err == nil && !bytes.Equal(p.Bytes(), b) {
			t.Errorf("%v %x is written as %x", c, b, p.Bytes())
		}
		if !c.oracle.Montgomery {
			return
		}
		plain, err := c.DecodePlain(b)
		if err != nil {
			return
		}
		if got := plain.Bytes(); !bytes.Equal(got, append(bytes.Clone(b), 0)) {
			t.Errorf("%v %x without sign is written as %x", c, b, got)
		}
	})
}
