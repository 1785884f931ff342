package ceremony

import (
	"bytes"
	"errors"
	"fmt"

	"meshkey/internal/secret"
	"meshkey/udf"
)

// An Inbox holds the messages of a ceremony that one party has, its own among
// them. It holds nothing that was not verified. It is not for several
// goroutines at once.
type Inbox struct {
	ceremony *Ceremony
	self     *Self
	got      map[slot]entry
}

type slot struct {
	round int
	from  string
}

type entry struct {
	*message
	signed []byte
}

// NewInbox returns an empty inbox. Without self it opens no secrets.
func (c *Ceremony) NewInbox(self *Self) *Inbox { return &Inbox{c, self, map[slot]entry{}} }

// Add takes a message, in any order; one that it has is passed over. Errors
// are *ForeignError, *ForgeryError, *ConflictError, and others for what is no
// message.
func (in *Inbox) Add(file []byte) error {
	m, signed, err := in.ceremony.read(file)
	if err != nil {
		return err
	}
	at := slot{m.Round, m.From}
	if old, ok := in.got[at]; ok {
		if !bytes.Equal(old.signed, signed) {
			return &ConflictError{m.From, m.Round}
		}
		return nil
	}
	in.got[at] = entry{m, signed}
	return nil
}

// Has reports whether the message of a party for a round is there.
func (in *Inbox) Has(round int, name string) bool {
	_, ok := in.got[slot{round, name}]
	return ok
}

// Missing names the parties whose messages of a round are not there. It is nil
// if all are.
func (in *Inbox) Missing(round int) []string {
	var names []string
	for _, name := range in.ceremony.Speakers() {
		if !in.Has(round, name) {
			names = append(names, name)
		}
	}
	return names
}

// Complete returns a *MissingError if a message of a round up to this one is
// not there.
func (in *Inbox) Complete(round int) error {
	for r := 1; r <= round; r++ {
		if names := in.Missing(r); names != nil {
			return &MissingError{r, names}
		}
	}
	return nil
}

// Body reads what a party has said in a round into v, as Decode does.
func (in *Inbox) Body(round int, from string, v any) error {
	m, ok := in.got[slot{round, from}]
	if !ok {
		return &MissingError{round, []string{from}}
	}
	if err := Decode(m.Body, v); err != nil {
		return fmt.Errorf("ceremony: the message of %s for round %d: %w", from, round, err)
	}
	return nil
}

// Secret opens what a party has sealed to self in a round. If it does not open,
// was meant for another place, or is not there in a message that is, the error
// is a *SecretError.
func (in *Inbox) Secret(round int, from string) (*secret.Bytes, error) {
	m, ok := in.got[slot{round, from}]
	if !ok {
		return nil, &MissingError{round, []string{from}}
	}
	if in.self == nil {
		return nil, errors.New("ceremony: no key to open a secret with")
	}
	for _, s := range m.Secrets {
		if s.To != in.self.Name {
			continue
		}
		got, err := in.ceremony.unseal(in.self, in.ceremony.party(from), s.Sealed)
		if err != nil {
			return nil, &SecretError{from, err}
		}
		if got.Round != round || got.State {
			secret.Wipe(got.Body)
			return nil, &SecretError{from, errors.New("sealed for another round")}
		}
		return secret.Take(got.Body), nil
	}
	return nil, &SecretError{from, fmt.Errorf("nothing in it is sealed to %s", in.self.Name)}
}

// Digest is a digest, in letters, of the request and of all messages up to a
// round, in the order of rounds and parties. Two parties that read the same one
// to each other have seen the same. The error is a *MissingError.
func (in *Inbox) Digest(round int) (string, error) {
	if err := in.Complete(round); err != nil {
		return "", err
	}
	all := in.ceremony.ID()
	for r := 1; r <= round; r++ {
		for _, name := range in.ceremony.Speakers() {
			id := digest(in.got[slot{r, name}].signed)
			all = append(all, id[:]...)
		}
	}
	return udf.FingerprintOf(all, digestType).Text(digestBits), nil
}
