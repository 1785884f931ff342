package dare

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"meshkey/cogen"
	"meshkey/internal/jsonb"
	"meshkey/udf"
)

// sealedParts are an envelope for two recipients, signed, with an annotation.
type parties struct {
	alice  *cogen.PrivateKey
	bob    *cogen.PrivateKey
	shared *udf.Key
	signer *cogen.PrivateKey
}

func newParties(t testing.TB) parties {
	t.Helper()
	key, err := udf.NewKey([]byte("sixteen octets!!"))
	if err != nil {
		t.Fatal(err)
	}
	return parties{cogen.X448().GenerateKey(), cogen.X25519().GenerateKey(), key, cogen.Ed448().GenerateKey()}
}

const secretWords = "The words that only they may read."

func (p parties) seal(t testing.TB, signed bool) *Envelope {
	t.Helper()
	opt := SealOptions{
		Recipients:  []*cogen.PublicKey{p.alice.PublicKey(), p.bob.PublicKey()},
		Keys:        []*udf.Key{p.shared},
		Unsigned:    true,
		Meta:        ContentMeta{ContentType: "text/plain"},
		Annotations: [][]byte{[]byte("From: Alice"), []byte("To: Bob")},
	}
	if signed {
		opt.Signer, opt.Unsigned = p.signer, false
	}
	e, err := Seal([]byte(secretWords), opt)
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, e.Bytes())
}

func (p parties) keys() []Key {
	return []Key{PrivateKey(p.alice), PrivateKey(p.bob), SymmetricKey(p.shared)}
}

func TestSealOpen(t *testing.T) {
	p := newParties(t)
	for _, signed := range []bool{false, true} {
		e := p.seal(t, signed)
		if e.Signed() != signed || !e.Encrypted() || bytes.Contains(e.Bytes(), []byte(secretWords)) {
			t.Errorf("signed %v: %s", signed, e.Bytes())
		}
		if signed {
			if _, err := e.Open(PrivateKey(p.alice)); !errors.Is(err, ErrUnverified) {
				t.Errorf("opened before it was verified: %v", err)
			}
			if _, err := e.OpenAnnotations(PrivateKey(p.alice)); !errors.Is(err, ErrUnverified) {
				t.Errorf("annotations opened before it was verified: %v", err)
			}
			if err := e.Verify(p.signer.PublicKey()); err != nil {
				t.Error(err)
			}
		}
		for _, key := range p.keys() {
			got, err := e.Open(key)
			if string(got) != secretWords || err != nil {
				t.Errorf("opened as %q, %v", got, err)
			}
			annotations, err := e.OpenAnnotations(key)
			if len(annotations) != 2 || string(annotations[0]) != "From: Alice" || string(annotations[1]) != "To: Bob" || err != nil {
				t.Errorf("annotations %q, %v", annotations, err)
			}
		}
		if meta, err := e.ContentMeta(); err != nil || meta.ContentType != "text/plain" {
			t.Errorf("%+v, %v", meta, err)
		}
	}
	again := p.seal(t, false)
	if e := p.seal(t, false); bytes.Equal(e.Body, again.Body) || bytes.Equal(e.Header.Salt, again.Header.Salt) {
		t.Error("sealed twice alike")
	}
}

func TestSealEmptyAndLong(t *testing.T) {
	p := newParties(t)
	for _, n := range []int{0, 1, 15, 16, 17, 100000} {
		plaintext := bytes.Repeat([]byte{5}, n)
		e, err := Seal(plaintext, SealOptions{Keys: []*udf.Key{p.shared}, Signer: p.signer})
		if err != nil {
			t.Fatal(err)
		}
		e = parse(t, e.Bytes())
		if err := e.Verify(p.signer.PublicKey()); err != nil {
			t.Error(err)
		}
		if got, err := e.Open(SymmetricKey(p.shared)); !bytes.Equal(got, plaintext) || err != nil {
			t.Errorf("%d octets: %d, %v", n, len(got), err)
		}
	}
}

