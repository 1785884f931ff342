package group

import (
	"crypto/sha512"
	"errors"
	"fmt"
	"slices"
	"strings"

	"meshkey/cogen"
	"meshkey/cogen/frost"
	"meshkey/internal/dare"
	"meshkey/internal/secret"
	"meshkey/profile"
)

// A Signer is one of the Signers of a group, with his share. It is secret.
type Signer struct {
	signers *Signers
	holder  SharesHolder
	frost   *frost.Signer
	id      *Identity
}

// Open opens the share of the holder whose keys id has.
func (s *Signers) Open(share []byte, id *Identity) (*Signer, error) {
	at := slices.IndexFunc(s.holders, func(h SharesHolder) bool { return h.Udf.Matches(id.Udf) })
	if at < 0 {
		return nil, ErrNotMember
	}
	h := s.holders[at]
	file, err := openSigning(share, s.profile.Key(profile.AdministratorSignature), id)
	if err != nil {
		return nil, err
	}
	defer file.wipe()
	body := file.SigningShare
	if body == nil || body.Share == nil {
		return nil, errors.New("group: the envelope holds no share")
	}
	if err := s.same(&body.ofSigners); err != nil {
		return nil, err
	}
	if body.Index != h.Index.String() {
		return nil, errors.New("group: the share of another holder")
	}
	f, err := s.frost.NewSignerScalar(h.Index, body.Share.Reveal())
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	return &Signer{s, h, f, id}, nil
}

// Wipe clears the share.
func (s *Signer) Wipe() { s.frost.Wipe() }

// Address is the holder's.
func (s *Signer) Address() string { return s.holder.Address }

// Signers are those that s is one of.
func (s *Signer) Signers() *Signers { return s.signers }

// Commit is the first round. The commitment is for whoever puts the signing
// together; the nonces, sealed to the signer himself, are kept until Sign has
// used them, once, and must be deleted, durably, before its result leaves.
func (s *Signer) Commit() (nonces, commitment []byte, err error) {
	n, c, err := s.frost.Commit()
	if err != nil {
		return nil, nil, fmt.Errorf("group: %w", err)
	}
	defer n.Wipe()
	kept := &signingFile{Nonces: &noncesBody{s.signers.here(), secret.Take(n.Bytes())}}
	defer kept.wipe()
	if nonces, err = kept.seal(tagNonces, s.id.Encryption, s.id.signature); err != nil {
		return nil, nil, err
	}
	commitment, err = s.sign(&signingFile{Commitment: &commitmentBody{s.signers.here(), c.Bytes()}}, tagCommitment)
	return nonces, commitment, err
}

// sign signs a file for all to read.
func (s *Signer) sign(f *signingFile, tag string) ([]byte, error) {
	octets, err := f.bytes()
	if err != nil {
		return nil, err
	}
	e, err := dare.Sign(octets, meta(tag), s.id.signature)
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	return e.Bytes(), nil
}

// Signing is what is sent to those who shall sign: the digest of a document and
// the commitments of all of them, each under its holder's signature.
type Signing struct {
	signers *Signers
	digest  [sha512.Size]byte // of the document
	body    *signingBody
	pack    *frost.Package
}

// NewSigning puts a signing together: at least Need commitments, and none of
// somebody who will not sign. A *CheatError names whose commitment is bad, a
// *TooFewError says how many are missing and from whom they could come.
func (s *Signers) NewSigning(document []byte, commitments ...[]byte) (*Signing, error) {
	digest := sha512.Sum512(document)
	body := &signingBody{ofSigners: s.here(), Digest: digest[:]}
	for _, c := range commitments {
		body.Commitments = append(body.Commitments, c)
	}
	return s.signing(body)
}

// ParseSigning reads what Bytes of a Signing of these signers writes.
func (s *Signers) ParseSigning(b []byte) (*Signing, error) {
	f, err := parseSigning(b)
	if err != nil {
		return nil, err
	}
	if f.Signing == nil {
		return nil, errors.New("group: no signing of a group")
	}
	return s.signing(f.Signing)
}

func (s *Signers) signing(body *signingBody) (*Signing, error) {
	if err := s.same(&body.ofSigners); err != nil {
		return nil, err
	}
	if len(body.Digest) != sha512.Size || len(body.Commitments) > MaxSigners {
		return nil, errors.New("group: a signing is malformed")
	}
	var list []*frost.Commitment
	there := map[string]bool{}
	for _, b := range body.Commitments {
		who, f, err := s.fromHolder(b)
		if err != nil {
			return nil, err
		}
		cb := f.Commitment
		if cb == nil {
			return nil, fmt.Errorf("group: what comes from %q is no commitment", who.Address)
		}
		if err := s.same(&cb.ofSigners); err != nil {
			return nil, fmt.Errorf("%w: from %q", err, who.Address)
		}
		c, err := s.frost.ParseCommitment(cb.Commitment)
		if err != nil || c.Index() != who.Index {
			return nil, &CheatError{who.Address, "a commitment that is not one, or not his"}
		}
		list, there[who.Address] = append(list, c), true
	}
	if missing := s.Need() - len(there); missing > 0 {
		e := &TooFewError{Need: missing}
		for _, h := range s.holders {
			if !there[h.Address] {
				e.From = append(e.From, h.Address)
			}
		}
		return nil, e
	}
	pack, err := s.frost.NewPackage(body.Digest, list...)
	if err != nil {
		return nil, s.explain(err)
	}
	return &Signing{s, [sha512.Size]byte(body.Digest), body, pack}, nil
}

