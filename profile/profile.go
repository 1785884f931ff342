package profile

import (
	"errors"
	"fmt"
	"time"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/mesh"
	"meshkey/udf"
)

// A Profile is a signed profile of a user, a group, a device, a host or a
// service: draft-hallambaker-mesh-schema-09, section 3. There is none that was
// not verified, and none is changed once made. It is public.
type Profile struct {
	envelope    *dare.Envelope
	kind        string
	fingerprint udf.Fingerprint
	account     *mesh.ProfileAccount // nil for a device, a host or a service
	keys        []NamedKey
	created     time.Time
}

// Parse reads a profile, a DARE envelope in JSON or JSON-B, and verifies it: it
// must be signed by the key that it names as its ProfileSignature; the
// fingerprint of that key must be the one it states, and the name of the
// envelope; and every other key must have the fingerprint stated for it. Under
// the older content type of key fingerprints, profiles made before November
// 2020 are read too. b is not kept.
//
// That the profile is somebody's in particular, only its Fingerprint shows.
func Parse(b []byte) (*Profile, error) {
	e, err := dare.Parse(b)
	if err != nil {
		return nil, fmt.Errorf("profile: %w", err)
	}
	return verify(e)
}

func verify(e *dare.Envelope) (*Profile, error) {
	if e.Encrypted() {
		return nil, errors.New("profile: the envelope is encrypted")
	}
	// The key that verifies the body stands in the body, so it is looked for
	// before the body is trusted.
	x, err := mesh.Parse(e.Body)
	if err != nil {
		return nil, fmt.Errorf("profile: %w", err)
	}
	p := &Profile{envelope: e, kind: mesh.Tag(x)}
	if p.keys, err = readKeys(x); err != nil {
		return nil, err
	}
	signer := p.keys[0]
	p.fingerprint = signer.Fingerprint
	if err := e.Verify(signer.Public); err != nil {
		return nil, fmt.Errorf("profile: %w", err)
	}
	if a, ok := x.(mesh.AnyProfile); ok {
		p.created, _ = a.Base().Updated.Time()
	}
	if a, ok := x.(interface{ Account() *mesh.ProfileAccount }); ok {
		p.account = a.Account()
	}
	if err := p.checkNames(); err != nil {
		return nil, err
	}
	return p, nil
}

// checkNames refuses an envelope that gives itself the name of another profile.
func (p *Profile) checkNames() error {
	meta, err := p.envelope.ContentMeta()
	if err != nil {
		return fmt.Errorf("profile: %w", err)
	}
	if p.created.IsZero() {
		p.created, _ = mesh.DateTime(meta.Created).Time()
	}
	for _, name := range []string{p.envelope.Header.EnvelopeId, meta.UniqueId} {
		if name == "" {
			continue
		}
		if f, err := udf.ParseFingerprint(name); err != nil || !f.Matches(p.fingerprint) {
			return errors.New("profile: the envelope bears the name of another profile")
		}
	}
	if meta.MessageType != "" && meta.MessageType != p.kind {
		return errors.New("profile: the envelope says that it holds something else")
	}
	return nil
}

// place is a key of a profile and its name.
type place struct {
	name string
	key  *mesh.KeyData
}

// places lists the keys of a profile, ProfileSignature first; nil for what is
// no profile.
func places(x any) []place {
	account := func(a *mesh.ProfileAccount) []place {
		return []place{
			{ProfileSignature, a.ProfileSignature},
			{AdministratorSignature, a.AdministratorSignature},
			{EscrowEncryption, a.EscrowEncryption},
			{CommonEncryption, a.CommonEncryption},
			{CommonAuthentication, a.CommonAuthentication},
		}
	}
	device := func(d *mesh.ProfileDevice) []place {
		return []place{
			{ProfileSignature, d.ProfileSignature},
			{Encryption, d.Encryption},
			{Signature, d.Signature},
			{Authentication, d.Authentication},
		}
	}
	switch p := x.(type) {
	case *mesh.ProfileUser:
		return append(account(&p.ProfileAccount), place{CommonSignature, p.CommonSignature})
	case *mesh.ProfileGroup:
		return account(&p.ProfileAccount)
	case *mesh.ProfileDevice:
		return device(p)
	case *mesh.ProfileHost:
		return device(&p.ProfileDevice)
	case *mesh.ProfileService:
		return []place{
			{ProfileSignature, p.ProfileSignature},
			{ServiceAuthentication, p.ServiceAuthentication},
			{ServiceEncryption, p.ServiceEncryption},
			{ServiceSignature, p.ServiceSignature},
		}
	}
	return nil
}

