package server

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"meshkey/cogen"
	"meshkey/group"
	"meshkey/internal/secret"
	"meshkey/keyservice/store"
)

// A thief has everything that the service keeps, and looks for halves.
type thief struct {
	loot   []loot
	halves map[string]bool // public sides of the service's halves
}

type loot struct {
	table      store.Table
	key, value []byte
}

// steal takes the whole store.
func steal(t testing.TB, db store.Store) *thief {
	t.Helper()
	th := &thief{halves: map[string]bool{}}
	check(t, db.View(ctx, func(r store.Reader) error {
		th.loot = nil
		for _, table := range Tables() {
			err := r.Scan(table, nil, nil, func(key, value []byte) bool {
				th.loot = append(th.loot, loot{table, key, value})
				return true
			})
			if err != nil {
				return err
			}
		}
		return nil
	}))
	return th
}

// octets is everything, as it stands and with what is in base64 decoded.
func (th *thief) octets() (out [][]byte) {
	for _, l := range th.loot {
		out = append(out, l.key, l.value)
		for _, text := range strings.FieldsFunc(string(l.value), func(r rune) bool { return !strings.ContainsRune(urlAlphabet, r) }) {
			if b, err := base64.RawURLEncoding.DecodeString(text); err == nil && len(b) >= storageLen {
				out = append(out, b)
			}
		}
	}
	return out
}

const urlAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

// windows calls try with every run of n octets there is, each once, but for text,
// which stands for other octets.
func (th *thief) windows(n int, try func([]byte)) {
	seen := map[string]bool{}
	for _, b := range th.octets() {
		for i := range len(b) - n + 1 {
			if w := b[i : i+n]; !seen[string(w)] && slices.ContainsFunc(w, func(c byte) bool { return c < ' ' || c > '~' }) {
				seen[string(w)] = true
				try(w)
			}
		}
	}
}

// scalars counts the runs of octets that are, either way round, a half: the one
// that together with the half of a member makes the group's key.
func (th *thief) scalars(a cogen.Algorithm) (found int) {
	th.windows(a.PrivateLen(), func(w []byte) {
		for range 2 {
			if k, err := a.NewPrivateScalar(w); err == nil && th.halves[string(k.PublicKey().Bytes())] {
				found++
			}
			w = slices.Clone(w)
			slices.Reverse(w)
		}
	})
	return found
}

// opened counts the entries of halves that open with a key that is among the
// octets, or among those given.
func (th *thief) opened(more ...[]byte) (found int) {
	prefix := func(l loot) (group, place string) {
		group, place, _ = strings.Cut(string(l.key), "\x00")
		return group, place
	}
	try := func(key []byte) {
		for _, l := range th.loot {
			if l.table != tableHalves {
				continue
			}
			group, place := prefix(l)
			public, sealed, _ := splitHalf(l.value)
			for number := range uint32(3) {
				v := &vault{[]storageKey{{number, secret.Copy(key)}}}
				if _, err := v.open(sealed, bound(group, place, public)); err == nil {
					found++
				}
			}
		}
	}
	th.windows(storageLen, try)
	for _, b := range more {
		for i := range len(b) - storageLen + 1 {
			try(b[i : i+storageLen])
		}
	}
	return found
}

// shows tells whether octets stand somewhere in what was stolen, in any usual
// notation.
func (th *thief) shows(octets []byte) bool {
	part := octets[8:24]
	look := [][]byte{part, []byte(hex.EncodeToString(part))}
	for i := range 3 {
		look = append(look, []byte(base64.RawURLEncoding.EncodeToString(octets[8+i:23+i])), []byte(base64.RawStdEncoding.EncodeToString(octets[8+i:23+i])))
	}
	for _, b := range th.octets() {
		for _, l := range look {
			if bytes.Contains(b, l) || bytes.Contains(bytes.ToLower(b), l) {
				return true
			}
		}
	}
	return false
}

// TestStolenStoreReadsNothing has a service work, and takes all it holds: the
// store with the audit log. Neither the octets of its halves nor the keys they
// are under are anywhere in it, for somebody who also has the half of every
// member.
func TestStolenStoreReadsNothing(t *testing.T) {
	w := newWorld(t, "alice", "bob")
	sealed := w.seal("groupw", "x")
	for _, name := range []string{"alice", "bob"} {
		if _, err := w.reads(name, "groupw", sealed, w.asks(w.server, name, "groupw")); err != nil {
			t.Fatal(err)
		}
	}
	check(t, w.server.Tie(ctx))
	admin := w.groups["groupw"].admin
	var private [][]byte
	for _, name := range []string{"alice", "bob"} {
		half := w.half("groupw", name)
		private = append(private, half.Bytes())
	}
	th := steal(t, w.db)
	for _, b := range private {
		k, err := cogen.X448().NewPrivateScalar(b)
		check(t, err)
		th.halves[string(k.PublicKey().Bytes())] = true
		if th.shows(b) {
			t.Error("a half is in the store in clear")
		}
	}
	whole, err := group.PrivateKey(testAccount(t, "groupw"), 1)
	check(t, err)
	th.halves[string(whole.PublicKey().Bytes())] = true
	for _, b := range [][]byte{whole.Bytes(), w.secrets.seed.Octets(), w.secrets.storage[0].octets.Reveal(), w.server.keys.encryption.Bytes(), w.server.keys.signature.Bytes()} {
		if th.shows(b) {
			t.Error("a secret of the service is in the store")
		}
	}
	a := admin.Group().Key().Algorithm()
	if n := th.scalars(a); n > 0 {
		t.Errorf("%d halves can be read", n)
	}
	if n := th.opened(identity(t, "alice").Udf.Octets(140), whole.Bytes()); n > 0 {
		t.Errorf("%d halves can be opened", n)
	}
	// The thief does find what is there to be found.
	th.loot = append(th.loot, loot{value: append([]byte("before"), private[0]...)})
	if th.scalars(a) != 1 || !th.shows(private[0]) {
		t.Error("a half in clear is not found")
	}
	if th.opened(w.secrets.storage[0].octets.Reveal()) != 2 {
		t.Error("the key of the store does not open the halves")
	}
}

// half is the service's half for a member.
func (w *world) half(of, name string) *cogen.PrivateKey {
	w.Helper()
	var out *cogen.PrivateKey
	h, err := (&job{ctx: ctx, server: w.server, keys: w.server.keys}).take(of + "@example.com")
	check(w, err)
	for place, half := range h.custody.Halves() {
		if strings.HasSuffix(place, " "+name+"@example.com") {
			out = half
		}
	}
	return out
}
