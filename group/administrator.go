package group

import (
	"errors"
	"fmt"
	"time"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/mesh"
	"meshkey/profile"
)

// Options say what kind of group is created.
type Options struct {
	Mode    Mode
	Need    int    // how many members a decryption takes: 1 where the mode is Serviced, else 2 or more
	Address string // of the group, such as groupw@example.com
	At      time.Time

	// Service is the key service, if the mode has one: its address, and the keys
	// that halves are sealed to and answers are signed with.
	Service *Member
}

// An Administrator has a group's account, and so all its keys: it can read what
// is encrypted to the group. It is secret. docs/FORMATS.md, Groups.
type Administrator struct {
	account *profile.Account
	group   *Group
}

// Create makes a group of an account that stands for nothing else. The account
// is the seed's, so a group is escrowed and recovered as a person's account is,
// together with all keys that it will have. It stays the caller's to wipe.
//
// The Change has the first record; a group begins without members.
func Create(account *profile.Account, opt Options, members ...Member) (*Administrator, *Change, error) {
	p, err := account.GroupProfile(profile.Details{Address: opt.Address, Created: opt.At})
	if err != nil {
		return nil, nil, fmt.Errorf("group: %w", err)
	}
	if opt.Mode == Serviced && opt.Need == 0 {
		opt.Need = 1
	}
	switch {
	case !opt.Mode.hasService() && !opt.Mode.shared():
		return nil, nil, errors.New("group: a mode is service, offline or mixed")
	case opt.Mode.hasService() != (opt.Service != nil):
		return nil, nil, errors.New("group: a service belongs to the modes Serviced and Mixed")
	case opt.Need < 1 || opt.Need > MaxNeed || (opt.Mode == Serviced) != (opt.Need == 1):
		return nil, nil, errors.New("group: a decryption takes one member in the mode service, and else 2 or more")
	}
	if opt.Service != nil {
		if err := opt.Service.check(); err != nil {
			return nil, nil, err
		}
	}
	s := &state{&Group{serial: 1, updated: opt.At, profile: p, service: opt.Service}}
	s.keys = []*key{{mode: opt.Mode, public: p.Key(profile.CommonEncryption), need: opt.Need}}
	if err := s.admit(members); err != nil {
		return nil, nil, err
	}
	a := &Administrator{account: account}
	c, err := a.anew(s)
	return a, c, err
}

// Administer takes up a group where its newest record leaves it. The error is
// one of Parse if the account is not the group's.
func Administer(account *profile.Account, record []byte) (*Administrator, error) {
	g, err := Parse(record, account.Fingerprint())
	if err != nil {
		return nil, err
	}
	return &Administrator{account, g}, nil
}

// Group is the group as it stands.
func (a *Administrator) Group() *Group { return a.group }

// Admit admits members, who get halves of the present key and so can read, with
// whoever else it takes, all that was ever encrypted to it; what was encrypted
// to keys from before a rotation they cannot.
func (a *Administrator) Admit(at time.Time, members ...Member) (*Change, error) {
	if err := a.alone(); err != nil {
		return nil, err
	}
	s := a.group.next(at)
	if err := s.admit(members); err != nil {
		return nil, err
	}
	var to []string
	for _, m := range members {
		to = append(to, m.Address)
	}
	return a.publish(s, map[int][]string{len(s.keys): to})
}

// Dismiss takes members out of the group: Security in the package comment says
// what they still can do. Where the mode is Serviced, the service's halves for
// them are worth nothing from the moment it has the Change. Where members share
// a key, it is shared out anew to all others, who have to Accept anew.
func (a *Administrator) Dismiss(at time.Time, addresses ...string) (*Change, error) {
	s := a.group.next(at)
	if err := s.dismiss(addresses); err != nil {
		return nil, err
	}
	issue := map[int][]string{}
	for i, k := range s.keys {
		if k.mode.shared() && len(k.halves) < len(a.group.keys[i].halves) {
			if err := s.reshare(issue, i+1, k.holders()); err != nil {
				return nil, err
			}
		}
	}
	return a.publish(s, issue)
}

// Rotate gives the group another key, and all its members halves of that. Old
// keys are kept for what was encrypted to them: a rotation takes back nothing
// that somebody could read before it.
func (a *Administrator) Rotate(at time.Time) (*Change, error) {
	s := a.group.next(at)
	old := s.present()
	whole, err := PrivateKey(a.account, len(s.keys)+1)
	if err != nil {
		return nil, err
	}
	defer whole.Wipe()
	k := &key{mode: old.mode, public: whole.PublicKey(), need: old.need}
	if s.profile, err = a.profile(k.public, at); err != nil {
		return nil, err
	}
	s.keys = append(s.keys, k)
	return a.anew(s)
}

// Reshare shares the present key out anew, to be used by need members: the
// group's key stays, and shares from before fit no longer to those given out
// now. Shares of members that were all kept by their holders still give the
// key. It is for the modes Offline and Mixed.
func (a *Administrator) Reshare(at time.Time, need int) (*Change, error) {
	s := a.group.next(at)
	if !s.Mode().shared() || need < 2 || need > MaxNeed {
		return nil, errors.New("group: no key that so many members could share")
	}
	s.present().need = need
	return a.anew(s)
}

// anew shares out the present key among all members.
func (a *Administrator) anew(s *state) (*Change, error) {
	issue := map[int][]string{}
	if err := s.reshare(issue, len(s.keys), s.addresses()); err != nil {
		return nil, err
	}
	return a.publish(s, issue)
}

// alone refuses what the holder of the account would do behind the backs of
// those it appointed.
func (a *Administrator) alone() error {
	if a.group.appointment != nil {
		return errors.New("group: members are admitted by the appointed administrators together")
	}
	return nil
}

// PrivateKey derives a group's key by its number, the first being 1 and the
// others from rotations: with the account that a seed on paper gives back,
// everything that was ever encrypted to the group can be read. The key is the
// caller's to wipe.
func PrivateKey(account *profile.Account, number int) (*cogen.PrivateKey, error) {
	switch {
	case number < 1 || number > maxKeys:
		return nil, fmt.Errorf("group: keys are counted from 1 to %d", maxKeys)
	case number == 1: // CommonEncryption, as the Mesh derives it
		return account.StoreKey("")
	}
	return account.StoreKey(fmt.Sprintf("_Key%d", number))
}

// profile is the group's profile with another key, signed by the group.
func (a *Administrator) profile(public *cogen.PublicKey, at time.Time) (*profile.Profile, error) {
	old := a.group.Profile()
	p, err := a.account.GroupProfile(profile.Details{Address: old.Address(), Service: old.Service(), Created: at})
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	e, err := dare.Parse(p.Bytes())
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	x, err := mesh.ParseAs[mesh.ProfileGroup](e.Body)
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	x.CommonEncryption = keyData(public)
	body, err := mesh.Marshal(x)
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	meta, err := e.ContentMeta()
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	signed, err := dare.Sign(body, *meta, a.account.Private(profile.ProfileSignature))
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	signed.Header.EnvelopeId = e.Header.EnvelopeId
	return profile.Parse(signed.Bytes())
}
