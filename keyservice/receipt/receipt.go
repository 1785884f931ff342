// Package receipt is what a key service signs about a request that it answered
// or refused: the record in its audit log, for whoever asked to keep.
// meshkey/keyservice/audit is the log.
//
// # Security
//
// A receipt shows that the service has made the record, and when by its clock. It
// holds no secret: names, times, digests, outcomes. docs/FORMATS.md.
package receipt

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"meshkey/cogen"
)

// Hash is SHA-256 of a record or root as it is stored, with a word in front
// that tells the two apart.
type Hash [sha256.Size]byte

// MarshalText writes lower-case hexadecimal digits.
func (h Hash) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h[:]), nil }

// UnmarshalText reads hexadecimal digits.
func (h *Hash) UnmarshalText(text []byte) error {
	if len(text) != 2*len(h) {
		return errors.New("receipt: a hash of another length")
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

// Bytes is the one form in which a record is written.
func (r *Record) Bytes() ([]byte, error) { return json.Marshal(r) }

// ParseRecord reads a record as it is stored, in the one form it is written.
func ParseRecord(b []byte) (*Record, error) {
	r := new(Record)
	if err := Strict(b, r); err != nil {
		return nil, errors.New("receipt: not a record")
	}
	return r, nil
}

// Strict reads JSON that is written as encoding/json writes v, and nothing else.
func Strict(b []byte, v any) error {
	if err := json.Unmarshal(b, v); err != nil {
		return err
	}
	if again, err := json.Marshal(v); err != nil || !bytes.Equal(again, b) {
		return errors.New("another form")
	}
	return nil
}

// HashOf is the hash of the octets of a "record", a "receipt" or a "root", or of
// two hashes under which there are "receipts".
func HashOf(kind string, b []byte) Hash {
	h := sha256.New()
	h.Write([]byte("meshkey audit " + kind + " v1\x00"))
	h.Write(b)
	return Hash(h.Sum(nil))
}

// Signed is a root or a record with the service's signature.
type Signed struct {
	Octets    []byte `json:"octets"`
	Path      []byte `json:"path,omitempty"` // hashes of others, from the octets' own to the one that is signed
	Signature []byte `json:"signature"`      // over statement
}

// statement is what is signed.
func statement(kind string, h Hash) []byte {
	return append([]byte("meshkey audit "+kind+" v1\x00"), h[:]...)
}

// Sign writes octets of that kind with a signature.
func Sign(kind string, octets []byte, signer *cogen.PrivateKey) ([]byte, error) {
	signature, err := signer.Sign(statement(kind, HashOf(kind, octets)))
	if err != nil {
		return nil, fmt.Errorf("receipt: %w", err)
	}
	return json.Marshal(Signed{Octets: octets, Signature: signature})
}

// ErrSignature is a signature that is not the service's.
var ErrSignature = errors.New("receipt: the signature does not verify")

// Open verifies what Sign or a Batch wrote and returns the octets.
func Open(kind string, b []byte, signer *cogen.PublicKey) ([]byte, error) {
	var s Signed
	if err := Strict(b, &s); err != nil {
		return nil, errors.New("receipt: not in the form it is written")
	}
	h, ok := climb(HashOf(kind, s.Octets), s.Path)
	if !ok || !signer.Verify(statement(kind, h), s.Signature) {
		return nil, ErrSignature
	}
	return s.Octets, nil
}

// A Receipt is a record with the service's signature: for whoever asked to
// keep.
type Receipt []byte

// Open verifies the receipt and returns the record.
func (r Receipt) Open(signer *cogen.PublicKey) (*Record, error) {
	octets, err := Open("receipt", r, signer)
	if err != nil {
		return nil, err
	}
	return ParseRecord(octets)
}

// Verify tells whether a receipt, or a signed root, is signer's.
func (r Receipt) Verify(signer *cogen.PublicKey) error {
	if _, err := r.Open(signer); err == nil {
		return nil
	}
	_, err := Open("root", r, signer)
	return err
}

// Of verifies the receipt as Open does, and that it is of a call and of the
// answer to it, the octets of both: of the call as it was sent, of the answer
// without its receipts.
func (r Receipt) Of(signer *cogen.PublicKey, call, answer []byte) (*Record, error) {
	record, err := r.Open(signer)
	if err != nil {
		return nil, err
	}
	if record.Request != sha256.Sum256(call) || record.Refused != "" || record.Answer != sha256.Sum256(answer) {
		return nil, errors.New("receipt: of another call, or of another answer")
	}
	return record, nil
}
