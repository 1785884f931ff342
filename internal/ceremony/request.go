package ceremony

import (
	"crypto/sha512"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/internal/secret"
	"meshkey/udf"
)

// Bounds.
const (
	// MaxFile is the greatest length of a request, a message or a state in
	// octets.
	MaxFile = 4 << 20
	// MaxParties is the greatest number of parties.
	MaxParties = 128
	// MaxRounds is the greatest number of rounds.
	MaxRounds = 8
)

const (
	version     = 1
	nonceLen    = 16
	requestType = "CeremonyRequest"
	messageType = "CeremonyMessage"
	contentType = "application/json"
)

// A Ceremony is what a request asks for. It does not change.
type Ceremony struct {
	request
	body    []byte // of the envelope, as signed
	file    []byte
	parties []Party
}

// request is the body of a request.
type request struct {
	Request    string          `json:"request"` // kind of ceremony
	Version    int             `json:"version"`
	Nonce      Octets          `json:"nonce"`
	Created    string          `json:"created"` // RFC 3339, in UTC, to the second
	Maker      string          `json:"maker"`
	Purpose    string          `json:"purpose"`
	Rounds     int             `json:"rounds"`
	Parameters json.RawMessage `json:"parameters"`
	Parties    []invited       `json:"parties"`
	Listeners  []string        `json:"listeners,omitempty"` // names of those who send nothing
}

type invited struct {
	Name    string `json:"name"`
	Profile Octets `json:"profile"`
}

// Terms are what a request says beside who takes part.
type Terms struct {
	Kind       string   // such as "cogen"; tells ceremonies apart that must not be mixed up
	Purpose    string   // a line for people, may be empty
	Rounds     int      // in which each party writes a message, from 1 to MaxRounds
	Parameters any      // what Encode makes an object of
	Listeners  []string // names of parties that send nothing
	Created    time.Time
}

// New makes a ceremony, with a request signed by one of the parties, whose
// keys are given. Parties keep their order.
func New(t Terms, parties []Party, signature, encryption *cogen.PrivateKey) (*Ceremony, error) {
	nonce := make([]byte, nonceLen)
	secret.Fill(nonce)
	c := &Ceremony{parties: slices.Clone(parties)}
	if err := c.checkParties(); err != nil {
		return nil, err
	}
	maker, err := c.Join(signature, encryption)
	if err != nil {
		return nil, errors.New("ceremony: the maker of a request is one of its parties")
	}
	parameters, err := Encode(t.Parameters)
	if err != nil {
		return nil, fmt.Errorf("ceremony: %w", err)
	}
	c.request = request{
		Request: t.Kind, Version: version, Nonce: nonce, Created: t.Created.UTC().Format(time.RFC3339),
		Maker: maker.Name, Purpose: t.Purpose, Rounds: t.Rounds, Parameters: parameters, Listeners: t.Listeners,
	}
	for _, p := range parties {
		c.request.Parties = append(c.request.Parties, invited{p.Name, p.Profile})
	}
	if err := c.checkListeners(); err != nil {
		return nil, err
	}
	if err := c.request.check(); err != nil {
		return nil, err
	}
	if c.body, err = Encode(c.request); err != nil {
		return nil, fmt.Errorf("ceremony: %w", err)
	}
	if c.file, err = sign(c.body, requestType, signature); err != nil {
		return nil, err
	}
	return c, nil
}

// Parse reads a request and verifies that its maker signed it. The profiles in
// it are read and verified by the function that is given, which returns a Party
// without its name; the name in the request is what it was told.
func Parse(file []byte, read func(profile []byte) (Party, error)) (*Ceremony, error) {
	e, err := open(file)
	if err != nil {
		return nil, err
	}
	c := &Ceremony{body: e.Body, file: slices.Clone(file)}
	if err := Decode(e.Body, &c.request); err != nil {
		return nil, fmt.Errorf("ceremony: not a request: %w", err)
	}
	if err := c.request.check(); err != nil {
		return nil, err
	}
	for _, p := range c.request.Parties {
		party, err := read(p.Profile)
		if err != nil {
			return nil, fmt.Errorf("ceremony: the profile of %q: %w", p.Name, err)
		}
		party.Name, party.Profile = p.Name, p.Profile
		c.parties = append(c.parties, party)
	}
	if err := c.checkParties(); err != nil {
		return nil, err
	}
	if err := c.checkListeners(); err != nil {
		return nil, err
	}
	maker := c.party(c.Maker())
	if maker == nil {
		return nil, errors.New("ceremony: the maker of the request is none of its parties")
	}
	if err := e.Verify(maker.Signature); err != nil {
		return nil, &ForgeryError{maker.Name, err}
	}
	return c, nil
}