func TestSealRefuses(t *testing.T) {
	p := newParties(t)
	pin, _ := udf.NewPIN([]byte("sixteen octets!!"))
	to := []*cogen.PublicKey{p.alice.PublicKey()}
	for name, opt := range map[string]SealOptions{
		"no recipient":       {Signer: p.signer},
		"no signer":          {Recipients: to},
		"signed, unsigned":   {Recipients: to, Signer: p.signer, Unsigned: true},
		"signature key":      {Recipients: []*cogen.PublicKey{p.signer.PublicKey()}, Unsigned: true},
		"PIN":                {Keys: []*udf.Key{pin}, Unsigned: true},
		"agreement key":      {Recipients: to, Signer: p.alice},
		"many":               {Recipients: make([]*cogen.PublicKey, MaxRecipients+1), Unsigned: true},
		"text not UTF-8":     {Recipients: to, Unsigned: true, Meta: ContentMeta{UniqueId: "\xff"}},
		"annotations galore": {Recipients: to, Unsigned: true, Annotations: make([][]byte, 256)},
	} {
		if e, err := Seal(nil, opt); err == nil {
			t.Errorf("%s: %s", name, e.Bytes())
		}
	}
	if _, err := Sign(nil, ContentMeta{}); err == nil {
		t.Error("signed by nobody")
	}
}

// Every octet of every part that protects anything, changed, is found out.
func TestTampered(t *testing.T) {
	p := newParties(t)
	good := p.seal(t, true)
	open := func(e *Envelope) error {
		if err := e.Verify(p.signer.PublicKey()); err != nil {
			return err
		}
		_, err := e.Open(PrivateKey(p.alice))
		return err
	}
	if err := open(good); err != nil {
		t.Fatal(err)
	}
	for name, part := range map[string]func(*Envelope) []byte{
		"body":          func(e *Envelope) []byte { return e.Body },
		"Salt":          func(e *Envelope) []byte { return e.Header.Salt },
		"wmk":           func(e *Envelope) []byte { return e.Header.Recipients[0].Wmk },
		"epk":           func(e *Envelope) []byte { return e.Header.Recipients[0].Epk.ECDH.Public },
		"signature":     func(e *Envelope) []byte { return e.Trailer.Signatures[0].Signature },
		"witness":       func(e *Envelope) []byte { return e.Trailer.Signatures[0].Witness },
		"PayloadDigest": func(e *Envelope) []byte { return e.Trailer.PayloadDigest },
	} {
		for i := range part(good) {
			if name == "epk" && i == len(part(good))-1 {
				continue // the sign of v, which the agreement does not depend on
			}
			e := parse(t, good.Bytes())
			part(e)[i] ^= 1
			if open(parse(t, e.Bytes())) == nil {
				t.Errorf("octet %d of %s may be changed", i, name)
			}
		}
	}
	for name, change := range map[string]func(*Envelope){
		"no body":          func(e *Envelope) { e.Body = nil },
		"a shorter body":   func(e *Envelope) { e.Body = e.Body[:len(e.Body)-16] },
		"no trailer":       func(e *Envelope) { e.Trailer = nil },
		"no signature":     func(e *Envelope) { e.Trailer.Signatures = nil },
		"no witness":       func(e *Envelope) { e.Trailer.Signatures[0].Witness = nil },
		"no value":         func(e *Envelope) { e.Trailer.Signatures[0].Signature = nil },
		"an empty digest":  func(e *Envelope) { e.Trailer.PayloadDigest = []byte{} },
		"another digest":   func(e *Envelope) { e.Header.Dig = "S256" },
		"no digest":        func(e *Envelope) { e.Header.Dig = "" },
		"another signer":   func(e *Envelope) { e.Trailer.Signatures[0].Kid = keyName(p.alice.PublicKey()) },
		"no signer":        func(e *Envelope) { e.Trailer.Signatures[0].Kid = "" },
		"another cipher":   func(e *Envelope) { e.Header.Enc = "A256GCM" },
		"no cipher":        func(e *Envelope) { e.Header.Enc = "" },
		"cloaked":          func(e *Envelope) { e.Header.Cloaked = []byte{1} },
		"no recipient":     func(e *Envelope) { e.Header.Recipients = nil },
		"another name":     func(e *Envelope) { e.Header.Recipients[0].Kid = keyName(p.bob.PublicKey()) },
		"no epk":           func(e *Envelope) { e.Header.Recipients[0].Epk = nil },
		"an empty epk":     func(e *Envelope) { e.Header.Recipients[0].Epk = &EphemeralKey{} },
		"an unknown curve": func(e *Envelope) { e.Header.Recipients[0].Epk.ECDH.Crv = "P-256" },
		"another curve":    func(e *Envelope) { e.Header.Recipients[0].Epk.ECDH.Crv = "Ed448" },
		"a small epk":      func(e *Envelope) { clear(e.Header.Recipients[0].Epk.ECDH.Public) },
		"an endless wmk":   func(e *Envelope) { e.Header.Recipients[0].Wmk = make([]byte, 1<<20) },
		"no salt":          func(e *Envelope) { e.Header.Salt = nil },
		"another's epk":    func(e *Envelope) { e.Header.Recipients[0].Epk = e.Header.Recipients[1].Epk },
	} {
		e := parse(t, good.Bytes())
		change(e)
		if open(parse(t, e.Bytes())) == nil {
			t.Errorf("%s: opened", name)
		}
	}
}

