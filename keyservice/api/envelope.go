package api

import (
	"bytes"
	"encoding/base64"

	"meshkey/internal/dare"
)

// A call is a DARE envelope that is written in one way only: what a signature
// does not cover has nothing to choose, and to read it costs little more than
// its base64url. These are the pieces between which the body, the name of the
// signer's key, the signature and the digest of the body stand.
//
// Spec: draft-hallambaker-mesh-dare leaves order, blanks and what a header has
// to the writer, and signs none of it.
var pieces = [...][]byte{
	[]byte(`[{"dig":"S512","ContentMetaData":"eyJNZXNzYWdlVHlwZSI6IkNhbGwifQ"},"`),
	[]byte(`",{"signatures":[{"alg":"S512","kid":"`),
	[]byte(`","signature":"`),
	[]byte(`"}],"PayloadDigest":"`),
	[]byte(`"}]`),
}

// maxKid is the greatest length of the name of a key.
const maxKid = 128

var base64url = base64.RawURLEncoding.Strict()

// parseEnvelope reads the envelope of a call. Nothing in it refers to b.
func parseEnvelope(b []byte) (*dare.Envelope, bool) {
	b, ok := bytes.CutPrefix(b, pieces[0])
	var between [len(pieces) - 1][]byte
	for i := range between {
		// None of what stands between has a quotation mark.
		end := bytes.IndexByte(b, '"')
		if !ok || end < 0 {
			return nil, false
		}
		between[i] = b[:end]
		b, ok = bytes.CutPrefix(b[end:], pieces[i+1])
	}
	kid := between[1]
	if !ok || len(b) != 0 || len(kid) > maxKid || bytes.IndexByte(kid, '\\') >= 0 || !isPrintable(kid) {
		return nil, false
	}
	s := &dare.Signature{Alg: "S512", Kid: string(kid)}
	e := &dare.Envelope{Trailer: &dare.Trailer{Signatures: []*dare.Signature{s}}}
	e.Header.Dig = "S512"
	for i, to := range [...]*[]byte{&e.Body, nil, &s.Signature, &e.Trailer.PayloadDigest} {
		if to == nil {
			continue
		}
		*to = make([]byte, base64url.DecodedLen(len(between[i])))
		// The decoder passes over line breaks, which are not printable.
		if _, err := base64url.Decode(*to, between[i]); err != nil || !isPrintable(between[i]) {
			return nil, false
		}
	}
	return e, true
}

// isPrintable tells whether text is of the visible letters of ASCII.
func isPrintable(text []byte) bool {
	for _, c := range text {
		if c <= ' ' || c > '~' {
			return false
		}
	}
	return true
}
