package group

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/internal/jsonb"
	"meshkey/internal/secret"
)

// A Helper answers requests: the key service, or another member who was asked.
// In the answer there is a contribution to each envelope of the request, with
// its proof. It refuses with ErrNotMember whom it does not know.
type Helper interface {
	Contribute(ctx context.Context, r *Request) (*Answer, error)
}

// An Answer is one party's contributions to a Request. Enough of them together
// open the envelopes, so it is for the one who asked and nobody else: Seal it,
// or pass it on a channel that is.
type Answer struct {
	from     string // address of a member, or Service
	request  string
	partials []*cogen.Partial
}

type answerBody struct {
	jsonb.Rest
	Version  int64          `jsonb:"Version"`
	Request  string         `jsonb:"Request"`
	From     string         `jsonb:"From"`
	Partials []*partialBody `jsonb:"Partials"`
}

type partialBody struct {
	jsonb.Rest
	Index  string        `jsonb:"Index"`
	Result *secret.Bytes `jsonb:"Result"`
	Proof  []byte        `jsonb:"Proof"`
}

// From is the address of the member who answers, or Service.
func (a *Answer) From() string { return a.from }

// Format implements fmt.Formatter and writes "[secret]".
func (a Answer) Format(f fmt.State, verb rune) { secret.Bytes{}.Format(f, verb) }

// Seal writes a member's answer for the one who asked: sealed to him, and
// signed by the member.
func (a *Answer) Seal(g *Group, r *Request, from *Identity) ([]byte, error) {
	to, err := r.verify(g)
	if err != nil {
		return nil, err
	}
	isService := g.service != nil && g.service.Signature.Equal(from.Signature)
	if a.request != r.name() || (a.from == Service) != isService || !isService && a.from != from.Address {
		return nil, errors.New("group: an answer to another request, or another's")
	}
	b := &answerBody{Version: version, Request: a.request, From: a.from}
	for _, p := range a.partials {
		pb := &partialBody{Result: secret.Take(p.Bytes()), Proof: p.Proof()}
		defer pb.Result.Wipe()
		if !p.Index().IsZero() {
			pb.Index = p.Index().String()
		}
		b.Partials = append(b.Partials, pb)
	}
	plaintext, err := marshal(&tagged{Answer: b})
	if err != nil {
		return nil, err
	}
	defer secret.Wipe(plaintext)
	e, err := dare.Seal(plaintext, dare.SealOptions{Recipients: []*cogen.PublicKey{to.Encryption}, Signer: from.signature, Meta: meta(tagAnswer)})
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	return e.Bytes(), nil
}

// OpenAnswer opens what a member sealed for id in answer to r. The proofs are
// checked by Decryption.Add.
func OpenAnswer(b []byte, g *Group, r *Request, id *Identity) (*Answer, error) {
	e, err := dare.Parse(b)
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	from, err := g.answerer(e)
	if err != nil {
		return nil, err
	}
	plaintext, err := e.Open(dare.PrivateKey(id.encryption))
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	defer secret.Wipe(plaintext)
	t, err := unmarshal(plaintext)
	if err != nil {
		return nil, err
	}
	d := t.Answer
	switch {
	case d == nil:
		return nil, errors.New("group: the envelope holds no answer")
	case d.Version != version:
		return nil, errVersion
	case d.From != from:
		return nil, &CheatError{from, "signs an answer in another's name"}
	case d.Request != r.name():
		return nil, fmt.Errorf("group: %q answers another request", d.From)
	}
	a := &Answer{from: d.From, request: d.Request}
	if len(d.Partials) != len(r.items) {
		return nil, &CheatError{d.From, "answers for another number of envelopes"}
	}
	for i, pb := range d.Partials {
		var index cogen.Index
		if pb.Index != "" {
			if index, err = cogen.ParseIndex(pb.Index); err != nil {
				return nil, &CheatError{d.From, "answers with something that is no contribution"}
			}
		}
		p, err := r.items[i].Ephemeral.Algorithm().ParsePartial(index, bytes.Clone(pb.Result.Reveal()), pb.Proof)
		pb.Result.Wipe()
		if err != nil {
			return nil, &CheatError{d.From, "answers with something that is no contribution"}
		}
		a.partials = append(a.partials, p)
	}
	return a, nil
}

// answerer returns whose signature an answer has.
func (g *Group) answerer(e *dare.Envelope) (string, error) {
	if g.service != nil {
		switch err := e.Verify(g.service.Signature); {
		case err == nil:
			return Service, nil
		case errors.As(err, new(*dare.SignatureError)):
			return "", fmt.Errorf("group: an answer in the name of the service: %w", err)
		}
	}
	m, err := g.signer(e.Signers(), e.Verify)
	if err != nil {
		return "", err
	}
	return m.Address, nil
}

// signer returns the member who signed something.
func (g *Group) signer(names []string, verify func(*cogen.PublicKey) error) (*Member, error) {
	if len(names) == 0 {
		return nil, fmt.Errorf("group: %w", dare.ErrUnsigned)
	}
	var wrong error
	for i := range g.members {
		m := &g.members[i]
		if !slices.ContainsFunc(names, func(name string) bool { return named(m.Signature, name) }) {
			continue
		}
		if wrong = verify(m.Signature); wrong == nil {
			return m, nil
		}
	}
	if wrong != nil {
		return nil, fmt.Errorf("group: %w", wrong)
	}
	return nil, fmt.Errorf("group: signed by nobody of the group: %w", ErrNotMember)
}
