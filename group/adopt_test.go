package group

import (
	"errors"
	"testing"

	"meshkey/cogen"
)

// adopted is a group with a key of any algorithm that the account never had.
func adopted(t testing.TB, whole *cogen.PrivateKey, need int, names ...string) (*world, map[string]*cogen.Share) {
	t.Helper()
	w := newWorld(t, Offline, 2)
	return w, adopt(t, w, whole, need, names...)
}

func adopt(t testing.TB, w *world, whole *cogen.PrivateKey, need int, names ...string) map[string]*cogen.Share {
	t.Helper()
	var at []cogen.Index
	for i := range names {
		at = append(at, cogen.NewIndex(uint64(3*i+2)))
	}
	sharing, err := whole.SplitAt(need, at)
	check(t, err)
	var holders []Holder
	shares := map[string]*cogen.Share{}
	for i, n := range names {
		holders = append(holders, Holder{identity(t, n).Member, at[i]})
		shares[n] = sharing.Shares[i]
	}
	c, err := w.admin.Adopt(today, sharing.Commitment, holders...)
	check(t, err)
	if len(c.Invitations) > 0 || len(c.Halves) > 0 {
		t.Error("halves of a key that the account does not have")
	}
	return shares
}

func (w *world) holder(name string, share *cogen.Share) *Membership {
	w.Helper()
	m, err := Accept(w.group(), identity(w, name))
	check(w, err)
	check(w, m.Hold(share))
	return m
}

// A key that the members made is used like any other, on both curves, and shared
// out anew among others, who then read and the rest not.
func TestAdopt(t *testing.T) {
	for _, a := range []cogen.Algorithm{cogen.X25519(), cogen.X448()} {
		t.Run(a.String(), func(t *testing.T) {
			whole := a.GenerateKey()
			w, shares := adopted(t, whole, 2, "alice", "bob", "carol")
			sealed := seal(t, w.group(), "ours", identity(t, "bob"))
			alice, bob := w.holder("alice", shares["alice"]), w.holder("bob", shares["bob"])
			if got, err := open(alice, sealed, bob); err != nil || got != "ours" {
				t.Errorf("%q, %v", got, err)
			}
			if err := alice.Hold(shares["bob"]); err == nil {
				t.Error("alice holds bob's share")
			}
			lying := liar{bob, func(answer *Answer, r *Request) {
				p, err := a.GenerateKey().AgreeProved(r.items[0].Ephemeral, r.context(r.items[0]))
				check(t, err)
				answer.partials[0] = withIndex(t, p, answer.partials[0].Index(), p.Proof())
			}}
			_, err := open(alice, sealed, lying)
			cheats(t, err, "bob@example.com")
			if _, err := w.admin.Admit(today, people(t, "dave")...); err == nil {
				t.Error("the account gives out shares of a key that it does not have")
			}

			old := shares
			shares = adopt(t, w, whole, 3, "alice", "carol", "dave", "erin")
			if len(w.group().Keys()) != 2 || w.group().Need() != 3 || w.group().Member("bob@example.com") != nil {
				t.Errorf("%+v", w.group())
			}
			if err := w.holderless("alice").Hold(old["alice"]); err == nil {
				t.Error("a share of the old sharing is held")
			}
			dave, erin := w.holder("dave", shares["dave"]), w.holder("erin", shares["erin"])
			got, err := open(dave, sealed, erin, w.holder("alice", shares["alice"]))
			if !errors.Is(err, ErrNotMember) { // bob, who signed, is none any more
				t.Errorf("%q, %v", got, err)
			}
			sealed = seal(t, w.group(), "still ours", nil)
			if got, err := open(dave, sealed, erin, w.holder("alice", shares["alice"])); err != nil || got != "still ours" {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

func (w *world) holderless(name string) *Membership {
	m, err := Accept(w.group(), identity(w, name))
	check(w, err)
	return m
}
