package group

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"

	"meshkey/cogen"
	"meshkey/internal/secret"
)

// A Custody is what a key service has of one group: its record, and the
// service's halves of its keys. It is secret. Several goroutines may use it.
//
// Halves are known by their places, one for every member and key: text that is
// the same as long as the member has a half of the key, by which a store keeps
// them.
type Custody struct {
	group *Group
	load  func(ctx context.Context, place string) ([]byte, error)

	mu     sync.RWMutex
	halves map[string]*cogen.PrivateKey // by place, those that are in memory
	wiped  bool
}

// TakeCustody takes a group's record and the halves that came with it, as
// Keeper.Keep says, for the service that id is. old is what the service has of
// the group, nil if nothing, and stays as it is. In the memory of the new custody
// are the halves that came; the others are where old has them.
func (id *Identity) TakeCustody(old *Custody, record []byte, halves ...[]byte) (*Custody, error) {
	c, err := id.take(record, halves)
	if err != nil {
		return nil, err
	}
	if err := c.follow(old); err != nil {
		c.Wipe()
		return nil, err
	}
	return c, nil
}

// take opens the halves that came with a record.
func (id *Identity) take(record []byte, halves [][]byte) (*Custody, error) {
	g, err := parse(record)
	if err != nil {
		return nil, err
	}
	if g.service == nil || !g.service.Encryption.Equal(id.Encryption) || !g.service.Signature.Equal(id.Signature) {
		return nil, errors.New("group: the group is one of another service, or of none")
	}
	c := &Custody{group: g, halves: map[string]*cogen.PrivateKey{}}
	for _, b := range halves {
		if err := id.open(g, b, c.halves); err != nil {
			c.Wipe()
			return nil, err
		}
	}
	return c, nil
}

// follow checks that c comes after old, and that each half either came or is
// one that old has.
func (c *Custody) follow(old *Custody) error {
	had := map[string]*cogen.PublicKey{}
	if old != nil {
		if err := c.group.Succeeds(old.group); err != nil {
			return err
		}
		c.load = old.load
		for of := range old.group.serviced() {
			had[of.place()] = of.half.service
		}
	}
	for of := range c.group.serviced() {
		if c.halves[of.place()] != nil {
			continue
		}
		if public := had[of.place()]; public == nil || !public.Equal(of.half.service) {
			return fmt.Errorf("group: the service's half for %q is missing", of.half.member)
		}
	}
	return nil
}

// LoadCustody takes up what was kept of a custody: the record, and the halves,
// one by one as they are needed. load returns the scalar of the half in a place,
// which is wiped after use and must be the one whose public side is in the
// record. A half stays in memory until the custody is wiped.
//
// The record is verified, but nobody can tell whether it is the newest.
func LoadCustody(record []byte, load func(ctx context.Context, place string) ([]byte, error)) (*Custody, error) {
	g, err := parse(record)
	if err != nil {
		return nil, err
	}
	return &Custody{group: g, load: load, halves: map[string]*cogen.PrivateKey{}}, nil
}

// Group is the group as the custody's record has it.
func (c *Custody) Group() *Group { return c.group }

// Places are those of all halves, in memory or not.
func (c *Custody) Places() iter.Seq[string] {
	return func(yield func(string) bool) {
		for of := range c.group.serviced() {
			if !yield(of.place()) {
				return
			}
		}
	}
}

// Halves are those in memory, by their places: of a custody just taken, those
// that came with the record. They are the custody's to wipe.
func (c *Custody) Halves() iter.Seq2[string, *cogen.PrivateKey] {
	return func(yield func(string, *cogen.PrivateKey) bool) {
		c.mu.RLock()
		defer c.mu.RUnlock()
		for of := range c.group.serviced() {
			if half := c.halves[of.place()]; half != nil && !yield(of.place(), half) {
				return
			}
		}
	}
}

// Answer makes the service's contributions to what a member asked for. The
// request must be signed by him; ErrNotMember if the record does not have him.
// Whether his conditions are fulfilled is the caller's to decide.
func (c *Custody) Answer(ctx context.Context, r *Request) (*Answer, error) {
	if _, err := r.verify(c.group); err != nil {
		return nil, err
	}
	return c.AnswerVerified(ctx, r)
}

// AnswerVerified is Answer to a request that ParseRequest, ParseOperate or
// ParseOperateBy has read for this record of the group: the signature is not
// verified again.
func (c *Custody) AnswerVerified(ctx context.Context, r *Request) (*Answer, error) {
	if r.group != c.group.Fingerprint().String() {
		return nil, errors.New("group: a request to another group")
	}
	a := &Answer{from: Service, request: r.name()}
	for _, i := range r.items {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		p, err := c.agree(ctx, r, i)
		if err != nil {
			return nil, err
		}
		a.partials = append(a.partials, p)
	}
	return a, nil
}

// agree makes the contribution to one envelope.
func (c *Custody) agree(ctx context.Context, r *Request, i Item) (*cogen.Partial, error) {
	of, ok := c.group.servicedFor(i.Key, r.grantee)
	if !ok {
		return nil, ErrNotMember
	}
	if err := c.fetch(ctx, of); err != nil {
		return nil, err
	}
	c.mu.RLock() // and so it is not wiped
	defer c.mu.RUnlock()
	half := c.halves[of.place()]
	if half == nil {
		return nil, errWiped
	}
	p, err := half.AgreeProved(i.Ephemeral, r.context(i))
	if err != nil {
		return nil, fmt.Errorf("group: %w", err)
	}
	return p, nil
}

var errWiped = errors.New("group: the halves were wiped")

// fetch sees to it that a half is in memory.
func (c *Custody) fetch(ctx context.Context, of servicedHalf) error {
	c.mu.RLock()
	there := c.halves[of.place()] != nil
	c.mu.RUnlock()
	if there {
		return nil
	}
	if c.load == nil {
		return fmt.Errorf("group: the service's half for %q is missing", of.half.member)
	}
	scalar, err := c.load(ctx, of.place())
	if err != nil {
		return err
	}
	defer secret.Wipe(scalar)
	half, err := of.key.public.Algorithm().NewPrivateScalar(scalar)
	if err != nil {
		return errShare
	}
	if !half.PublicKey().Equal(of.half.service) {
		half.Wipe()
		return errShare
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.wiped || c.halves[of.place()] != nil { // another was faster
		half.Wipe()
		return nil
	}
	c.halves[of.place()] = half
	return nil
}

// inherit takes over from old, which is used up, the halves that stay.
func (c *Custody) inherit(old *Custody) {
	old.mu.Lock()
	for of := range c.group.serviced() {
		place := of.place()
		if half := old.halves[place]; half != nil && c.halves[place] == nil {
			c.halves[place] = half
			delete(old.halves, place)
		}
	}
	old.mu.Unlock()
	old.Wipe()
}

// Wipe clears the halves that are in memory, when no answer needs them any
// more. A custody that was wiped answers nothing.
func (c *Custody) Wipe() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, half := range c.halves {
		half.Wipe()
	}
	clear(c.halves)
	c.wiped = true
}

// Format implements fmt.Formatter and writes "[secret]".
func (c *Custody) Format(f fmt.State, verb rune) { secret.Bytes{}.Format(f, verb) }
