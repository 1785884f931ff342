package curve_test

import (
	"bytes"
	"math/big"
	"strings"
	"testing"

	"meshkey/internal/curve"
	"meshkey/internal/oracle"
)

// checkMulEncoded compares MulEncoded with Decode, ScalarMult and Bytes one
// after the other.
func (c pair) checkMulEncoded(t *testing.T, what string, s *curve.Scalar, b []byte) {
	t.Helper()
	decode := c.Decode
	if c.oracle.Montgomery && len(b) == c.PlainLen() {
		decode = c.DecodePlain
	}
	before := bytes.Clone(b)
	q, got, err := c.MulEncoded(s, b)
	p, want := decode(b)
	if (err == nil) != (want == nil) || err != nil && err.Error() != want.Error() {
		t.Errorf("%s: %v, want %v", what, err, want)
	} else if err == nil && (q.Equal(p.ScalarMult(s, p)) != 1 || !bytes.Equal(got, p.Bytes())) {
		t.Errorf("%s times %v is %x, want %x", what, integer(s), got, p.Bytes())
	}
	if !bytes.Equal(b, before) {
		t.Errorf("%s: the argument changed", what)
	}
	q, checked, err := c.MulChecked(s, b)
	switch p, _ := decode(b); {
	case want != nil:
		if err == nil || err.Error() != want.Error() {
			t.Errorf("%s, checked: %v, want %v", what, err, want)
		}
	case p.IsTorsionFree() == 0:
		if err == nil || !strings.Contains(err.Error(), "outside the subgroup") {
			t.Errorf("%s, checked: %v", what, err)
		}
	case err != nil || !bytes.Equal(checked, got) || q.Equal(p.ScalarMult(s, p)) != 1:
		t.Errorf("%s, checked: %x (%v)", what, checked, err)
	}
}

func FuzzMulEncoded(f *testing.F) {
	for i, c := range pairs {
		f.Add(byte(i), []byte{7}, c.NewGenerator().Bytes())
		f.Add(byte(i), []byte{}, c.NewGenerator().Bytes()[:c.PlainLen()])
	}
	f.Fuzz(func(t *testing.T, which byte, s, b []byte) {
		c := pairs[int(which)%len(pairs)]
		c.checkMulEncoded(t, c.String(), c.NewScalar().SetWide(s), b)
	})
}

// For every scalar, sign and torsion, and for what is no point.
func TestMulEncoded(t *testing.T) {
	eachCurve(t, func(t *testing.T, c pair) {
		check := func(what string, s *curve.Scalar, b []byte) {
			t.Helper()
			c.checkMulEncoded(t, what, s, b)
		}
		scalars := c.scalars(10)
		for i, p := range c.samples(t, 3) {
			b := p.ours.Bytes()
			for j, s := range scalars {
				if i > 10 && (i+j)%5 != 0 {
					continue
				}
				check(p.name, s, b)
				if c.oracle.Montgomery {
					check(p.name+" without sign", s, b[:c.PlainLen()])
				}
			}
		}
		s := c.scalar(big.NewInt(-77))
		for v := int64(0); v < 60; v++ { // many of them on the twist
			b := append(oracle.LittleEndian(big.NewInt(v), c.PlainLen()), 0x80)[:c.PointLen()]
			check("a small coordinate", s, b)
			check("one at the prime", s, append(oracle.LittleEndian(new(big.Int).Add(c.oracle.P, big.NewInt(v%19)), c.PlainLen()), 0)[:c.PointLen()])
		}
		for n := range c.PointLen() + 3 {
			check("another length", s, append(c.NewGenerator().Bytes(), 0, 0)[:n])
		}
		b := c.NewGenerator().Bytes()
		for sign := range 256 {
			b[len(b)-1] = byte(sign)
			check("a sign octet", s, b)
		}
	})
}