// Somebody who passes a signed envelope on cannot make it be read under keys
// of his own.
func TestRecipientsReplaced(t *testing.T) {
	p := newParties(t)
	good, own := p.seal(t, true), p.seal(t, false)
	good.Header.Recipients, good.Header.Salt = own.Header.Recipients, own.Header.Salt
	e := parse(t, good.Bytes())
	if err := e.Verify(p.signer.PublicKey()); err != nil {
		t.Fatal(err) // the header is not signed
	}
	if got, err := e.Open(PrivateKey(p.alice)); !errors.Is(err, ErrDecrypt) {
		t.Errorf("opened as %q, %v", got, err)
	}
}

// The reason why Signed must be heeded: this envelope was changed.
func TestUnsignedIsMalleable(t *testing.T) {
	p := newParties(t)
	e := p.seal(t, false)
	e.Body[3] ^= 'w' ^ 'x'
	got, err := e.Open(PrivateKey(p.alice))
	if err != nil || string(got[16:]) == secretWords[16:] {
		t.Errorf("opened as %q, %v", got, err)
	}
	e.Body[len(e.Body)-17] ^= 0x80 // now the last octet of the padding is above 16
	if _, err := e.Open(PrivateKey(p.alice)); !errors.Is(err, ErrDecrypt) {
		t.Error(err)
	}
}

// What was verified is the body as it was then.
func TestVerifiedBody(t *testing.T) {
	p := newParties(t)
	e, err := Sign([]byte("one"), ContentMeta{}, p.signer)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Payload(); !errors.Is(err, ErrUnverified) {
		t.Error(err)
	}
	if err := e.Verify(p.signer.PublicKey()); err != nil {
		t.Fatal(err)
	}
	if b, err := e.Payload(); string(b) != "one" || err != nil {
		t.Errorf("%q, %v", b, err)
	}
	e.Body = []byte("two")
	if b, err := e.Payload(); !errors.Is(err, ErrUnverified) {
		t.Errorf("%q, %v", b, err)
	}
	var bad *SignatureError
	if err := e.Verify(p.signer.PublicKey()); !errors.As(err, &bad) || bad.Signer != keyName(p.signer.PublicKey()) {
		t.Error(err)
	}
}

func TestSeveralSigners(t *testing.T) {
	a, b := cogen.Ed448().GenerateKey(), cogen.Ed25519().GenerateKey()
	e, err := Sign([]byte("body"), ContentMeta{MessageType: "ProfileUser", Created: "2022-05-03T16:46:56Z"}, a, b)
	if err != nil {
		t.Fatal(err)
	}
	e.Header.EnvelopeId = keyName(a.PublicKey())
	e = parse(t, e.Bytes())
	for _, k := range []*cogen.PrivateKey{a, b, a} {
		if err := e.Verify(k.PublicKey()); err != nil {
			t.Error(err)
		}
	}
	if len(e.Signers()) != 2 || len(e.verified.by) != 2 {
		t.Errorf("%v, %d verified", e.Signers(), len(e.verified.by))
	}
	e.Trailer.Signatures[0].Signature[0] ^= 1
	if err := e.Verify(a.PublicKey()); err == nil {
		t.Error("a bad signature beside a good one")
	}
	if err := e.Verify(b.PublicKey()); err != nil {
		t.Error(err)
	}
}

