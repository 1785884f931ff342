package api

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"sync"
	"time"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/internal/jsonb"
	"meshkey/internal/secret"
	"meshkey/udf"
)

const (
	version  = 1
	nonceLen = 16
)

// A Caller is who signs a call.
type Caller struct {
	Account string // address under which the service knows the key
	Key     *cogen.PrivateKey
}

// A Call is a request, signed, for one service, time and nonce.
type Call struct {
	Service, Account, Nonce string
	Time                    time.Time
	Request                 Request
	Digest                  [sha256.Size]byte // of the call as it was sent

	envelope *dare.Envelope
}

type callBody struct {
	jsonb.Rest
	Version int64     `jsonb:"Version"`
	Service string    `jsonb:"Service"`
	Account string    `jsonb:"Account"`
	Time    string    `jsonb:"Time"`
	Nonce   string    `jsonb:"Nonce"`
	Request jsonb.Raw `jsonb:"Request"`
}

type tagged struct {
	jsonb.Rest
	Call *callBody `jsonb:"Call"`
}

var callSchema = sync.OnceValue(func() *jsonb.Schema { return jsonb.NewSchema(nil, &tagged{}) })

// Sign writes a call.
func Sign(r Request, service udf.Fingerprint, by Caller, now time.Time) ([]byte, error) {
	octets := make([]byte, nonceLen)
	secret.Fill(octets)
	nonce, err := udf.FormatNonce(octets)
	if err != nil {
		return nil, fmt.Errorf("api: %w", err)
	}
	request, err := Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("api: %w", err)
	}
	body, err := callSchema().Marshal(&tagged{Call: &callBody{
		Version: version, Service: service.String(), Account: by.Account,
		Time: now.UTC().Truncate(time.Second).Format(time.RFC3339), Nonce: nonce, Request: request,
	}}, jsonb.JSON)
	if err != nil {
		return nil, fmt.Errorf("api: %w", err)
	}
	e, err := dare.Sign(body, dare.ContentMeta{MessageType: "Call"}, by.Key)
	if err != nil {
		return nil, fmt.Errorf("api: %w", err)
	}
	return e.Bytes(), nil
}

// IsCall tells whether a body is a call, and not a request in plain JSON.
func IsCall(b []byte) bool { return bytes.HasPrefix(bytes.TrimLeft(b, " \t\r\n"), []byte("[")) }

// ParseCall reads a call. Nothing in it is verified.
func ParseCall(b []byte) (*Call, error) {
	e, err := dare.Parse(b)
	if err != nil {
		return nil, ErrMalformed.Because(err.Error())
	}
	if !e.Signed() || e.Encrypted() {
		return nil, ErrUnsigned
	}
	t := &tagged{}
	if err := callSchema().Unmarshal(e.Body, t); err != nil {
		return nil, ErrMalformed.Because(err.Error())
	}
	if t.Call == nil || t.Call.Version != version {
		return nil, ErrMalformed
	}
	c := &Call{Service: t.Call.Service, Account: t.Call.Account, Nonce: t.Call.Nonce, Digest: sha256.Sum256(b), envelope: e}
	if c.Time, err = time.Parse(time.RFC3339, t.Call.Time); err != nil {
		return nil, ErrMalformed
	}
	if nonce, err := udf.ParseNonce(c.Nonce); err != nil || len(nonce) < nonceLen {
		return nil, ErrMalformed
	}
	c.Request, err = ParseRequest(t.Call.Request)
	return c, err
}

// Signers are the fingerprints of the keys that signed, or so it says.
func (c *Call) Signers() []string { return c.envelope.Signers() }

// Verify checks that key signed the call.
func (c *Call) Verify(key *cogen.PublicKey) error {
	if err := c.envelope.Verify(key); err != nil {
		return ErrSignature
	}
	return nil
}

// Fresh checks that the call was signed within window of now.
func (c *Call) Fresh(now time.Time, window time.Duration) error {
	if d := now.Sub(c.Time); d > window || d < -window {
		return ErrExpired
	}
	return nil
}
