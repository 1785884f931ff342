package profile_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/internal/secret/secrettest"
	"meshkey/mesh"
	"meshkey/profile"
	"meshkey/udf"
)

const aliceSeed = "ZAAQ-FKAT-PL72-4IHW-GIKY-IG5T-2IJG-JHC2-PMI7-44XR-HSBH-TKZI-WPNZ-F2XT"

var day = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

func TestRoundTrip(t *testing.T) {
	seed := profile.NewSeed()
	a, err := seed.Account()
	if err != nil {
		t.Fatal(err)
	}
	want, err := seed.Fingerprint()
	if err != nil {
		t.Fatal(err)
	}
	d := profile.Details{Address: "groupw@example.com", Service: "MD3P-ALTL-T6I4-U6ER-O4ZD-5AP5-J6SO", Created: day}
	user, err := a.Profile(d)
	if err != nil {
		t.Fatal(err)
	}
	group, err := a.GroupProfile(d)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []*profile.Profile{user, group} {
		q, err := profile.Parse(p.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if !q.Fingerprint().Matches(want) || q.Address() != d.Address || q.Service() != d.Service || q.Kind() != p.Kind() {
			t.Errorf("%s %s %s", q.Kind(), q.Address(), q.Service())
		}
		for _, k := range a.Keys() {
			public := q.Key(k.Name)
			hidden := k.Name == profile.AdministratorEncryption || k.Name == profile.CommonSignature && p == group
			if hidden != (public == nil) || !hidden && !public.Equal(k.Public) {
				t.Errorf("%s: key %s", p.Kind(), k.Name)
			}
		}
	}
	if user.Kind() != "ProfileUser" || group.Kind() != "ProfileGroup" {
		t.Error(user.Kind(), group.Kind())
	}
}

// forge signs the structure x with key, under a name.
func forge(t testing.TB, x any, name string, key *cogen.PrivateKey) []byte {
	t.Helper()
	body, err := mesh.Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	e, err := dare.Sign(body, dare.ContentMeta{UniqueId: name, MessageType: mesh.Tag(x)}, key)
	if err != nil {
		t.Fatal(err)
	}
	e.Header.EnvelopeId = name
	return e.Bytes()
}

// user is a structure as Account.Profile signs it.
func user(t *testing.T, a *profile.Account) *mesh.ProfileUser {
	t.Helper()
	p, err := a.Profile(profile.Details{Address: "alice@example.com", Created: day})
	if err != nil {
		t.Fatal(err)
	}
	e, err := dare.Parse(p.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	x, err := mesh.ParseAs[mesh.ProfileUser](e.Body)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestForgeriesAreRefused(t *testing.T) {
	alice, mallory := account(t, aliceSeed), account(t, profile.NewSeed().Text())
	name, other := alice.Fingerprint().String(), mallory.Fingerprint().String()
	signer, stranger := alice.Private(profile.ProfileSignature), mallory.Private(profile.ProfileSignature)
	if _, err := profile.Parse(forge(t, user(t, alice), name, signer)); err != nil {
		t.Fatal("the test itself:", err)
	}
	for _, c := range []struct {
		name   string
		as     string
		signer *cogen.PrivateKey
		change func(x *mesh.ProfileUser)
	}{
		{"signed by another", name, stranger, func(*mesh.ProfileUser) {}},
		{"signed by the administrator", name, alice.Private(profile.AdministratorSignature), func(*mesh.ProfileUser) {}},
		{"under another name", other, signer, func(*mesh.ProfileUser) {}},
		{"under no name at all that is one", "alice", signer, func(*mesh.ProfileUser) {}},
		{"another's key under the name", name, stranger, func(x *mesh.ProfileUser) {
			x.ProfileSignature = mesh.NewKeyData(name, "Ed448", stranger.PublicKey().Bytes())
		}},
		{"another's fingerprint", other, signer, func(x *mesh.ProfileUser) { x.ProfileSignature.Udf = other }},
		{"a fingerprint of 16 letters", name, signer, func(x *mesh.ProfileUser) { x.ProfileSignature.Udf = name[:19] }},
		{"a swapped encryption key", name, signer, func(x *mesh.ProfileUser) {
			x.CommonEncryption = mesh.NewKeyData(x.CommonEncryption.Udf, "X448", mallory.Private(profile.CommonEncryption).PublicKey().Bytes())
		}},
		{"a key on another curve", name, signer, func(x *mesh.ProfileUser) {
			x.CommonSignature = mesh.NewKeyData(x.CommonSignature.Udf, "Ed25519", cogen.Ed25519().GenerateKey().PublicKey().Bytes())
		}},
		{"an unknown curve", name, signer, func(x *mesh.ProfileUser) { x.CommonSignature = mesh.NewKeyData(name, "P-256", []byte{1}) }},
		{"no key", name, signer, func(x *mesh.ProfileUser) { x.ProfileSignature = nil }},
		{"no public part", name, signer, func(x *mesh.ProfileUser) { x.ProfileSignature.PublicParameters = nil }},
	} {
		x := user(t, alice)
		c.change(x)
		if p, err := profile.Parse(forge(t, x, c.as, c.signer)); err == nil || p != nil {
			t.Errorf("%s: %v, and a profile: %v", c.name, err, p != nil)
		}
	}
	if _, err := profile.Parse(forge(t, &mesh.CatalogedApplicationSsh{}, name, signer)); err == nil {
		t.Error("what is no profile passes")
	}
	var wrong *dare.SignerError
	if _, err := profile.Parse(forge(t, user(t, alice), name, stranger)); !errors.As(err, &wrong) {
		t.Errorf("the error is %v", err)
	}
}

// What stands where a profile is due can have any tag, which no error repeats.
func TestTagIsNotRepeated(t *testing.T) {
	e, err := dare.Sign([]byte(`{"\u001b[2Jsecret":{}}`), dare.ContentMeta{}, cogen.Ed448().GenerateKey())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := profile.Parse(e.Bytes()); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("%q", err)
	}
}

// No octet of the signed body, nor of the signature, can be another.
func TestEverySignedOctetCounts(t *testing.T) {
	p, err := account(t, aliceSeed).Profile(profile.Details{Address: "alice@example.com", Created: day})
	if err != nil {
		t.Fatal(err)
	}
	e, err := dare.Parse(p.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	body, signature := slices.Clone(e.Body), slices.Clone(e.Trailer.Signatures[0].Signature)
	for i := 0; i < len(body); i += 7 {
		e.Body = slices.Clone(body)
		e.Body[i] ^= 1
		if _, err := profile.Parse(e.Bytes()); err == nil {
			t.Errorf("octet %d of the body does not count", i)
		}
	}
	e.Body = body
	for i := range signature {
		e.Trailer.Signatures[0].Signature = slices.Clone(signature)
		e.Trailer.Signatures[0].Signature[i] ^= 1
		if _, err := profile.Parse(e.Bytes()); err == nil {
			t.Errorf("octet %d of the signature does not count", i)
		}
	}
	e.Trailer = nil
	if _, err := profile.Parse(e.Bytes()); !errors.Is(err, dare.ErrUnsigned) {
		t.Errorf("without a signature: %v", err)
	}
}

func TestSeedKinds(t *testing.T) {
	data := bytes.Repeat([]byte{7}, 32)
	for _, spec := range []udf.Specifier{udf.SpecifierAny, udf.SpecifierEd448, udf.MeshProfileDevice, udf.MeshActivationAccount, udf.MeshProfileService} {
		s, err := udf.NewSeed(spec, data)
		if err != nil {
			t.Fatal(err)
		}
		var kind *profile.KindError
		if _, err := profile.ParseSeed(s.Text()); !errors.As(err, &kind) || kind.Specifier != spec {
			t.Errorf("%v: %v", spec, err)
		}
		if _, err := profile.SeedFromOctets(s.Octets()); !errors.As(err, &kind) {
			t.Errorf("%v: %v", spec, err)
		}
	}
	short, err := udf.NewSeed(udf.MeshProfileAccount, data[:profile.MinSeed-1])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := profile.ParseSeed(short.Text()); err == nil {
		t.Error("a seed of 15 octets is an account's")
	}
	alice, err := profile.ParseSeed(strings.ToLower(aliceSeed))
	if err != nil || alice.Text() != aliceSeed {
		t.Error(err)
	}
	padded, err := profile.SeedFromOctets(append([]byte{0}, alice.Octets()...))
	if err != nil || !padded.Equal(alice) {
		t.Error("a zero octet in front, as until November 2020:", err)
	}
	if _, err := profile.NewDevice(mustSeed(t, aliceSeed)); err == nil {
		t.Error("an account's seed makes a device")
	}
}

func mustSeed(t *testing.T, text string) *udf.Seed {
	t.Helper()
	s, err := udf.ParseSeed(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestHidden(t *testing.T) {
	seed, err := profile.ParseSeed(aliceSeed)
	if err != nil {
		t.Fatal(err)
	}
	a := account(t, aliceSeed)
	device, err := udf.NewSeed(udf.MeshProfileDevice, bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	d, err := profile.NewDevice(device)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{seed, *seed, []any{map[string]any{"x": seed}}, a, *a, struct{ A *profile.Account }{a}} {
		secrettest.CheckHidden(t, v, seed.Octets())
		secrettest.CheckHidden(t, v, a.Private(profile.EscrowEncryption).Bytes())
	}
	secrettest.CheckHidden(t, d, d.Private(profile.Encryption).Bytes())
	secrettest.CheckHidden(t, *d, d.Private(profile.Encryption).Bytes())
}

func TestWipe(t *testing.T) {
	seed := profile.NewSeed()
	a, err := seed.Account()
	if err != nil {
		t.Fatal(err)
	}
	seed.Wipe()
	if n := len(seed.Octets()); n != 0 {
		t.Errorf("%d octets are left of the seed", n)
	}
	if _, err := a.StoreKey("MMM_Contact"); err != nil {
		t.Error("the account needs the seed:", err)
	}
	a.Wipe()
	if n := len(a.Private(profile.CommonEncryption).Bytes()); n != 0 {
		t.Errorf("%d octets are left of a key", n)
	}
}

func TestFind(t *testing.T) {
	a := account(t, aliceSeed)
	for _, k := range a.Keys() {
		if name, key := a.Find(k.Fingerprint); name != k.Name || !key.PublicKey().Equal(k.Public) {
			t.Errorf("%s is found as %s", k.Name, name)
		}
	}
	for _, store := range profile.Stores() {
		k, err := a.StoreKey(store)
		if err != nil {
			t.Fatal(err)
		}
		f, err := udf.ParseFingerprint(udf.KeyFingerprint(k.Algorithm(), k.PublicKey().Bytes()).String())
		if err != nil {
			t.Fatal(err)
		}
		if name, key := a.Find(f); name != store || !key.PublicKey().Equal(k.PublicKey()) {
			t.Errorf("%s is found as %s", store, name)
		}
	}
	if name, key := a.Find(account(t, profile.NewSeed().Text()).Fingerprint()); key != nil {
		t.Errorf("a stranger's key is found as %s", name)
	}
}

// An escrowed key in an envelope that the account signed, a stranger signed, or
// that names itself wrongly.
func TestOpenEscrowed(t *testing.T) {
	alice, mallory := account(t, aliceSeed), account(t, profile.NewSeed().Text())
	key := cogen.Ed448().GenerateKey()
	f := udf.KeyFingerprint(key.Algorithm(), key.PublicKey().Bytes()).String()
	seal := func(name string, o dare.SealOptions) []byte {
		body, err := mesh.Marshal(mesh.NewKeyData(name, "Ed448", key.PublicKey().Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		e, err := dare.Seal(body, o)
		if err != nil {
			t.Fatal(err)
		}
		return e.Bytes()
	}
	to := []*cogen.PublicKey{alice.Private(profile.EscrowEncryption).PublicKey()}
	if got, err := alice.OpenEscrowed(seal(f, dare.SealOptions{Recipients: to, Unsigned: true})); err != nil || got.Signed || got.Key.Udf != f {
		t.Error("unsigned:", err)
	}
	if got, err := alice.OpenEscrowed(seal(f, dare.SealOptions{Recipients: to, Signer: alice.Private(profile.AdministratorSignature)})); err != nil || !got.Signed {
		t.Error("signed:", err)
	}
	if _, err := alice.OpenEscrowed(seal(f, dare.SealOptions{Recipients: to, Signer: mallory.Private(profile.AdministratorSignature)})); err == nil {
		t.Error("what a stranger signed is opened")
	}
	if _, err := alice.OpenEscrowed(seal(mallory.Fingerprint().String(), dare.SealOptions{Recipients: to, Unsigned: true})); err == nil {
		t.Error("a key under another name is taken")
	}
	if _, err := mallory.OpenEscrowed(seal(f, dare.SealOptions{Recipients: to, Unsigned: true})); err == nil {
		t.Error("a stranger opens it")
	}
}

func FuzzParse(f *testing.F) {
	a := account(f, aliceSeed)
	p, err := a.Profile(profile.Details{Address: "alice@example.com", Created: day})
	if err != nil {
		f.Fatal(err)
	}
	e, err := dare.Parse(p.Bytes())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(p.Bytes(), e.Body)
	f.Fuzz(func(t *testing.T, envelope, body []byte) {
		check := func(b []byte) {
			p, err := profile.Parse(b)
			if err != nil {
				return
			}
			q, err := profile.Parse(p.Bytes())
			if err != nil || !bytes.Equal(q.Bytes(), p.Bytes()) || !q.Fingerprint().Matches(p.Fingerprint()) {
				t.Error("what is read is not written again", err)
			}
		}
		check(envelope)
		e, err := dare.Sign(body, dare.ContentMeta{}, a.Private(profile.ProfileSignature))
		if err != nil {
			t.Fatal(err)
		}
		check(e.Bytes())
	})
}
