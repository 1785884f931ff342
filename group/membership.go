package group

import (
	"context"
	"errors"
	"fmt"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/internal/secret"
	"meshkey/mesh"
	"meshkey/udf"
)

// A Membership is what one member can do: his halves, as he accepted them. It
// is secret. Others may ask it to contribute, as a Helper.
type Membership struct {
	group  *Group
	id     *Identity
	halves map[string]*held // by fingerprint of the group's key
}

// held is a member's half of one key: a share where members share, else a
// private key.
type held struct {
	share *cogen.Share
	half  *cogen.PrivateKey
}

func (h *held) wipe() {
	if h.share != nil {
		h.share.Wipe()
	}
	if h.half != nil {
		h.half.Wipe()
	}
}

var errShare = errors.New("group: the half is not the one that the record says")

// Accept takes what id was given on being invited, and whenever keys were shared
// out anew. An invitation counts for those halves in it that the group's record
// still has; each must be the one whose public side stands there, or else the
// error is a *CheatError with the name of who made it.
//
// Without invitations the membership has no halves, and takes them with Hold.
//
// The group's fingerprint, by which Parse knew its record, must have reached
// the member on a way that he trusts.
func Accept(g *Group, id *Identity, invitations ...[]byte) (*Membership, error) {
	me := g.Member(id.Address)
	if me == nil || !me.same(&id.Member) {
		return nil, ErrNotMember
	}
	m := &Membership{g, id, map[string]*held{}}
	for _, b := range invitations {
		var err error
		if t, e := unmarshal(b); e == nil && t.Welcome != nil {
			err = m.welcome(t.Welcome)
		} else {
			err = m.accept(b)
		}
		if err != nil {
			m.Wipe()
			return nil, err
		}
	}
	if len(m.halves) == 0 && len(invitations) > 0 {
		return nil, errors.New("group: no half of a key that the group still has")
	}
	return m, nil
}

// accept takes the halves in one GroupInvitation.
func (m *Membership) accept(b []byte) error {
	signer := m.group.administrator()
	plaintext, err := openFrom(b, m.id.encryption, signer)
	if err != nil {
		return err
	}
	defer secret.Wipe(plaintext)
	i, err := mesh.ParseAs[mesh.GroupInvitation](plaintext)
	if err != nil {
		return fmt.Errorf("group: %w", err)
	}
	contact, ok := i.Contact.(*mesh.ContactPerson)
	if !ok || i.Recipient != m.id.Address {
		return errors.New("group: an invitation for somebody else")
	}
	for _, address := range contact.NetworkAddresses {
		for _, c := range address.Capabilities {
			p, ok := c.(*mesh.CapabilityDecryptPartial)
			if !ok {
				continue
			}
			if p.GranteeAccount != m.id.Address || !matches(p.GranteeUdf, m.id.Udf) {
				return errors.New("group: an invitation for somebody else")
			}
			if err := m.hold(p, signer); err != nil {
				return err
			}
		}
	}
	return nil
}

// hold takes one half, if the group still has the key and the sharing.
func (m *Membership) hold(p *mesh.CapabilityDecryptPartial, signer *cogen.PublicKey) error {
	k := m.group.key(p.Id)
	if k == nil {
		return nil
	}
	h := k.of(m.id.Address)
	if h == nil || p.Issued < h.issued {
		return nil
	}
	if p.Issued > m.group.serial {
		return &StaleError{m.group.serial, p.Issued}
	}
	public, err := h.public()
	if err != nil {
		return err
	}
	private, err := openShare(p.EnvelopedKeyShare, m.id.encryption, signer, k.public, public)
	if err != nil {
		return &CheatError{m.group.Address(), "invites with a half that is not the one in the group's record"}
	}
	if !k.mode.shared() {
		m.set(name(k.public), &held{half: private})
		return nil
	}
	defer private.Wipe()
	scalar := private.Bytes()
	defer secret.Wipe(scalar)
	share, err := cogen.NewShare(k.commitment, h.index, scalar)
	if err != nil {
		return fmt.Errorf("group: %w", err)
	}
	m.set(name(k.public), &held{share: share})
	return nil
}

func (m *Membership) set(key string, h *held) {
	if old := m.halves[key]; old != nil {
		old.wipe()
	}
	m.halves[key] = h
}

// Group is the group as it stood when the membership was accepted.
func (m *Membership) Group() *Group { return m.group }

// Wipe clears the halves.
func (m *Membership) Wipe() {
	for _, h := range m.halves {
		h.wipe()
	}
}

// Format implements fmt.Formatter and writes "[secret]".
func (m Membership) Format(f fmt.State, verb rune) { secret.Bytes{}.Format(f, verb) }

// Contribute makes the member's contributions to what another member asked for,
// a Helper's. The request is verified; whether to grant it is the member's to
// decide: contributing is reading together with the one who asks. Only shares
// of a key can help others, so in the mode Serviced it is an error.
func (m *Membership) Contribute(_ context.Context, r *Request) (*Answer, error) {
	if _, err := r.verify(m.group); err != nil {
		return nil, err
	}
	return m.answer(r)
}

func (m *Membership) answer(r *Request) (*Answer, error) {
	a := &Answer{from: m.id.Address, request: r.name()}
	for _, i := range r.items {
		h := m.halves[i.Key]
		if h == nil {
			return nil, fmt.Errorf("group: %q has no half of the key %s", m.id.Address, i.Key)
		}
		var p *cogen.Partial
		var err error
		switch {
		case h.share != nil:
			p, err = h.share.Agree(i.Ephemeral, r.context(i))
		case r.grantee == m.id.Address:
			p, err = h.half.Agree(i.Ephemeral) // for himself, so without a proof
		default:
			err = errors.New("group: a half that is of use to nobody else")
		}
		if err != nil {
			return nil, fmt.Errorf("group: %w", err)
		}
		a.partials = append(a.partials, p)
	}
	return a, nil
}

func matches(text string, f udf.Fingerprint) bool {
	got, err := udf.ParseFingerprint(text)
	return err == nil && got.Matches(f)
}

// named tells whether a fingerprint is a key's.
func named(k *cogen.PublicKey, fingerprint string) bool {
	return matches(fingerprint, udf.KeyFingerprint(k.Algorithm(), k.Bytes()))
}

var _ dare.Key = (*Decryption)(nil)
