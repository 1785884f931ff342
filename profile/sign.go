package profile

import (
	"fmt"
	"time"

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
	}, d)
}

// GroupProfile makes and signs the account's profile as a group's.
func (a *Account) GroupProfile(d Details) (*Profile, error) {
	return a.sign(&mesh.ProfileGroup{ProfileAccount: a.profileAccount(d)}, d)
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

func (a *Account) keyData(name string) *mesh.KeyData {
	k := named(name, a.Private(name).PublicKey())
	return mesh.NewKeyData(k.Fingerprint.String(), k.Algorithm.String(), k.Public.Bytes())
}

// sign writes a structure as the reference does, and reads it back.
func (a *Account) sign(x any, d Details) (*Profile, error) {
	body, err := mesh.Marshal(x)
	if err != nil {
		return nil, fmt.Errorf("profile: %w", err)
	}
	name := a.Fingerprint().String()
	e, err := dare.Sign(body, dare.ContentMeta{
		UniqueId:    name,
		MessageType: mesh.Tag(x),
		ContentType: "application/mmm/object",
		Created:     string(mesh.NewDateTime(d.Created)),
	}, a.Private(ProfileSignature))
	if err != nil {
		return nil, fmt.Errorf("profile: %w", err)
	}
	e.Header.EnvelopeId = name
	return Parse(e.Bytes())
}
