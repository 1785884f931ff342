package group

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/internal/secret"
)

// Encrypt writes an envelope to w that the group can decrypt, as any program of
// the Mesh reads it, signed by signer. size is the number of octets in r, or −1
// if it is not known.
//
// Without a signer the envelope is of a form of ours, which is authenticated as
// a whole but says nothing of who made it. Neither is malleable.
func (g *Group) Encrypt(w io.Writer, r io.Reader, size int64, signer *cogen.PrivateKey) error {
	return dare.SealTo(w, r, size, dare.SealOptions{Recipients: []*cogen.PublicKey{g.Key()}, Signer: signer, Anonymous: signer == nil})
}

// Sealed is an envelope that is to be decrypted. Of what it holds nothing is
// read before it is opened.
type Sealed struct{ reader *dare.Reader }

// ReadSealed reads the header of an envelope. Reading goes on when it is
// opened; dare.Reader says which readers have to be able to seek.
func ReadSealed(r io.Reader) (*Sealed, error) {
	in, err := dare.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	return &Sealed{in}, nil
}

// item is what is asked for to open an envelope with a key of the group.
func (s *Sealed) item(g *Group) (Item, error) {
	for _, to := range s.reader.Header().Recipients {
		k := g.key(to.Kid)
		if k == nil || to.Epk == nil || to.Epk.ECDH == nil || to.Epk.ECDH.Crv != k.public.Algorithm().String() {
			continue
		}
		ephemeral, err := k.public.Algorithm().NewPublicKey(to.Epk.ECDH.Public)
		if err != nil {
			return Item{}, fmt.Errorf("group: the envelope's ephemeral key: %w", err)
		}
		return Item{name(ephemeral), name(k.public), ephemeral, k.highest()}, nil
	}
	return Item{}, &dare.RecipientError{Have: s.reader.Recipients()}
}

// Name is what a request calls the envelope, by which those who are asked for a
// contribution know it again; an error if it is not encrypted to the group.
func (s *Sealed) Name(g *Group) (string, error) {
	i, err := s.item(g)
	return i.Name, err
}

// A Decryption collects what it takes to open envelopes. It is secret, and not
// for several goroutines at once.
type Decryption struct {
	member  *Membership
	request *Request
	answers map[string]*Answer
}

// Begin asks for the envelopes to be opened: Request is for those whose answers
// are to be added. The member's own contributions are made here.
func (m *Membership) Begin(sealed ...*Sealed) (*Decryption, error) {
	var items []Item
	for _, s := range sealed {
		i, err := s.item(m.group)
		if err != nil {
			return nil, err
		}
		items = append(items, i)
	}
	r, err := newRequest(m.group, m.id, items)
	if err != nil {
		return nil, err
	}
	return m.Resume(r)
}

// Resume takes up a request of the member's that was made before.
func (m *Membership) Resume(r *Request) (*Decryption, error) {
	if from, err := r.verify(m.group); err != nil || from.Address != m.id.Address {
		return nil, errors.New("group: a request of another member")
	}
	own, err := m.answer(r)
	if err != nil {
		return nil, err
	}
	return &Decryption{m, r, map[string]*Answer{m.id.Address: own}}, nil
}

// Request is what others are asked.
func (d *Decryption) Request() *Request { return d.request }

// Add takes one answer and checks its proofs. A contribution that is not the one
// that the record's public side of the half demands is a *CheatError, which says
// whose; what was added before stays.
func (d *Decryption) Add(a *Answer) error {
	g := d.member.group
	if a.request != d.request.name() {
		return fmt.Errorf("group: %q answers another request", a.from)
	}
	if len(a.partials) != len(d.request.items) {
		return &CheatError{a.from, "answers for another number of envelopes"}
	}
	if _, ok := d.answers[a.from]; ok {
		return fmt.Errorf("group: %q has answered already", a.from)
	}
	for n, i := range d.request.items {
		k := g.key(i.Key)
		holder, index, err := k.answers(a.from, d.member.id.Address)
		if err != nil {
			return err
		}
		p := a.partials[n]
		if p.Index() != index {
			return &CheatError{a.from, "contributes with another's index"}
		}
		if err := p.Verify(holder, i.Ephemeral, d.request.context(i)); err != nil {
			return &CheatError{a.from, "a contribution that is not proved for the half in the record: it is wrong, or made with a half from before the last change"}
		}
	}
	d.answers[a.from] = a
	return nil
}

// answers returns the public side of what someone contributes with.
func (k *key) answers(from, grantee string) (*cogen.PublicKey, cogen.Index, error) {
	if from == Service && k.mode.hasService() {
		if h := k.of(grantee); h != nil {
			return h.service, cogen.Index{}, nil
		}
	}
	if h := k.of(from); h != nil && k.mode.shared() {
		p, err := h.public()
		return p, h.index, err
	}
	return nil, cogen.Index{}, fmt.Errorf("group: %q has nothing to contribute: %w", from, ErrNotMember)
}

