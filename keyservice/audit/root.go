package audit

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"meshkey/cogen"
	"meshkey/keyservice/store"
)

// maxHeads bounds a root, so that it fits a value of the store.
const maxHeads = 1000

// A Root ties the logs of all keys together: it holds the heads that are not
// in a root before.
type Root struct {
	Number   uint64    `json:"number"` // from 1
	Time     time.Time `json:"time"`
	Heads    []Head    `json:"heads"`
	Previous Hash      `json:"previous"` // of the root before, zeros for the first
}

// signed is a root or a record with the service's signature.
type signed struct {
	Octets    []byte `json:"octets"`
	Signature []byte `json:"signature"` // over statement
}

// statement is what is signed.
func statement(kind string, octets []byte) []byte {
	h := hash(kind, octets)
	return append([]byte("meshkey audit "+kind+" v1\x00"), h[:]...)
}

func sign(kind string, octets []byte, signer *cogen.PrivateKey) ([]byte, error) {
	signature, err := signer.Sign(statement(kind, octets))
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	return json.Marshal(signed{octets, signature})
}

var errSignature = errors.New("audit: the signature does not verify")

func unsign(kind string, b []byte, signer *cogen.PublicKey) ([]byte, error) {
	var s signed
	if err := strict(b, &s); err != nil {
		return nil, errors.New("audit: not in the form it is written")
	}
	if !signer.Verify(statement(kind, s.Octets), s.Signature) {
		return nil, errSignature
	}
	return s.Octets, nil
}

// Tie signs a root with the heads that are in none yet, at most a thousand. It
// returns nil if there are none.
func Tie(w store.Writer, signer *cogen.PrivateKey, now time.Time) (*Root, error) {
	var keys []string
	err := w.Scan(tableNew, nil, nil, func(key, _ []byte) bool {
		keys = append(keys, string(key))
		return len(keys) < maxHeads
	})
	if err != nil || len(keys) == 0 {
		return nil, err
	}
	root := &Root{Number: 1, Time: now.UTC().Truncate(time.Millisecond)}
	last, b, err := lastRoot(w)
	if err != nil {
		return nil, err
	}
	if last != nil {
		root.Number, root.Previous = last.Number+1, hash("root", b)
	}
	for _, key := range keys {
		head, err := HeadOf(w, key)
		if err != nil {
			return nil, err
		}
		root.Heads = append(root.Heads, head)
		if err := w.Delete(tableNew, []byte(key)); err != nil {
			return nil, err
		}
	}
	octets, err := json.Marshal(root)
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	value, err := sign("root", octets, signer)
	if err != nil {
		return nil, err
	}
	number := binary.BigEndian.AppendUint64(nil, root.Number)
	if err := w.Put(tableRoots, number, value); err != nil {
		return nil, err
	}
	return root, w.Put(tableRoots, lastRootKey, number)
}

// lastRootKey comes after all numbers.
var lastRootKey = []byte("\xff\xff\xff\xff\xff\xff\xff\xfflast")

// lastRoot returns the last root and its octets, nil if there is none.
func lastRoot(r store.Reader) (*Root, []byte, error) {
	number, err := r.Get(tableRoots, lastRootKey)
	if err != nil || number == nil {
		return nil, nil, err
	}
	b, err := r.Get(tableRoots, number)
	if err != nil {
		return nil, nil, err
	}
	var s signed
	root := new(Root)
	if strict(b, &s) != nil || strict(s.Octets, root) != nil {
		return nil, nil, errors.New("audit: the last root is damaged")
	}
	return root, s.Octets, nil
}

// A Receipt is a record with the service's signature: for whoever asked to
// keep.
type Receipt []byte

// NewReceipt signs r as it is in the log.
func NewReceipt(r *Record, signer *cogen.PrivateKey) (Receipt, error) {
	b, err := r.encode()
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	return sign("receipt", b, signer)
}

// Open verifies the receipt and returns the record.
func (r Receipt) Open(signer *cogen.PublicKey) (*Record, error) {
	octets, err := unsign("receipt", r, signer)
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
	_, err := unsign("root", r, signer)
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
		return nil, errors.New("audit: the receipt of another call, or of another answer")
	}
	return record, nil
}
