package cogen

import (
	"fmt"

	"meshkey/internal/secret"
)

// The purposes of what is derived for a split.
const (
	derivedSplit      = "derived split v1"
	derivedPolynomial = "derived polynomial v1"
)

// SplitAllDerived is SplitAll into n keys that are derived from k and label: the
// same again for the same label, so that nobody has to keep them, and unrelated
// for another. To who does not have k they look as random as those of SplitAll.
func (k *PrivateKey) SplitAllDerived(n int, label []byte) ([]*PrivateKey, error) {
	if n < 1 || n > MaxContributions {
		return nil, fmt.Errorf("cogen: a key is split into 1 to %d keys", MaxContributions)
	}
	random, err := k.derive(derivedSplit, (n-1)*2*k.algorithm.PrivateLen(), n, label)
	if err != nil {
		return nil, err
	}
	defer random.Wipe()
	return k.splitAll(n, random)
}

// SplitDerived is SplitAt with a polynomial that is derived from k, need and
// label. Whoever has k can make a further share of it at any time, and a lost
// one again. There may be fewer indexes than need, or none.
func (k *PrivateKey) SplitDerived(need int, at []Index, label []byte) (*Sharing, error) {
	if need < 1 || need > MaxShares || len(at) > MaxShares {
		return nil, fmt.Errorf("cogen: a key is split so that 1 to %d shares are needed, into no more", MaxShares)
	}
	random, err := k.derive(derivedPolynomial, (need-1)*2*k.algorithm.PrivateLen(), need, label)
	if err != nil {
		return nil, err
	}
	defer random.Wipe()
	return k.splitAt(need, at, random)
}

// derive returns n octets that only who has k can tell from random ones.
func (k *PrivateKey) derive(purpose string, n, of int, label []byte) (*secret.Bytes, error) {
	if k.octets.Len() == 0 {
		return nil, errWiped
	}
	s := k.scalar()
	defer s.Wipe()
	private := s.Bytes()
	defer secret.Wipe(private)
	return secret.Take(tagged(purpose, n, private, []byte(k.algorithm.String()), fmt.Append(nil, of), label)), nil
}
