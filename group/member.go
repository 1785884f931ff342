package group

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"meshkey/cogen"
	"meshkey/internal/jsonb"
	"meshkey/mesh"
	"meshkey/profile"
	"meshkey/udf"
)

// A Member is the public side of someone: a member of a group, or one of its
// administrators.
type Member struct {
	Address    string // such as bob@example.com, unique in a group
	Udf        udf.Fingerprint
	Encryption *cogen.PublicKey // what halves and answers are sealed to
	Signature  *cogen.PublicKey // what requests and envelopes are signed with
}

// NewMember takes someone's keys from the profile of a person's account or of a
// service. That the profile is the right one, its fingerprint has to show: who
// is admitted under a profile of somebody else's making does not read, and the
// maker does. A service's profile has no address, so it is given.
func NewMember(p *profile.Profile, address string) (Member, error) {
	m := Member{address, p.Fingerprint(), p.Key(profile.CommonEncryption), p.Key(profile.CommonSignature)}
	if p.Kind() == "ProfileService" {
		m.Encryption, m.Signature = p.Key(profile.ServiceEncryption), p.Key(profile.ServiceSignature)
	} else if p.Address() != address {
		return m, errors.New("group: the profile is that of another address")
	}
	return m, m.check()
}

// maxName bounds the octets of an address.
const maxName = 255

func (m *Member) check() error {
	switch {
	case m.Address == "" || len(m.Address) > maxName || m.Address == Service:
		return fmt.Errorf("group: a member needs an address of 1 to %d octets", maxName)
	case strings.ContainsFunc(m.Address, unicode.IsControl):
		return errors.New("group: an address with characters that cannot be shown")
	case m.Encryption == nil || m.Encryption.Algorithm().IsSignature() || m.Signature == nil || !m.Signature.Algorithm().IsSignature():
		return errors.New("group: a member needs an encryption and a signature key, as the profile of a person has them")
	case m.Udf.Bits() < udf.MinBits:
		return errors.New("group: a member needs the fingerprint of a profile")
	}
	return nil
}

// distinct checks that no two are one: who answers under two names would count
// twice.
func distinct(all []Member) error {
	seen := map[string]bool{}
	for _, m := range all {
		for _, s := range []string{m.Address, m.Udf.String(), name(m.Encryption), name(m.Signature)} {
			if seen[s] {
				return fmt.Errorf("group: %q is there already, or somebody with the same profile or key", m.Address)
			}
			seen[s] = true
		}
	}
	return nil
}

// same tells whether two records mean the same person and keys.
func (m *Member) same(o *Member) bool {
	return m.Address == o.Address && m.Udf.Matches(o.Udf) && m.Encryption.Equal(o.Encryption) && m.Signature.Equal(o.Signature)
}

// An Identity is the private side of a Member. It is secret. Its keys stay the
// caller's to wipe.
type Identity struct {
	Member
	encryption, signature *cogen.PrivateKey
}

// NewIdentity takes an encryption and a signature key, and the fingerprint of
// the profile they stand in.
func NewIdentity(address string, fingerprint udf.Fingerprint, encryption, signature *cogen.PrivateKey) (*Identity, error) {
	id := &Identity{Member{address, fingerprint, encryption.PublicKey(), signature.PublicKey()}, encryption, signature}
	return id, id.check()
}

// AccountIdentity takes the keys of a person's account, whose profile states
// address.
func AccountIdentity(account *profile.Account, address string) (*Identity, error) {
	return NewIdentity(address, account.Fingerprint(), account.Private(profile.CommonEncryption), account.Private(profile.CommonSignature))
}

// memberBody is a Member as it is written.
type memberBody struct {
	jsonb.Rest
	Address    string        `jsonb:"Address"`
	Udf        string        `jsonb:"Udf"`
	Encryption *mesh.KeyData `jsonb:"Encryption"`
	Signature  *mesh.KeyData `jsonb:"Signature"`
}

func (m *Member) body() *memberBody {
	return &memberBody{Address: m.Address, Udf: m.Udf.String(), Encryption: keyData(m.Encryption), Signature: keyData(m.Signature)}
}

func (b *memberBody) member() (m Member, err error) {
	m.Address = b.Address
	if m.Udf, err = udf.ParseFingerprint(b.Udf); err != nil {
		return m, fmt.Errorf("group: a member's fingerprint: %w", err)
	}
	if m.Encryption, err = publicKey(b.Encryption); err != nil {
		return m, err
	}
	if m.Signature, err = publicKey(b.Signature); err != nil {
		return m, err
	}
	return m, m.check()
}

// name is the fingerprint of a key as the Mesh writes it.
func name(k *cogen.PublicKey) string {
	return udf.KeyFingerprint(k.Algorithm(), k.Bytes()).String()
}

func keyData(k *cogen.PublicKey) *mesh.KeyData {
	return mesh.NewKeyData(name(k), k.Algorithm().String(), k.Bytes())
}

// publicKey reads a key and checks that it bears its own fingerprint.
func publicKey(d *mesh.KeyData) (*cogen.PublicKey, error) {
	crv, octets, ok := d.Public()
	if !ok {
		return nil, errors.New("group: a public key is missing")
	}
	a, err := cogen.ParseAlgorithm(crv)
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	k, err := a.NewPublicKey(octets)
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	if d.Udf != name(k) {
		return nil, errors.New("group: a public key has another fingerprint than is stated for it")
	}
	return k, nil
}
