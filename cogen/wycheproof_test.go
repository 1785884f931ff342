package cogen_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"strings"
	"testing"

	"github.com/c2sp/wycheproof"

	"meshkey/cogen"
	"meshkey/internal/curve"
	"meshkey/internal/oracle"
)

// A wycheproofFile is what is needed here of Project Wycheproof's cases.
type wycheproofFile struct {
	NumberOfTests int
	TestGroups    []struct {
		PublicKey struct{ PK string }
		Tests     []wycheproofCase
	}
}

type wycheproofCase struct {
	TcID                    int
	Comment, Result         string
	Flags                   []string
	Public, Private, Shared string // of X25519 and X448
	Msg, Sig                string // of Ed25519 and Ed448
}

func readWycheproof(t *testing.T, name string) wycheproofFile {
	t.Helper()
	b, err := fs.ReadFile(wycheproof.TestVectors, name)
	if err != nil {
		t.Fatal(err)
	}
	var f wycheproofFile
	if err := json.Unmarshal(b, &f); err != nil {
		t.Fatal(err)
	}
	var n int
	for _, g := range f.TestGroups {
		n += len(g.Tests)
	}
	if n != f.NumberOfTests || n < 80 {
		t.Fatalf("%d cases of %d", n, f.NumberOfTests)
	}
	return f
}

// Why a public key of RFC 7748 is refused here.
const (
	wrongLength = "wrong length"
	topBit      = "a bit or a value above the prime" // which RFC 7748 reads as another
	onTwist     = "on the twist"
	smallOrder  = "of small order"
	mixedOrder  = "torsion beside a part of prime order"
)

func whyRefused(o *oracle.Curve, torsion []oracle.Point, c *curve.Curve, u []byte) string {
	n := oracle.FromLittleEndian(u)
	switch {
	case len(u) != o.Size():
		return wrongLength
	case n.Cmp(o.P) >= 0:
		return topBit
	}
	for _, small := range torsion {
		if small.X != nil && small.X.Cmp(n) == 0 {
			return smallOrder
		}
	}
	p, err := c.DecodePlain(u)
	if err != nil {
		if _, ok := o.Lift(n, 0); ok {
			return "nothing"
		}
		return onTwist
	}
	// By multiplication, not by IsTorsionFree.
	minusOne := c.NewScalar().SetUint64(1)
	if q := c.NewPoint().ScalarMult(minusOne.Neg(minusOne), p); q.Add(q, p).IsIdentity() == 0 {
		return mixedOrder
	}
	return ""
}

