package profile_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/mesh"
	"meshkey/profile"
	"meshkey/udf"
	"meshkey/vectors"
)

// current maps the names of keys in older documents to those of today.
var current = map[string]string{
	"BaseEncryption": profile.Encryption, "BaseSignature": profile.Signature, "BaseAuthentication": profile.Authentication,
}

func checkKey(t *testing.T, want vectors.NamedKey, got *cogen.PrivateKey) {
	t.Helper()
	public := got.PublicKey()
	if got.Algorithm().String() != want.Algorithm || !bytes.Equal(public.Bytes(), want.Public) {
		t.Errorf("%s: the public key differs", want.Name)
	}
	if len(want.Private) > 0 && !bytes.Equal(got.Bytes(), want.Private) {
		t.Errorf("%s: the private key differs", want.Name)
	}
	if f := udf.KeyFingerprint(got.Algorithm(), public.Bytes()).String(); f != want.Fingerprint {
		t.Errorf("%s: %s, not %s", want.Name, f, want.Fingerprint)
	}
}

func account(t testing.TB, text string) *profile.Account {
	t.Helper()
	seed, err := profile.ParseSeed(text)
	if err != nil {
		t.Fatal(err)
	}
	a, err := seed.Account()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestProfileVectors(t *testing.T) {
	for c := range vectors.Each[vectors.Profile]("mesh-profile") {
		t.Run(c.Name, func(t *testing.T) {
			if c.Data.Specifier == "MeshProfileDevice" {
				seed, err := udf.ParseSeed(c.Data.Seed)
				if err != nil {
					t.Fatal(err)
				}
				d, err := profile.NewDevice(seed)
				if err != nil {
					t.Fatal(err)
				}
				for _, want := range c.Data.Keys {
					name := want.Name
					if now, ok := current[name]; ok {
						name = now
					}
					checkKey(t, want, d.Private(name))
				}
				return
			}
			a := account(t, c.Data.Seed)
			for _, want := range c.Data.Keys {
				switch {
				case strings.HasPrefix(want.Name, "MMM_"):
					k, err := a.StoreKey(want.Name)
					if err != nil {
						t.Fatal(err)
					}
					checkKey(t, want, k)
				case want.Container == "ActivationCommon":
					checkKey(t, want, a.Private("Common"+want.Name))
				default:
					checkKey(t, want, a.Private(want.Name))
				}
			}
		})
	}
}

// The escrowed keys of the published account open with what its seed gives.
func TestEscrowVectors(t *testing.T) {
	for c := range vectors.Each[vectors.Escrow]("mesh-escrow") {
		seed, err := profile.SeedFromOctets(c.Data.Secret)
		if err != nil {
			t.Fatal(err)
		}
		if seed.Text() != c.Data.Seed {
			t.Error("the seed differs from its text")
		}
		f, err := seed.Fingerprint()
		if err != nil || f.String() != c.Data.Keys[0].Fingerprint {
			t.Errorf("the account is %v, %v", f, err)
		}
		a, err := seed.Account()
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range c.Data.Keys {
			checkKey(t, want, a.Private(want.Name))
		}
		if len(c.Data.Envelopes) == 0 {
			t.Error("no envelopes")
		}
		for _, e := range c.Data.Envelopes {
			got, err := a.OpenEscrowed(e.Envelope)
			if err != nil {
				t.Fatal(err)
			}
			private, ok := got.Key.PrivateParameters.(*mesh.PrivateKeyRSA)
			if got.Signed || got.Key.Udf != e.RSA.Fingerprint || !ok || !bytes.Equal(private.N, e.RSA.N) {
				t.Errorf("%s: %v %v %v", e.Source, got.Signed, got.Key.Udf, ok)
			}
			if _, err := account(t, profile.NewSeed().Text()).OpenEscrowed(e.Envelope); err == nil {
				t.Error("another account opens it")
			}
		}
	}
}

func TestPublishedProfiles(t *testing.T) {
	kinds := map[string]int{}
	for c := range vectors.Each[vectors.Envelope]("dare") {
		if !strings.HasPrefix(c.Data.Message, "Profile") || c.Data.Signer == nil {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			p, err := profile.Parse(c.Data.Envelope)
			if err != nil {
				t.Fatal(err)
			}
			kinds[p.Kind()]++
			if p.Kind() != c.Data.Message || !bytes.Equal(p.Key(profile.ProfileSignature).Bytes(), c.Data.Signer.Public) ||
				p.Fingerprint().String() != c.Data.Signer.Kid {
				t.Errorf("%s %s", p.Kind(), p.Fingerprint())
			}
			if p.IsAccount() != (p.Address() != "") {
				t.Errorf("%s at %q", p.Kind(), p.Address())
			}
			again, err := profile.Parse(p.Bytes())
			if err != nil || !bytes.Equal(again.Bytes(), p.Bytes()) {
				t.Error("what is read is not written again:", err)
			}
		})
	}
	for _, kind := range []string{"ProfileUser", "ProfileGroup", "ProfileDevice", "ProfileHost", "ProfileService"} {
		if kinds[kind] == 0 {
			t.Errorf("no %s was published", kind)
		}
	}
}

// The profile written here is the published one but for white space and the
// signature that depends on it: the same members in the same order, the same
// keys.
func TestSameAsPublished(t *testing.T) {
	for c := range vectors.Each[vectors.Envelope]("dare") {
		if c.Data.Message != "ProfileUser" {
			continue
		}
		theirs, err := dare.Parse(c.Data.Envelope)
		if err != nil {
			t.Fatal(err)
		}
		p, err := account(t, aliceSeed).Profile(profile.Details{
			Address: "alice@example.com", Service: "MD3P-ALTL-T6I4-U6ER-O4ZD-5AP5-J6SO",
			Created: time.Date(2022, 5, 3, 16, 46, 56, 0, time.UTC),
		})
		if err != nil {
			t.Fatal(err)
		}
		ours, err := dare.Parse(p.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range []*dare.Envelope{theirs, ours} {
			e.Body = squeeze(e.Body)
			e.Header.ContentMetaData = squeeze(e.Header.ContentMetaData)
			e.Trailer.PayloadDigest, e.Trailer.Signatures[0].Signature = []byte{1}, []byte{2}
		}
		if !bytes.Equal(ours.Bytes(), theirs.Bytes()) {
			t.Errorf("\n%s\n%s\n%s\n%s", ours.Bytes(), ours.Body, theirs.Bytes(), theirs.Body)
		}
		return
	}
	t.Error("no user's profile was published")
}

// squeeze leaves out white space, also that in the binary values of a body.
func squeeze(b []byte) []byte { return bytes.Join(bytes.Fields(b), nil) }
