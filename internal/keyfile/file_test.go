package keyfile

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/internal/secret"
	"meshkey/internal/secret/secrettest"
	"meshkey/mesh"
	"meshkey/udf"
	"meshkey/vectors"
)

// escrowed opens the private keys that the recovered account of the vectors
// has in escrow.
func escrowed(t testing.TB) (keys []*mesh.KeyData, moduli [][]byte) {
	t.Helper()
	for c := range vectors.Each[vectors.Escrow]("mesh-escrow") {
		for _, x := range c.Data.Envelopes {
			e, err := dare.Parse(x.Envelope)
			if err != nil {
				t.Fatal(err)
			}
			k, err := cogen.X448().NewPrivateKey(x.Recipient.Private)
			if err != nil {
				t.Fatal(err)
			}
			plaintext, err := e.Open(dare.PrivateKey(k))
			if err != nil {
				t.Fatal(err)
			}
			data, err := mesh.ParseAs[mesh.KeyData](plaintext)
			if err != nil {
				t.Fatal(err)
			}
			keys, moduli = append(keys, data), append(moduli, x.RSA.N)
		}
	}
	if len(keys) != 5 {
		t.Fatalf("%d escrowed keys", len(keys))
	}
	return keys, moduli
}

func TestEscrowedKeys(t *testing.T) {
	keys, moduli := escrowed(t)
	for i, k := range keys {
		f, err := New(k)
		if err != nil {
			t.Fatal(err)
		}
		block, rest := pem.Decode(f.PEM.Reveal())
		if block == nil || block.Type != "PRIVATE KEY" || len(rest) > 0 {
			t.Fatalf("no PEM")
		}
		parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		key := parsed.(*rsa.PrivateKey)
		if !bytes.Equal(key.N.Bytes(), moduli[i]) || f.Algorithm != "RSA-2048" || f.Fingerprint.String() != k.Udf {
			t.Errorf("%s, %s, modulus %x", f.Algorithm, f.Fingerprint, key.N.Bytes())
		}
		digest := sha256.Sum256([]byte("message"))
		sig, err := key.Sign(nil, digest[:], crypto.SHA256)
		if err != nil || rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, digest[:], sig) != nil {
			t.Error("the key does not sign", err)
		}
		secrettest.CheckHidden(t, f, f.PEM.Reveal())
		mesh.Wipe(k)
		if f.PEM.Len() == 0 {
			t.Error("wiped with its source")
		}
		f.Wipe()
		if f.PEM.Len() != 0 {
			t.Error("not wiped")
		}
	}
}

// OpenSSH and OpenSSL take the files, and find the same public keys in them.
func TestOutsiders(t *testing.T) {
	keys, _ := escrowed(t)
	ed := cogen.Ed25519().GenerateKey()
	x448 := cogen.X448().GenerateKey()
	x25519 := cogen.X25519().GenerateKey()
	for _, k := range []*mesh.KeyData{keys[4], describe(ed), describe(x448), describe(x25519)} {
		f, err := New(k)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(t.TempDir(), "key")
		if err := os.WriteFile(name, f.PEM.Reveal(), 0o600); err != nil {
			t.Fatal(err)
		}
		if path, err := exec.LookPath("ssh-keygen"); err == nil && f.Algorithm == "RSA-2048" {
			out, err := exec.Command(path, "-y", "-P", "", "-f", name).CombinedOutput()
			if err != nil || strings.TrimSpace(string(out)) != f.SSH {
				t.Errorf("ssh-keygen: %s, want %s, %v", out, f.SSH, err)
			}
		}
		if path, err := exec.LookPath("openssl"); err == nil {
			out, err := exec.Command(path, "pkey", "-in", name, "-pubout", "-outform", "DER").Output()
			if err != nil {
				t.Errorf("openssl: %s: %v", f.Algorithm, err)
			}
			if p, ok := k.PrivateParameters.(*mesh.PrivateKeyECDH); ok {
				if plain := p.Public[:len(p.Public)&^1]; !bytes.HasSuffix(out, plain) {
					t.Errorf("openssl: %s: public key %x, want %x", f.Algorithm, out, plain)
				}
			}
		}
	}
}

// describe describes k, with its public key without the sign of v, or for X448
// with it.
func describe(k *cogen.PrivateKey) *mesh.KeyData {
	p := k.PublicKey()
	public := p.Bytes()
	if p.Algorithm() == cogen.X25519() {
		public = p.Plain()
	}
	return &mesh.KeyData{
		Udf:               udf.KeyFingerprint(p.Algorithm(), public).String(),
		PrivateParameters: &mesh.PrivateKeyECDH{Crv: p.Algorithm().String(), Public: public, Private: secret.Take(k.Bytes())},
	}
}

// RFC 8410, section 10.3, is a key of this form.
func TestEd25519(t *testing.T) {
	seed, _ := hex.DecodeString("d4ee72dbf913584ad5b6d8f1f769f8ad3afe7c28cbf1d4fbe097a88f44755842")
	k, err := cogen.Ed25519().NewPrivateKey(seed)
	if err != nil {
		t.Fatal(err)
	}
	f, err := New(describe(k))
	if err != nil {
		t.Fatal(err)
	}
	want := "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n"
	if string(f.PEM.Reveal()) != want || !strings.HasPrefix(f.SSH, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI") {
		t.Errorf("%s\n%s", f.PEM.Reveal(), f.SSH)
	}
}

