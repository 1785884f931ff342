package group

import (
	"bytes"
	"crypto/sha512"
	"errors"
	"fmt"
	"slices"

	"meshkey/cogen"
	"meshkey/cogen/frost"
	"meshkey/internal/dare"
	"meshkey/internal/secret"
	"meshkey/profile"
	"meshkey/shamir"
	"meshkey/udf"
)

// Signers says who holds the shares of a group's administrator key, so that
// Need of them sign for the group together. It is public, and signed with that
// key. docs/FORMATS.md, "Signatures of a group".
type Signers struct {
	envelope *dare.Envelope
	digest   [sha512.Size]byte // of the body
	profile  *profile.Profile
	frost    *frost.Group
	holders  []SharesHolder
}

// SharesHolder is someone who holds a share, the one with that index.
type SharesHolder struct {
	Member
	Index cogen.Index
}

// MaxSigners is the greatest number of holders.
const MaxSigners = 100

// DealSigners splits the administrator key of a group's account among holders,
// need of whom will be needed, and returns for each, in their order, a file that
// only he opens. The key is whole while it runs, and stays so in the account:
// who wants the holders to be the only ones destroys the account's seed.
func DealSigners(account *profile.Account, p *profile.Profile, need int, holders []Member) (*Signers, [][]byte, error) {
	admin := account.Private(profile.AdministratorSignature)
	if key := p.Key(profile.AdministratorSignature); key == nil || !key.Equal(admin.PublicKey()) {
		return nil, nil, errors.New("group: the profile is not one of this account")
	}
	if len(holders) > MaxSigners {
		return nil, nil, fmt.Errorf("group: more than %d holders", MaxSigners)
	}
	sharing, err := admin.Split(shamir.Quorum{Need: need, Of: len(holders)})
	if err != nil {
		return nil, nil, fmt.Errorf("group: %w", err)
	}
	defer func() {
		for _, s := range sharing.Shares {
			s.Wipe()
		}
	}()
	body := &signersBody{Version: version, Profile: p.Bytes(), Commitment: sharing.Commitment.Bytes()}
	for i, h := range holders {
		body.Holders = append(body.Holders, &sharesHolderBody{Index: sharing.Shares[i].Index().String(), Member: h.body()})
	}
	octets, err := (&signingFile{Signers: body}).bytes()
	if err != nil {
		return nil, nil, err
	}
	e, err := dare.Sign(octets, meta(tagSigners), admin)
	if err != nil {
		return nil, nil, fmt.Errorf("group: %w", err)
	}
	s, err := ParseSigners(e.Bytes(), p.Fingerprint())
	if err != nil {
		return nil, nil, err
	}
	var files [][]byte
	for i, h := range s.holders {
		file, err := s.sealShare(sharing.Shares[i], &h, admin)
		if err != nil {
			return nil, nil, err
		}
		files = append(files, file)
	}
	return s, files, nil
}

func (s *Signers) sealShare(share *cogen.Share, h *SharesHolder, admin *cogen.PrivateKey) ([]byte, error) {
	f := &signingFile{SigningShare: &signingShareBody{s.here(), share.Index().String(), secret.Take(share.Scalar())}}
	defer f.wipe()
	return f.seal(tagSigningShare, h.Encryption, admin)
}

// seal seals the file to a key and signs it.
func (f *signingFile) seal(tag string, to *cogen.PublicKey, by *cogen.PrivateKey) ([]byte, error) {
	octets, err := f.bytes()
	if err != nil {
		return nil, err
	}
	defer secret.Wipe(octets)
	e, err := dare.Seal(octets, dare.SealOptions{Recipients: []*cogen.PublicKey{to}, Signer: by, Meta: meta(tag)})
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	return e.Bytes(), nil
}

// ParseSigners reads what Bytes of the Signers of the group with that
// fingerprint writes, and verifies it.
func ParseSigners(b []byte, fingerprint udf.Fingerprint) (*Signers, error) {
	e, err := dare.Parse(b)
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	f, err := parseSigning(e.Body)
	if err != nil {
		return nil, err
	}
	body := f.Signers
	if body == nil || e.Encrypted() {
		return nil, errors.New("group: the envelope does not say who signs for a group")
	}
	if body.Version != version {
		return nil, errVersion
	}
	s := &Signers{envelope: e, digest: sha512.Sum512(e.Body)}
	if s.profile, err = profile.Parse(body.Profile); err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	key := s.profile.Key(profile.AdministratorSignature)
	switch {
	case !s.profile.Fingerprint().Matches(fingerprint):
		return nil, fmt.Errorf("group: those who sign for another group, %s", s.profile.Fingerprint())
	case key == nil:
		return nil, errors.New("group: the profile has no administrator key")
	}
	if err := e.Verify(key); err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	return s, s.readHolders(body, key)
}

func (s *Signers) readHolders(body *signersBody, key *cogen.PublicKey) error {
	if len(body.Holders) == 0 || len(body.Holders) > MaxSigners {
		return errors.New("group: too many holders, or none")
	}
	var indexes []cogen.Index
	for _, hb := range body.Holders {
		if hb.Member == nil {
			return errors.New("group: a holder without a name")
		}
		m, err := hb.Member.member()
		if err != nil {
			return err
		}
		i, err := cogen.ParseIndex(hb.Index)
		if err != nil {
			return fmt.Errorf("group: %w", err)
		}
		if s.holder(m.Address) != nil {
			return errors.New("group: a holder comes twice")
		}
		s.holders, indexes = append(s.holders, SharesHolder{m, i}), append(indexes, i)
	}
	commitment, err := key.Algorithm().NewCommitment(body.Commitment)
	if err != nil {
		return fmt.Errorf("group: %w", err)
	}
	if !commitment.Key().Equal(key) || commitment.Need() > len(s.holders) {
		return errors.New("group: the shares are not those of the group's administrator key")
	}
	if s.frost, err = frost.NewGroup(commitment, indexes...); err != nil {
		return fmt.Errorf("group: %w", err)
	}
	return nil
}

// Bytes writes it, with the signature.
func (s *Signers) Bytes() []byte { return s.envelope.Bytes() }

// Profile is the group's profile. It is what others verify the group's
// signatures with.
func (s *Signers) Profile() *profile.Profile { return s.profile }

// Need is how many holders sign.
func (s *Signers) Need() int { return s.frost.Need() }

// Holders lists them in the order of their indexes.
func (s *Signers) Holders() []SharesHolder { return slices.Clone(s.holders) }

func (s *Signers) holder(address string) *SharesHolder {
	i := slices.IndexFunc(s.holders, func(h SharesHolder) bool { return h.Address == address })
	if i < 0 {
		return nil
	}
	return &s.holders[i]
}

// byIndex names holders.
func (s *Signers) byIndex(indexes []cogen.Index) []string {
	var out []string
	for _, i := range indexes {
		at := slices.IndexFunc(s.holders, func(h SharesHolder) bool { return h.Index == i })
		if at < 0 {
			out = append(out, "holder "+i.String())
			continue
		}
		out = append(out, s.holders[at].Address)
	}
	return out
}

// here begins a structure of these signers.
func (s *Signers) here() ofSigners { return ofSigners{Version: version, Signers: s.digest[:]} }

// same checks that a structure is of these signers.
func (s *Signers) same(o *ofSigners) error {
	switch {
	case o.Version != version:
		return errVersion
	case !bytes.Equal(o.Signers, s.digest[:]):
		return errors.New("group: of other signers, or of these under another record of them")
	}
	return nil
}
