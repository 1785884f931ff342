package curve

import (
	"encoding/hex"
	"errors"

	"filippo.io/edwards25519"
	"filippo.io/edwards25519/field"
	fp "github.com/cloudflare/circl/math/fp448"
)

var _ = errors.New

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

func elt448(s string) (x fp.Elt) { copy(x[:], unhex(s)); return x }

func elt25519(s string) *field.Element {
	x, err := new(field.Element).SetBytes(unhex(s))
	if err != nil {
		panic(err)
	}
	return x
}

// Prime of curve25519.
var prime25519 = append(append([]byte{0xed}, repeat(0xff, 30)...), 0x7f)

var prime448 = func() []byte { p := fp.P(); return p[:] }()

func repeat(v byte, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = v
	}
	return b
}

// Edwards 25519.

func liftEd25519(y []byte, odd byte) (element, bool) {
	b := append([]byte(nil), y...)
	b[31] |= odd << 7
	p, err := edwards25519.NewIdentityPoint().SetBytes(b)
	if err != nil {
		return nil, false
	}
	return &point25519{*p}, true
}

func affineEd25519(e element) (y, x []byte) {
	X, Y, Z, _ := e.(*point25519).p.ExtendedCoordinates()
	inv := new(field.Element).Invert(Z)
	return Y.Multiply(Y, inv).Bytes(), X.Multiply(X, inv).Bytes()
}

// sqrt(-486664)
var map25519 = elt25519("e781ba0055fb91337de582b42e2c5e3a81b003fc23f7842d44f95f9f0b12d970")

func liftX25519(ub []byte, odd byte) (element, bool) {
	one := new(field.Element).One()
	u, err := new(field.Element).SetBytes(ub)
	if err != nil {
		return nil, false
	}
	// v² = u(u² + A·u + 1)
	t := new(field.Element).Add(u, new(field.Element).Mult32(one, 486662))
	t.Multiply(t, u)
	t.Add(t, one)
	t.Multiply(t, u)
	v, ok := new(field.Element).SqrtRatio(t, one)
	if ok == 0 {
		return nil, false
	}
	if v.IsNegative() != int(odd) {
		v.Negate(v)
	}
	up, um := new(field.Element).Add(u, one), new(field.Element).Subtract(u, one)
	su := new(field.Element).Multiply(map25519, u)
	X := new(field.Element).Multiply(su, up)
	Y := new(field.Element).Multiply(um, v)
	Z := new(field.Element).Multiply(v, up)
	T := new(field.Element).Multiply(su, um)
	p, err := edwards25519.NewIdentityPoint().SetExtendedCoordinates(X, Y, Z, T)
	if err != nil {
		return nil, false
	}
	return &point25519{*p}, true
}

func affineX25519(e element) (u, v []byte) {
	X, Y, Z, _ := e.(*point25519).p.ExtendedCoordinates()
	s, d := new(field.Element).Add(Z, Y), new(field.Element).Subtract(Z, Y)
	inv := new(field.Element).Multiply(d, X)
	inv.Invert(inv).Multiply(inv, s)
	v0 := new(field.Element).Multiply(inv, Z)
	return inv.Multiply(inv, X).Bytes(), v0.Multiply(v0, map25519).Bytes()
}

// 448

var ed448 = &edwards448{d: elt448("5667ffffffffffffffffffffffffffffffffffffffffffffffffffff" + "feffffffffffffffffffffffffffffffffffffffffffffffffffffff")}

var x448 = &edwards448{d: elt448("b956a1ba2dc33c24c461fb58709980d09afe4c26819ccc9ce7122a41a31d9b80370fa542721546adcca27393c2384ff219af0d7fdc4b8bd7")}

// sqrt(156324)
var map448 = elt448("6c4eae8a1ede852ca59c4154edf766c0a4bdddfae9cd34077529182d01af45c996aa714b714fe34341d5445fe41aed77d0ee49d6f7c5b245")

func init() {
	ed448.base = *ed448.affinePoint(
		elt448("5ec00cc72ba826268e93008be1803b431165b62af71aae1264a4d3a324e36dea67170f477065149eda36bf22a6151d22ed0ded6bc670194f"),
		elt448("14fa30f25b790898adc8d74e2c13bdfdc4397ce61cffd33ad7c2a0051e9c78874098a36c7373ea4b62c7c9563720768824bcb66e71463f69"))
	ed448.base.curve = ed448
	x448.base = *x448.affinePoint(
		elt448("fc049c3e0913876911cd9684f332e79d247269ed87771fe293dc8b727da0250c246929c91a752811c692c716f49d7cae530540702b0ba779"),
		elt448("01000000000000000000000000000000000000000000000000000080ffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"))
	x448.base.curve = x448
}

func liftEd448(yb []byte, odd byte) (element, bool) {
	var x, y, num, den fp.Elt
	one := fp.One()
	copy(y[:], yb)
	fp.Sqr(&num, &y)
	fp.Mul(&den, &num, &ed448.d)
	fp.Sub(&num, &num, &one)
	fp.Sub(&den, &den, &one)
	if !fp.InvSqrt(&x, &num, &den) {
		return nil, false
	}
	setParity448(&x, odd)
	return ed448.affinePoint(x, y), true
}

func affineEd448(e element) (yb, xb []byte) {
	x, y := e.(*point448).affine()
	return append(make([]byte, 0, 57), y[:]...), x[:]
}

func setParity448(x *fp.Elt, odd byte) {
	fp.Modp(x)
	var n fp.Elt
	fp.Neg(&n, x)
	fp.Modp(&n)
	fp.Cmov(x, &n, uint(x[0]&1^odd))
}

func liftX448(ub []byte, odd byte) (element, bool) {
	var u, v, t fp.Elt
	one := fp.One()
	copy(u[:], ub)
	a := fp.Elt{0xa6, 0x62, 0x02} // 156326
	fp.Add(&t, &u, &a)
	fp.Mul(&t, &t, &u)
	fp.Add(&t, &t, &one)
	fp.Mul(&t, &t, &u)
	if !fp.InvSqrt(&v, &t, &one) {
		return nil, false
	}
	setParity448(&v, odd)
	// x = map·u/v, y = (u+1)/(u-1)
	var n, d, cu fp.Elt
	fp.Add(&n, &u, &one)
	fp.Sub(&d, &u, &one)
	fp.Mul(&cu, &map448, &u)
	p := &point448{curve: x448}
	fp.Mul(&p.x, &cu, &d)
	fp.Mul(&p.y, &n, &v)
	fp.Mul(&p.z, &v, &d)
	p.ta, p.tb = cu, n
	return p, true
}

func affineX448(e element) (ub, vb []byte) {
	p := e.(*point448)
	// u = (Y+Z)/(Y-Z), v = map·u·Z/X
	var n, d, inv, u, v fp.Elt
	fp.Add(&n, &p.y, &p.z)
	fp.Sub(&d, &p.y, &p.z)
	fp.Mul(&inv, &d, &p.x)
	fp.Inv(&inv, &inv)
	fp.Mul(&inv, &inv, &n)
	fp.Mul(&u, &inv, &p.x)
	fp.Mul(&v, &inv, &p.z)
	fp.Mul(&v, &v, &map448)
	fp.Modp(&u)
	fp.Modp(&v)
	return append(make([]byte, 0, 57), u[:]...), v[:]
}