func TestRefuses(t *testing.T) {
	change := func(f func(k *mesh.KeyData, p *mesh.PrivateKeyRSA)) *mesh.KeyData {
		keys, _ := escrowed(t)
		f(keys[0], keys[0].PrivateParameters.(*mesh.PrivateKeyRSA))
		return keys[0]
	}
	flip := func(b *secret.Bytes) { b.Reveal()[b.Len()-1] ^= 2 }
	ed448, x448 := cogen.Ed448().GenerateKey(), cogen.X448().GenerateKey()
	other := describe(x448)
	other.PrivateParameters.(*mesh.PrivateKeyECDH).Public = cogen.X448().GenerateKey().PublicKey().Bytes()
	scalar := describe(x448)
	scalar.PrivateParameters.(*mesh.PrivateKeyECDH).Crv = "X448z"
	for name, k := range map[string]*mesh.KeyData{
		"nothing":      {},
		"a seed":       {PrivateParameters: &mesh.PrivateKeyUDF{}},
		"a share":      {PrivateParameters: &mesh.KeyShare{}},
		"unknown":      {PrivateParameters: &mesh.Unknown{}},
		"a public key": {PrivateParameters: &mesh.PublicKeyRSA{}},
		"empty RSA":    {PrivateParameters: &mesh.PrivateKeyRSA{}},
		"empty ECDH":   {PrivateParameters: &mesh.PrivateKeyECDH{Crv: "X448"}},
		"no curve":     {PrivateParameters: &mesh.PrivateKeyECDH{}},
		"Ed448":        describe(ed448),
		"another's":    other,
		"a scalar":     scalar,
		"no name":      change(func(k *mesh.KeyData, _ *mesh.PrivateKeyRSA) { k.Udf = "" }),
		"another name": change(func(k *mesh.KeyData, _ *mesh.PrivateKeyRSA) { k.Udf = udf.KeyFingerprint(cogen.X448(), nil).String() }),
		"n":            change(func(_ *mesh.KeyData, p *mesh.PrivateKeyRSA) { p.N[9] ^= 1 }),
		"e":            change(func(_ *mesh.KeyData, p *mesh.PrivateKeyRSA) { p.E = []byte{3} }),
		"a long e":     change(func(_ *mesh.KeyData, p *mesh.PrivateKeyRSA) { p.E = []byte{1, 0, 0, 0, 0, 0, 1} }),
		"d":            change(func(_ *mesh.KeyData, p *mesh.PrivateKeyRSA) { flip(p.D) }),
		"p":            change(func(_ *mesh.KeyData, p *mesh.PrivateKeyRSA) { flip(p.P) }),
		"q":            change(func(_ *mesh.KeyData, p *mesh.PrivateKeyRSA) { flip(p.Q) }),
		"dp":           change(func(_ *mesh.KeyData, p *mesh.PrivateKeyRSA) { flip(p.DP) }),
		"dq":           change(func(_ *mesh.KeyData, p *mesh.PrivateKeyRSA) { flip(p.DQ) }),
		"qi":           change(func(_ *mesh.KeyData, p *mesh.PrivateKeyRSA) { flip(p.QI) }),
		"no d":         change(func(_ *mesh.KeyData, p *mesh.PrivateKeyRSA) { p.D = nil }),
		"a long n":     change(func(_ *mesh.KeyData, p *mesh.PrivateKeyRSA) { p.N = append(p.N, make([]byte, 1024)...) }),
		"a long d":     change(func(_ *mesh.KeyData, p *mesh.PrivateKeyRSA) { p.D = secret.Take(make([]byte, 1<<20)) }),
		"p is q":       change(func(_ *mesh.KeyData, p *mesh.PrivateKeyRSA) { p.P = p.Q }),
		"p is 1":       change(func(_ *mesh.KeyData, p *mesh.PrivateKeyRSA) { p.P, p.Q = secret.Take([]byte{1}), secret.Copy(p.N) }),
		"p is 0":       change(func(_ *mesh.KeyData, p *mesh.PrivateKeyRSA) { p.P = secret.Take([]byte{0}) }),
	} {
		if f, err := New(k); err == nil {
			t.Errorf("%s: %+v", name, f)
		} else if !strings.HasPrefix(err.Error(), "keyfile: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	// What can be computed may be missing.
	k := change(func(_ *mesh.KeyData, p *mesh.PrivateKeyRSA) { p.DP, p.DQ, p.QI = nil, nil, nil })
	if _, err := New(k); err != nil {
		t.Error(err)
	}
}

// FuzzRSA: no numbers make New panic or take long.
func FuzzRSA(f *testing.F) {
	keys, _ := escrowed(f)
	p := keys[0].PrivateParameters.(*mesh.PrivateKeyRSA)
	f.Add(p.N, p.E, p.D.Reveal(), p.P.Reveal(), p.Q.Reveal())
	f.Add([]byte{15}, []byte{3}, []byte{3}, []byte{3}, []byte{5})
	f.Fuzz(func(t *testing.T, n, e, d, p, q []byte) {
		box := secret.Copy
		name, err := udf.RSAFingerprint(n, e)
		if err != nil {
			return
		}
		k := &mesh.KeyData{Udf: name.String(), PrivateParameters: &mesh.PrivateKeyRSA{N: n, E: e, D: box(d), P: box(p), Q: box(q)}}
		if f, err := New(k); err == nil && !f.Fingerprint.Matches(name) {
			t.Error("another key")
		}
	})
}