// fromHolder reads what a holder has signed.
func (s *Signers) fromHolder(b []byte) (*SharesHolder, *signingFile, error) {
	e, err := dare.Parse(b)
	if err != nil {
		return nil, nil, fmt.Errorf("group: %w", err)
	}
	for i := range s.holders {
		h := &s.holders[i]
		err := e.Verify(h.Signature)
		if err == nil {
			f, err := parseSigning(e.Body)
			return h, f, err
		}
		if bad := (*dare.SignatureError)(nil); errors.As(err, &bad) {
			return nil, nil, &CheatError{h.Address, "the signature under what is said to come from there does not verify"}
		}
	}
	return nil, nil, fmt.Errorf("group: from nobody who holds a share, but signed by %s", strings.Join(e.Signers(), ", "))
}

// explain names holders by their addresses.
func (s *Signers) explain(err error) error {
	if e := (*frost.CheatError)(nil); errors.As(err, &e) {
		return &CheatError{strings.Join(s.byIndex(e.Indexes), ", "), "a wrong signature share"}
	}
	if e := (*frost.HolderError)(nil); errors.As(err, &e) {
		return fmt.Errorf("group: %s: %s", strings.Join(s.byIndex(e.Indexes), ", "), e.Reason)
	}
	return fmt.Errorf("group: %w", err)
}

// Bytes writes it.
func (g *Signing) Bytes() ([]byte, error) {
	return (&signingFile{Signing: g.body}).bytes()
}

// From are the addresses of those who shall sign.
func (g *Signing) From() []string { return g.signers.byIndex(g.pack.Signers()) }

// ErrDocument is returned if a signing is for another document than the one
// that is given.
var ErrDocument = errors.New("group: the signing is for another document")

// Sign is the second round: it signs document, which the holder has seen and
// approved, with nonces that Commit gave. Whoever stores these deletes them,
// durably, before the result leaves his hands: two signatures with the same
// nonces give the share away.
func (s *Signer) Sign(g *Signing, document, nonces []byte) ([]byte, error) {
	if sha512.Sum512(document) != g.digest {
		return nil, ErrDocument
	}
	file, err := openSigning(nonces, s.id.Signature, s.id)
	if err != nil {
		return nil, err
	}
	defer file.wipe()
	body := file.Nonces
	if body == nil || body.Nonces == nil {
		return nil, errors.New("group: the envelope holds no nonces")
	}
	if err := s.signers.same(&body.ofSigners); err != nil {
		return nil, err
	}
	n, err := s.frost.ParseNonces(body.Nonces.Reveal())
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	defer n.Wipe()
	share, err := s.frost.Sign(n, g.digest[:], g.pack)
	if err != nil {
		return nil, s.signers.explain(err)
	}
	return s.sign(&signingFile{SignatureShare: &signatureShareBody{s.signers.here(), share.Bytes()}}, tagSignatureShare)
}

// Combine makes of the signature shares of all who were asked the document in
// an envelope, signed with the administrator key of the group as its account
// would. A *CheatError names who gave a wrong share, a *TooFewError who gave
// none.
func (g *Signing) Combine(document []byte, contentType string, shares ...[]byte) ([]byte, error) {
	s := g.signers
	if sha512.Sum512(document) != g.digest {
		return nil, ErrDocument
	}
	var list []*frost.SignatureShare
	there := map[string]bool{}
	for _, b := range shares {
		who, f, err := s.fromHolder(b)
		if err != nil {
			return nil, err
		}
		sb := f.SignatureShare
		if sb == nil {
			return nil, fmt.Errorf("group: what comes from %q is no signature share", who.Address)
		}
		if err := s.same(&sb.ofSigners); err != nil {
			return nil, fmt.Errorf("%w: from %q", err, who.Address)
		}
		share, err := s.frost.ParseSignatureShare(sb.Share)
		if err != nil || share.Index() != who.Index {
			return nil, &CheatError{who.Address, "a signature share that is not one, or not his"}
		}
		list, there[who.Address] = append(list, share), true
	}
	missing := &TooFewError{}
	for _, address := range g.From() {
		if !there[address] {
			missing.Need++
			missing.From = append(missing.From, address)
		}
	}
	if missing.Need > 0 {
		return nil, missing
	}
	signature, err := s.frost.Aggregate(g.pack, list...)
	if err != nil {
		return nil, s.explain(err)
	}
	e, err := dare.SignedBy(document, dare.ContentMeta{ContentType: contentType}, s.profile.Key(profile.AdministratorSignature), signature)
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	return e.Bytes(), nil
}

// openSigning verifies and opens what was sealed to id.
func openSigning(b []byte, by *cogen.PublicKey, id *Identity) (*signingFile, error) {
	e, err := dare.Parse(b)
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	if err := e.Verify(by); err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	octets, err := e.Open(dare.PrivateKey(id.encryption))
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	defer secret.Wipe(octets)
	return parseSigning(octets)
}

// Format implements fmt.Formatter and writes "[secret]".
func (s Signer) Format(f fmt.State, verb rune) { secret.Bytes{}.Format(f, verb) }
