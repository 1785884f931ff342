package profile_test

import (
	"errors"
	"testing"

	"meshkey/group"
	"meshkey/internal/secret/secrettest"
	"meshkey/profile"
	"meshkey/udf"
)

// The profile of a service shows the public sides of its keys, and a group
// finds there what it seals to and verifies with.
func TestService(t *testing.T) {
	seed := profile.NewServiceSeed()
	s, err := profile.NewService(seed)
	if err != nil {
		t.Fatal(err)
	}
	secrettest.CheckHidden(t, s, s.Private(profile.ServiceEncryption).Bytes())
	p, err := s.Profile(day)
	if err != nil {
		t.Fatal(err)
	}
	if p.Kind() != "ProfileService" || !p.Fingerprint().Matches(s.Fingerprint()) {
		t.Errorf("a %s of %v", p.Kind(), p.Fingerprint())
	}
	if len(p.Keys()) != 4 {
		t.Errorf("%d keys", len(p.Keys()))
	}
	for _, k := range p.Keys() {
		if !k.Public.Equal(s.Private(k.Name).PublicKey()) {
			t.Errorf("%s differs", k.Name)
		}
	}
	m, err := group.NewMember(p, "keys.example.com")
	if err != nil || !m.Encryption.Equal(s.Private(profile.ServiceEncryption).PublicKey()) || !m.Signature.Equal(s.Private(profile.ServiceSignature).PublicKey()) {
		t.Errorf("as a member: %v", err)
	}
	// The seed says what it is for, and its keys are nobody else's.
	var kind *profile.KindError
	if _, err := profile.NewService(profile.NewDeviceSeed()); !errors.As(err, &kind) || kind.Specifier != udf.MeshProfileDevice {
		t.Errorf("a device's seed: %v", err)
	}
	if _, err := profile.NewDevice(seed); !errors.As(err, &kind) || kind.Specifier != udf.MeshProfileService {
		t.Errorf("a service's seed: %v", err)
	}
}

// The profile of a device is one that an administrator can activate.
func TestDeviceProfile(t *testing.T) {
	d := newDevice(t, profile.NewDeviceSeed())
	p, err := d.Profile(day)
	if err != nil {
		t.Fatal(err)
	}
	if p.Kind() != "ProfileDevice" || !p.Fingerprint().Matches(d.Fingerprint()) || len(p.Keys()) != 4 {
		t.Errorf("a %s of %v with %d keys", p.Kind(), p.Fingerprint(), len(p.Keys()))
	}
	if _, err := newActivation(t, profile.NewActivationSeed()).Keys(p); err != nil {
		t.Error(err)
	}
}
