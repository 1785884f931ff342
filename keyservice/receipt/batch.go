package receipt

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"meshkey/cogen"
)

// maxPath bounds the path of a receipt, in hashes.
const maxPath = 32

var errUnsigned = errors.New("no signature was made")

// A Batch is records that went into the log together, whose receipts share one
// signature: that of the root of a tree of their hashes (RFC 9162, section 2.1,
// is such a tree too; here a pair is hashed with the lesser hash first, so that a
// path says nothing of places). A receipt of one of them shows hashes of others,
// and nothing that is in them.
type Batch struct {
	levels [][]Hash // of the tree, from the records up

	once      sync.Once
	signature []byte
	err       error
}

// Add takes a record as it is in the log, and returns its place in the batch. It is
// not called any more once there was a receipt.
func (b *Batch) Add(record []byte) (place int) {
	if b.levels == nil {
		b.levels = [][]Hash{nil}
	}
	b.levels[0] = append(b.levels[0], HashOf("receipt", record))
	return len(b.levels[0]) - 1
}

// Receipt is the receipt of the record that was added at a place. The first to want
// one has sign make the signature. Several goroutines may call it.
func (b *Batch) Receipt(place int, record []byte, sign func(statement []byte) ([]byte, error)) (Receipt, error) {
	b.once.Do(func() {
		b.grow()
		b.err = errUnsigned // should sign panic
		b.signature, b.err = sign(statement("receipt", b.levels[len(b.levels)-1][0]))
	})
	if b.err != nil {
		return nil, fmt.Errorf("receipt: %w", b.err)
	}
	s := Signed{Octets: record, Signature: b.signature}
	for _, level := range b.levels {
		if beside := place ^ 1; beside < len(level) {
			s.Path = append(s.Path, level[beside][:]...)
		}
		place /= 2
	}
	return json.Marshal(s)
}

// grow makes the levels of the tree. Who is without another goes up as he is.
func (b *Batch) grow() {
	for level := b.levels[0]; len(level) > 1; b.levels = append(b.levels, level) {
		var above []Hash
		for ; len(level) > 1; level = level[2:] {
			above = append(above, join(level[0], level[1]))
		}
		level = append(above, level...)
	}
}

// join is the hash above two.
func join(a, b Hash) Hash {
	if bytes.Compare(a[:], b[:]) > 0 {
		a, b = b, a
	}
	return HashOf("receipts", append(a[:], b[:]...))
}

// climb is the hash at the end of a path that begins at h.
func climb(h Hash, path []byte) (Hash, bool) {
	if len(path)%sha256.Size != 0 || len(path) > maxPath*sha256.Size {
		return h, false
	}
	for ; len(path) > 0; path = path[sha256.Size:] {
		h = join(h, Hash(path))
	}
	return h, true
}

// New signs a record as it is in the log, by itself.
func New(record []byte, signer *cogen.PrivateKey) (Receipt, error) {
	var b Batch
	return b.Receipt(b.Add(record), record, signer.Sign)
}
