package cogen

import (
	"errors"
	"fmt"

	"meshkey/internal/curve"
	"meshkey/internal/secret"
)

var errNoKeys = errors.New("cogen: no keys")

// CombinePublic returns the sum of the contributed public keys, the public key
// of the sum of their private keys, as in draft-hallambaker-threshold-06,
// Section 6.1.
// Every contribution is verified for the context. It is a *ContributionError
// that names its maker if one is not, if a name or a key comes a second time,
// or if the algorithms differ.
//
// It does not know in which order the contributions came. Where the last one
// to speak must not choose the sum, use a Transcript.
func CombinePublic(context []byte, contributions ...*Contribution) (*PublicKey, error) {
	if len(contributions) == 0 {
		return nil, errNoKeys
	}
	keys := make([]*PublicKey, len(contributions))
	names, makers := map[string]bool{}, map[string]string{}
	for i, c := range contributions {
		other, same := makers[string(c.key.encoded)]
		switch {
		case names[c.name]:
			return nil, &ContributionError{c.name, "it comes twice"}
		case c.Algorithm() != contributions[0].Algorithm():
			return nil, &ContributionError{c.name, "a key for another algorithm"}
		case same:
			return nil, &ContributionError{c.name, fmt.Sprintf("the same key as that of %q", other)}
		}
		if err := c.Verify(context); err != nil {
			return nil, err
		}
		keys[i], names[c.name], makers[string(c.key.encoded)] = c.key, true, c.name
	}
	return sumPublic(keys)
}

// sumPublic adds keys of one algorithm that have their signs.
func sumPublic(keys []*PublicKey) (*PublicKey, error) {
	a := keys[0].algorithm
	sum := a.suite.curve.NewPoint()
	for _, k := range keys {
		if k.algorithm != a {
			return nil, errAlgorithm
		}
		// Spec: the drafts print X25519 and X448 keys that are sums without the
		// sign of v. Such a key is half a point, and its sums would be a guess.
		if len(k.encoded) != a.suite.curve.PointLen() {
			return nil, errors.New("cogen: a public key without the sign of v cannot be added")
		}
		sum.Add(sum, k.point)
	}
	if sum.IsIdentity() == 1 {
		return nil, errors.New("cogen: the keys cancel out")
	}
	return &PublicKey{a, sum, sum.Bytes()}, nil
}

// Plus returns the public key of the sum of k and the private key of p. It
// wants the private key of the summand that the caller adds, which nobody can
// have who made it up from p.
//
// Whoever holds k must have p before he shows anyone k's public key, lest p be
// made up from that.
func (p *PublicKey) Plus(k *PrivateKey) (*PublicKey, error) {
	if k.octets.Len() == 0 {
		return nil, errWiped
	}
	return sumPublic([]*PublicKey{p, k.public})
}

// IsSum reports whether p is the sum of keys. It checks a sum that is known to
// be right by other means; it is no way to agree on one, since it asks nobody
// for a private key. It is false if one of keys was read without the sign of v.
func (p *PublicKey) IsSum(keys ...*PublicKey) bool {
	if len(keys) == 0 {
		return false
	}
	sum, err := sumPublic(keys)
	return err == nil && p.Equal(sum)
}

// CombinePrivate returns the sum of private keys of one algorithm, of all
// kinds, as a bare scalar modulo the group order. The keys stay the caller's
// to wipe. It is an error if there is none, or if the sum is 0.
func CombinePrivate(keys ...*PrivateKey) (*PrivateKey, error) {
	if len(keys) == 0 {
		return nil, errNoKeys
	}
	a := keys[0].algorithm
	sum := a.suite.curve.NewScalar()
	defer sum.Wipe()
	for _, k := range keys {
		switch {
		case k.octets.Len() == 0:
			return nil, errWiped
		case k.algorithm != a:
			return nil, errAlgorithm
		}
		s := k.scalar()
		sum.Add(sum, s)
		s.Wipe()
	}
	return a.fromScalar(sum)
}

// fromScalar makes a key of a scalar, which stays the caller's. It is an error
// if the scalar is 0.
func (a Algorithm) fromScalar(s *curve.Scalar) (*PrivateKey, error) {
	return newPrivateKey(a, secret.Take(s.Bytes()), true)
}

// SplitAll splits k into n keys that are bare scalars and whose sum is k, n
// from 1 to MaxContributions, as in draft-hallambaker-threshold-06. Any n - 1
// of them are uniformly random and say nothing of k. None is 0.
func (k *PrivateKey) SplitAll(n int) ([]*PrivateKey, error) {
	if n < 1 || n > MaxContributions {
		return nil, fmt.Errorf("cogen: a key is split into 1 to %d keys", MaxContributions)
	}
	for {
		random := secret.Random((n - 1) * 2 * k.algorithm.PrivateLen())
		keys, err := k.splitAll(n, random)
		random.Wipe()
		if !errors.Is(err, errZeroShare) { // never seen
			return keys, err
		}
	}
}

var errZeroShare = errors.New("cogen: a share is 0")

// splitAll takes the first n - 1 scalars from random.
func (k *PrivateKey) splitAll(n int, random *secret.Bytes) ([]*PrivateKey, error) {
	if k.octets.Len() == 0 {
		return nil, errWiped
	}
	a := k.algorithm
	rest, s := k.scalar(), a.suite.curve.NewScalar()
	defer rest.Wipe()
	defer s.Wipe()
	keys := make([]*PrivateKey, n)
	for i := range keys {
		if s.Set(rest); i < n-1 {
			wide := 2 * a.PrivateLen()
			s.SetWide(random.Reveal()[i*wide : (i+1)*wide])
			rest.Sub(rest, s)
		}
		if s.IsZero() == 1 {
			for _, k := range keys[:i] {
				k.Wipe()
			}
			return nil, errZeroShare
		}
		keys[i], _ = a.fromScalar(s) // not 0, so no error
	}
	return keys, nil
}
