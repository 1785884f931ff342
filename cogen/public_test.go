package cogen_test

import (
	"bytes"
	"encoding/hex"
	"math/big"
	"strings"
	"testing"

	"meshkey/cogen"
	"meshkey/internal/oracle"
)

func TestPublicKeyForms(t *testing.T) {
	lengths := map[cogen.Algorithm][2]int{
		cogen.X25519(): {33, 32}, cogen.X448(): {57, 56}, cogen.Ed25519(): {32, 32}, cogen.Ed448(): {57, 57},
	}
	eachAlgorithm(t, func(t *testing.T, a cogen.Algorithm) {
		own := a.GenerateKey().PublicKey()
		b, plain := own.Bytes(), own.Plain()
		if len(b) != lengths[a][0] || len(plain) != lengths[a][1] || !bytes.HasPrefix(b, plain) {
			t.Errorf("%x, plain %x", b, plain)
		}
		read := public(t, a, plain)
		if !bytes.Equal(read.Bytes(), plain) || !bytes.Equal(read.Plain(), plain) {
			t.Errorf("%x is written as %x", plain, read.Bytes())
		}
		if !read.Equal(own) || !own.Equal(read) {
			t.Error("a key is not equal to itself without sign")
		}
		other := bytes.Clone(b)
		other[len(other)-1] ^= 0x80
		if minus := public(t, a, other); minus.Equal(own) || a.IsSignature() == minus.Equal(read) {
			t.Error("a key and its negative are equal, or differ without sign")
		}
		for _, c := range algorithms {
			if stranger := c.GenerateKey().PublicKey(); stranger.Equal(own) || own.Equal(stranger) {
				t.Error("two keys are equal")
			}
		}
	})
}

func TestPublicKeyRefuses(t *testing.T) {
	eachAlgorithm(t, func(t *testing.T, a cogen.Algorithm) {
		o := oracleOf(a)
		refuse := func(why string, b []byte) {
			t.Helper()
			if _, err := a.NewPublicKey(b); err == nil {
				t.Errorf("%x is taken, though %s", b, why)
			} else if !strings.HasPrefix(err.Error(), "cogen: not a public key of "+a.String()+": ") ||
				!strings.Contains(err.Error(), why) {
				t.Errorf("%v, want %s", err, why)
			}
		}
		own := a.GenerateKey().PublicKey()
		good := []int{len(own.Bytes()), len(own.Plain())}
		for n := range 70 {
			if n != good[0] && n != good[1] {
				refuse("wrong length", append(own.Bytes(), make([]byte, 70)...)[:n])
			}
		}
		for i, small := range o.Torsion() {
			if small.X == nil {
				continue
			}
			refuse("small order", o.Encode(small))
			if i == 0 {
				continue
			}
			// A point whose multiples by unreduced and reduced scalars differ.
			mixed := o.Encode(o.Add(o.Mul(big.NewInt(1234567), o.Base), small))
			refuse("outside the subgroup", mixed)
			if !a.IsSignature() {
				refuse("outside the subgroup", mixed[:o.Size()])
			}
		}
		second := func(v *big.Int) []byte {
			return append(oracle.LittleEndian(v, o.Size()), make([]byte, good[0]-o.Size())...)
		}
		refuse("not below the field prime", second(o.P))
		refuse("not below the field prime", second(new(big.Int).Add(o.P, big.NewInt(4))))
		twist := big.NewInt(2)
		for ; ; twist.Add(twist, big.NewInt(1)) {
			if _, ok := o.Lift(twist, 0); !ok {
				break
			}
		}
		refuse("no point has this coordinate", second(twist))
		if a != cogen.Ed25519() {
			for sign := 1; sign < 256; sign++ {
				b := own.Bytes()
				b[len(b)-1] = byte(sign)
				if sign != 0x80 {
					refuse("sign octet", b)
				}
			}
		}
	})
}

// What is read is written the same, agrees with its private counterpart, and
// never makes anything panic.
func FuzzNewPublicKey(f *testing.F) {
	for i, a := range algorithms {
		for _, v := range publishedKeys {
			if v.algorithm == a {
				b, err := hex.DecodeString(v.public)
				if err != nil {
					f.Fatal(err)
				}
				f.Add(byte(i), b)
			}
		}
		f.Add(byte(i), make([]byte, a.PrivateLen()))
		for _, p := range oracleOf(a).Torsion()[1:] {
			f.Add(byte(i), oracleOf(a).Encode(oracleOf(a).Add(p, oracleOf(a).Base)))
		}
	}
	var keys []*cogen.PrivateKey
	for _, a := range algorithms {
		keys = append(keys, a.GenerateKey())
	}
	f.Fuzz(func(t *testing.T, which byte, b []byte) {
		k := keys[int(which)%len(keys)]
		a := k.Algorithm()
		p, err := a.NewPublicKey(b)
		if err != nil {
			return
		}
		if !bytes.Equal(p.Bytes(), b) || !bytes.HasPrefix(b, p.Plain()) {
			t.Errorf("%v %x is written as %x", a, b, p.Bytes())
		}
		if s, err := k.SharedSecret(p); err != nil || len(s) != len(p.Plain()) {
			t.Errorf("%v %x: %x, %v", a, b, s, err)
		}
		if p.VerifyMesh(b, b) || p.VerifyMesh(b, append(bytes.Clone(b), b...)) {
			t.Errorf("%v %x verifies nonsense", a, b)
		}
	})
}
