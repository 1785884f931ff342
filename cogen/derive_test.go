package cogen

import (
	"bytes"
	"crypto/sha3"
	"encoding/binary"
	"fmt"
	"testing"

	"meshkey/internal/curve"
)

// What is derived is the same again, another thing for another label, number or
// key, and a split of the key like any other.
func TestDerived(t *testing.T) {
	for _, a := range []Algorithm{X25519(), X448(), Ed25519(), Ed448()} {
		t.Run(a.String(), func(t *testing.T) {
			k := a.GenerateKey()
			seen := map[string]bool{}
			for _, label := range []string{"one", "two"} {
				for _, n := range []int{1, 2, 5} {
					keys, err := k.SplitAllDerived(n, []byte(label))
					if err != nil {
						t.Fatal(err)
					}
					again, err := k.SplitAllDerived(n, []byte(label))
					if err != nil {
						t.Fatal(err)
					}
					var public []*PublicKey
					for i := range keys {
						public = append(public, keys[i].PublicKey())
						if !bytes.Equal(keys[i].Bytes(), again[i].Bytes()) {
							t.Error("a second time it is another split")
						}
						if s := string(keys[i].Bytes()); n > 1 && seen[s] {
							t.Error("two labels or numbers give one key")
						} else {
							seen[s] = true
						}
					}
					if !k.PublicKey().IsSum(public...) {
						t.Error("the keys are not those of the whole")
					}
				}
				checkDerivedSharing(t, k, []byte(label), seen)
			}
			k.Wipe()
			if _, err := k.SplitAllDerived(2, nil); err == nil {
				t.Error("a wiped key is split")
			}
			if _, err := k.SplitDerived(2, nil, nil); err == nil {
				t.Error("a wiped key is shared")
			}
		})
	}
}

func checkDerivedSharing(t *testing.T, k *PrivateKey, label []byte, seen map[string]bool) {
	t.Helper()
	none, err := k.SplitDerived(3, nil, label)
	if err != nil || len(none.Shares) != 0 || none.Commitment.Need() != 3 {
		t.Fatalf("%+v, %v", none, err)
	}
	// Shares that were made at different times fit together.
	var shares []*Share
	for _, at := range [][]Index{{NewIndex(1), NewIndex(7)}, {NewIndex(1 << 40)}} {
		s, err := k.SplitDerived(3, at, label)
		if err != nil {
			t.Fatal(err)
		}
		if !s.Commitment.Equal(none.Commitment) {
			t.Error("a second time it is another polynomial")
		}
		shares = append(shares, s.Shares...)
	}
	whole, err := Recombine(shares...)
	if err != nil || !whole.PublicKey().Equal(k.PublicKey()) {
		t.Errorf("the shares do not give the key: %v", err)
	}
	for _, s := range shares {
		if seen[string(s.Scalar())] {
			t.Error("two labels give one share")
		}
		seen[string(s.Scalar())] = true
	}
	other, err := k.SplitDerived(2, nil, label)
	if err != nil || bytes.Equal(other.Commitment.Bytes()[1], none.Commitment.Bytes()[1]) {
		t.Errorf("for another need it is the same polynomial, %v", err)
	}
	for _, need := range []int{0, -1, MaxShares + 1} {
		if _, err := k.SplitDerived(need, nil, label); err == nil {
			t.Errorf("%d are needed", need)
		}
	}
	for _, n := range []int{0, -1, MaxContributions + 1} {
		if _, err := k.SplitAllDerived(n, label); err == nil {
			t.Errorf("split into %d", n)
		}
	}
}

// The derivation as docs/FORMATS.md has it, written once more.
func TestDerivedAsSpecified(t *testing.T) {
	k := X448().GenerateKey()
	derive := func(purpose string, n int, parts ...[]byte) *curve.Scalar {
		h := sha3.NewCSHAKE256(nil, []byte("meshkey "+purpose))
		for _, p := range parts {
			var length [8]byte
			binary.BigEndian.PutUint64(length[:], uint64(len(p)))
			h.Write(length[:])
			h.Write(p)
		}
		out := make([]byte, n)
		h.Read(out)
		return curve.X448().NewScalar().SetWide(out)
	}
	label := fmt.Append(nil, "group M key 2 sharing N")
	c := curve.X448()
	whole := k.scalar()
	service := derive("derived split v1", 112, whole.Bytes(), []byte("X448"), []byte("2"), label)
	rest := c.NewScalar().Sub(whole, service)
	linear := derive("derived polynomial v1", 112, rest.Bytes(), []byte("X448"), []byte("2"), label)

	halves, err := k.SplitAllDerived(2, label)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(halves[0].Bytes(), service.Bytes()) || !bytes.Equal(halves[1].Bytes(), rest.Bytes()) {
		t.Error("another split")
	}
	sharing, err := halves[1].SplitDerived(2, []Index{NewIndex(1)}, label)
	if err != nil {
		t.Fatal(err)
	}
	if want := c.NewScalar().Add(rest, linear); !bytes.Equal(sharing.Shares[0].Scalar(), want.Bytes()) {
		t.Error("another share at 1")
	}
}
