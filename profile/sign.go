package profile

import (
	"fmt"
	"time"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/mesh"
)

// Details are what a profile says of an account beside its keys.
type Details struct {
	Address string    // such as alice@example.com; may be empty
	Service string    // fingerprint of the profile of the account's service; may be empty
	Created time.Time // of signing
}

// Profile makes and signs the account's profile as a user's.
func (a *Account) Profile(d Details) (*Profile, error) {
	return a.sign(&mesh.ProfileUser{
		ProfileAccount:  a.profileAccount(d),
		CommonSignature: a.keyData(CommonSignature),
	}, d.Created)
}

// GroupProfile makes and signs the account's profile as a group's.
func (a *Account) GroupProfile(d Details) (*Profile, error) {
	return a.sign(&mesh.ProfileGroup{ProfileAccount: a.profileAccount(d)}, d.Created)
}

func (a *Account) profileAccount(d Details) mesh.ProfileAccount {
	return mesh.ProfileAccount{
		Profile:                mesh.Profile{ProfileSignature: a.keyData(ProfileSignature)},
		AccountAddress:         d.Address,
		ServiceUdf:             d.Service,
		EscrowEncryption:       a.keyData(EscrowEncryption),
		AdministratorSignature: a.keyData(AdministratorSignature),
		CommonEncryption:       a.keyData(CommonEncryption),
		CommonAuthentication:   a.keyData(CommonAuthentication),
	}
}

// Profile makes and signs the device's profile.
func (d *Device) Profile(created time.Time) (*Profile, error) {
	return d.sign(&mesh.ProfileDevice{
		Profile:        mesh.Profile{ProfileSignature: d.keyData(ProfileSignature)},
		Encryption:     d.keyData(Encryption),
		Signature:      d.keyData(Signature),
		Authentication: d.keyData(Authentication),
	}, created)
}

// Profile makes and signs the service's profile.
func (s *Service) Profile(created time.Time) (*Profile, error) {
	return s.sign(&mesh.ProfileService{
		Profile:               mesh.Profile{ProfileSignature: s.keyData(ProfileSignature)},
		ServiceAuthentication: s.keyData(ServiceAuthentication),
		ServiceEncryption:     s.keyData(ServiceEncryption),
		ServiceSignature:      s.keyData(ServiceSignature),
	}, created)
}

func (r *keyring) keyData(name string) *mesh.KeyData {
	k := named(name, r.Private(name).PublicKey())
	return mesh.NewKeyData(k.Fingerprint.String(), k.Algorithm.String(), k.Public.Bytes())
}

// sign writes a profile as the reference does, and reads it back.
func (r *keyring) sign(x any, created time.Time) (*Profile, error) {
	body, err := mesh.Marshal(x)
	if err != nil {
		return nil, fmt.Errorf("profile: %w", err)
	}
	name := r.Fingerprint().String()
	meta := meta(x, created)
	meta.UniqueId = name
	e, err := dare.Sign(body, meta, r.Private(ProfileSignature))
	if err != nil {
		return nil, fmt.Errorf("profile: %w", err)
	}
	e.Header.EnvelopeId = name
	return Parse(e.Bytes())
}

// signMessage writes a message in JSON and signs it.
func signMessage(x any, created time.Time, signer *cogen.PrivateKey) ([]byte, error) {
	body, err := mesh.Marshal(x)
	if err != nil {
		return nil, fmt.Errorf("profile: %w", err)
	}
	e, err := dare.Sign(body, meta(x, created), signer)
	if err != nil {
		return nil, fmt.Errorf("profile: %w", err)
	}
	return e.Bytes(), nil
}

func meta(x any, created time.Time) dare.ContentMeta {
	return dare.ContentMeta{
		MessageType: mesh.Tag(x),
		ContentType: "application/mmm/object",
		Created:     string(mesh.NewDateTime(created)),
	}
}
