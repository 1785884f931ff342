package store

import (
	"hash/maphash"
	"strings"
)

// An entry is a value under a table and a key, or that there is none.
type entry struct {
	key   string // as overlayKey makes it
	value []byte // nil: deleted
}

// overlayKey is a table and a key as one, in the order of both. No table's name
// has a zero in it.
func overlayKey(table Table, key []byte) string { return string(table) + "\x00" + string(key) }

// An overlay is what was changed since the entries below it were written: a
// sorted tree that nobody changes, so that who reads has his state for as long
// as he likes. nil is empty. (A treap: a heap by weight, which keeps it flat.)
type overlay struct {
	entry
	weight      uint64
	left, right *overlay
}

// weights are not to be foreseen, since callers choose keys.
var weights = maphash.MakeSeed()

// with is o with one more change.
func (o *overlay) with(e entry) *overlay {
	if o == nil {
		return &overlay{entry: e, weight: maphash.String(weights, e.key)}
	}
	n := *o
	switch strings.Compare(e.key, o.key) {
	case 0:
		n.entry = e
	case -1:
		n.left = o.left.with(e)
		if l := n.left; l.weight > n.weight { // l is new, so it may be changed
			n.left, l.right = l.right, &n
			return l
		}
	case 1:
		n.right = o.right.with(e)
		if r := n.right; r.weight > n.weight {
			n.right, r.left = r.left, &n
			return r
		}
	}
	return &n
}

// get returns the change of a key; ok is false if there is none.
func (o *overlay) get(key string) (value []byte, ok bool) {
	for o != nil {
		switch strings.Compare(key, o.key) {
		case 0:
			return o.value, true
		case -1:
			o = o.left
		case 1:
			o = o.right
		}
	}
	return nil, false
}

// from calls yield with the changes of from and what comes after it, in order,
// until it returns false.
func (o *overlay) from(from string, yield func(entry) bool) bool {
	if o == nil {
		return true
	}
	if from <= o.key && !(o.left.from(from, yield) && yield(o.entry)) {
		return false
	}
	return o.right.from(from, yield)
}
