package group

import (
	"fmt"
	"strings"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/internal/secret"
	"meshkey/mesh"
	"meshkey/profile"
	"meshkey/udf"
)

// issued are the two halves of one key for one member.
type issued struct {
	key     *key
	half    half
	member  *cogen.PrivateKey
	service *cogen.PrivateKey // nil if Offline
}

func (i *issued) wipe() {
	i.member.Wipe()
	if i.service != nil {
		i.service.Wipe()
	}
}

// reshare forgets the halves of a key, by its number, and notes in issue among
// whom it is to be shared out.
func (s *state) reshare(issue map[int][]string, number int, to []string) error {
	k := s.keys[number-1]
	k.halves, issue[number] = nil, to
	if !k.mode.shared() {
		return nil
	}
	var err error
	k.next = 1
	k.sharing, err = newNonce()
	return err
}

// addresses are those of all members.
func (s *state) addresses() []string {
	var out []string
	for _, m := range s.members {
		out = append(out, m.Address)
	}
	return out
}

// holders are the members who have halves of k.
func (k *key) holders() []string {
	var out []string
	for _, h := range k.halves {
		out = append(out, h.member)
	}
	return out
}

// publish gives halves to members, by numbers of keys, and signs the record.
func (a *Administrator) publish(s *state, issue map[int][]string) (*Change, error) {
	var all []issued
	defer func() {
		for i := range all {
			all[i].wipe()
		}
	}()
	for number := 1; number <= len(s.keys); number++ {
		to, ok := issue[number]
		if !ok {
			continue
		}
		whole, err := PrivateKey(a.account, number)
		if err != nil {
			return nil, err
		}
		out, err := s.shareOut(whole, number, to)
		whole.Wipe()
		all = append(all, out...)
		if err != nil {
			return nil, err
		}
	}
	g, err := s.sign(a.account.Private(profile.AdministratorSignature))
	if err != nil {
		return nil, err
	}
	c, err := g.change(all, a.account.Private(profile.AdministratorSignature))
	if err != nil {
		return nil, err
	}
	a.group = g
	return c, nil
}

// shareOut gives members halves of a whole key.
func (s *state) shareOut(whole *cogen.PrivateKey, number int, to []string) (out []issued, err error) {
	k := s.keys[number-1]
	if !whole.PublicKey().Equal(k.public) {
		return nil, fmt.Errorf("group: key %d is not the account's but was adopted: its holders have to share it out anew", number)
	}
	if k.mode.shared() {
		return s.shareOutAmong(whole, number, to)
	}
	for _, member := range to {
		// The service's half is drawn, the member's is the difference.
		halves, err := whole.SplitAll(2)
		if err != nil {
			return out, fmt.Errorf("group: %w", err)
		}
		h := half{member: member, issued: s.serial, own: halves[1].PublicKey(), service: halves[0].PublicKey()}
		k.halves = append(k.halves, h)
		out = append(out, issued{k, h, halves[1], halves[0]})
	}
	return out, nil
}

// shareOutAmong gives members their shares of the polynomial that belongs to
// this sharing of the key. It is derived from the key, so that a member who is
// admitted later gets a share that fits the others.
func (s *state) shareOutAmong(whole *cogen.PrivateKey, number int, to []string) (out []issued, err error) {
	k := s.keys[number-1]
	label := fmt.Appendf(nil, "group %s key %d sharing %s", s.Fingerprint(), number, k.sharing)
	rest, service := whole, (*cogen.PrivateKey)(nil)
	if k.mode == Mixed {
		halves, err := whole.SplitAllDerived(2, label)
		if err != nil {
			return nil, fmt.Errorf("group: %w", err)
		}
		service, rest = halves[0], halves[1]
		defer service.Wipe()
		defer rest.Wipe()
		k.service = service.PublicKey()
	}
	at := make([]cogen.Index, len(to))
	for i := range to {
		at[i] = cogen.NewIndex(uint64(k.next))
		k.next++
	}
	sharing, err := rest.SplitDerived(k.need, at, label)
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	k.commitment = sharing.Commitment
	for i, share := range sharing.Shares {
		h := half{member: to[i], issued: s.serial, index: at[i], shared: k.commitment, service: k.service}
		k.halves = append(k.halves, h)
		one := issued{key: k, half: h, member: share.Key()}
		if service != nil {
			if one.service, err = cogen.CombinePrivate(service); err != nil { // a copy
				return out, fmt.Errorf("group: %w", err)
			}
		}
		out = append(out, one)
	}
	return out, nil
}

// change seals halves to whom they are for.
func (g *Group) change(all []issued, signer *cogen.PrivateKey) (*Change, error) {
	c := &Change{Record: g.Bytes(), Invitations: map[string][]byte{}}
	for _, m := range g.members {
		var capabilities []mesh.AnyCapability
		for i := range all {
			if all[i].half.member != m.Address {
				continue
			}
			partial, err := g.partial(&all[i], &m, signer)
			if err != nil {
				return nil, err
			}
			capabilities = append(capabilities, partial)
			if all[i].service == nil {
				continue
			}
			access, err := g.access(&all[i], &m, signer)
			if err != nil {
				return nil, err
			}
			c.Halves = append(c.Halves, access)
		}
		if capabilities == nil {
			continue
		}
		invitation, err := g.invitation(&m, capabilities, signer)
		if err != nil {
			return nil, err
		}
		c.Invitations[m.Address] = invitation
	}
	return c, nil
}