// Every case is counted. The functions of RFC 7748 take any octets; keys here
// are points of the subgroup of prime order only, so that shares of a key give
// what the key gives. Hence what Wycheproof marks "acceptable" is refused but
// where it is such a point, and so are some "valid" ones: those with torsion.
// What is not refused is computed right, and below the keys, where h·P takes
// the place of P, what has torsion too.
func TestWycheproofAgreement(t *testing.T) {
	for _, v := range []struct {
		file   string
		a      cogen.Algorithm
		curve  *curve.Curve
		counts map[string]int
	}{
		{"x25519_test.json", cogen.X25519(), curve.X25519(), map[string]int{
			"valid EdgeCaseMultiplication": 29,
			"valid EdgeCasePrivateKey":     7,
			"valid EdgeCaseShared":         6,
			"valid Ktv":                    1,
			"valid Normal":                 1,
			"valid SpecialPublicKey":       6,
			"acceptable EdgeCaseMultiplication, refused: of small order":                  4,
			"acceptable EdgeCaseMultiplication, refused: on the twist":                    171,
			"acceptable EdgeCaseShared, refused: on the twist":                            8,
			"acceptable Ktv, refused: on the twist":                                       1,
			"acceptable LowOrderPublic, refused: a bit or a value above the prime":        16,
			"acceptable LowOrderPublic, refused: of small order":                          12,
			"acceptable LowOrderPublic, refused: on the twist":                            3,
			"acceptable NonCanonicalPublic, refused: a bit or a value above the prime":    19,
			"acceptable SmallPublicKey, refused: a bit or a value above the prime":        4,
			"acceptable SmallPublicKey, refused: of small order":                          4,
			"acceptable SpecialPublicKey, refused: a bit or a value above the prime":      20,
			"acceptable SpecialPublicKey, refused: of small order":                        4,
			"acceptable SpecialPublicKey, refused: on the twist":                          26,
			"acceptable Twist, refused: a bit or a value above the prime":                 8,
			"acceptable Twist, refused: on the twist":                                     213,
			"acceptable ZeroSharedSecret, refused: a bit or a value above the prime":      16,
			"acceptable ZeroSharedSecret, refused: of small order":                        12,
			"acceptable ZeroSharedSecret, refused: on the twist":                          3,
			"valid EdgeCaseMultiplication, refused: torsion beside a part of prime order": 190,
			"valid Ktv, refused: torsion beside a part of prime order":                    1,
			"valid SpecialPublicKey, refused: torsion beside a part of prime order":       23,
		}},
		{"x448_test.json", cogen.X448(), curve.X448(), map[string]int{
			"valid EdgeCaseMultiplication": 66,
			"valid EdgeCasePrivateKey":     7,
			"valid EdgeCaseShared":         5,
			"valid Ktv":                    1,
			"valid Normal":                 1,
			"valid SpecialPublicKey":       5,
			"acceptable EdgeCaseMultiplication, refused: of small order":                  2,
			"acceptable EdgeCaseMultiplication, refused: on the twist":                    194,
			"acceptable EdgeCaseShared, refused: on the twist":                            3,
			"acceptable LowOrderPublic, refused: a bit or a value above the prime":        2,
			"acceptable LowOrderPublic, refused: of small order":                          6,
			"acceptable LowOrderPublic, refused: on the twist":                            6,
			"acceptable NonCanonicalPublic, refused: a bit or a value above the prime":    5,
			"acceptable SmallPublicKey, refused: a bit or a value above the prime":        2,
			"acceptable SmallPublicKey, refused: of small order":                          2,
			"acceptable SmallPublicKey, refused: on the twist":                            2,
			"acceptable SpecialPublicKey, refused: a bit or a value above the prime":      6,
			"acceptable SpecialPublicKey, refused: of small order":                        2,
			"acceptable SpecialPublicKey, refused: on the twist":                          26,
			"acceptable Twist, refused: a bit or a value above the prime":                 1,
			"acceptable Twist, refused: on the twist":                                     233,
			"acceptable ZeroSharedSecret, refused: a bit or a value above the prime":      2,
			"acceptable ZeroSharedSecret, refused: of small order":                        6,
			"acceptable ZeroSharedSecret, refused: on the twist":                          3,
			"invalid PublicKeyTooLong, refused: wrong length":                             12,
			"invalid SpecialPublicKey, refused: wrong length":                             12,
			"valid EdgeCaseMultiplication, refused: torsion beside a part of prime order": 144,
			"valid SpecialPublicKey, refused: torsion beside a part of prime order":       24,
		}},
	} {
		t.Run(v.a.String(), func(t *testing.T) {
			counts, o := map[string]int{}, oracleOf(v.a)
			torsion := o.Torsion()
			for _, g := range readWycheproof(t, v.file).TestGroups {
				for _, w := range g.Tests {
					public, private := unhex(t, w.Public), unhex(t, w.Private)
					why := whyRefused(o, torsion, v.curve, public)
					p, err := v.a.NewPublicKey(public)
					if (err != nil) != (why != "") {
						t.Errorf("%d (%s %v): %v, though it is %q", w.TcID, w.Comment, w.Flags, err, why)
						continue
					}
					if why != "" {
						for _, flag := range w.Flags {
							counts[w.Result+" "+flag+", refused: "+why]++
						}
						if why == mixedOrder && !bytes.Equal(agreeCleared(t, v.curve, private, public), unhex(t, w.Shared)) {
							t.Errorf("%d (%s): the product differs", w.TcID, w.Comment)
						}
						continue
					}
					if w.Result == "invalid" {
						t.Errorf("%d (%s) is taken", w.TcID, w.Comment)
					}
					for _, flag := range w.Flags {
						counts[w.Result+" "+flag]++
					}
					k, err := v.a.NewPrivateKey(private)
					if err != nil {
						t.Fatal(err)
					}
					if shared, err := k.SharedSecret(p); err != nil || !bytes.Equal(shared, unhex(t, w.Shared)) {
						t.Errorf("%d (%s): %x (%v), want %s", w.TcID, w.Comment, shared, err, w.Shared)
					}
				}
			}
			if !maps.Equal(counts, v.counts) {
				for k, n := range counts {
					t.Logf("%q: %d,", k, n)
				}
				t.Error("not the cases that were taken and refused before")
			}
		})
	}
}

// agreeCleared multiplies h·P with the clamped scalar, which h divides, over h.
func agreeCleared(t *testing.T, c *curve.Curve, private, u []byte) []byte {
	t.Helper()
	p, err := c.DecodePlain(u)
	if err != nil {
		t.Fatal(err)
	}
	k := c.NewScalar().SetUint64(4)
	if c == curve.X25519() {
		k.SetUint64(8)
	}
	k.Mul(k.Invert(k), c.NewScalar().SetClamped(private))
	return p.ScalarMult(k, p.MultByCofactor(p)).Bytes()[:c.PlainLen()]
}

// All signatures that Wycheproof says are valid verify, and no others.
func TestWycheproofSignatures(t *testing.T) {
	for _, v := range []struct {
		file string
		a    cogen.Algorithm
	}{{"ed25519_test.json", cogen.Ed25519()}, {"ed448_test.json", cogen.Ed448()}} {
		t.Run(v.a.String(), func(t *testing.T) {
			counts := map[string]int{}
			for _, g := range readWycheproof(t, v.file).TestGroups {
				p, err := v.a.NewPublicKey(unhex(t, g.PublicKey.PK))
				if err != nil {
					t.Errorf("%s: %v", g.PublicKey.PK, err)
					continue
				}
				for _, w := range g.Tests {
					counts[w.Result]++
					if got := p.Verify(unhex(t, w.Msg), unhex(t, w.Sig)); got != (w.Result == "valid") {
						t.Errorf("%d (%s %s): %v, want %s", w.TcID, w.Comment, strings.Join(w.Flags, " "), got, w.Result)
					}
				}
			}
			if counts["valid"]+counts["invalid"] != readWycheproof(t, v.file).NumberOfTests || len(counts) != 2 {
				t.Errorf("results %v", counts)
			}
		})
	}
}
