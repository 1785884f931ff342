package keyfile

import (
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"

	"meshkey/internal/secret"
	"meshkey/mesh"
	"meshkey/udf"
)

// File is a private key as a file.
type File struct {
	Algorithm   string          // RSA-2048 and the like, or the name of the curve
	Fingerprint udf.Fingerprint // of the public key, in the Mesh
	PEM         *secret.Bytes   // the file's content, for mode 0600
	SSH         string          // line of authorized_keys without a comment; empty if OpenSSH has no such keys
}

// New makes a file of the private key in k. It fails if k has none, if it is
// not the key that k names, if its parts do not fit each other, or if there is
// no file format for it. Nothing in the File refers to k.
func New(k *mesh.KeyData) (*File, error) {
	f, err := newFile(k)
	if err != nil {
		return nil, fmt.Errorf("keyfile: %w", err)
	}
	if !isNamed(k.Udf, f.Fingerprint) {
		f.PEM.Wipe()
		return nil, fmt.Errorf("keyfile: the key is %v, which is not what its description says", f.Fingerprint)
	}
	return f, nil
}

func newFile(k *mesh.KeyData) (*File, error) {
	switch private := k.PrivateParameters.(type) {
	case nil:
		return nil, errors.New("no private key")
	case *mesh.PrivateKeyRSA:
		return newRSA(private)
	case *mesh.PrivateKeyECDH:
		return newECDH(private, k.Udf)
	case *mesh.PrivateKeyUDF:
		return nil, errors.New("a seed, from which keys are derived, is no key")
	case *mesh.KeyShare:
		return nil, errors.New("a share of a private key is no key")
	}
	return nil, errors.New("a private key of a kind that is not known")
}

func isNamed(name string, f udf.Fingerprint) bool {
	want, err := udf.ParseFingerprint(name)
	return err == nil && want.Matches(f)
}

// Wipe clears the private key.
func (f *File) Wipe() { f.PEM.Wipe() }

// inPEM writes der, a PKCS #8 structure, and wipes it.
func inPEM(der []byte) *secret.Bytes {
	defer secret.Wipe(der)
	return secret.Take(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// sshLine writes a public key as RFC 4253, section 6.6, and OpenSSH have it:
// each part after its length.
func sshLine(kind string, parts ...[]byte) string {
	b := sshString(nil, []byte(kind))
	for _, part := range parts {
		b = sshString(b, part)
	}
	return kind + " " + base64.StdEncoding.EncodeToString(b)
}

func sshString(dst, b []byte) []byte {
	n := len(b)
	return append(append(dst, byte(n>>24), byte(n>>16), byte(n>>8), byte(n)), b...)
}

// sshNumber is b, a big-endian number, without leading zero octets but for one
// where the first bit is set.
func sshNumber(b []byte) []byte {
	for len(b) > 0 && b[0] == 0 {
		b = b[1:]
	}
	if len(b) > 0 && b[0] >= 0x80 {
		return append([]byte{0}, b...)
	}
	return b
}
