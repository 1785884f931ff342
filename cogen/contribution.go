package cogen

import (
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"meshkey/internal/secret"
)

// MaxContributions bounds the parties of a Transcript and the keys of SplitAll.
const MaxContributions = 10_000

// maxName bounds the octets of a contributor's name.
const maxName = 255

// openerLen is the number of random octets that hide what is committed to.
const openerLen = 32

// CommitLen is the number of octets of a commitment to a Contribution.
const CommitLen = 64

// A Contribution is a public key that one party adds to those of others, with
// the proof that this party has its private key, for one context and under one
// name. It does not change.
//
// It is public once it is revealed. Until everyone's Commit is in, a party
// keeps its own to itself.
type Contribution struct {
	name   string
	key    *PublicKey
	proof  []byte
	opener []byte
}

// A ContributionError names the party whose contribution is wrong.
type ContributionError struct {
	Name   string
	Reason string
}

// Error implements error.
func (e *ContributionError) Error() string {
	return fmt.Sprintf("cogen: the contribution of %q: %s", e.Name, e.Reason)
}

// Contribute makes the contribution of k for one context. The name is the
// contributor's in that context, UTF-8 of 1 to 255 octets. A context should
// stand for one ceremony and no other.
func (k *PrivateKey) Contribute(context []byte, name string) (*Contribution, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	proof, err := k.ProvePossession(context, name)
	if err != nil {
		return nil, err
	}
	opener := make([]byte, openerLen)
	secret.Fill(opener)
	return &Contribution{name, k.public, proof, opener}, nil
}

func checkName(name string) error {
	if name == "" || len(name) > maxName || !utf8.ValidString(name) {
		return fmt.Errorf("cogen: a contributor's name is UTF-8 of 1 to %d octets", maxName)
	}
	return nil
}

// Name returns the contributor's name.
func (c *Contribution) Name() string { return c.name }

// Algorithm returns the algorithm of the key.
func (c *Contribution) Algorithm() Algorithm { return c.key.algorithm }

// PublicKey returns the key, which is a contributor's only once Verify has
// said so.
func (c *Contribution) PublicKey() *PublicKey { return c.key }

// Verify checks the proof. The error is a *ContributionError.
func (c *Contribution) Verify(context []byte) error {
	if !c.key.VerifyPossession(context, c.name, c.proof) {
		return &ContributionError{c.name, "it does not prove that its maker has the private key, in this ceremony and under this name"}
	}
	return nil
}

// Commit returns what a party publishes before anyone reveals a contribution:
// a digest of all octets of c, 32 random ones among them, so that it tells
// nothing and fits nothing else.
func (c *Contribution) Commit() [CommitLen]byte {
	return [CommitLen]byte(tagged("commitment to a contribution v1", CommitLen, c.Bytes()))
}

// contributionVersion begins an encoded Contribution.
const contributionVersion = 1

var errContribution = errors.New("cogen: not a contribution")

// Bytes returns the encoding of c: docs/FORMATS.md.
func (c *Contribution) Bytes() []byte {
	head := []byte{contributionVersion, c.Algorithm().code(), byte(len(c.name))}
	return slices.Concat(head, []byte(c.name), c.body())
}

// body is what Bytes has after the name. Its length is the algorithm's.
func (c *Contribution) body() []byte { return slices.Concat(c.opener, c.key.encoded, c.proof) }

// ParseContribution reads what Bytes writes, and nothing else. The proof is
// checked by Verify, since it needs the context.
func ParseContribution(b []byte) (*Contribution, error) {
	r := reader{rest: b}
	version := r.octet()
	a, ok := algorithmOf(r.octet())
	if version != contributionVersion || !ok {
		return nil, errContribution
	}
	name := string(r.take(int(r.octet())))
	body := r.take(a.bodyLen())
	if !r.done() {
		return nil, errContribution
	}
	return a.parseContribution(name, body)
}

// bodyLen is the number of octets of Contribution.body.
func (a Algorithm) bodyLen() int {
	return openerLen + a.suite.curve.PointLen() + a.possessionLen()
}

func (a Algorithm) parseContribution(name string, body []byte) (*Contribution, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	body = slices.Clone(body)
	opener, key, proof := body[:openerLen], body[openerLen:len(body)-a.possessionLen()], body[len(body)-a.possessionLen():]
	p, err := a.NewPublicKey(key)
	if err != nil {
		return nil, err
	}
	return &Contribution{name, p, proof, opener}, nil
}

// code is the octet that stands for an algorithm, that of the Mesh's
// specifiers: draft-hallambaker-mesh-udf-13, Section 4.4.
func (a Algorithm) code() byte { return byte(slices.Index(coded, a) + 1) }

func algorithmOf(code byte) (Algorithm, bool) {
	if code == 0 || int(code) > len(coded) {
		return Algorithm{}, false
	}
	return coded[code-1], true
}

var coded = []Algorithm{X25519(), X448(), Ed25519(), Ed448()}
