package curve_test

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/sha3"
	"crypto/sha512"
	"encoding/hex"
	"testing"

	"github.com/cloudflare/circl/dh/x448"
	"github.com/cloudflare/circl/ecc/goldilocks"
	"github.com/cloudflare/circl/sign/ed448"

	"meshkey/internal/curve"
)

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

// agree does what X25519 and X448 do, for u on the curve: the clamped scalar k
// is a multiple of the cofactor h, so k·P = (k/h mod L)·(h·P).
func agree(c *curve.Curve, private, u []byte) ([]byte, error) {
	p, err := c.DecodePlain(u)
	if err != nil {
		return nil, err
	}
	p.MultByCofactor(p)
	k := c.NewScalar().SetUint64(8)
	if c == curve.X448() {
		k.SetUint64(4)
	}
	k.Invert(k)
	k.Mul(k, c.NewScalar().SetClamped(private))
	return p.ScalarMult(k, p).Bytes()[:c.PlainLen()], nil
}

// The functions of RFC 7748, by other hands, on points with and without torsion.
func TestMontgomeryPeers(t *testing.T) {
	peers := map[*curve.Curve]func(private, u []byte) []byte{
		curve.X25519(): func(private, u []byte) []byte {
			k, err := ecdh.X25519().NewPrivateKey(private)
			if err != nil {
				t.Fatal(err)
			}
			p, err := ecdh.X25519().NewPublicKey(u)
			if err != nil {
				t.Fatal(err)
			}
			b, err := k.ECDH(p)
			if err != nil {
				t.Fatal(err)
			}
			return b
		},
		curve.X448(): func(private, u []byte) []byte {
			var out x448.Key
			if !x448.Shared(&out, (*x448.Key)(private), (*x448.Key)(u)) {
				t.Fatal("x448: a point of small order")
			}
			return out[:]
		},
	}
	for c, peer := range peers {
		t.Run(c.String(), func(t *testing.T) {
			r := newSource()
			var free, mixed int
			for range 400 {
				private, u := r.octets(c.ScalarLen()), r.octets(c.PlainLen())
				u[len(u)-1] &= 0x7f
				p, err := c.DecodePlain(u)
				if err != nil {
					continue // the twist
				}
				mixed += 1 - p.IsTorsionFree()
				free += p.IsTorsionFree()
				got, err := agree(c, private, u)
				if err != nil || !bytes.Equal(got, peer(private, u)) {
					t.Fatalf("%x, %x: %x, want %x (%v)", private, u, got, peer(private, u), err)
				}
			}
			if free < 10 || mixed < 10 {
				t.Errorf("%d points without torsion, %d with", free, mixed)
			}
		})
	}
}

func TestEdwardsPeers(t *testing.T) {
	r := newSource()
	for range 50 {
		seed := r.octets(32)
		h := sha512.Sum512(seed)
		c := curve.Ed25519()
		got := c.NewPoint().ScalarBaseMult(c.NewScalar().SetClamped(h[:32])).Bytes()
		if want := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey); !bytes.Equal(got, want) {
			t.Errorf("Ed25519 %x: %x, want %x", seed, got, want)
		}

		seed = r.octets(57)
		c = curve.Ed448()
		s := c.NewScalar().SetClamped(sha3.SumSHAKE256(seed, 114)[:56])
		p := c.NewPoint().ScalarBaseMult(s)
		if want := ed448.NewKeyFromSeed(seed).Public().(ed448.PublicKey); !bytes.Equal(p.Bytes(), want) {
			t.Errorf("Ed448 %x: %x, want %x", seed, p.Bytes(), want)
		}

		var k goldilocks.Scalar
		k.FromBytes(r.octets(114))
		theirs, err := goldilocks.FromBytes(p.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		want, _ := goldilocks.Curve{}.ScalarMult(&k, theirs).MarshalBinary()
		if got := p.ScalarMult(c.NewScalar().SetWide(k[:]), p).Bytes(); !bytes.Equal(got, want) {
			t.Errorf("%x·%x is %x, want %x", k, theirs, got, want)
		}
	}
}

// RFC 7748, Sections 5.2, 6.1 and 6.2. Of the second values of Section 5.2, the
// u for X25519 has a bit above the prime and that for X448 is on the twist:
// neither is an encoding here.
func TestRFC7748(t *testing.T) {
	x25519, x448 := curve.X25519(), curve.X448()
	for _, v := range []struct {
		*curve.Curve
		private, u, out string
	}{
		{x25519, "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
			"e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
			"c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"},
		{x25519, "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
			"e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493", ""},
		{x25519, "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
			"0900000000000000000000000000000000000000000000000000000000000000",
			"8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"},
		{x25519, "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
			"0900000000000000000000000000000000000000000000000000000000000000",
			"de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"},
		{x25519, "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
			"de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
			"4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"},
		{x448, "3d262fddf9ec8e88495266fea19a34d28882acef045104d0d1aae121700a779c984c24f8cdd78fbff44943eba368f54b29259a4f1c600ad3",
			"06fce640fa3487bfda5f6cf2d5263f8aad88334cbd07437f020f08f9814dc031ddbdc38c19c6da2583fa5429db94ada18aa7a7fb4ef8a086",
			"ce3e4ff95a60dc6697da1db1d85e6afbdf79b50a2412d7546d5f239fe14fbaadeb445fc66a01b0779d98223961111e21766282f73dd96b6f"},
		{x448, "203d494428b8399352665ddca42f9de8fef600908e0d461cb021f8c538345dd77c3e4806e25f46d3315c44e0a5b4371282dd2c8d5be3095f",
			"0fbcc2f993cd56d3305b0b7d9e55d4c1a8fb5dbb52f8e9a1e9b6201b165d015894e56c4d3570bee52fe205e28a78b91cdfbde71ce8d157db", ""},
		{x448, "9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28dd9c9baf574a9419744897391006382a6f127ab1d9ac2d8c0a598726b",
			"05000000000000000000000000000000000000000000000000000000" + "00000000000000000000000000000000000000000000000000000000",
			"9b08f7cc31b7e3e67d22d5aea121074a273bd2b83de09c63faa73d2c22c5d9bbc836647241d953d40c5b12da88120d53177f80e532c41fa0"},
		{x448, "1c306a7ac2a0e2e0990b294470cba339e6453772b075811d8fad0d1d6927c120bb5ee8972b0d3e21374c9c921b09d1b0366f10b65173992d",
			"9b08f7cc31b7e3e67d22d5aea121074a273bd2b83de09c63faa73d2c22c5d9bbc836647241d953d40c5b12da88120d53177f80e532c41fa0",
			"07fff4181ac6cc95ec1c16a94a0f74d12da232ce40a77552281d282bb60c0b56fd2464c335543936521c24403085d59a449a5037514a879d"},
	} {
		got, err := agree(v.Curve, unhex(v.private), unhex(v.u))
		if hex.EncodeToString(got) != v.out || (err == nil) != (v.out != "") {
			t.Errorf("%v with %s: %x, want %s (%v)", v, v.u, got, v.out, err)
		}
	}
}
