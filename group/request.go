package group

import (
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/internal/jsonb"
	"meshkey/mesh"
	"meshkey/udf"
)

// MaxItems is the greatest number of envelopes that are asked for at once.
const MaxItems = 256

// A Request asks for contributions to the decryption of envelopes. It is signed
// by the member who will decrypt, whom it names. It holds no secret, and of the
// envelopes only what their headers say. docs/FORMATS.md, Groups.
type Request struct {
	envelope *dare.Envelope
	digest   [sha512.Size]byte // of the body
	id       string
	group    string
	grantee  string
	items    []Item
}

// An Item is one envelope of a Request.
type Item struct {
	// Name is the fingerprint of the ephemeral key, by which whoever has the
	// envelope knows it again: see Sealed.Name. A contribution is good for what was
	// sealed with that key and for nothing else.
	Name      string
	Key       string           // fingerprint of the group's key that it is sealed to
	Ephemeral *cogen.PublicKey // of the sender, made for this envelope alone

	highest int // see cogen.Context
}

type requestBody struct {
	jsonb.Rest
	Version   int64       `jsonb:"Version"`
	Id        string      `jsonb:"Id"`
	Group     string      `jsonb:"Group"`
	Grantee   string      `jsonb:"GranteeAccount"`
	Envelopes []*itemBody `jsonb:"Envelopes"`
}

type itemBody struct {
	jsonb.Rest
	Key       string              `jsonb:"Key"`
	Highest   int64               `jsonb:"Highest"`
	Ephemeral *mesh.PublicKeyECDH `jsonb:"Ephemeral"`
}

// newRequest signs a request for items.
func newRequest(g *Group, id *Identity, items []Item) (*Request, error) {
	nonce, err := newNonce()
	if err != nil {
		return nil, err
	}
	b := &requestBody{Version: version, Id: nonce, Group: g.Fingerprint().String(), Grantee: id.Address}
	for _, i := range items {
		b.Envelopes = append(b.Envelopes, &itemBody{
			Key: i.Key, Highest: int64(i.highest), Ephemeral: publicECDH(i.Ephemeral),
		})
	}
	body, err := marshal(&tagged{Request: b})
	if err != nil {
		return nil, err
	}
	e, err := dare.Sign(body, meta(tagRequest), id.signature)
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	return parseRequest(e.Bytes())
}

// ParseRequest reads a request and verifies that a member of the group as it
// stands signed it; ErrNotMember otherwise.
func ParseRequest(b []byte, g *Group) (*Request, error) {
	r, err := parseRequest(b)
	if err != nil {
		return nil, err
	}
	if _, err := r.verify(g); err != nil {
		return nil, err
	}
	return r, nil
}

func parseRequest(b []byte) (*Request, error) {
	e, err := dare.Parse(b)
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	t, err := unmarshal(e.Body)
	if err != nil {
		return nil, err
	}
	if t.Request == nil || e.Encrypted() {
		return nil, errors.New("group: the envelope holds no request")
	}
	d := t.Request
	if d.Version != version {
		return nil, errVersion
	}
	if nonce, err := udf.ParseNonce(d.Id); err != nil || len(nonce) < 16 {
		return nil, errors.New("group: a request needs a nonce of 16 octets")
	}
	r := &Request{envelope: e, digest: sha512.Sum512(e.Body), id: d.Id, group: d.Group, grantee: d.Grantee}
	if len(d.Envelopes) == 0 || len(d.Envelopes) > MaxItems {
		return nil, fmt.Errorf("group: a request is for 1 to %d envelopes", MaxItems)
	}
	for _, ib := range d.Envelopes {
		if ib.Ephemeral == nil {
			return nil, errors.New("group: a request without an ephemeral key")
		}
		if ib.Highest < 0 || ib.Highest > cogen.MaxHighest {
			return nil, errors.New("group: a request with an index that is too high")
		}
		i := Item{Key: ib.Key, highest: int(ib.Highest)}
		a, err := cogen.ParseAlgorithm(ib.Ephemeral.Crv)
		if err == nil {
			i.Ephemeral, err = a.NewPublicKey(ib.Ephemeral.Public)
		}
		if err != nil {
			return nil, fmt.Errorf("group: an ephemeral key: %w", err)
		}
		i.Name = name(i.Ephemeral)
		if slices.ContainsFunc(r.items, func(o Item) bool { return o.Key == i.Key && o.Ephemeral.Equal(i.Ephemeral) }) {
			return nil, errors.New("group: an envelope comes twice")
		}
		r.items = append(r.items, i)
	}
	return r, nil
}

// verify returns the member who signed the request.
func (r *Request) verify(g *Group) (*Member, error) {
	m, err := r.asker(g)
	if err != nil {
		return nil, err
	}
	if err := r.envelope.Verify(m.Signature); err != nil {
		return nil, fmt.Errorf("group: the request is not one of %q: %w", r.grantee, err)
	}
	return m, nil
}

// verifyBy is verify, unless it is the member's key that signed what the request
// came in.
func (r *Request) verifyBy(g *Group, signer *cogen.PublicKey) error {
	m, err := r.asker(g)
	if err != nil || signer != nil && m.Signature.Equal(signer) {
		return err
	}
	_, err = r.verify(g)
	return err
}

// asker is the member whom the request names.
func (r *Request) asker(g *Group) (*Member, error) {
	if r.group != g.Fingerprint().String() {
		return nil, errors.New("group: a request to another group")
	}
	m := g.Member(r.grantee)
	if m == nil {
		return nil, ErrNotMember
	}
	return m, nil
}

// Bytes writes the request.
func (r *Request) Bytes() []byte { return r.envelope.Bytes() }

// Group is the fingerprint of the group.
func (r *Request) Group() string { return r.group }

// Grantee is the address of the member who asks.
func (r *Request) Grantee() string { return r.grantee }

// Digest is that of what was signed: of two requests with the same one, the
// second is the first, asked again.
func (r *Request) Digest() [sha512.Size]byte { return r.digest }

// Capabilities lists the Ids of the service's halves that the request asks to be
// used, in the order of its items and each once.
func (r *Request) Capabilities(g *Group) ([]string, error) {
	operations, err := r.operations(g)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, o := range operations {
		if !slices.Contains(out, o.KeyId) {
			out = append(out, o.KeyId)
		}
	}
	return out, nil
}

// Items lists the envelopes that are asked for.
func (r *Request) Items() []Item { return slices.Clone(r.items) }

// name stands for the request in proofs and answers: a digest of all of it.
func (r *Request) name() string { return hex.EncodeToString(r.digest[:]) }

// context is what the proof of the contribution to one envelope is bound to.
func (r *Request) context(i Item) cogen.Context {
	return cogen.Context{Group: r.group, Request: r.name(), Grantee: r.grantee, Highest: i.highest}
}