// readKeys reads the keys that a profile has, ProfileSignature first.
func readKeys(x any) ([]NamedKey, error) {
	all := places(x)
	if all == nil {
		if _, unknown := x.(*mesh.Unknown); unknown { // its tag can be anything
			return nil, errors.New("profile: the envelope holds no profile")
		}
		return nil, fmt.Errorf("profile: the envelope holds no profile but a %s", mesh.Tag(x))
	}
	if all[0].key == nil {
		return nil, errors.New("profile: no ProfileSignature key")
	}
	var keys []NamedKey
	for _, at := range all {
		if at.key == nil {
			continue
		}
		k, err := readKey(at)
		if err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// readKey reads one key and checks that it bears its own fingerprint.
func readKey(at place) (NamedKey, error) {
	crv, octets, ok := at.key.Public()
	a, err := cogen.ParseAlgorithm(crv)
	if !ok || err != nil {
		return NamedKey{}, fmt.Errorf("profile: %s is not a key on a curve that is known", at.name)
	}
	public, err := a.NewPublicKey(octets)
	if err != nil {
		return NamedKey{}, fmt.Errorf("profile: %s: %w", at.name, err)
	}
	stated, err := udf.ParseFingerprint(at.key.Udf)
	if err != nil {
		return NamedKey{}, fmt.Errorf("profile: the fingerprint of %s: %w", at.name, err)
	}
	// Spec: the drafts do not say what makes a profile valid; see Parse.
	for _, contentType := range []string{udf.KeyContentType, udf.KeyContentTypeOld} {
		if f := udf.KeyFingerprintAs(contentType, a, octets); f.Matches(stated) {
			return NamedKey{at.name, a, public, f}, nil
		}
	}
	return NamedKey{}, fmt.Errorf("profile: %s has another fingerprint than is stated for it", at.name)
}

// Bytes writes the profile in JSON. The signed octets are those that were read.
func (p *Profile) Bytes() []byte { return p.envelope.Bytes() }

// Kind is the profile's tag: ProfileUser, ProfileGroup, ProfileDevice,
// ProfileHost or ProfileService.
func (p *Profile) Kind() string { return p.kind }

// IsAccount tells the profile of an account, a user's or a group's, from
// others.
func (p *Profile) IsAccount() bool { return p.account != nil }

// Fingerprint is that of the ProfileSignature key, the profile's own name, all
// its bits.
func (p *Profile) Fingerprint() udf.Fingerprint { return p.fingerprint }

// Address is the address of an account, such as alice@example.com, or empty.
func (p *Profile) Address() string {
	if p.account == nil {
		return ""
	}
	return p.account.AccountAddress
}

// Service is the fingerprint of the service that holds an account, as the
// profile has it, or empty. It is whatever text the owner signed.
func (p *Profile) Service() string {
	if p.account == nil {
		return ""
	}
	return p.account.ServiceUdf
}

// Created is when the profile was signed, as it states, or the zero time. The
// statement is signed only where it stands in the profile itself.
func (p *Profile) Created() time.Time { return p.created }

// Keys are the keys the profile publishes, ProfileSignature first.
func (p *Profile) Keys() []NamedKey { return append([]NamedKey(nil), p.keys...) }

// Key returns the public key of a name, or nil if the profile has none.
func (p *Profile) Key(name string) *cogen.PublicKey { return keyOf(p.keys, name) }

func keyOf(keys []NamedKey, name string) *cogen.PublicKey {
	for _, k := range keys {
		if k.Name == name {
			return k.Public
		}
	}
	return nil
}

// Signer returns the key of that fingerprint by which an account, or a device,
// signs what it asks for: CommonSignature, AdministratorSignature or Signature;
// nil if it is none of these.
func (p *Profile) Signer(kid string) *cogen.PublicKey {
	for _, k := range p.keys {
		switch k.Name {
		case CommonSignature, AdministratorSignature, Signature:
			if k.Fingerprint.String() == kid {
				return k.Public
			}
		}
	}
	return nil
}
