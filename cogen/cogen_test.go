package cogen

import (
	"encoding/hex"
	"testing"
)

func un(s string) []byte { b, _ := hex.DecodeString(s); return b }

func TestSkeleton(t *testing.T) {
	for _, c := range []struct {
		a          Algorithm
		seed, want string
	}{
		{Ed448(), "167c07df674ffd03c6ef37c8baf9f61e9ed7697b244aff13cd2749294ddd546bc77c37411bc25da7bbdf110ddfd240b94d453dbf6e9b9cbb", "4a30488d71cf15f3d6e6956aa3e2aab93e2a09124e2fcdb235b0dff7115a6e2d2fba73f75c67df57cfacf162547bf1f75825fd6cb216e73b80"},
		{X448(), "d272a121920742164c2c6da0b20dcdea3ac21634202a1d8aab220be23dd9eddc536b2a0c8c00d52cee6b77022a05e9f6a1a927aeccc665b0", "601742b0afd2c81e69800909a3194a8e6b174bd6d9b72312d515495444cb5d1d45ed6a77d0bf3953ce035fb2dfb063ca4b7615f2d1ff15da80"},
		{X25519(), "e72239e1ab77ac9cb46aa01227689e2814602fa87608385ed5e65de70cc842e8", "56b7cf066f96dda9a3dc2f53f55e87fcf6f307f58d200972ac63acb79381d66b80"},
		{Ed25519(), "cfeb3b53c69c8e259d474da0b702234b3dcb55134e8b7f064fad691e32399cda", "fded6fd42f3aba0d3353503799440d33b0ae584740230c28e84b642eb58a9195"},
	} {
		k, err := c.a.NewPrivateKey(un(c.seed))
		if err != nil {
			t.Fatal(err)
		}
		got := k.PublicKey().Bytes()
		if hex.EncodeToString(got) != c.want {
			t.Errorf("%v: %x want %s", c.a, got, c.want)
		}
		p, err := c.a.NewPublicKey(got)
		if err != nil || !p.Equal(k.PublicKey()) {
			t.Errorf("%v: %v", c.a, err)
		}
		if c.a.IsSignature() {
			sig, err := k.Sign([]byte("x"))
			if err != nil || !p.Verify([]byte("x"), sig) || p.Verify([]byte("y"), sig) {
				t.Error(c.a, "sign", err)
			}
		}
	}
	k, _ := Ed25519().NewPrivateKey(un("c3931bf8951e8743ce8d8459e0dfd356fff58d0d7f975f90c8740cd257ee944f"))
	e, _ := Ed25519().NewPublicKey(un("b922306da790abd6d34a34404cee2cbb466e854d7dc47f526169b86bc551e489"))
	z, err := k.SharedSecret(e)
	t.Logf("%x %v", z, err)
	p, _ := Ed25519().NewPublicKey(un("fded6fd42f3aba0d3353503799440d33b0ae584740230c28e84b642eb58a9195"))
	t.Log(p.VerifyMesh(un("ada8a6f1257969d3db5969fc14c3389ab4404023bd0368d9d0d6409c55d6946d3117ab161896e729276d209326314fe18daae520f128637bf2f54755947e4a02"), un("ea7dd57dcd1f97b2ba5f890cce504cd3afd5ce83ae319535a2b82ddfa7362904a4118885f3f51823c49eceb032c8ee5ee713aec008178d61f1245a07bb824103")))
}
