package recovery

import (
	"bytes"
	"slices"
	"testing"

	"meshkey/profile"
	"meshkey/shamir"
)

// zero reports whether octets are all zero, and that there are some.
func zero(b []byte) bool {
	return len(b) > 0 && !slices.ContainsFunc(b, func(x byte) bool { return x != 0 })
}

// What a search worked in is wiped when it has found the share: there is the
// share in it, or the seed.
func TestSearchWipes(t *testing.T) {
	k := newKit(t, profile.NewSeed(), 2, 3)
	seed := k.seed.Octets()
	q := newQuorum([]shamir.Share{k.Shares[1]}, len(seed))
	defer q.wipe()
	for name, newJudge := range map[string]func() judge{
		"certificate": func() judge { return byCommitment(k.Certificate) },
		"account":     func() judge { return q.byAccount(k.Fingerprint) },
		"seed":        func() judge { return q.bySeed(seed) },
	} {
		d := &draft{text: valuesOf(k.shares[0])}
		var used judge
		held := false
		found := d.search(vary(d.text, nil, nil, nil), func() judge {
			used = newJudge()
			right := used.right
			used.right = func(text []byte) bool { ok := right(text); held = !zero(used.space); return ok }
			return used
		}).run(func() bool { return true })
		if len(found) != 1 || !bytes.Equal(found[0].text, d.text) || !held {
			t.Fatalf("%s: found %d, held %t", name, len(found), held)
		}
		if !zero(used.space) {
			t.Errorf("%s: what it worked in is not wiped", name)
		}
	}
	if got := q.seed(valuesOf(k.shares[0]), k.Fingerprint); !bytes.Equal(got, seed) {
		t.Error("not the seed")
	}
}

// Texts that were proposed, or are not needed, are wiped.
func TestFixesAreWiped(t *testing.T) {
	k := newKit(t, profile.NewSeed(), 2, 3)
	s := session(t, Anchor{Account: k.Fingerprint}, damage(k.shares[0], 30, 1), damage(k.shares[1], 30, 1))
	r := s.repairer(t.Context(), Search{})
	defer r.wipe()
	text := valuesOf(k.shares[0])
	r.propose(fix{d: r.drafts[0], text: text}, ByAccount)
	if !zero(text) || len(r.repairs) != 1 || !r.repairs[0].share.Equal(k.Shares[0]) {
		t.Errorf("proposed: wiped %t, %v", zero(text), r.repairs)
	}
	var tried []fix
	pair{r.drafts[0], r.drafts[1]}.job(func(a, b fix) bool { tried = append(tried, a, b); return false }).run(func() bool { return true })
	for _, f := range tried {
		if !zero(f.text) {
			t.Fatal("an exchange that was not right is not wiped")
		}
	}
	if len(tried) == 0 {
		t.Error("nothing was exchanged")
	}
	var made []byte
	remade(0, func() []byte { made = valuesOf(k.shares[0]); return made }).each(func([]byte) bool { return true })
	if !zero(made) {
		t.Error("a text that was tried is not wiped")
	}
}
