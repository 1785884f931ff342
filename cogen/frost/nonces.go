package frost

import (
	"fmt"
	"slices"
	"sync"

	"meshkey/cogen"
	"meshkey/internal/curve"
	"meshkey/internal/secret"
)

// Nonces are what a signer keeps to himself between the rounds. They sign
// once. They print as secret.Bytes do.
type Nonces struct {
	group      *Group
	index      cogen.Index
	commitment *Commitment

	mu      sync.Mutex    // who takes the scalars has them alone
	scalars *secret.Bytes // hiding ‖ binding, empty once used
}

// randomLen is the number of random octets of a nonce.
const randomLen = 32

// Commit is round one, RFC 9591, Section 5.1. It needs no message, so it can be
// done beforehand, any number of times. Each nonce is hashed from fresh
// randomness and the share, and stays secret if only one of the two is; that no
// nonce comes twice hangs on the randomness alone.
func (s *Signer) Commit() (*Nonces, *Commitment, error) {
	random := secret.Random(2 * randomLen)
	defer random.Wipe()
	return s.commit(random)
}

// commit takes the randomness of the hiding nonce, then that of the binding
// one.
func (s *Signer) commit(random *secret.Bytes) (*Nonces, *Commitment, error) {
	if s.share.Len() == 0 {
		return nil, nil, errWiped
	}
	g := s.group
	hiding := g.nonce(random.Reveal()[:randomLen], s.share.Reveal())
	binding := g.nonce(random.Reveal()[randomLen:], s.share.Reveal())
	n := newNonces(s, hiding, binding)
	return n, n.commitment, nil
}

// newNonces wipes its arguments. They are not 0.
func newNonces(s *Signer, hiding, binding *curve.Scalar) *Nonces {
	defer hiding.Wipe()
	defer binding.Wipe()
	g := s.group
	c := newCommitment(g, s.index, g.curve.NewPoint().ScalarBaseMult(hiding), g.curve.NewPoint().ScalarBaseMult(binding))
	scalars := make([]byte, 0, 2*g.curve.PointLen())
	for _, t := range []*curve.Scalar{hiding, binding} {
		b := g.encodeScalar(t)
		scalars = append(scalars, b...)
		clear(b)
	}
	return &Nonces{group: g, index: s.index, commitment: c, scalars: secret.Take(scalars)}
}

// Commitment returns what Commit returned with n.
func (n *Nonces) Commitment() *Commitment { return n.commitment }

// Wipe clears n. It signs nothing from then on.
func (n *Nonces) Wipe() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.scalars.Wipe()
}

// Format implements fmt.Formatter: every verb and flag prints the same word.
func (n *Nonces) Format(f fmt.State, verb rune) { n.scalars.Format(f, verb) }

// take hands the scalars out for the first and last time.
func (n *Nonces) take() (hiding, binding *curve.Scalar, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.scalars.Len() == 0 {
		return nil, nil, ErrUsed
	}
	defer n.scalars.Wipe()
	return n.group.decodeNonces(n.scalars.Reveal())
}

func (u *suite) decodeNonces(b []byte) (hiding, binding *curve.Scalar, err error) {
	n := u.curve.PointLen()
	if hiding, err = u.decodeScalar(b[:n]); err != nil {
		return nil, nil, err
	}
	if binding, err = u.decodeScalar(b[n:]); err != nil {
		hiding.Wipe()
		return nil, nil, err
	}
	if hiding.IsZero()|binding.IsZero() == 1 {
		return nil, nil, errFormat
	}
	return hiding, binding, nil
}

// Bytes returns the encoding of n, secret like n itself, or nil if n was used:
// docs/FORMATS.md. Whoever stores it must delete it, durably, before a
// signature share made with it leaves his hands, and must not keep a copy.
func (n *Nonces) Bytes() []byte {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.scalars.Len() == 0 {
		return nil
	}
	return slices.Concat(n.group.prefix(kindNonces), n.group.encodeIndex(n.index), n.scalars.Reveal())
}

// ParseNonces reads what Bytes of nonces of s writes, and nothing else.
func (s *Signer) ParseNonces(b []byte) (*Nonces, error) {
	g := s.group
	body, err := g.parsePrefix(kindNonces, b)
	if err != nil {
		return nil, err
	}
	n := g.curve.PointLen()
	if len(body) != 3*n {
		return nil, errFormat
	}
	index, _, err := g.decodeIndex(body[:n])
	if err != nil {
		return nil, err
	}
	if index != s.index {
		return nil, &HolderError{[]cogen.Index{index}, "its nonces, not ours"}
	}
	hiding, binding, err := g.decodeNonces(body[n:])
	if err != nil {
		return nil, err
	}
	return newNonces(s, hiding, binding), nil
}