// Missing is nil if all envelopes can be opened, and else a *TooFewError.
func (d *Decryption) Missing() error {
	for _, i := range d.request.items {
		if _, err := d.enough(i); err != nil {
			return err
		}
	}
	return nil
}

// enough returns as many answers as the key takes.
func (d *Decryption) enough(i Item) ([]*Answer, error) {
	k := d.member.group.key(i.Key)
	out := []*Answer{d.answers[d.member.id.Address]}
	if k.mode.hasService() {
		a := d.answers[Service]
		if a == nil {
			return nil, &TooFewError{1, []string{Service}}
		}
		out = append(out, a)
	}
	if !k.mode.shared() {
		return out, nil
	}
	have, from := 1, []string(nil)
	for _, h := range k.halves { // in the order of their indexes
		a := d.answers[h.member]
		switch {
		case h.member == d.member.id.Address || have == k.need:
		case a == nil:
			from = append(from, h.member)
		default:
			out, have = append(out, a), have+1
		}
	}
	if have < k.need {
		return nil, &TooFewError{k.need - have, from}
	}
	return out, nil
}

// Named implements dare.Key.
func (d *Decryption) Named(kid string) bool { return d.member.group.key(kid) != nil }

// Agree implements dare.Key: it adds up the contributions, which were all
// verified when they were added.
func (d *Decryption) Agree(ephemeral *cogen.PublicKey) ([]byte, error) {
	n := slices.IndexFunc(d.request.items, func(i Item) bool { return ephemeral != nil && i.Ephemeral.Equal(ephemeral) })
	if n < 0 {
		return nil, errors.New("group: an envelope that was not asked for")
	}
	answers, err := d.enough(d.request.items[n])
	if err != nil {
		return nil, err
	}
	var partials []*cogen.Partial
	for _, a := range answers {
		partials = append(partials, a.partials[n])
	}
	return cogen.CombineAgreements(partials...)
}

// Open decrypts one of the envelopes and writes it to w. A signed one must be
// signed by a member of the group or with one of the keys senders; the
// fingerprint of that key is returned. One that nobody signed must be
// authenticated, and the fingerprint is empty: somebody encrypted to the group
// what was written, unchanged. After an error what was written has to be thrown
// away.
func (d *Decryption) Open(w io.Writer, s *Sealed, senders ...*cogen.PublicKey) (signer string, err error) {
	if err := d.Missing(); err != nil {
		return "", err
	}
	names, err := s.reader.Signers()
	if err != nil {
		return "", fmt.Errorf("group: %w", err)
	}
	switch {
	case len(names) > 0:
		if signer, err = d.sender(names, s.reader.Verify, senders); err != nil {
			return "", err
		}
	case !s.reader.Authenticated():
		return "", ErrMalleable
	}
	if err := s.reader.Open(w, d); err != nil {
		return "", fmt.Errorf("group: %w", err)
	}
	return signer, nil
}

// OpenUnsigned is Open for an envelope that is neither signed nor
// authenticated, as older programs write them: anyone may have changed what is
// written, and the caller must say so to the person.
func (d *Decryption) OpenUnsigned(w io.Writer, s *Sealed) error {
	if err := d.Missing(); err != nil {
		return err
	}
	if err := s.reader.Open(w, d); err != nil {
		return fmt.Errorf("group: %w", err)
	}
	return nil
}

func (d *Decryption) sender(names []string, verify func(*cogen.PublicKey) error, senders []*cogen.PublicKey) (string, error) {
	for _, s := range senders {
		if slices.ContainsFunc(names, func(n string) bool { return named(s, n) }) {
			if err := verify(s); err != nil {
				return "", fmt.Errorf("group: %w", err)
			}
			return name(s), nil
		}
	}
	m, err := d.member.group.signer(names, verify)
	if err != nil {
		return "", err
	}
	return name(m.Signature), nil
}

// Decrypt asks the helpers, in their order and as long as it takes more of them,
// and opens one envelope. For several envelopes, and for answers that come in
// files, use Begin.
func (m *Membership) Decrypt(ctx context.Context, w io.Writer, r io.Reader, helpers ...Helper) (signer string, err error) {
	s, err := ReadSealed(r)
	if err != nil {
		return "", err
	}
	d, err := m.Begin(s)
	if err != nil {
		return "", err
	}
	var failed []error
	for _, h := range helpers {
		if d.Missing() == nil {
			break
		}
		a, err := h.Contribute(ctx, d.Request())
		if err == nil {
			err = d.Add(a)
		}
		if err != nil {
			failed = append(failed, err)
		}
	}
	if err := d.Missing(); err != nil {
		return "", errors.Join(append(failed, err)...)
	}
	return d.Open(w, s)
}

// Format implements fmt.Formatter and writes "[secret]".
func (d Decryption) Format(f fmt.State, verb rune) { secret.Bytes{}.Format(f, verb) }
