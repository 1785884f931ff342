// Package audit is the log of a key service: a record of every request, made
// durable before the answer leaves, that nobody changes afterwards without
// being found.
//
// The records about one key are numbered from 1, and each holds the hash of
// the one before. From time to time a root is signed, which holds the last
// number and hash of every key that has new records, and the hash of the root
// before. Whoever asked keeps a Receipt, the record itself, signed.
//
// # Security
//
// The service writes its own log, so the log proves nothing against a service
// that lies from the start. What is proved: records that a root covers, or
// that somebody has a receipt of, cannot be changed, exchanged or taken away
// without Verify's finding it, unless the signature key is lost; then roots
// that are kept elsewhere still show it. Records after the last root can be
// cut off unseen by whoever has the store; receipts show them.
//
// Records hold no secret: names, times, digests, outcomes.
package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Hash is SHA-256 of a record or root as it is stored, with a word in front
// that tells the two apart.
type Hash [sha256.Size]byte

// MarshalText writes lower-case hexadecimal digits.
func (h Hash) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "%x", h[:]), nil }

// UnmarshalText reads hexadecimal digits.
func (h *Hash) UnmarshalText(text []byte) error {
	if len(text) != 2*len(h) {
		return errors.New("audit: a hash of another length")
	}
	_, err := hex.Decode(h[:], text)
	return err
}

// A Record is one request about one key, and what became of it.
type Record struct {
	Key      string    `json:"key"`      // what the request was about: the Id of a capability, or an account
	Number   uint64    `json:"number"`   // from 1, for each key
	Time     time.Time `json:"time"`     // UTC, by the service's clock
	Caller   string    `json:"caller"`   // fingerprint of the key that signed the request
	Call     string    `json:"call"`     // name of the call or operation
	Refused  string    `json:"refused"`  // why, in a word; empty for an answer
	Request  Hash      `json:"request"`  // of the request's octets
	Answer   Hash      `json:"answer"`   // of the answer's octets; zeros if it was refused
	Previous Hash      `json:"previous"` // of the record before, zeros for the first
}

func (r *Record) encode() ([]byte, error) { return json.Marshal(r) }

// ParseRecord reads a record as it is stored, in the one form it is written.
func ParseRecord(b []byte) (*Record, error) {
	r := new(Record)
	if err := strict(b, r); err != nil {
		return nil, errors.New("audit: not a record")
	}
	return r, nil
}

// strict reads JSON that is written as encoding/json writes v.
func strict(b []byte, v any) error {
	if err := json.Unmarshal(b, v); err != nil {
		return err
	}
	if again, err := json.Marshal(v); err != nil || !bytes.Equal(again, b) {
		return errors.New("another form")
	}
	return nil
}

func hash(kind string, b []byte) Hash {
	h := sha256.New()
	fmt.Fprintf(h, "meshkey audit %s v1\x00", kind)
	h.Write(b)
	return Hash(h.Sum(nil))
}

func recordHash(b []byte) Hash { return hash("record", b) }
