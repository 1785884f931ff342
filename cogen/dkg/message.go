package dkg

import (
	"bytes"
	"slices"

	"meshkey/cogen"
	"meshkey/internal/curve"
)

// version begins every message.
const version = 1

// idLen is the number of octets of the id of a ceremony, and of the digests
// that messages have.
const idLen = 32

// A kind is what a message is, its second octet.
type kind byte

const (
	pledge kind = 1 + iota
	opening
	deal
	receipt
	dealerState
	pendingState
	table
	delta
	sum
)

var kinds = []string{pledge: "pledge", opening: "opening", deal: "deal", receipt: "receipt",
	dealerState: "state of a dealer", pendingState: "pending share", table: "table", delta: "delta", sum: "sum"}

// String returns the word that errors use.
func (k kind) String() string { return kinds[k] }

// A session is what all messages of one ceremony have in common.
type session struct {
	*suite
	id []byte
}

// headLen is the number of octets before the body of a message: version, kind,
// id of the ceremony, index of the sender.
func (s *session) headLen() int { return 2 + idLen + s.curve.ScalarLen() }

// message returns a message: its head, then the parts of its body, whose
// lengths the ceremony fixes.
func (s *session) message(k kind, from cogen.Index, body ...[]byte) []byte {
	parts := append([][]byte{{version, byte(k)}, s.id, s.scalar(from).Bytes()}, body...)
	return slices.Concat(parts...)
}

// body returns the body of a message, of n octets, or says what is wrong.
func (s *session) body(k kind, from cogen.Index, message []byte, n int) (body []byte, wrong string) {
	head := s.headLen()
	switch {
	case len(message) == 0:
		return nil, "sent an empty message"
	case message[0] != version:
		return nil, "sent a message of another version"
	case len(message) < head || kind(message[1]) != k:
		return nil, "sent another message than the " + k.String()
	case !bytes.Equal(message[2:2+idLen], s.id):
		return nil, "sent the " + k.String() + " of another ceremony"
	case !bytes.Equal(message[2+idLen:head], s.scalar(from).Bytes()):
		return nil, "sent the " + k.String() + " of another party"
	case len(message) != head+n:
		return nil, "sent the " + k.String() + " in a wrong length"
	}
	return message[head:], ""
}

// bodies returns the body of the message of each party, in their order. All
// that are missing or wrong are named.
func (s *session) bodies(k kind, parties []cogen.Index, messages map[cogen.Index][]byte, n int) ([][]byte, error) {
	var missing []cogen.Index
	var wrong faults
	out := make([][]byte, len(parties))
	for i, from := range parties {
		m, ok := messages[from]
		if !ok {
			missing = append(missing, from)
			continue
		}
		body, what := s.body(k, from, m, n)
		if what != "" {
			wrong.add(from, what)
		}
		out[i] = body
	}
	if missing != nil {
		wrong = append(wrong, &MissingError{k.String(), missing})
	}
	if wrong == nil && len(messages) > len(parties) {
		for from := range messages {
			if !slices.Contains(parties, from) {
				wrong.add(from, "has no part in the round of the "+k.String())
			}
		}
	}
	return out, wrong.err()
}

// points decodes points that stand one after the other. Those that may have
// torsion are let through.
func (s *suite) points(b []byte) ([]*curve.Point, error) {
	out := make([]*curve.Point, 0, len(b)/s.curve.PointLen())
	for p := range slices.Chunk(b, s.curve.PointLen()) {
		q, err := s.curve.Decode(p)
		if err != nil {
			return nil, err
		}
		out = append(out, q)
	}
	return out, nil
}
