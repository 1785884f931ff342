package check

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"meshkey/internal/dare"
	"meshkey/internal/jsonb"
	"meshkey/keyservice/api"
	"meshkey/profile"
	"meshkey/udf"
	"meshkey/vectors"
)

func calls(c vectors.Case[vectors.Call]) error {
	var f findings
	d := c.Data
	switch {
	case d.Signed == nil:
		answered(&f, &d)
	case c.Result == vectors.OK:
		signedCall(&f, &d)
	default:
		refusedCall(&f, d.Signed)
	}
	return f.err()
}

// answered reads a request and its response, writes them again, and verifies
// what in them is signed.
func answered(f *findings, d *vectors.Call) {
	request, err := api.ParseRequest(d.Request)
	if f.failed("request", err) {
		return
	}
	f.same("name", api.Name(request), d.Name)
	rewritten(f, "request", request, d.Request)
	response, err := api.ParseAnswer(request, d.Response)
	if f.failed("response", err) {
		return
	}
	rewritten(f, "response", response, d.Response)
	hello, ok := response.(*api.MeshHelloResponse)
	if !ok {
		return
	}
	f.same("version", version(hello.Version), version(api.NewVersion()))
	selfSigned(f, hello.EnvelopedProfileService)
	v, err := jsonb.Parse(d.Response)
	if f.failed("response", err) {
		return
	}
	body, _ := v.Member("MeshHelloResponse")
	if host, ok := body.Member("EnvelopedProfileHost"); ok {
		b, err := host.Marshal(jsonb.JSON)
		f.failed("host", err)
		selfSigned(f, b)
	}
}

// version is what a version says.
func version(v *api.Version) string {
	if v == nil {
		return "none"
	}
	text := fmt.Sprintf("%d.%d", v.Major, v.Minor)
	for _, e := range v.Encodings {
		text += fmt.Sprintf(" %q", e.ID)
	}
	return text
}

// selfSigned verifies a profile.
func selfSigned(f *findings, envelope []byte) {
	_, err := profile.Parse(envelope)
	f.failed("profile", err)
	if e := parseEnvelope(f, envelope); e != nil && e.Trailer != nil {
		for _, s := range e.Trailer.Signatures {
			f.same("alg", s.Alg, e.Header.Dig)
		}
	}
}

// rewritten notes a difference between what was read and what it is written as.
func rewritten(f *findings, what string, x any, text json.RawMessage) {
	b, err := api.Marshal(x)
	if f.failed(what, err) {
		return
	}
	was, err := jsonb.Parse(text)
	if f.failed(what, err) {
		return
	}
	is, err := jsonb.Parse(b)
	if !f.failed(what, err) && !is.Equal(was) {
		f.add("%s is written again as %s", what, b)
	}
}

// signedCall reads a call and makes the same of its parts: signatures are
// deterministic.
func signedCall(f *findings, d *vectors.Call) {
	s := d.Signed
	c, err := api.ParseCall([]byte(s.Text))
	if f.failed("call", err) {
		return
	}
	f.same("name", api.Name(c.Request), d.Name)
	f.same("service", c.Service, s.Service)
	f.same("account", c.Account, s.Account)
	f.same("time", c.Time.Format(time.RFC3339), s.Time)
	f.same("nonce", c.Nonce, s.Nonce)
	f.octets("digest", c.Digest[:], s.Digest)
	rewritten(f, "request", c.Request, d.Request)
	a, err := algorithm(s.Algorithm)
	if f.failed("algorithm", err) {
		return
	}
	key, err := a.NewPrivateKey(s.Private)
	if f.failed("key", err) {
		return
	}
	f.octets("public key", key.PublicKey().Bytes(), s.Public)
	f.same("kid", udf.KeyFingerprint(a, key.PublicKey().Bytes()).String(), s.Kid)
	f.same("signer", c.Signers()[0], s.Kid)
	f.failed("signature", c.Verify(key.PublicKey()))
	e, err := dare.Sign([]byte(s.Body), dare.ContentMeta{MessageType: "Call"}, key)
	if !f.failed("signing", err) {
		f.same("call made again", string(e.Bytes()), s.Text)
	}
}

// refusedCall checks that a call is refused for its form alone: the key that is
// named did sign it.
func refusedCall(f *findings, s *vectors.SignedCall) {
	if _, err := api.ParseCall([]byte(s.Text)); !errors.Is(err, api.ErrMalformed) {
		f.add("the call is read: %v", err)
	}
	a, err := algorithm(s.Algorithm)
	if f.failed("algorithm", err) {
		return
	}
	key, err := a.NewPublicKey(s.Public)
	if f.failed("key", err) {
		return
	}
	e, err := dare.Parse([]byte(s.Text))
	if !f.failed("envelope", err) {
		f.failed("signature", e.Verify(key))
	}
}
