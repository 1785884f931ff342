package audit

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"meshkey/cogen"
	"meshkey/keyservice/receipt"
	"meshkey/keyservice/store"
)

// maxFindings bounds what Verify lists.
const maxFindings = 1000

// A Finding is something wrong in a log, and where.
type Finding struct {
	Key    string `json:"key,omitempty"`  // empty for a root
	Root   uint64 `json:"root,omitempty"` // number of the root that shows it
	Number uint64 `json:"number"`         // of the record, or of the root
	What   string `json:"what"`
}

// String says it in a line.
func (f Finding) String() string {
	switch {
	case f.Key == "":
		return fmt.Sprintf("root %d %s", f.Number, f.What)
	case f.Root != 0:
		return fmt.Sprintf("record %d of %s %s (root %d)", f.Number, f.Key, f.What, f.Root)
	}
	return fmt.Sprintf("record %d of %s %s", f.Number, f.Key, f.What)
}

// A Report is the result of Verify.
type Report struct {
	Records  uint64    `json:"records"`
	Keys     int       `json:"keys"`
	Roots    uint64    `json:"roots"`
	LastRoot time.Time `json:"lastRoot"`
	Untied   uint64    `json:"untied"` // records that no root covers yet
	Findings []Finding `json:"findings"`
}

type verifier struct {
	Report
	pins    map[string][]pin  // of keys whose records were not seen yet
	covered map[string]uint64 // the last number that a root has, by key
	keys    map[string]*chain
	kept    map[uint64]Hash // roots that are held somewhere else, by number
}

// A pin is what a root says about a key.
type pin struct {
	root, number uint64
	hash         Hash
}

type chain struct {
	number uint64
	hash   Hash
	broken bool
	pins   []pin // of records to come, in their order
}

// Verify checks the whole log: every record, every root, and that they fit.
// Its findings name what was changed, exchanged, taken away or put in. kept
// are receipts and signed roots of before, held somewhere else; they may be
// nil. An error is the store's.
func Verify(r store.Reader, signer *cogen.PublicKey, kept ...Receipt) (*Report, error) {
	v := &verifier{pins: map[string][]pin{}, covered: map[string]uint64{}, keys: map[string]*chain{}, kept: map[uint64]Hash{}}
	for i, b := range kept {
		if err := v.keep(b, signer); err != nil {
			return nil, fmt.Errorf("receipt %d: %w", i+1, err)
		}
	}
	if err := v.roots(r, signer); err != nil {
		return nil, err
	}
	if err := v.records(r); err != nil {
		return nil, err
	}
	if err := v.heads(r); err != nil {
		return nil, err
	}
	slices.SortStableFunc(v.Findings, func(a, b Finding) int {
		if a.Key != b.Key {
			return map[bool]int{true: -1, false: 1}[a.Key < b.Key]
		}
		return int(int64(a.Number) - int64(b.Number))
	})
	return &v.Report, nil
}

// keep notes what a receipt or root that is held somewhere else says.
func (v *verifier) keep(b Receipt, signer *cogen.PublicKey) error {
	record, err := b.Open(signer)
	if err == nil {
		octets, err := record.Bytes()
		if err != nil {
			return err
		}
		v.pins[record.Key] = append(v.pins[record.Key], pin{0, record.Number, recordHash(octets)})
		return nil
	}
	octets, e := receipt.Open("root", b, signer)
	root := new(Root)
	if e != nil || receipt.Strict(octets, root) != nil {
		return err
	}
	v.kept[root.Number] = receipt.HashOf("root", octets)
	for _, head := range root.Heads {
		v.pins[head.Key] = append(v.pins[head.Key], pin{root.Number, head.Number, head.Hash})
	}
	return nil
}

func (v *verifier) find(f Finding) {
	if len(v.Findings) < maxFindings {
		v.Findings = append(v.Findings, f)
	}
}

