package server

import (
	"bytes"
	"container/list"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"

	"meshkey/group"
	"meshkey/keyservice/store"
)

// The tables of groups. A group's head changes with its record, and so is all
// that a transaction has to look at.
const (
	tableGroups  store.Table = "group"        // address: serial number, digest of the record, fingerprint
	tableRecords store.Table = "group-record" // fingerprint, 0, number of the piece: a piece of the record
	tableHalves  store.Table = "group-half"   // fingerprint, 0, place: the service's half, sealed
)

// pieceLen is how much of a record is in one entry of the store.
const pieceLen = store.MaxValue / 2

// headOf is what the store has under a group's address.
func headOf(g *group.Group, record []byte) []byte {
	d := sha256.Sum256(record)
	b := binary.BigEndian.AppendUint64(nil, uint64(g.Serial()))
	b = append(b, d[:]...)
	return append(b, g.Fingerprint().String()...)
}

const headLen = 8 + sha256.Size // and the fingerprint

func pieceKey(fingerprint string, i int) []byte {
	return binary.BigEndian.AppendUint16([]byte(fingerprint+"\x00"), uint16(i))
}

func halfKey(fingerprint, place string) []byte { return []byte(fingerprint + "\x00" + place) }

// A holding is a group in memory: its record and the service's halves, as they
// were under one head. It is secret. Who takes it lets go of it, and then it is
// wiped if it was dropped meanwhile.
type holding struct {
	address string
	custody *group.Custody
	head    []byte
	octets  int // of the record

	ready chan struct{} // closed when the above, or err, is there
	err   error

	users   int  // guarded by holdings.mu, as those below are
	counted bool // among the octets that are held
	dropped bool // from the cache
}

// still checks that the store has the group as it was.
func (h *holding) still(r store.Reader) error {
	now, err := r.Get(tableGroups, []byte(h.address))
	if err != nil {
		return err
	}
	if !bytes.Equal(now, h.head) {
		return errChanged
	}
	return nil
}

// maxHeld bounds the records of the groups in memory together, in octets: one can
// have megabytes, and who may register groups chooses how many. A group in memory
// takes a few times as much.
const maxHeld = 64 << 20

// maxReading bounds the groups that are read at once. Anybody who can name groups
// has them read, before it is known who he is; without the bound, as many would be
// in memory at once as calls are.
const maxReading = 8

// holdings are the groups that were used last. They save work alone: what counts
// is in the store.
type holdings struct {
	max, most int           // groups, and octets of their records
	reading   chan struct{} // those who read one

	mu     sync.Mutex
	by     map[string]*list.Element // by address; of *holding
	order  *list.List               // the one used last in front
	octets int
}

func newHoldings(max int) *holdings {
	return &holdings{max: max, most: maxHeld, reading: make(chan struct{}, maxReading), by: map[string]*list.Element{}, order: list.New()}
}

// take returns a group, and reads it with load if it is not there; several who
// want it wait for one of them.
func (c *holdings) take(ctx context.Context, address string, load func(*holding) error) (*holding, error) {
	c.mu.Lock()
	if e := c.by[address]; e != nil {
		h := e.Value.(*holding)
		h.users++
		c.order.MoveToFront(e)
		c.mu.Unlock()
		select {
		case <-h.ready:
		case <-ctx.Done():
			c.release(h)
			return nil, ctx.Err()
		}
		if h.err != nil {
			c.release(h)
			return nil, h.err
		}
		return h, nil
	}
	h := &holding{address: address, ready: make(chan struct{}), users: 1}
	c.by[address] = c.order.PushFront(h)
	c.mu.Unlock()
	defer close(h.ready)
	h.err = errors.New("server: reading a group did not end")
	defer func() {
		if h.err != nil { // or nobody could ask for the group again
			c.drop(h)
			c.release(h)
		}
	}()
	// Whoever waits for this group waits here too, whether the caller does or not.
	c.reading <- struct{}{}
	defer func() { <-c.reading }()
	if h.err = load(h); h.err != nil {
		return nil, h.err
	}
	// Not before: who asks for what is not there takes nobody's place.
	c.mu.Lock()
	defer c.mu.Unlock()
	if !h.dropped {
		h.counted = true
		c.octets += h.octets
	}
	for c.order.Len() > c.max || c.octets > c.most && c.order.Len() > 1 {
		c.remove(c.order.Back())
	}
	return h, nil
}

// release lets go of a group.
func (c *holdings) release(h *holding) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h.users--
	h.wipe()
}

// drop takes a group out of the cache.
func (c *holdings) drop(h *holding) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.by[h.address]; e != nil && e.Value == h {
		c.remove(e)
	}
}

// clear drops all.
func (c *holdings) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.order.Len() > 0 {
		c.remove(c.order.Back())
	}
}

func (c *holdings) remove(e *list.Element) {
	h := c.order.Remove(e).(*holding)
	delete(c.by, h.address)
	if h.counted {
		c.octets -= h.octets
	}
	h.dropped = true
	h.wipe()
}

// wipe clears what nobody uses or finds any more.
func (h *holding) wipe() {
	if h.dropped && h.users == 0 && h.custody != nil {
		h.custody.Wipe()
		h.custody = nil
	}
}

// load reads a group's record from the store. It is errNoGroup if there is none.
// Halves are read one by one as they are needed.
func (j *job) load(h *holding) error {
	var head, record []byte
	// Others wait for this too, whose context goes on.
	err := j.server.config.Store.View(context.WithoutCancel(j.ctx), func(r store.Reader) (err error) {
		if head, err = r.Get(tableGroups, []byte(h.address)); err != nil || head == nil {
			return err
		}
		record, err = readRecord(r, string(head[headLen:]))
		return err
	})
	if err != nil {
		return err
	}
	if head == nil {
		return errNoGroup
	}
	c, err := group.LoadCustody(record, j.server.loadHalf(string(head[headLen:]), j.keys.vault))
	if err != nil {
		return fmt.Errorf("server: the record of %s in the store: %w", h.address, err)
	}
	if g := c.Group(); g.Address() != h.address || !bytes.Equal(headOf(g, record), head) {
		return fmt.Errorf("server: the record of %s in the store is not the one that belongs there", h.address)
	}
	h.custody, h.head, h.octets = c, head, len(record)
	return nil
}

// readRecord puts the pieces of a group's record together.
func readRecord(r store.Reader, fingerprint string) (record []byte, err error) {
	err = r.Scan(tableRecords, []byte(fingerprint+"\x00"), nil, func(_, piece []byte) bool {
		record = append(record, piece...)
		return true
	})
	return record, err
}

// loadHalf returns what reads halves of a group from the store.
func (s *Server) loadHalf(fingerprint string, v *vault) func(context.Context, string) ([]byte, error) {
	return func(ctx context.Context, place string) (half []byte, err error) {
		var entry []byte
		err = s.config.Store.View(ctx, func(r store.Reader) (err error) {
			entry, err = r.Get(tableHalves, halfKey(fingerprint, place))
			return err
		})
		if err != nil {
			return nil, err
		}
		return v.openHalf(fingerprint, place, entry)
	}
}

// errNoGroup says that no group of the name is kept here.
var errNoGroup = errors.New("server: no such group")
