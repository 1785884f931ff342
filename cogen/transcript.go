package cogen

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// maxContext bounds the octets of the context of a Transcript.
const maxContext = 1024

// DigestLen is the number of octets of the digest of a Transcript.
const DigestLen = 64

// A Transcript is the record of a ceremony in which several parties make one
// key. Its parties are known from the start. First each one commits, then each
// one reveals its Contribution. Nobody can choose his own once he has seen
// another's, and so nobody can choose the sum, of which
// draft-hallambaker-threshold-06, Section 7.2, warns. Who speaks last can still
// fall silent; Missing names him, and a ceremony that is begun again has another
// context and new keys of everyone, since he has seen the old ones.
//
// A Transcript holds nothing that was not checked, and is public. It does not
// know who sent what: that a message is the party's whose name is on it, its
// caller has to see to. It is not for several goroutines at once.
type Transcript struct {
	algorithm Algorithm
	context   []byte
	parties   []party
	places    map[string]int // in parties
	committed map[string]int // the party that made a commitment
}

type party struct {
	name         string
	commitment   []byte        // nil until it is in
	contribution *Contribution // nil until it is revealed
}

var errTranscript = errors.New("cogen: not a transcript")

// NewTranscript begins the transcript of a ceremony for one key. The context,
// at most 1024 octets, should stand for this ceremony and no other; names
// are the parties', from 1 to MaxContributions, in an order that all of them
// use.
func NewTranscript(a Algorithm, context []byte, names ...string) (*Transcript, error) {
	switch {
	case len(context) > maxContext:
		return nil, fmt.Errorf("cogen: the context of a transcript has more than %d octets", maxContext)
	case len(names) == 0 || len(names) > MaxContributions:
		return nil, fmt.Errorf("cogen: a transcript has 1 to %d parties", MaxContributions)
	}
	t := &Transcript{
		algorithm: a, context: slices.Clone(context), parties: make([]party, len(names)),
		places: map[string]int{}, committed: map[string]int{},
	}
	for i, name := range names {
		if err := checkName(name); err != nil {
			return nil, err
		}
		if _, twice := t.places[name]; twice {
			return nil, fmt.Errorf("cogen: two parties are called %q", name)
		}
		t.places[name], t.parties[i].name = i, name
	}
	return t, nil
}

// Algorithm returns the algorithm of the key.
func (t *Transcript) Algorithm() Algorithm { return t.algorithm }

// Context returns the context that contributions are made for.
func (t *Transcript) Context() []byte { return slices.Clone(t.context) }

// Names returns the names of the parties in their order.
func (t *Transcript) Names() []string {
	names := make([]string, len(t.parties))
	for i, p := range t.parties {
		names[i] = p.name
	}
	return names
}

// Missing returns the names of those who have not committed, and if all have,
// of those who have not revealed. If there are none, there is a Key.
func (t *Transcript) Missing() (committing bool, names []string) {
	committing = len(t.committed) < len(t.parties)
	for _, p := range t.parties {
		if committing && p.commitment == nil || !committing && p.contribution == nil {
			names = append(names, p.name)
		}
	}
	return committing, names
}

// Commit takes what Contribution.Commit returned to the party of that name. A
// second one of the same party, or one that another party has sent before, is
// a *ContributionError.
func (t *Transcript) Commit(name string, commitment [CommitLen]byte) error {
	i, ok := t.places[name]
	if !ok {
		return &ContributionError{name, "no party of this ceremony"}
	}
	p := &t.parties[i]
	if p.commitment != nil {
		if bytes.Equal(p.commitment, commitment[:]) {
			return &ContributionError{name, "its commitment comes twice"}
		}
		return &ContributionError{name, "another commitment than before"}
	}
	if other, ok := t.committed[string(commitment[:])]; ok {
		return &ContributionError{name, fmt.Sprintf("the commitment of %q", t.parties[other].name)}
	}
	p.commitment = commitment[:]
	t.committed[string(commitment[:])] = i
	return nil
}

