package api

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"strconv"
	"time"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/internal/jsonb"
	"meshkey/internal/secret"
	"meshkey/udf"
)

// version is that of calls.
const version = 1

// Bounds of a call's members, in octets.
const (
	minNonce   = 16
	maxNonce   = 32
	maxAddress = 255
	timeLayout = "2006-01-02T15:04:05Z"
)

// A Caller is who signs a call.
type Caller struct {
	Account string // address under which the service knows the key
	Key     *cogen.PrivateKey
}

// A Call is a request, signed for one service, account, time and nonce. Nothing
// in it is true before Verify has said so.
//
// Spec: the drafts leave it to the connection to say who calls.
type Call struct {
	Service string    // fingerprint of the service's profile
	Account string    // address under which the signer is known
	Nonce   string    // 16 to 32 octets that the signer uses once
	Time    time.Time // when it was signed, to the second
	Request Request
	Digest  [sha256.Size]byte // of the call as it was sent

	envelope *dare.Envelope
}

// members of a call, which stand in this order.
var members = [...]string{"Version", "Service", "Account", "Time", "Nonce", "Request"}

// Sign writes a call with a fresh nonce. It fails if the key signs nothing, and
// if the service would refuse the call for its form.
func Sign(r Request, service udf.Fingerprint, by Caller, now time.Time) ([]byte, error) {
	nonce := make([]byte, minNonce)
	secret.Fill(nonce)
	return sign(r, service.String(), by, now, nonce)
}

func sign(r Request, service string, by Caller, now time.Time, octets []byte) ([]byte, error) {
	nonce, err := udf.FormatNonce(octets)
	if err != nil {
		return nil, fmt.Errorf("api: %w", err)
	}
	request, err := Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("api: %w", err)
	}
	body := []byte(`{"Call":{"Version":` + strconv.Itoa(version))
	for i, text := range []string{service, by.Account, now.UTC().Format(timeLayout), nonce} {
		quoted, err := jsonb.String(text).Marshal(jsonb.JSON)
		if err != nil {
			return nil, fmt.Errorf("api: %w", err)
		}
		body = append(append(append(append(body, `,"`...), members[i+1]...), `":`...), quoted...)
	}
	body = append(append(append(body, `,"Request":`...), request...), `}}`...)
	if c, err := parseBody(body); err != nil {
		return nil, err
	} else if c.Account != by.Account {
		return nil, malformed(errNotText)
	}
	e, err := dare.Sign(body, dare.ContentMeta{MessageType: "Call"}, by.Key)
	if err != nil {
		return nil, fmt.Errorf("api: %w", err)
	}
	return e.Bytes(), nil
}

// IsCall tells whether a body is a call, and not a request in plain JSON.
func IsCall(b []byte) bool { return bytes.HasPrefix(b, []byte("[")) }

// ParseCall reads a call. Nothing in it is verified. Its errors are ErrMalformed
// and ErrTooLarge.
func ParseCall(b []byte) (*Call, error) {
	if len(b) > MaxTransfer {
		return nil, ErrTooLarge
	}
	e, ok := parseEnvelope(b)
	if !ok {
		return nil, ErrMalformed.Because("not the envelope of a call")
	}
	c, err := parseBody(e.Body)
	if err != nil {
		return nil, err
	}
	if _, transfers := c.Request.(*TransferRequest); len(b) > MaxBody && !transfers {
		return nil, ErrTooLarge
	}
	c.envelope, c.Digest = e, sha256.Sum256(b)
	return c, nil
}

func parseBody(b []byte) (*Call, error) {
	v, err := parseFrugal(b)
	if err != nil {
		return nil, malformed(err)
	}
	m := v.Members()
	if len(m) != 1 || m[0].Name != "Call" {
		return nil, ErrMalformed.Because("not a call")
	}
	m = m[0].Value.Members()
	if len(m) == 0 || m[0].Name != members[0] {
		return nil, ErrMalformed.Because("a call without a version")
	}
	if n, err := m[0].Value.Int64(); err != nil || n != version {
		return nil, ErrMalformed.Because("a call of another version than " + strconv.Itoa(version))
	}
	if len(m) != len(members) {
		return nil, ErrMalformed.Because("a call without all of its members, or with others")
	}
	c := &Call{}
	var moment string
	for i, text := range []*string{nil, &c.Service, &c.Account, &moment, &c.Nonce, nil} {
		if m[i].Name != members[i] {
			return nil, ErrMalformed.Because("a call with its members in another order, or with others")
		}
		if text == nil {
			continue
		}
		if *text, err = m[i].Value.Text(); err != nil || len(*text) > maxAddress {
			return nil, ErrMalformed.Because("a call with a member that is no text, or too long")
		}
	}
	if c.Time, err = time.Parse(timeLayout, moment); err != nil || c.Time.Format(timeLayout) != moment {
		return nil, ErrMalformed.Because("a call without a moment, to the second and in UTC")
	}
	if !isNonce(c.Nonce) {
		return nil, ErrMalformed.Because("a call without a nonce of 16 to 32 octets")
	}
	c.Request, err = decodeRequest(m[len(m)-1].Value)
	return c, err
}

// isNonce tells whether text is that of a nonce, in the one way it is written.
func isNonce(text string) bool {
	nonce, err := udf.ParseNonce(text)
	if err != nil || len(nonce) < minNonce || len(nonce) > maxNonce {
		return false
	}
	again, err := udf.FormatNonce(nonce)
	return err == nil && again == text
}

// Signers are the names of the keys that signed, or so the call says. There is
// one.
func (c *Call) Signers() []string { return c.envelope.Signers() }

// Verify checks that key signed the call, and is named as Sign names it. Its
// error is ErrSignature.
func (c *Call) Verify(key *cogen.PublicKey) error {
	name := udf.KeyFingerprint(key.Algorithm(), key.Bytes()).String()
	if c.envelope.VerifyNamed(key, name) != nil {
		return ErrSignature
	}
	return nil
}

// Fresh checks that the call was signed within window of now, before or after.
// Its error is ErrExpired.
func (c *Call) Fresh(now time.Time, window time.Duration) error {
	if d := now.Sub(c.Time); d > window || d < -window {
		return ErrExpired
	}
	return nil
}