// partial is the member's capability.
func (g *Group) partial(i *issued, m *Member, signer *cogen.PrivateKey) (*mesh.CapabilityDecryptPartial, error) {
	share, err := sealShare(i.key.public, i.member, i.half.index, g.serviceAddress(), m.Encryption, signer)
	if err != nil {
		return nil, err
	}
	p := &mesh.CapabilityDecryptPartial{}
	p.Id, p.Active, p.Issued = name(i.key.public), true, i.half.issued
	p.GranteeAccount, p.GranteeUdf, p.EnvelopedKeyShare = m.Address, m.Udf.String(), share
	return p, nil
}

// servicedCapability is the service's.
func (g *Group) servicedCapability(i *issued, m *Member, signer *cogen.PrivateKey) (*mesh.CapabilityDecryptServiced, error) {
	share, err := sealShare(i.key.public, i.service, cogen.Index{}, g.serviceAddress(), g.service.Encryption, signer)
	if err != nil {
		return nil, err
	}
	s := &mesh.CapabilityDecryptServiced{AuthenticationId: name(m.Signature)}
	s.Id, s.Active, s.Issued = i.half.id(), true, i.half.issued
	s.GranteeAccount, s.GranteeUdf, s.EnvelopedKeyShare = m.Address, m.Udf.String(), share
	return s, nil
}

// access is a signed CatalogedAccess with the service's capability.
func (g *Group) access(i *issued, m *Member, signer *cogen.PrivateKey) ([]byte, error) {
	s, err := g.servicedCapability(i, m, signer)
	if err != nil {
		return nil, err
	}
	return signAccess(s, signer)
}

func signAccess(c mesh.AnyCapability, signer *cogen.PrivateKey) ([]byte, error) {
	body, err := mesh.Marshal(&mesh.CatalogedAccess{Capability: c})
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	e, err := dare.Sign(body, meta("CatalogedAccess"), signer)
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	return e.Bytes(), nil
}

// invitation is a GroupInvitation, signed, and sealed to the member.
//
// Spec: the protocol draft has the invitation carry CapabilityDecryptServiced;
// its own example and the reference send CapabilityDecryptPartial, and that is
// what a member can use.
func (g *Group) invitation(m *Member, capabilities []mesh.AnyCapability, signer *cogen.PrivateKey) ([]byte, error) {
	id, err := newNonce()
	if err != nil {
		return nil, err
	}
	i := &mesh.GroupInvitation{Message: mesh.Message{MessageId: id, Sender: g.Address(), Recipient: m.Address}}
	contact := &mesh.ContactPerson{}
	contact.NetworkAddresses = []*mesh.NetworkAddress{{
		Address: g.Address(), EnvelopedProfileAccount: g.profile.Bytes(), Capabilities: capabilities,
	}}
	i.Contact = contact
	return sealTo(i, m.Encryption, signer)
}

func (g *Group) serviceAddress() string {
	if g.service == nil {
		return ""
	}
	return g.service.Address
}

// sealShare seals one half as the Mesh writes it.
func sealShare(whole *cogen.PublicKey, share *cogen.PrivateKey, index cogen.Index, service string, to *cogen.PublicKey, signer *cogen.PrivateKey) ([]byte, error) {
	private := secret.Take(share.Bytes())
	defer private.Wipe()
	k := &mesh.KeyShare{
		PublicPrimary:  publicECDH(whole),
		Share:          &mesh.PrivateKeyECDH{Crv: share.Algorithm().String() + "z", Private: private},
		ServiceAddress: service,
	}
	if !index.IsZero() {
		k.Index = index.String()
	}
	return sealTo(&mesh.KeyData{Udf: name(whole), PrivateParameters: k}, to, signer)
}

// sealTo seals a structure of the Mesh.
func sealTo(x any, to *cogen.PublicKey, signer *cogen.PrivateKey) ([]byte, error) {
	plaintext, err := mesh.Marshal(x)
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	defer secret.Wipe(plaintext)
	e, err := dare.Seal(plaintext, dare.SealOptions{Recipients: []*cogen.PublicKey{to}, Signer: signer, Meta: meta(mesh.Tag(x))})
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	return e.Bytes(), nil
}

// openFrom opens what signer sealed.
func openFrom(b []byte, key *cogen.PrivateKey, signer *cogen.PublicKey) ([]byte, error) {
	e, err := dare.Parse(b)
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	if err := e.Verify(signer); err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	plaintext, err := e.Open(dare.PrivateKey(key))
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	return plaintext, nil
}

// openShare opens one half, which must be one of whole and have the public key
// that is expected of it.
func openShare(sealed []byte, key *cogen.PrivateKey, signer, whole, public *cogen.PublicKey) (*cogen.PrivateKey, error) {
	plaintext, err := openFrom(sealed, key, signer)
	if err != nil {
		return nil, err
	}
	defer secret.Wipe(plaintext)
	d, err := mesh.ParseAs[mesh.KeyData](plaintext)
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	defer mesh.Wipe(d)
	share, ok := d.PrivateParameters.(*mesh.KeyShare)
	if !ok || d.Udf != name(whole) {
		return nil, errShare
	}
	private, ok := share.Share.(*mesh.PrivateKeyECDH)
	if !ok {
		return nil, errShare
	}
	crv, bare := strings.CutSuffix(private.Crv, "z")
	if !bare || crv != whole.Algorithm().String() {
		return nil, errShare
	}
	k, err := whole.Algorithm().NewPrivateScalar(private.Private.Reveal())
	if err != nil {
		return nil, errShare
	}
	if !k.PublicKey().Equal(public) {
		k.Wipe()
		return nil, errShare
	}
	return k, nil
}

// newNonce is the text of a fresh nonce of 16 octets.
func newNonce() (string, error) {
	nonce := make([]byte, 16)
	secret.Fill(nonce)
	text, err := udf.FormatNonce(nonce)
	if err != nil {
		return "", fmt.Errorf("group: %w", err)
	}
	return text, nil
}