func (v *verifier) roots(r store.Reader, signer *cogen.PublicKey) error {
	var previous Hash
	err := r.Scan(tableRoots, nil, nil, func(key, value []byte) bool {
		if len(key) != 8 {
			return true
		}
		number := binary.BigEndian.Uint64(key)
		for ; v.Roots+1 < number && len(v.Findings) < maxFindings; v.Roots++ {
			v.find(Finding{Number: v.Roots + 1, What: "is missing"})
		}
		v.Roots = number
		octets, err := receipt.Open("root", value, signer)
		if err != nil {
			v.find(Finding{Number: number, What: "was changed: its signature does not verify"})
			previous = Hash{}
			return true
		}
		root := new(Root)
		if receipt.Strict(octets, root) != nil || root.Number != number {
			v.find(Finding{Number: number, What: "stands in the place of another"})
			return true
		}
		if root.Previous != previous && number > 1 && previous != (Hash{}) || number == 1 && root.Previous != (Hash{}) {
			v.find(Finding{Number: number, What: "does not follow the one before"})
		}
		previous, v.LastRoot = receipt.HashOf("root", octets), root.Time
		if kept, ok := v.kept[number]; ok && kept != previous {
			v.find(Finding{Number: number, What: "is not the one that was kept"})
		}
		delete(v.kept, number)
		for _, head := range root.Heads {
			if head.Number <= v.covered[head.Key] {
				v.find(Finding{Key: head.Key, Number: head.Number, Root: number, What: "is older than what a root before it covers"})
			}
			v.covered[head.Key] = head.Number
			v.pins[head.Key] = append(v.pins[head.Key], pin{number, head.Number, head.Hash})
		}
		return true
	})
	if err != nil {
		return err
	}
	last, err := r.Get(tableRoots, lastRootKey)
	if err != nil {
		return err
	}
	for number := range v.kept {
		if number > v.Roots {
			v.find(Finding{Number: number, What: "is missing, though it was kept"})
		}
	}
	if last != nil && len(last) == 8 {
		for n := v.Roots + 1; n <= binary.BigEndian.Uint64(last) && len(v.Findings) < maxFindings; n++ {
			v.find(Finding{Number: n, What: "is missing"})
		}
	}
	return nil
}

func (v *verifier) records(r store.Reader) error {
	return r.Scan(tableRecords, nil, nil, func(key, value []byte) bool {
		name, number, ok := splitRecordKey(key)
		if !ok {
			v.find(Finding{Key: string(key), What: "is no record"})
			return true
		}
		v.Records++
		c := v.keys[name]
		if c == nil {
			// The records of a key come in the order of their numbers, so that only
			// the first pins are looked at: a busy key has very many of both.
			c = &chain{pins: v.pins[name]}
			slices.SortStableFunc(c.pins, func(a, b pin) int { return cmp.Compare(a.number, b.number) })
			delete(v.pins, name)
			v.keys[name] = c
			v.Keys++
		}
		v.record(c, name, number, value)
		return true
	})
}

func (v *verifier) record(c *chain, name string, number uint64, value []byte) {
	for ; c.number+1 < number && len(v.Findings) < maxFindings; c.number++ {
		v.find(Finding{Key: name, Number: c.number + 1, What: "is missing"})
		c.broken = true
	}
	h := recordHash(value)
	record, err := receipt.ParseRecord(value)
	switch {
	case err != nil:
		v.find(Finding{Key: name, Number: number, What: "was changed: it is no record"})
	case record.Key != name || record.Number != number:
		v.find(Finding{Key: name, Number: number, What: fmt.Sprintf("was exchanged: record %d of %s stands there", record.Number, record.Key)})
	case record.Previous != c.hash && !c.broken:
		what := "was changed, or the one before it"
		if number == 1 {
			what = "was changed: the first follows another"
		}
		v.find(Finding{Key: name, Number: number, What: what})
	}
	c.number, c.hash, c.broken = number, h, false
	for len(c.pins) > 0 && c.pins[0].number <= number {
		p := c.pins[0]
		c.pins = c.pins[1:]
		if p.number < number {
			v.lost(name, p)
		} else if p.hash != h {
			v.find(Finding{Key: name, Number: number, Root: p.root, What: "is not the one that was signed"})
		}
	}
}

// lost notes that a record is not there.
func (v *verifier) lost(name string, pins ...pin) {
	for _, p := range pins {
		v.find(Finding{Key: name, Number: p.number, Root: p.root, What: "is missing, though it was signed"})
	}
}

// heads checks that no log ends too early, and counts what no root covers.
func (v *verifier) heads(r store.Reader) error {
	for name, pins := range v.pins {
		v.lost(name, pins...)
	}
	for name, c := range v.keys {
		v.lost(name, c.pins...)
	}
	seen := 0
	err := r.Scan(tableHeads, nil, nil, func(key, value []byte) bool {
		var head Head
		c := v.keys[string(key)]
		switch err := receipt.Strict(value, &head); {
		case err != nil || head.Key != string(key):
			v.find(Finding{Key: string(key), What: "has a head that was changed"})
		case c == nil:
			v.find(Finding{Key: head.Key, Number: head.Number, What: "is missing: the log is gone"})
		case c.number < head.Number:
			v.find(Finding{Key: head.Key, Number: c.number + 1, What: "is missing: the log was cut off there"})
		case c.number != head.Number || c.hash != head.Hash:
			v.find(Finding{Key: head.Key, Number: c.number, What: "is not the last that was written"})
		}
		if c != nil {
			seen++
		}
		return true
	})
	if err != nil {
		return err
	}
	if seen < len(v.keys) {
		v.find(Finding{What: "heads of some keys are missing"})
	}
	for name, c := range v.keys {
		if c.number > v.covered[name] {
			v.Untied += c.number - v.covered[name]
		}
	}
	return nil
}