func TestParseRefuses(t *testing.T) {
	many := func(name, item string, n int) string {
		return `[{"` + name + `":[` + strings.TrimSuffix(strings.Repeat(item+",", n), ",") + `]},""]`
	}
	for _, in := range []string{
		"", "{}", "[]", `[{}]`, `[{},"",{},{}]`, `[[],""]`, `[{},{}]`, `[{},"A"]`, `[{},1]`, `[{},null]`, `[{},"",[]]`, `[{},"",null]`,
		`{"DareEnvelope":{}}`, `{"DareEnvelope":[{},""],"a":1}`, `{"Envelope":[{},""]}`,
		`[{"enc":1},""]`, `[{"enc":"A","enc":"A"},""]`, `[{"Salt":"?"},""]`, `[{"EnvelopeId":"a","EnvelopeID":"a"},""]`,
		`[{"recipients":[1]},""]`, `[{"recipients":[{"epk":[]}]},""]`, `[{"signatures":[{}]},"",{"signatures":[{}]}]`,
		many("signatures", "{}", MaxSignatures+1), many("recipients", "{}", MaxRecipients+1),
		strings.Repeat("[", 1000),
	} {
		if e, err := Parse([]byte(in)); err == nil {
			t.Errorf("%.60s is read as %+v", in, e)
		} else if !strings.HasPrefix(err.Error(), "dare: ") {
			t.Errorf("%.60s: %v", in, err)
		}
	}
	for _, in := range []string{`[{},""]`, `{"DareEnvelope":[{},"AA",{}]}`, "[{}\x88\x01a]", "[{\xb4\x03dig\x80\x04S512}\x8c\x01a\x88\x01b]", many("recipients", "{}", MaxRecipients)} {
		e, err := Parse([]byte(in))
		if err != nil {
			t.Errorf("%.60q: %v", in, err)
			continue
		}
		if _, err := e.Open(SymmetricKey(newParties(t).shared)); err == nil {
			t.Errorf("%.60q: opened", in)
		}
	}
}

// Names in errors come from the envelope and may be anything.
func TestErrorsAreTame(t *testing.T) {
	e := parse(t, []byte(`[{"enc":"A256CBC","recipients":[{"kid":"\u001b[2J\nok"},{"kid":"`+strings.Repeat("A", 1000)+`"},{},{},{},{}]},""]`))
	_, err := e.Open(SymmetricKey(newParties(t).shared))
	if msg := fmt.Sprint(err); strings.ContainsAny(msg, "\x1b\n") || len(msg) > 300 {
		t.Errorf("%q", msg)
	}
}

func TestMeta(t *testing.T) {
	e := parse(t, []byte(`[{},""]`))
	if meta, err := e.ContentMeta(); err != nil || meta.ContentType != "" {
		t.Errorf("%+v, %v", meta, err)
	}
	e.Header.ContentMetaData = []byte(`{"UniqueID":"M","First":1}`)
	if meta, err := e.ContentMeta(); err != nil || meta.UniqueId != "M" {
		t.Errorf("%+v, %v", meta, err)
	}
	e.Header.ContentMetaData = []byte(`{"cty":1}`)
	if meta, err := e.ContentMeta(); err == nil {
		t.Errorf("%+v", meta)
	}
}

// FuzzParse: what parses is written to the same envelope, and nothing in it
// opens or verifies by accident.
func FuzzParse(f *testing.F) {
	key, _ := udf.NewKey([]byte("sixteen octets!!"))
	signer, _ := cogen.Ed448().NewPrivateKey(bytes.Repeat([]byte{1}, 56))
	body := base64.RawURLEncoding.EncodeToString([]byte("body"))
	f.Add([]byte(`[{"dig":"S512","EnvelopeID":"M","policy":{"x":[1]}},"` + body + `",{"signatures":[{"alg":"S512","kid":"` + keyName(signer.PublicKey()) + `","signature":"AA"}],"PayloadDigest":"AA"}]`))
	f.Add([]byte(`{"DareEnvelope":[{"enc":"A256CBC","Salt":"AA","Annotations":["iAEAiAA"],"recipients":[{"kid":"` + key.Identifier() + `","wmk":"AA"},{"epk":{"PublicKeyECDH":{"crv":"X448","Public":"AA"}}}]},"A` + "\n  " + `A"]}`))
	f.Add([]byte("[{\xb4\x03dig\x80\x04S512}\x8c\x01a\x88\x01b]"))
	f.Fuzz(func(t *testing.T, in []byte) {
		e, err := Parse(in)
		if err != nil {
			return
		}
		out := e.Bytes()
		again, err := Parse(out)
		if err != nil || !bytes.Equal(again.Bytes(), out) || !bytes.Equal(again.Body, e.Body) {
			t.Fatalf("%q is written %q, %v", in, out, err)
		}
		if v, err := jsonb.Parse(out); err != nil || len(v.Items()) < 2 {
			t.Fatalf("%q is written %q, %v", in, out, err)
		}
		_, _ = e.ContentMeta()
		if e.Verify(signer.PublicKey()) == nil {
			t.Fatalf("%q verifies", in)
		}
		if _, err := e.Open(SymmetricKey(key)); err == nil {
			t.Fatalf("%q opens", in)
		}
	})
}
