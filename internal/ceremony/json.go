package ceremony

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"

	"meshkey/internal/secret"
)

// Octets are written in JSON as base64url without padding.
type Octets []byte

// MarshalText implements encoding.TextMarshaler.
func (o Octets) MarshalText() ([]byte, error) {
	return base64.RawURLEncoding.AppendEncode(nil, o), nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (o *Octets) UnmarshalText(text []byte) (err error) {
	*o, err = base64.RawURLEncoding.Strict().AppendDecode(nil, text)
	return err
}

// Encode writes v as JSON without blanks, with its members in the order of its
// fields.
func Encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'}), nil
}

var errForm = errors.New("not in the form that is written here")

// Decode reads into v what Encode writes, and nothing else: no other order, no
// member that is unknown or comes twice, no blank.
func Decode(b []byte, v any) error {
	if err := json.Unmarshal(b, v); err != nil {
		return errForm // what encoding/json says quotes the input
	}
	again, err := Encode(v)
	if err != nil {
		return errForm
	}
	defer secret.Wipe(again)
	if !bytes.Equal(again, b) {
		return errForm
	}
	return nil
}
