package mesh

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/internal/jsonb"
	"meshkey/udf"
	"meshkey/vectors"
)

// unknownTags are the structures in the vectors that this package does not
// have. Their members are kept all the same.
var unknownTags = []string{"CallsignBinding", "DareEnvelope"}

// Every structure that the vectors hold, signed or sealed, is read and written
// again with the same members, names, order and values; the JSON-B ones octet
// for octet.
func TestVectors(t *testing.T) {
	tags := map[string]int{}
	for c := range vectors.Each[vectors.Envelope]("dare") {
		if c.Result != vectors.OK || c.Data.Encoding == "" && c.Data.Recipient == nil {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			e, err := dare.Parse(c.Data.Envelope)
			if err != nil {
				t.Fatal(err)
			}
			body := e.Body
			if c.Data.Recipient != nil {
				if body = open(t, e, &c.Data); body[0] != '{' {
					return // a mail
				}
			}
			x := checkRewritten(t, body)
			if tags[Tag(x)]++; c.Data.Message != "" && c.Data.Message != Tag(x) {
				t.Errorf("a %s, want a %s", Tag(x), c.Data.Message)
			}
			if p, ok := x.(AnyProfile); ok {
				checkProfile(t, p, c.Data.Signer)
			}
		})
	}
	for c := range vectors.Each[vectors.Escrow]("mesh-escrow") {
		for _, sealed := range c.Data.Envelopes {
			e, err := dare.Parse(sealed.Envelope)
			if err != nil {
				t.Fatal(err)
			}
			x := checkRewritten(t, open(t, e, &vectors.Envelope{Sealed: sealed.Sealed}))
			tags[Tag(x)]++
			checkRSA(t, x.(*KeyData), sealed.RSA.N, sealed.RSA.E)
		}
	}
	for _, tag := range []string{"ProfileUser", "ProfileGroup", "ProfileDevice", "ProfileHost", "ProfileService", "ConnectionService", "ConnectionDevice", "ContactPerson", "CatalogedCredential", "KeyData"} {
		if tags[tag] == 0 {
			t.Errorf("no %s in the vectors", tag)
		}
	}
}

// open verifies what is signed, and decrypts.
func open(t *testing.T, e *dare.Envelope, c *vectors.Envelope) []byte {
	t.Helper()
	if c.Signer != nil {
		a, err := cogen.ParseAlgorithm(c.Signer.Algorithm)
		if err != nil {
			t.Fatal(err)
		}
		signer, err := a.NewPublicKey(c.Signer.Public)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Verify(signer); err != nil {
			t.Fatal(err)
		}
	}
	var key dare.Key
	if c.Recipient.SymmetricKey != "" {
		k, err := udf.ParseKey(c.Recipient.SymmetricKey)
		if err != nil {
			t.Fatal(err)
		}
		key = dare.SymmetricKey(k)
	} else {
		a, err := cogen.ParseAlgorithm(c.Recipient.Algorithm)
		if err != nil {
			t.Fatal(err)
		}
		k, err := a.NewPrivateKey(c.Recipient.Private)
		if err != nil {
			t.Fatal(err)
		}
		key = dare.PrivateKey(k)
	}
	plaintext, err := e.Open(key)
	if err != nil {
		t.Fatal(err)
	}
	return plaintext
}

func checkRewritten(t *testing.T, body []byte) any {
	t.Helper()
	x, err := Parse(body)
	if err != nil {
		t.Fatalf("%v\n%s", err, body)
	}
	want, err := jsonb.Parse(body)
	if err != nil {
		t.Fatal(err)
	}
	out, err := Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	got, err := jsonb.Parse(out)
	if err != nil {
		t.Fatal(err)
	}
	isBinary := body[1] >= 0x80
	if !isBinary && !same(want, got) {
		t.Errorf("written\n%s\nfor\n%s", out, body)
	}
	if binary, err := MarshalBinary(x); isBinary && (err != nil || !bytes.Equal(binary, body)) {
		t.Errorf("written\n%q\nfor\n%q, %v", binary, body, err)
	}
	if _, unknown := x.(*Unknown); unknown != slices.Contains(unknownTags, Tag(x)) {
		t.Errorf("%s is unknown: %v", Tag(x), unknown)
	}
	return x
}

// same is Equal, but that line breaks and blanks may stand in a long text.
func same(v, w jsonb.Value) bool {
	if v.Kind() == jsonb.Text && w.Kind() == jsonb.Text && !v.Equal(w) {
		a, err := v.Binary()
		b, err2 := w.Binary()
		return err == nil && err2 == nil && bytes.Equal(a, b)
	}
	return v.Kind() == w.Kind() && slices.EqualFunc(v.Items(), w.Items(), same) &&
		slices.EqualFunc(v.Members(), w.Members(), func(m, n jsonb.Member) bool { return m.Name == n.Name && same(m.Value, n.Value) }) &&
		(len(v.Items())+len(v.Members()) > 0 || v.Equal(w))
}

// checkProfile: the members have gone to their fields, under their older names
// too, and the signer of a profile is in it.
func checkProfile(t *testing.T, x AnyProfile, signer *vectors.Signer) {
	t.Helper()
	p := x.Base()
	if unknown := p.Unknown(); len(unknown) > 0 && !strings.HasPrefix(strings.Join(unknown, " "), "Key") {
		t.Errorf("%s has unknown members %v", Tag(x), unknown)
	}
	crv, public, ok := p.ProfileSignature.Public()
	if !ok || crv != signer.Algorithm || !bytes.Equal(public, signer.Public) || p.ProfileSignature.Udf != signer.Kid {
		t.Errorf("%s of %s, signed by %s", Tag(x), p.ProfileSignature.Udf, signer.Kid)
	}
	if a, ok := x.(interface{ Account() *ProfileAccount }); ok {
		if _, public, ok := a.Account().CommonEncryption.Public(); !ok || len(public) != 57 || a.Account().AccountAddress == "" {
			t.Errorf("%+v", a.Account())
		}
	}
}

func checkRSA(t *testing.T, k *KeyData, n, e []byte) {
	t.Helper()
	public, private := k.PublicParameters.(*PublicKeyRSA), k.PrivateParameters.(*PrivateKeyRSA)
	if !bytes.Equal(public.N, n) || !bytes.Equal(public.E, e) || !bytes.Equal(private.N, n) || len(k.Unknown()) > 0 || len(private.Unknown()) > 0 {
		t.Errorf("n %x, e %x, want %x, %x", public.N, public.E, n, e)
	}
	if name, err := udf.RSAFingerprint(public.N, public.E); err != nil || name.String() != k.Udf {
		t.Errorf("fingerprint %s, want %s, %v", name, k.Udf, err)
	}
}
