package api

import (
	"testing"
	"time"

	"meshkey/cogen"
	"meshkey/mesh"
	"meshkey/udf"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func fingerprint(k *cogen.PublicKey) udf.Fingerprint {
	return udf.KeyFingerprint(k.Algorithm(), k.Bytes())
}

func operate() *OperateRequest {
	return &OperateRequest{AccountAddress: "team@example.com", Operations: []mesh.AnyOperation{
		&mesh.CryptographicOperationKeyAgreement{
			CryptographicOperation: mesh.CryptographicOperation{KeyId: "MA77-JIYT-4UAX-CALM-J4UC-K5KZ-EOLU"},
			PublicKey:              &mesh.PublicKeyECDH{Crv: "X448", Public: make([]byte, 57)},
		},
	}, EnvelopedGroupRequest: mesh.Envelope(`[{"dig":"S512"},"AAAA",{"signatures":[{"alg":"S512","kid":"M","signature":"AAAA"}]}]`)}
}

func BenchmarkCall(b *testing.B) {
	for _, a := range []cogen.Algorithm{cogen.Ed448(), cogen.Ed25519()} {
		key := a.GenerateKey()
		call, err := Sign(operate(), fingerprint(key.PublicKey()), Caller{"alice@example.com", key}, noon)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(a.String()+"/Parse", func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(call)))
			for b.Loop() {
				if _, err := ParseCall(call); err != nil {
					b.Fatal(err)
				}
			}
		})
		c, err := ParseCall(call)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(a.String()+"/Verify", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := c.Verify(key.PublicKey()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
