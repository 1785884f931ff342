package keyfile

import (
	"bytes"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"

	"meshkey/cogen"
	"meshkey/internal/secret"
	"meshkey/mesh"
	"meshkey/udf"
)

// newECDH writes keys as RFC 8410 has them.
//
// Spec: the Mesh makes Ed448 keys from seeds of 56 octets, RFC 8032 and 8410
// from 57, so those have no file.
func newECDH(k *mesh.PrivateKeyECDH, name string) (*File, error) {
	if strings.HasSuffix(k.Crv, "z") {
		return nil, fmt.Errorf("a bare scalar (%.8q) has no file format", k.Crv)
	}
	a, err := cogen.ParseAlgorithm(k.Crv)
	if err != nil {
		return nil, errors.New("a key on a curve that is not known")
	}
	key, err := a.NewPrivateKey(k.Private.Reveal())
	if err != nil {
		return nil, fmt.Errorf("the key is malformed: %w", err)
	}
	defer key.Wipe()
	public := key.PublicKey()
	if k.Public != nil && !bytes.Equal(k.Public, public.Bytes()) && !bytes.Equal(k.Public, public.Plain()) {
		return nil, errors.New("the private key is not that of the public key beside it")
	}
	f := &File{Algorithm: a.String(), Fingerprint: udf.KeyFingerprint(a, public.Bytes())}
	if plain := udf.KeyFingerprint(a, public.Plain()); isNamed(name, plain) {
		f.Fingerprint = plain // of an X25519 key as the reference writes it
	}
	der, err := pkcs8(a, k.Private.Reveal())
	if err != nil {
		return nil, err
	}
	f.PEM = inPEM(der)
	if a == cogen.Ed25519() {
		f.SSH = sshLine("ssh-ed25519", public.Plain())
	}
	return f, nil
}

func pkcs8(a cogen.Algorithm, octets []byte) ([]byte, error) {
	switch a {
	case cogen.Ed25519():
		key := ed25519.NewKeyFromSeed(octets)
		defer secret.Wipe(key)
		return x509.MarshalPKCS8PrivateKey(key)
	case cogen.X25519():
		key, err := ecdh.X25519().NewPrivateKey(octets)
		if err != nil {
			return nil, err
		}
		return x509.MarshalPKCS8PrivateKey(key)
	case cogen.X448():
		// OneAsymmetricKey, version 0, id-X448, and the octets as an OCTET
		// STRING within an OCTET STRING.
		prefix := []byte{0x30, 0x46, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x6f, 0x04, 0x3a, 0x04, 0x38}
		return append(append(make([]byte, 0, len(prefix)+len(octets)), prefix...), octets...), nil
	}
	return nil, errors.New("the Mesh's Ed448 keys have seeds of 56 octets, for which no file format has a place")
}
