package main

import (
	"errors"
	"os"
	"strings"

	"meshkey/cmd/internal/exit"
	"meshkey/cogen"
	"meshkey/internal/ceremony"
	"meshkey/internal/dare"
	"meshkey/internal/secret"
	"meshkey/mesh"
	"meshkey/udf"
)

// keyFile is the file in which a party keeps what it got: a private key, or its
// share of one, sealed to the party itself.
const keyFile = "key.dare"

// sealKey makes a file that the own keys alone open, and none but they make.
func (d *desk) sealKey(key *mesh.KeyData) ([]byte, error) {
	text, err := mesh.Marshal(key)
	if err != nil {
		return nil, err
	}
	return d.sealOwn(text, "application/mmm/object")
}

// sealOwn seals text, which it wipes, to who runs this.
func (d *desk) sealOwn(text []byte, contentType string) ([]byte, error) {
	defer secret.Wipe(text)
	e, err := dare.Seal(text, dare.SealOptions{
		Recipients: []*cogen.PublicKey{d.self.Encryption},
		Signer:     d.keys.signature(),
		Meta:       dare.ContentMeta{ContentType: contentType},
	})
	if err != nil {
		return nil, err
	}
	return e.Bytes(), nil
}

// openOwn opens the key file, for the caller to wipe; nil if there is none.
func (d *desk) openOwn() ([]byte, error) {
	path := d.path(keyFile)
	data, err := d.app.read(path, ceremony.MaxFile)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	e, err := dare.Parse(data)
	if err != nil {
		return nil, exit.Errorf(exit.Failed, "%s: %w", path, err)
	}
	if err := e.Verify(d.self.Signature); err != nil {
		return nil, exit.Errorf(codeOf(err), "%s: %w", path, err)
	}
	text, err := e.Open(dare.PrivateKey(d.keys.encryption()))
	if err != nil {
		return nil, exit.Errorf(codeOf(err), "%s: %w", path, err)
	}
	return text, nil
}

// openKeyFile opens what sealKey made; nil if there is no such file. The caller
// wipes it.
func (d *desk) openKeyFile() (*mesh.KeyData, error) {
	text, err := d.openOwn()
	if text == nil || err != nil {
		return nil, err
	}
	defer secret.Wipe(text)
	key, err := mesh.ParseAs[mesh.KeyData](text)
	if err != nil {
		return nil, exit.Errorf(exit.Failed, "%s: %w", d.path(keyFile), err)
	}
	return key, nil
}

// publicData is a public key in the Mesh's form.
func publicData(k *cogen.PublicKey) *mesh.PublicKeyECDH {
	return &mesh.PublicKeyECDH{Crv: k.Algorithm().String(), Public: k.Bytes()}
}

// privateData is a private key in the Mesh's form, to be wiped.
func privateData(k *cogen.PrivateKey) *mesh.PrivateKeyECDH {
	crv := k.Algorithm().String()
	if k.IsScalar() {
		crv += "z"
	}
	return &mesh.PrivateKeyECDH{Crv: crv, Public: k.PublicKey().Bytes(), Private: secret.Take(k.Bytes())}
}

// keyData is a private key, or own, a share of the key with this public key.
func keyData(public *cogen.PublicKey, private mesh.AnyKey) *mesh.KeyData {
	return &mesh.KeyData{
		Udf:               udf.KeyFingerprint(public.Algorithm(), public.Bytes()).String(),
		PublicParameters:  publicData(public),
		PrivateParameters: private,
	}
}

// readPrivate reads what privateData wrote.
func readPrivate(key mesh.AnyKey) (*cogen.PrivateKey, error) {
	k, ok := key.(*mesh.PrivateKeyECDH)
	if !ok {
		return nil, errors.New("no private key in it")
	}
	name, isScalar := strings.CutSuffix(k.Crv, "z")
	alg, err := cogen.ParseAlgorithm(name)
	if err != nil {
		return nil, err
	}
	if isScalar {
		return alg.NewPrivateScalar(k.Private.Reveal())
	}
	return alg.NewPrivateKey(k.Private.Reveal())
}
