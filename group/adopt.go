package group

import (
	"errors"
	"fmt"
	"time"

	"meshkey/cogen"
	"meshkey/internal/secret"
)

// A Holder is a member with a share that the account did not make.
type Holder struct {
	Member
	Index cogen.Index
}

// Adopt gives the group a key that its members made together, as cogen/dkg has
// them do, so that nobody ever had it: neither does the account, and paper does
// not bring it back. c is what came of that, and holders are the members of the
// group from now on: others are admitted and dismissed accordingly. If c is a
// new sharing of the present key, by resharing, it takes the place of the old.
// The mode becomes Offline.
//
// Nobody is invited; members take their shares with Membership.Hold.
func (a *Administrator) Adopt(at time.Time, c *cogen.Commitment, holders ...Holder) (*Change, error) {
	if err := a.alone(); err != nil {
		return nil, err
	}
	s := a.group.next(at)
	if err := s.replaceMembers(holders); err != nil {
		return nil, err
	}
	k := &key{mode: Offline, public: c.Key(), need: c.Need(), commitment: c}
	for _, h := range holders {
		i, ok := h.Index.Uint64()
		if !ok || i > maxIndex {
			return nil, fmt.Errorf("group: the index of %q is none up to %d", h.Address, uint64(maxIndex))
		}
		k.next = max(k.next, int64(i)+1)
		k.halves = append(k.halves, half{member: h.Address, issued: s.serial, index: h.Index, shared: c})
	}
	var err error
	if k.sharing, err = newNonce(); err != nil {
		return nil, err
	}
	if old := s.present(); old.public.Equal(k.public) && old.mode == Offline {
		s.keys[len(s.keys)-1] = k
		return a.publish(s, nil)
	}
	if s.profile, err = a.profile(k.public, at); err != nil {
		return nil, err
	}
	s.keys = append(s.keys, k)
	return a.publish(s, nil)
}

// maxIndex bounds the indexes of a group's shares.
const maxIndex = 1 << 32

// replaceMembers makes the holders the members.
func (s *state) replaceMembers(holders []Holder) error {
	stay := map[string]bool{}
	var fresh []Member
	for _, h := range holders {
		switch old := s.Member(h.Address); {
		case old == nil:
			fresh = append(fresh, h.Member)
		case !old.same(&h.Member):
			return fmt.Errorf("group: %q is a member with other keys", h.Address)
		}
		stay[h.Address] = true
	}
	var gone []string
	for _, m := range s.members {
		if !stay[m.Address] {
			gone = append(gone, m.Address)
		}
	}
	if err := s.dismiss(gone); err != nil {
		return err
	}
	return s.admit(fresh)
}

// Hold takes a share that the member made together with others. It must be his
// share of one of the group's keys by the record. The membership keeps a copy.
func (m *Membership) Hold(share *cogen.Share) error {
	id := name(share.Commitment().Key())
	k := m.group.key(id)
	if k == nil || !k.mode.shared() || !k.commitment.Equal(share.Commitment()) {
		return errors.New("group: a share of another key, or of another sharing of it")
	}
	h := k.of(m.id.Address)
	if h == nil || h.index != share.Index() {
		return errors.New("group: the share of another member")
	}
	scalar := share.Scalar()
	defer secret.Wipe(scalar)
	own, err := cogen.NewShare(k.commitment, h.index, scalar)
	if err != nil {
		return fmt.Errorf("group: %w", err)
	}
	m.set(id, &held{share: own})
	return nil
}
