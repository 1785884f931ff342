package dare

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"testing"

	"meshkey/cogen"
	"meshkey/internal/jsonb"
	"meshkey/internal/secret"
	"meshkey/udf"
	"meshkey/vectors"
)

func algorithm(t testing.TB, crv string) cogen.Algorithm {
	t.Helper()
	a, err := cogen.ParseAlgorithm(crv)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func parse(t testing.TB, b []byte) *Envelope {
	t.Helper()
	e, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// recipientKey is the key of the one who opens a case.
func recipientKey(t testing.TB, r *vectors.Recipient) Key {
	t.Helper()
	if r.SymmetricKey != "" {
		k, err := udf.ParseKey(r.SymmetricKey)
		if err != nil {
			t.Fatal(err)
		}
		return SymmetricKey(k)
	}
	k, err := algorithm(t, r.Algorithm).NewPrivateKey(r.Private)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(k.PublicKey().Bytes(), r.Public) {
		t.Errorf("public key %x, want %x", k.PublicKey().Bytes(), r.Public)
	}
	return PrivateKey(k)
}

func signerKey(t testing.TB, s *vectors.Signer) *cogen.PublicKey {
	t.Helper()
	p, err := algorithm(t, s.Algorithm).NewPublicKey(s.Public)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestVectors(t *testing.T) {
	cases := 0
	for c := range vectors.Each[vectors.Envelope]("dare") {
		cases++
		t.Run(c.Name, func(t *testing.T) {
			e := parse(t, c.Data.Envelope)
			checkRewritten(t, c.Data.Envelope, e)
			if c.Result == vectors.NotCheckable {
				checkForm(t, e)
				return
			}
			checkSignature(t, e, &c.Data)
			if c.Data.Recipient == nil {
				checkPayload(t, e, c.Data.SHA256)
				return
			}
			checkOpening(t, e, &c.Data.Sealed, c.Data.SHA256)
			annotations, err := e.OpenAnnotations(recipientKey(t, c.Data.Recipient))
			if err != nil || len(annotations) != len(c.Data.Sequences) {
				t.Errorf("%d annotations, want %d, %v", len(annotations), len(c.Data.Sequences), err)
			}
			for i, want := range c.Data.Sequences {
				if i < len(annotations) && string(annotations[i]) != want.Text {
					t.Errorf("annotation %d: %q", i, annotations[i])
				}
			}
		})
	}
	if cases != 42 {
		t.Errorf("%d cases", cases)
	}
}

func TestVectorsEscrow(t *testing.T) {
	for c := range vectors.Each[vectors.Escrow]("mesh-escrow") {
		for _, x := range c.Data.Envelopes {
			t.Run(x.Source, func(t *testing.T) {
				e := parse(t, x.Envelope)
				checkRewritten(t, x.Envelope, e)
				if e.Signed() {
					t.Error("signed")
				}
				checkOpening(t, e, &x.Sealed, x.SHA256)
			})
		}
	}
}

// checkRewritten: the envelope is written as it was read but for blanks.
func checkRewritten(t *testing.T, in []byte, e *Envelope) {
	t.Helper()
	a, err := jsonb.Parse(in)
	if err != nil {
		t.Fatal(err)
	}
	b, err := jsonb.Parse(e.Bytes())
	if err != nil || !a.Equal(b) {
		t.Errorf("written %s, %v", e.Bytes(), err)
	}
}

// checkForm is what can be said of an envelope that nothing opens.
func checkForm(t *testing.T, e *Envelope) {
	t.Helper()
	if e.Signed() || !e.Encrypted() || len(e.Recipients()) != 1 {
		t.Errorf("signed %v, encrypted %v, recipients %v", e.Signed(), e.Encrypted(), e.Recipients())
	}
	if k, err := e.Header.Recipients[0].Epk.key(); k == nil || err != nil {
		t.Error(err)
	}
	for _, a := range e.Header.Annotations {
		_, rest, err := jsonb.ReadData(a)
		if err != nil {
			t.Error(err)
		}
		if _, rest, err = jsonb.ReadData(rest); err != nil || len(rest) > 0 {
			t.Error(err)
		}
	}
	if meta, err := e.ContentMeta(); err != nil || meta.ContentType != "application/example-mail" {
		t.Errorf("%+v, %v", meta, err)
	}
}

func checkPayload(t *testing.T, e *Envelope, want []byte) {
	t.Helper()
	payload, err := e.Payload()
	if got := sha256.Sum256(payload); err != nil || !bytes.Equal(got[:], want) {
		t.Errorf("payload %q, %v", payload, err)
	}
	if _, err := e.Open(nil); err == nil {
		t.Error("opened, though it is not encrypted")
	}
}

func checkSignature(t *testing.T, e *Envelope, c *vectors.Envelope) {
	t.Helper()
	if digest := sha512.Sum512(e.Body); c.Digest != nil && !bytes.Equal(digest[:], c.Digest) {
		t.Errorf("digest %x", digest)
	}
	if c.Signer == nil {
		if e.Signed() || !errors.Is(e.Verify(cogen.Ed448().GenerateKey().PublicKey()), ErrUnsigned) {
			t.Error("not called unsigned")
		}
		return
	}
	if _, err := e.Payload(); err == nil {
		t.Error("given out before it was verified")
	}
	if c.Recipient != nil {
		if _, err := e.Open(recipientKey(t, c.Recipient)); !errors.Is(err, ErrUnverified) {
			t.Errorf("opened before it was verified: %v", err)
		}
	}
	signer := signerKey(t, c.Signer)
	if err := e.Verify(signer); err != nil {
		t.Error(err)
	}
	if name := udf.KeyFingerprintAs(c.Signer.ContentType, signer.Algorithm(), signer.Bytes()).String(); name != c.Signer.Kid || e.Signers()[0] != name {
		t.Errorf("signer %s", name)
	}
	var other *SignerError
	if err := e.Verify(signer.Algorithm().GenerateKey().PublicKey()); !errors.As(err, &other) {
		t.Errorf("verified with another key: %v", err)
	}
	if !bytes.Equal(e.signatures()[0].Witness, c.Signer.Witness) {
		t.Errorf("witness %x", e.signatures()[0].Witness)
	}
}

// checkOpening goes every step, forwards and backwards.
func checkOpening(t *testing.T, e *Envelope, c *vectors.Sealed, plaintextSHA256 []byte) {
	t.Helper()
	key, r := recipientKey(t, c.Recipient), e.Header.Recipients[0]
	if !key.Named(c.Recipient.Kid) || r.Kid != c.Recipient.Kid {
		t.Errorf("the key is not named by %s", c.Recipient.Kid)
	}
	ephemeral, err := r.Epk.key()
	if err != nil {
		t.Fatal(err)
	}
	ikm, err := key.Agree(ephemeral)
	if err != nil || c.Recipient.Agreement != nil && !bytes.Equal(ikm, c.Recipient.Agreement) {
		t.Errorf("agreement %x, %v", ikm, err)
	}
	k, err := kek(ikm, c.Recipient.Info)
	if err != nil || !bytes.Equal(k, c.Recipient.KEK) {
		t.Errorf("key encryption key %x, %v", k, err)
	}
	wrapped, err := wrap(k, c.BaseSeed)
	if err != nil || !bytes.Equal(wrapped, r.Wmk) {
		t.Errorf("wrapped %x, %v", wrapped, err)
	}
	if seed, ok := unwrap(k, r.Wmk); !ok || !bytes.Equal(seed, c.BaseSeed) {
		t.Errorf("base seed %x", seed)
	}
	keys, err := newContentKeys(c.BaseSeed, e.Header.Salt)
	if err != nil {
		t.Fatal(err)
	}
	enc, iv, err := keys.encryption()
	if err != nil || !bytes.Equal(enc, c.Key) || !bytes.Equal(iv, c.IV) {
		t.Errorf("key %x, iv %x, %v", enc, iv, err)
	}
	if c.KidContentType != "" {
		seed, err := udf.NewKey(c.BaseSeed)
		if err != nil || seed.IdentifierAs(c.KidContentType) != e.Header.Kid {
			t.Errorf("the header's kid is not the seed's, %v", err)
		}
	}
	plaintext, err := e.Open(key)
	if got := sha256.Sum256(plaintext); err != nil || !bytes.Equal(got[:], plaintextSHA256) {
		t.Errorf("plaintext %q, %v", plaintext, err)
	}
	if body, err := keys.seal(plaintext); err != nil || !bytes.Equal(body, e.Body) {
		t.Errorf("sealed again %x, %v", body, err)
	}
	var other *RecipientError
	if _, err := e.Open(PrivateKey(cogen.X448().GenerateKey())); !errors.As(err, &other) {
		t.Errorf("opened with another key: %v", err)
	}
}

// What the reference sealed is what seal makes of the same base seed and salt.
func TestVectorsSeal(t *testing.T) {
	for c := range vectors.Each[vectors.Envelope]("dare") {
		if c.Data.Recipient == nil || c.Data.Recipient.SymmetricKey == "" {
			continue
		}
		want := parse(t, c.Data.Envelope)
		key, err := udf.ParseKey(c.Data.Recipient.SymmetricKey)
		if err != nil {
			t.Fatal(err)
		}
		plaintext, err := want.Open(SymmetricKey(key))
		if err != nil {
			t.Fatal(err)
		}
		got, err := seal(plaintext, SealOptions{Keys: []*udf.Key{key}, Unsigned: true}, secret.Copy(c.Data.BaseSeed), want.Header.Salt)
		if err != nil {
			t.Fatal(err)
		}
		got.Header.Kid = want.Header.Kid
		if !bytes.Equal(got.Body, want.Body) || !bytes.Equal(got.Header.Recipients[0].Wmk, want.Header.Recipients[0].Wmk) ||
			got.Header.Recipients[0].Kid != want.Header.Recipients[0].Kid {
			t.Errorf("%s", got.Bytes())
		}
	}
}

// Where the private key of a signer is known, the signature is made again:
// octet for octet with Ed448; with Ed25519 the reference signs under another
// domain.
func TestVectorsSign(t *testing.T) {
	known := map[string]*cogen.PrivateKey{}
	learn := func(crv string, private []byte) {
		k, err := algorithm(t, crv).NewPrivateKey(private)
		if err != nil {
			t.Fatal(err)
		}
		known[string(k.PublicKey().Bytes())] = k
	}
	for c := range vectors.Each[vectors.Escrow]("mesh-escrow") {
		for _, k := range c.Data.Keys {
			learn(k.Algorithm, k.Private)
		}
	}
	same := 0
	for c := range vectors.Each[vectors.Envelope]("dare") {
		if c.Data.Signer == nil {
			continue
		}
		if c.Data.Signer.Private != nil {
			learn(c.Data.Signer.Algorithm, c.Data.Signer.Private)
		}
		k := known[string(c.Data.Signer.Public)]
		if k == nil {
			continue
		}
		e := parse(t, c.Data.Envelope)
		again, err := Sign(e.Body, ContentMeta{}, k)
		if err != nil {
			t.Fatal(err)
		}
		if err := again.Verify(k.PublicKey()); err != nil || !bytes.Equal(again.Trailer.PayloadDigest, c.Data.Digest) {
			t.Errorf("%s: digest %x, %v", c.Name, again.Trailer.PayloadDigest, err)
		}
		if k.Algorithm() == cogen.Ed448() {
			if same++; !bytes.Equal(again.Trailer.Signatures[0].Signature, e.signatures()[0].Signature) {
				t.Errorf("%s: another signature", c.Name)
			}
		}
	}
	if same < 4 {
		t.Errorf("%d signatures made again", same)
	}
}
