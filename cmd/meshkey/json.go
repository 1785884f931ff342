package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"

	"meshkey/cmd/internal/line"
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

// printJSON writes one object to standard output.
func (a *app) printJSON(v any) error { return line.WriteJSON(a.out, v) }