// Reveal takes a contribution. Before every commitment is in it is refused,
// with the error ErrEarly. It is a *ContributionError if c is not what its
// party committed to, if it does not prove what it should, if it comes a second
// time, or if its key was revealed before.
func (t *Transcript) Reveal(c *Contribution) error {
	i, ok := t.places[c.name]
	switch {
	case !ok:
		return &ContributionError{c.name, "no party of this ceremony"}
	case len(t.committed) < len(t.parties):
		return ErrEarly
	case t.parties[i].contribution != nil:
		return &ContributionError{c.name, "it comes twice"}
	}
	if got := c.Commit(); !bytes.Equal(got[:], t.parties[i].commitment) {
		return &ContributionError{c.name, "another one than it has committed to"}
	}
	if c.Algorithm() != t.algorithm {
		return &ContributionError{c.name, "a key for another algorithm"}
	}
	for _, p := range t.parties {
		if p.contribution != nil && p.contribution.key.Equal(c.key) {
			return &ContributionError{c.name, fmt.Sprintf("the same key as that of %q", p.name)}
		}
	}
	if err := c.Verify(t.context); err != nil {
		return err
	}
	t.parties[i].contribution = c
	return nil
}

// ErrEarly is returned for a contribution that is revealed before every party
// has committed to its own.
var ErrEarly = errors.New("cogen: a contribution is revealed before every commitment is in")

// Key returns the key that the parties made. It is a *ContributionError if a
// contribution is missing.
func (t *Transcript) Key() (*PublicKey, error) {
	keys := make([]*PublicKey, len(t.parties))
	for i, p := range t.parties {
		if p.contribution == nil {
			return nil, &ContributionError{p.name, "it is missing"}
		}
		keys[i] = p.contribution.key
	}
	return sumPublic(keys)
}

// Verify checks that own, which its party has kept, is in the key that
// Transcript.Key returns.
func (t *Transcript) Verify(own *Contribution) error {
	if _, err := t.Key(); err != nil {
		return err
	}
	i, ok := t.places[own.name]
	if !ok || !bytes.Equal(t.parties[i].contribution.Bytes(), own.Bytes()) {
		return &ContributionError{own.name, "it is not in the key"}
	}
	return nil
}

// Digest returns a digest of Bytes. Parties that have the same one have the
// same transcript: compared before anyone reveals, it shows that all have the
// same commitments, and at the end, that all have the same key.
func (t *Transcript) Digest() [DigestLen]byte {
	return [DigestLen]byte(tagged("transcript v1", DigestLen, t.Bytes()))
}

const transcriptVersion = 1

// Bytes returns the encoding of t as far as it has come: docs/FORMATS.md.
func (t *Transcript) Bytes() []byte {
	b := []byte{transcriptVersion, t.algorithm.code()}
	b = binary.BigEndian.AppendUint16(b, uint16(len(t.context)))
	b = append(b, t.context...)
	b = binary.BigEndian.AppendUint16(b, uint16(len(t.parties)))
	for _, p := range t.parties {
		b = append(b, byte(len(p.name)))
		b = append(b, p.name...)
		switch {
		case p.contribution != nil:
			b = append(append(append(b, 2), p.commitment...), p.contribution.body()...)
		case p.commitment != nil:
			b = append(append(b, 1), p.commitment...)
		default:
			b = append(b, 0)
		}
	}
	return b
}

// ParseTranscript reads what Bytes writes, and nothing else, and checks all of
// it as Commit and Reveal do.
func ParseTranscript(b []byte) (*Transcript, error) {
	r := reader{rest: b}
	version := r.octet()
	a, ok := algorithmOf(r.octet())
	if version != transcriptVersion || !ok {
		return nil, errTranscript
	}
	context := r.take(r.number())
	n := r.number()
	if n > len(r.rest) { // a party has more than one octet
		return nil, errTranscript
	}
	names, states := make([]string, n), make([][2][]byte, n)
	for i := range n {
		names[i] = string(r.take(int(r.octet())))
		switch r.octet() {
		case 0:
		case 1:
			states[i] = [2][]byte{r.take(CommitLen)}
		case 2:
			states[i] = [2][]byte{r.take(CommitLen), r.take(a.bodyLen())}
		default:
			return nil, errTranscript
		}
	}
	if !r.done() {
		return nil, errTranscript
	}
	t, err := NewTranscript(a, context, names...)
	if err != nil {
		return nil, err
	}
	for i, s := range states {
		if s[0] != nil {
			if err := t.Commit(names[i], [CommitLen]byte(s[0])); err != nil {
				return nil, err
			}
		}
	}
	for i, s := range states {
		if s[1] == nil {
			continue
		}
		c, err := a.parseContribution(names[i], s[1])
		if err != nil {
			return nil, err
		}
		if err := t.Reveal(c); err != nil {
			return nil, err
		}
	}
	return t, nil
}
