package profile_test

import (
	"bytes"
	"errors"
	"testing"

	"meshkey/cogen"
	"meshkey/internal/secret/secrettest"
	"meshkey/mesh"
	"meshkey/profile"
	"meshkey/udf"
	"meshkey/vectors"
)

func parseSeed(t testing.TB, text string) *udf.Seed {
	t.Helper()
	seed, err := udf.ParseSeed(text)
	if err != nil {
		t.Fatal(err)
	}
	return seed
}

func newDevice(t testing.TB, seed *udf.Seed) *profile.Device {
	t.Helper()
	d, err := profile.NewDevice(seed)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func newActivation(t testing.TB, seed *udf.Seed) *profile.Activation {
	t.Helper()
	a, err := profile.NewActivation(seed)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func freshDevice(t testing.TB) *profile.Device {
	t.Helper()
	seed, err := udf.NewSeed(udf.MeshProfileDevice, cogen.X25519().GenerateKey().Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return newDevice(t, seed)
}

// deviceProfile is the profile of a device, with the public keys given.
func deviceProfile(t testing.TB, d *profile.Device, replace map[string]*cogen.PublicKey) *profile.Profile {
	t.Helper()
	data := map[string]*mesh.KeyData{}
	for _, k := range d.Keys() {
		if p, ok := replace[k.Name]; ok {
			if p == nil {
				continue
			}
			k.Public = p
		}
		f := udf.KeyFingerprint(k.Public.Algorithm(), k.Public.Bytes())
		data[k.Name] = mesh.NewKeyData(f.String(), k.Public.Algorithm().String(), k.Public.Bytes())
	}
	x := &mesh.ProfileDevice{
		Profile:    mesh.Profile{ProfileSignature: data[profile.ProfileSignature]},
		Encryption: data[profile.Encryption], Signature: data[profile.Signature], Authentication: data[profile.Authentication],
	}
	p, err := profile.Parse(forge(t, x, d.Fingerprint().String(), d.Private(profile.ProfileSignature)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The device and its administrator come to the same keys, each from what he
// has, and the device keeps its name.
func TestActivate(t *testing.T) {
	d := freshDevice(t)
	for _, spec := range []udf.Specifier{udf.MeshActivationAccount, udf.MeshActivationDevice} {
		seed, err := udf.NewSeed(spec, bytes.Repeat([]byte{9}, 32))
		if err != nil {
			t.Fatal(err)
		}
		a := newActivation(t, seed)
		administrators, err := a.Keys(deviceProfile(t, d, nil))
		if err != nil {
			t.Fatal(err)
		}
		active, err := d.Activate(a)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range administrators {
			own := active.Private(k.Name)
			if !own.PublicKey().Equal(k.Public) || k.Public.Equal(d.Private(k.Name).PublicKey()) || !own.IsScalar() {
				t.Errorf("%s differs", k.Name)
			}
			if k.Algorithm.IsSignature() {
				signature, err := own.Sign([]byte("message"))
				if err != nil || !k.Public.Verify([]byte("message"), signature) {
					t.Errorf("%s: %v", k.Name, err)
				}
			}
			secrettest.CheckHidden(t, active, own.Bytes())
		}
		if len(administrators) != 3 || !active.Fingerprint().Matches(d.Fingerprint()) {
			t.Error("the device has another name")
		}
		// What is wiped is only what is asked for.
		active.Wipe()
		a.Wipe()
		for _, k := range d.Keys() {
			if d.Private(k.Name).Bytes() == nil {
				t.Errorf("%s of the device itself is gone", k.Name)
			}
		}
		if _, err := d.Activate(a); err == nil {
			t.Error("a wiped activation activates")
		}
	}
}

// The two specifiers give different keys.
func TestActivationReadsItsSpecifier(t *testing.T) {
	p := deviceProfile(t, freshDevice(t), nil)
	seen := map[string]bool{}
	for _, spec := range []udf.Specifier{udf.MeshActivationAccount, udf.MeshActivationDevice} {
		seed, err := udf.NewSeed(spec, bytes.Repeat([]byte{9}, 32))
		if err != nil {
			t.Fatal(err)
		}
		keys, err := newActivation(t, seed).Keys(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range keys {
			seen[k.Fingerprint.String()] = true
		}
	}
	if len(seen) != 6 {
		t.Errorf("%d different keys, want 6", len(seen))
	}
	if spec := profile.NewActivationSeed().Specifier(); spec != udf.MeshActivationAccount {
		t.Errorf("a new activation is of kind %v, published ones are not", spec)
	}
}

func TestActivationRefuses(t *testing.T) {
	for spec := range udf.MeshActivationService + 2 {
		seed, err := udf.NewSeed(spec, bytes.Repeat([]byte{9}, 32))
		if err != nil {
			t.Fatal(err)
		}
		a, err := profile.NewActivation(seed)
		if want := spec == udf.MeshActivationAccount || spec == udf.MeshActivationDevice; (err == nil) != want {
			t.Errorf("%v: %v", spec, err)
		} else if err == nil {
			secrettest.CheckHidden(t, a, seed.Octets())
		}
	}
	a, d := newActivation(t, profile.NewActivationSeed()), freshDevice(t)
	users, err := account(t, aliceSeed).Profile(profile.Details{Address: "alice@example.com", Created: day})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Keys(users); err == nil {
		t.Error("an account is activated as a device")
	}
	for what, p := range map[string]*profile.Profile{
		"no key":         deviceProfile(t, d, map[string]*cogen.PublicKey{profile.Signature: nil}),
		"another's kind": deviceProfile(t, d, map[string]*cogen.PublicKey{profile.Signature: cogen.X448().GenerateKey().PublicKey()}),
		"no sign": deviceProfile(t, d, map[string]*cogen.PublicKey{
			profile.Encryption: plain(t, d.Private(profile.Encryption).PublicKey())}),
	} {
		if keys, err := a.Keys(p); err == nil || keys != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	// The device made its key from the activation's, which it must not have
	// seen: the sum would be the identity. Any other sum would be the device's
	// to choose, and nobody could tell.
	seed := profile.NewActivationSeed()
	k, err := seed.Key(cogen.X448(), "ActivationDeviceEncrypt")
	if err != nil {
		t.Fatal(err)
	}
	minus := k.PublicKey().Bytes()
	minus[56] ^= 0x80
	negative, err := cogen.X448().NewPublicKey(minus)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := newActivation(t, seed).Keys(deviceProfile(t, d, map[string]*cogen.PublicKey{profile.Encryption: negative})); err == nil {
		t.Error("a key that cancels the activation is taken")
	}
	var kind *profile.KindError
	if _, err := profile.NewDevice(seed); !errors.As(err, &kind) {
		t.Errorf("an activation is taken for a device: %v", err)
	}
}

func plain(t testing.TB, p *cogen.PublicKey) *cogen.PublicKey {
	t.Helper()
	p, err := p.Algorithm().NewPublicKey(p.Plain())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Published devices come to their published keys.
func TestActivationVectors(t *testing.T) {
	both := 0
	for c := range vectors.Each[vectors.Composition]("mesh-cogen") {
		if c.Data.Activation == "" {
			continue
		}
		a := newActivation(t, parseSeed(t, c.Data.Activation))
		base, want := map[string]*cogen.PublicKey{}, map[string]string{}
		for _, k := range c.Data.Keys {
			algorithm, err := cogen.ParseAlgorithm(k.Algorithm)
			if err != nil {
				t.Fatal(err)
			}
			if base[k.Name], err = algorithm.NewPublicKey(k.Base.Public); err != nil {
				t.Fatal(err)
			}
			want[k.Name] = k.Composite.Fingerprint
		}
		keys, err := a.Keys(deviceProfile(t, freshDevice(t), base))
		if err != nil || len(keys) != len(want) {
			t.Fatalf("%s: %d keys, %v", c.Name, len(keys), err)
		}
		for _, k := range keys {
			if k.Fingerprint.String() != want[k.Name] {
				t.Errorf("%s: %s is %v, not %s", c.Name, k.Name, k.Fingerprint, want[k.Name])
			}
		}
		if c.Data.Seed == "" {
			continue
		}
		both++
		active, err := newDevice(t, parseSeed(t, c.Data.Seed)).Activate(a)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range c.Data.Keys {
			if !bytes.Equal(active.Private(k.Name).Bytes(), k.Composite.Scalar) {
				t.Errorf("%s: the private key %s differs", c.Name, k.Name)
			}
		}
	}
	if both == 0 {
		t.Error("no private keys of a device were published")
	}
}
