package cogen_test

import (
	"bytes"
	"math/big"
	"testing"

	"meshkey/cogen"
)

// AgreeEncoded gives and refuses what NewPublicKey and Agree do.
func TestAgreeEncoded(t *testing.T) {
	eachAlgorithm(t, func(t *testing.T, a cogen.Algorithm) {
		k, peer := a.GenerateKey(), a.GenerateKey().PublicKey()
		o := oracleOf(a)
		list := [][]byte{nil, peer.Bytes(), peer.Plain(), peer.Bytes()[1:], append(peer.Bytes(), 0)}
		for _, small := range o.Torsion()[1:] {
			list = append(list, o.Encode(small), o.Encode(o.Add(o.Mul(big.NewInt(1234567), o.Base), small)))
		}
		for i := range byte(255) { // on a curve of cofactor 8 one in 16 is a key
			b := peer.Bytes()
			b[0] += i
			list = append(list, b)
		}
		var taken int
		for _, b := range list {
			p, wrong := a.NewPublicKey(b)
			got, err := k.AgreeEncoded(b)
			if (err == nil) != (wrong == nil) {
				t.Errorf("%x: %v, want %v", b, err, wrong)
			}
			if err != nil || wrong != nil {
				continue
			}
			taken++
			want, err := k.Agree(p)
			if err != nil || !bytes.Equal(got.Bytes(), want.Bytes()) || got.Algorithm() != a || !got.Index().IsZero() {
				t.Errorf("%x: %x, want %x (%v)", b, got.Bytes(), want.Bytes(), err)
			}
		}
		if taken < 4 {
			t.Errorf("%d keys taken", taken)
		}
		if k.Wipe(); !wiped(k.AgreeEncoded(peer.Bytes())) {
			t.Error("a wiped key agrees")
		}
	})
}

func wiped(_ *cogen.Partial, err error) bool { return err != nil }
