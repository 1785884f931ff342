package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"io"

	"meshkey/cmd/internal/exit"
	"meshkey/profile"
)

// The objects that --json writes. Fields may be added, not renamed.

// keyJSON is the public side of a key.
type keyJSON struct {
	Algorithm   string `json:"algorithm"`
	Fingerprint string `json:"fingerprint"`
	Public      string `json:"public"` // hex, in the encoding of the Mesh
}

func describeKey(k profile.NamedKey) keyJSON {
	return keyJSON{k.Algorithm.String(), k.Fingerprint.String(), hex.EncodeToString(k.Public.Bytes())}
}

// keysJSON is keys by name, in an order that means something.
type keysJSON []profile.NamedKey

func (ks keysJSON) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, k := range ks {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(k.Name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(describeKey(k))
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// errorJSON is the member "error".
type errorJSON struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// printJSON writes one object to standard output.
func (a *app) printJSON(v any) error { return writeJSON(a.out, v) }

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// printFailure writes what is known so far, with the error before it.
func (a *app) printFailure(err error) {
	failure, e := json.Marshal(errorJSON{exit.Code(err), err.Error(), exit.Hint(err)})
	if e != nil {
		return
	}
	object := append([]byte(`{"error":`), failure...)
	if known, e := json.Marshal(a.answer); e == nil && len(known) > 2 && known[0] == '{' {
		object = append(append(object, ','), known[1:]...)
	} else {
		object = append(object, '}')
	}
	_ = a.printJSON(json.RawMessage(object))
}
