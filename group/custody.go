package group

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"

	"meshkey/cogen"
	"meshkey/internal/secret"
)

// A Custody is what a key service has of one group: its record, and the
// service's halves of its keys. It is secret. Several goroutines may use it.
//
// Halves are known by their places, one for every member and key: text that is
// the same as long as the member has a half of the key, by which a store keeps
// them. If the service is an appointed administrator, its part counts as a half.
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
		for d := range old.group.deposits() {
			had[d.place] = d.public
		}
	}
	for d := range c.group.deposits() {
		if c.halves[d.place] != nil {
			continue
		}
		if public := had[d.place]; public == nil || !public.Equal(d.public) {
			return missing(d.place)
		}
	}
	return nil
}

// missing is the error for what a service should have in a place.
func missing(place string) error {
	key, member, _ := strings.Cut(place, " ")
	if key == "administrator" {
		return errors.New("group: the service's part as an administrator is missing")
	}
	return fmt.Errorf("group: the service's half for %q is missing", member)
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
		for d := range c.group.deposits() {
			if !yield(d.place) {
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
		for d := range c.group.deposits() {
			if half := c.halves[d.place]; half != nil && !yield(d.place, half) {
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
	var p *cogen.Partial
	err := c.use(ctx, deposit{of.place(), of.half.service}, func(half *cogen.PrivateKey) (err error) {
		if p, err = half.AgreeProved(i.Ephemeral, r.context(i)); err != nil {
			err = fmt.Errorf("group: %w", err)
		}
		return err
	})
	return p, err
}

// use does something with what is in a place, which is not wiped meanwhile.
func (c *Custody) use(ctx context.Context, d deposit, do func(*cogen.PrivateKey) error) error {
	if err := c.fetch(ctx, d); err != nil {
		return err
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	half := c.halves[d.place]
	if half == nil {
		return errWiped
	}
	return do(half)
}

var errWiped = errors.New("group: the halves were wiped")

// fetch sees to it that a half is in memory.
func (c *Custody) fetch(ctx context.Context, d deposit) error {
	c.mu.RLock()
	there := c.halves[d.place] != nil
	c.mu.RUnlock()
	if there {
		return nil
	}
	if c.load == nil {
		return missing(d.place)
	}
	scalar, err := c.load(ctx, d.place)
	if err != nil {
		return err
	}
	defer secret.Wipe(scalar)
	half, err := d.public.Algorithm().NewPrivateScalar(scalar)
	if err != nil {
		return errShare
	}
	if !half.PublicKey().Equal(d.public) {
		half.Wipe()
		return errShare
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.wiped || c.halves[d.place] != nil { // another was faster
		half.Wipe()
		return nil
	}
	c.halves[d.place] = half
	return nil
}

// inherit takes over from old, which is used up, the halves that stay.
func (c *Custody) inherit(old *Custody) {
	old.mu.Lock()
	for d := range c.group.deposits() {
		if half := old.halves[d.place]; half != nil && c.halves[d.place] == nil {
			c.halves[d.place] = half
			delete(old.halves, d.place)
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