func (r *request) check() error {
	_, err := time.Parse(time.RFC3339, r.Created)
	switch {
	case r.Version != version:
		return fmt.Errorf("ceremony: a request of version %d, which is not known", r.Version)
	case !isName(r.Request) || !isName(r.Maker) || r.Purpose != "" && !isName(r.Purpose):
		return errors.New("ceremony: a text in the request is empty, too long, or cannot be printed")
	case len(r.Nonce) != nonceLen || err != nil || len(r.Parameters) == 0 || r.Parameters[0] != '{':
		return errors.New("ceremony: a member of the request is not in its form")
	case r.Rounds < 1 || r.Rounds > MaxRounds:
		return fmt.Errorf("ceremony: a ceremony has 1 to %d rounds", MaxRounds)
	case len(r.Parties) < 1 || len(r.Parties) > MaxParties:
		return fmt.Errorf("ceremony: a ceremony has 1 to %d parties", MaxParties)
	}
	return nil
}

// checkParties refuses two parties that share a name, a profile or a key.
func (c *Ceremony) checkParties() error {
	for i, p := range c.parties {
		if err := p.check(); err != nil {
			return err
		}
		for _, q := range c.parties[:i] {
			switch {
			case p.Name == q.Name:
				return fmt.Errorf("ceremony: two parties are called %s", p.Name)
			case p.Fingerprint.Matches(q.Fingerprint), p.Signature.Equal(q.Signature), p.Encryption.Equal(q.Encryption):
				return fmt.Errorf("ceremony: %s and %s are the same party", q.Name, p.Name)
			}
		}
	}
	return nil
}

// checkListeners refuses listeners who are no parties, or not in their order.
func (c *Ceremony) checkListeners() error {
	last, names := -1, c.Names()
	for _, name := range c.Listeners {
		i := slices.Index(names, name)
		if i <= last {
			return errors.New("ceremony: the listeners are not parties in their order")
		}
		last = i
	}
	return nil
}

// Speakers are the names of those who send messages, in their order.
func (c *Ceremony) Speakers() []string {
	return slices.DeleteFunc(c.Names(), func(name string) bool { return slices.Contains(c.Listeners, name) })
}

// Kind is what kind of ceremony it is.
func (c *Ceremony) Kind() string { return c.request.Request }

// Maker is the name of the party that made the request.
func (c *Ceremony) Maker() string { return c.request.Maker }

// Purpose is a line for people, or empty.
func (c *Ceremony) Purpose() string { return c.request.Purpose }

// Created is when the request says it was made.
func (c *Ceremony) Created() string { return c.request.Created }

// Rounds is the number of rounds.
func (c *Ceremony) Rounds() int { return c.request.Rounds }

// Parameters reads the parameters, as Decode does.
func (c *Ceremony) Parameters(v any) error {
	if err := Decode(c.request.Parameters, v); err != nil {
		return fmt.Errorf("ceremony: the parameters of the request: %w", err)
	}
	return nil
}

// Parties are those who take part, in the order of the request.
func (c *Ceremony) Parties() []Party { return slices.Clone(c.parties) }

// Names are the names of the parties in their order.
func (c *Ceremony) Names() []string {
	var names []string
	for _, p := range c.parties {
		names = append(names, p.Name)
	}
	return names
}

func (c *Ceremony) party(name string) *Party {
	for i := range c.parties {
		if c.parties[i].Name == name {
			return &c.parties[i]
		}
	}
	return nil
}

// Bytes is the request as a file.
func (c *Ceremony) Bytes() []byte { return slices.Clone(c.file) }

// ID is what messages name the ceremony by: SHA-512/256 of the request that was
// signed. It serves protocols as context.
func (c *Ceremony) ID() []byte {
	id := digest(c.body)
	return id[:]
}

func digest(signed []byte) [sha512.Size256]byte { return sha512.Sum512_256(signed) }

// digestType is the content type of the digests that people compare.
const digestType = "application/meshkey-ceremony"

// digestBits is how much of a digest is shown: enough that who makes up
// messages does not find two that go with one digest.
const digestBits = 200

// Name is the digest of the request in letters, for people to compare.
func (c *Ceremony) Name() string { return udf.FingerprintOf(c.body, digestType).String() }

// sign makes an envelope in clear.
func sign(body []byte, what string, key *cogen.PrivateKey) ([]byte, error) {
	e, err := dare.Sign(body, dare.ContentMeta{MessageType: what, ContentType: contentType}, key)
	if err != nil {
		return nil, fmt.Errorf("ceremony: %w", err)
	}
	if file := e.Bytes(); len(file) <= MaxFile {
		return file, nil
	}
	return nil, fmt.Errorf("ceremony: more than %d octets", MaxFile)
}

// open reads an envelope in clear, whose signature is still to be verified.
func open(file []byte) (*dare.Envelope, error) {
	if len(file) > MaxFile {
		return nil, fmt.Errorf("ceremony: more than %d octets", MaxFile)
	}
	e, err := dare.Parse(file)
	if err != nil {
		return nil, fmt.Errorf("ceremony: %w", err)
	}
	if e.Encrypted() {
		return nil, errors.New("ceremony: the envelope is encrypted")
	}
	return e, nil
}
