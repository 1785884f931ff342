package keyfile

import (
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"

	"meshkey/internal/secret"
	"meshkey/mesh"
	"meshkey/udf"
)

// Bounds of an RSA key in octets, which bound the time it takes to check.
const (
	maxModulus  = 8192 / 8
	maxExponent = 4
)

var errParts = errors.New("the parts of the RSA key do not fit each other")

func newRSA(k *mesh.PrivateKeyRSA) (*File, error) {
	name, err := udf.RSAFingerprint(k.N, k.E) // bounds both
	if err != nil {
		return nil, err
	}
	key, err := rsaKey(k)
	if err != nil {
		return nil, err
	}
	defer wipeNumbers(key)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, errParts
	}
	return &File{
		Algorithm:   fmt.Sprintf("RSA-%d", key.N.BitLen()),
		Fingerprint: name,
		PEM:         inPEM(der),
		SSH:         sshLine("ssh-rsa", sshNumber(k.E), sshNumber(k.N)),
	}, nil
}

// rsaKey makes a key and checks it: the primes make the modulus, the exponents
// undo each other, and what can be computed from these agrees with what k has
// of it.
func rsaKey(k *mesh.PrivateKeyRSA) (*rsa.PrivateKey, error) {
	for _, part := range []*secret.Bytes{k.D, k.P, k.Q, k.DP, k.DQ, k.QI} {
		if part.Len() > len(k.N) {
			return nil, errParts
		}
	}
	if len(k.N) > maxModulus || len(k.E) > maxExponent || k.D.Len() == 0 || k.P.Len() == 0 || k.Q.Len() == 0 {
		return nil, errors.New("the RSA key lacks a part or is too long")
	}
	number := func(b *secret.Bytes) *big.Int { return new(big.Int).SetBytes(b.Reveal()) }
	key := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: new(big.Int).SetBytes(k.N), E: int(new(big.Int).SetBytes(k.E).Int64())},
		D:         number(k.D),
		Primes:    []*big.Int{number(k.P), number(k.Q)},
	}
	if err := key.Validate(); err != nil {
		wipeNumbers(key)
		return nil, errParts
	}
	key.Precompute()
	agrees := func(given *secret.Bytes, computed *big.Int) bool {
		n := number(given)
		defer wipeNumber(n)
		return given == nil || computed != nil && n.Cmp(computed) == 0
	}
	if !agrees(k.DP, key.Precomputed.Dp) || !agrees(k.DQ, key.Precomputed.Dq) || !agrees(k.QI, key.Precomputed.Qinv) {
		wipeNumbers(key)
		return nil, errParts
	}
	return key, nil
}

func wipeNumbers(k *rsa.PrivateKey) {
	for _, n := range append([]*big.Int{k.D, k.Precomputed.Dp, k.Precomputed.Dq, k.Precomputed.Qinv}, k.Primes...) {
		wipeNumber(n)
	}
}

func wipeNumber(n *big.Int) {
	if n != nil {
		clear(n.Bits())
	}
}
