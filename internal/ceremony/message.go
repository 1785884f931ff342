package ceremony

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/internal/secret"
)

// message is what a party says to all others in one round.
type message struct {
	Message  string          `json:"message"` // kind of ceremony
	Version  int             `json:"version"`
	Ceremony Octets          `json:"ceremony"` // its ID
	Round    int             `json:"round"`
	From     string          `json:"from"`
	Body     json.RawMessage `json:"body"`
	Secrets  []sealed        `json:"secrets,omitempty"` // in the order of the parties
}

// sealed is a secret for one party.
type sealed struct {
	To     string `json:"to"`
	Sealed Octets `json:"sealed"` // a DARE envelope
}

// enclosed is what is sealed: a secret, or the state a party keeps.
type enclosed struct {
	Secret   string `json:"secret"` // kind of ceremony
	Version  int    `json:"version"`
	Ceremony Octets `json:"ceremony"`
	Round    int    `json:"round"`
	From     string `json:"from"`
	To       string `json:"to"`
	State    bool   `json:"state,omitempty"`
	Body     Octets `json:"body"`
}

// A Draft is a message to be written.
type Draft struct {
	Round   int
	Body    any               // what Encode makes an object of; public
	Secrets map[string][]byte // by the name of the party each is for
}

// Write makes a message of self, signed, with its secrets sealed.
func (c *Ceremony) Write(self *Self, d Draft) ([]byte, error) {
	body, err := Encode(d.Body)
	if err != nil {
		return nil, fmt.Errorf("ceremony: %w", err)
	}
	m := message{c.Kind(), version, c.ID(), d.Round, self.Name, body, nil}
	if err := c.place(m.Round, m.From); err != nil {
		return nil, err
	}
	for _, p := range c.parties {
		text, ok := d.Secrets[p.Name]
		if !ok {
			continue
		}
		envelope, err := c.seal(self, enclosed{Round: d.Round, To: p.Name, Body: text}, p.Encryption)
		if err != nil {
			return nil, err
		}
		m.Secrets = append(m.Secrets, sealed{p.Name, envelope})
	}
	if len(m.Secrets) != len(d.Secrets) {
		return nil, errors.New("ceremony: a secret for somebody who is no party")
	}
	text, err := Encode(m)
	if err != nil {
		return nil, fmt.Errorf("ceremony: %w", err)
	}
	return sign(text, messageType, self.signature)
}

// seal seals for one party what has round, addressee and body.
func (c *Ceremony) seal(self *Self, s enclosed, to *cogen.PublicKey) ([]byte, error) {
	s.Secret, s.Version, s.Ceremony, s.From = c.Kind(), version, c.ID(), self.Name
	text, err := Encode(s)
	if err != nil {
		return nil, fmt.Errorf("ceremony: %w", err)
	}
	defer secret.Wipe(text)
	e, err := dare.Seal(text, dare.SealOptions{
		Recipients: []*cogen.PublicKey{to},
		Signer:     self.signature,
		Meta:       dare.ContentMeta{ContentType: contentType},
	})
	if err != nil {
		return nil, fmt.Errorf("ceremony: %w", err)
	}
	return e.Bytes(), nil
}

// unseal opens what from sealed for self. Whatever is wrong with it is from's
// doing, once a message of his holds it.
func (c *Ceremony) unseal(self *Self, from *Party, envelope []byte) (*enclosed, error) {
	e, err := dare.Parse(envelope)
	if err != nil {
		return nil, err
	}
	if err := e.Verify(from.Signature); err != nil {
		return nil, err
	}
	text, err := e.Open(dare.PrivateKey(self.encryption))
	if err != nil {
		return nil, err
	}
	defer secret.Wipe(text)
	var s enclosed
	if err := Decode(text, &s); err != nil {
		secret.Wipe(s.Body)
		return nil, err
	}
	if s.Secret != c.Kind() || s.Version != version || !bytes.Equal(s.Ceremony, c.ID()) || s.From != from.Name || s.To != self.Name {
		secret.Wipe(s.Body)
		return nil, &ForeignError{Reason: "sealed for another ceremony or party"}
	}
	return &s, nil
}

// place checks that there is such a round and that the sender takes part.
func (c *Ceremony) place(round int, from string) error {
	switch {
	case round < 1 || round > c.Rounds():
		return &ForeignError{from, fmt.Sprintf("a message of round %d, where there are %d", round, c.Rounds())}
	case !slices.Contains(c.Speakers(), from):
		return &ForeignError{from, "a message of nobody who has a say"}
	}
	return nil
}

// read reads a message and verifies whose it is.
func (c *Ceremony) read(file []byte) (*message, []byte, error) {
	e, err := open(file)
	if err != nil {
		return nil, nil, err
	}
	var m message
	if err := Decode(e.Body, &m); err != nil {
		return nil, nil, fmt.Errorf("ceremony: not a message: %w", err)
	}
	switch {
	case m.Version != version:
		return nil, nil, fmt.Errorf("ceremony: a message of version %d, which is not known", m.Version)
	case !isName(m.From):
		return nil, nil, errors.New("ceremony: the sender has no name")
	case m.Message != c.Kind() || !bytes.Equal(m.Ceremony, c.ID()):
		return nil, nil, &ForeignError{m.From, "a message of another ceremony"}
	}
	if err := c.place(m.Round, m.From); err != nil {
		return nil, nil, err
	}
	if len(m.Body) == 0 || m.Body[0] != '{' || !c.ordered(m.Secrets) {
		return nil, nil, errors.New("ceremony: a member of the message is not in its form")
	}
	if err := e.Verify(c.party(m.From).Signature); err != nil {
		return nil, nil, &ForgeryError{m.From, err}
	}
	return &m, e.Body, nil
}

// ordered reports whether secrets are each for another party, in their order.
func (c *Ceremony) ordered(secrets []sealed) bool {
	last, names := -1, c.Names()
	for _, s := range secrets {
		i := slices.Index(names, s.To)
		if i <= last {
			return false
		}
		last = i
	}
	return true
}
