package api

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"time"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/internal/jsonb"
	"meshkey/mesh"
	"meshkey/udf"
)

// hostDays is how long a host statement holds.
const hostDays = 24 * time.Hour

type hostBody struct {
	jsonb.Rest
	Version int64         `jsonb:"Version"`
	Service string        `jsonb:"Service"`
	TLSKey  []byte        `jsonb:"TLSKey"`
	Expires mesh.DateTime `jsonb:"Expires"`
}

type hostTagged struct {
	jsonb.Rest
	Host *hostBody `jsonb:"HostStatement"`
}

var hostSchema = sync.OnceValue(func() *jsonb.Schema { return jsonb.NewSchema(nil, &hostTagged{}) })

// SignHost states that a service is reached by the TLS certificate whose public
// key, as a SubjectPublicKeyInfo, has the digest. signer is the ServiceSignature
// key. It holds for a day. docs/FORMATS.md, Key service.
func SignHost(service udf.Fingerprint, tlsKey [sha256.Size]byte, signer *cogen.PrivateKey, now time.Time) ([]byte, error) {
	body, err := hostSchema().Marshal(&hostTagged{Host: &hostBody{
		Version: 1, Service: service.String(), TLSKey: tlsKey[:], Expires: mesh.NewDateTime(now.Add(hostDays)),
	}}, jsonb.JSON)
	if err != nil {
		return nil, fmt.Errorf("api: %w", err)
	}
	e, err := dare.Sign(body, dare.ContentMeta{MessageType: "HostStatement"}, signer)
	if err != nil {
		return nil, fmt.Errorf("api: %w", err)
	}
	return e.Bytes(), nil
}

// OpenHost verifies a host statement of a service and returns the digest in it.
func OpenHost(b []byte, service udf.Fingerprint, signer *cogen.PublicKey, now time.Time) (tlsKey [sha256.Size]byte, err error) {
	e, err := dare.Parse(b)
	if err != nil {
		return tlsKey, fmt.Errorf("api: the host statement: %w", err)
	}
	if err := e.Verify(signer); err != nil {
		return tlsKey, fmt.Errorf("api: the host statement is not the service's: %w", err)
	}
	t := &hostTagged{}
	if err := hostSchema().Unmarshal(e.Body, t); err != nil {
		return tlsKey, fmt.Errorf("api: the host statement: %w", err)
	}
	if t.Host == nil || t.Host.Version != 1 || t.Host.Service != service.String() || len(t.Host.TLSKey) != sha256.Size {
		return tlsKey, errors.New("api: not a host statement of the service")
	}
	if expires, err := t.Host.Expires.Time(); err != nil || now.After(expires) {
		return tlsKey, errors.New("api: the host statement is out of date, or the clock here is wrong")
	}
	return [sha256.Size]byte(t.Host.TLSKey), nil
}
