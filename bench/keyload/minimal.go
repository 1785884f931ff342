package main

import (
	"encoding/binary"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strconv"

	"meshkey/cogen"
)

// What a request to the minimal server has behind the octets of the ephemeral
// keys, each of which is to be multiplied.
const (
	nonceLen     = 16
	signatureLen = 114
	recordLen    = 256 // about that of a record in the audit log
)

// Keys are those of the minimal server: the scalar of its half, the signature
// key of who asks, and its own.
type Keys struct{ Half, Caller, Signer []byte }

// minimal is a server that does what no key service can leave out, and nothing
// else: it verifies the signature of a request, makes the contributions with
// their proofs, makes a record durable together with those of others, and signs
// them with one signature.
func minimal(keep, keyFile string, a cogen.Algorithm) (http.Handler, func() int64) {
	b, err := os.ReadFile(keyFile)
	check(err)
	var k Keys
	check(json.Unmarshal(b, &k))
	half, err := a.NewPrivateKey(k.Half)
	check(err)
	caller, err := cogen.Ed448().NewPublicKey(k.Caller)
	check(err)
	signer, err := cogen.Ed448().NewPrivateKey(k.Signer)
	check(err)
	records := newRecords(keep, signer)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		over := records.announce()
		defer over()
		body, err := io.ReadAll(r.Body)
		if err != nil || len(body) < nonceLen+signatureLen {
			http.Error(w, "", http.StatusBadRequest)
			return
		}
		signed, signature := body[:len(body)-signatureLen], body[len(body)-signatureLen:]
		if !caller.Verify(signed, signature) {
			http.Error(w, "", http.StatusForbidden)
			return
		}
		out, err := contribute(half, signed)
		if err != nil {
			http.Error(w, "", http.StatusBadRequest)
			return
		}
		record := make([]byte, recordLen)
		copy(record, signed[len(signed)-nonceLen:])
		receipt := records.append(record, over)
		out = append(append(out, record...), receipt...)
		w.Header().Set("Content-Length", strconv.Itoa(len(out)))
		w.WriteHeader(http.StatusCreated)
		_, _ = w.Write(out)
	})
	return handler, records.signed.Load
}

// contribute answers to all ephemeral keys.
func contribute(half *cogen.PrivateKey, signed []byte) (out []byte, err error) {
	n := len(half.PublicKey().Bytes())
	keys, nonce := signed[:len(signed)-nonceLen], signed[len(signed)-nonceLen:]
	ctx := cogen.Context{Group: "group", Request: string(nonce), Grantee: "bob@example.com"}
	for ; len(keys) >= n; keys = keys[n:] {
		peer, err := half.Algorithm().NewPublicKey(keys[:n])
		if err != nil {
			return nil, err
		}
		p, err := half.AgreeProved(peer, ctx)
		if err != nil {
			return nil, err
		}
		out = append(binary.BigEndian.AppendUint16(out, uint16(n)), p.Bytes()...)
		out = append(out, p.Proof()...)
	}
	return out, nil
}
