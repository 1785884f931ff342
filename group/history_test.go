package group

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"meshkey/cogen"
	"meshkey/internal/dare"
)

// A record is taken for one of its group, in its place among the others, and for
// nothing else.
func TestHistory(t *testing.T) {
	w := newWorld(t, Serviced, 1, "alice", "bob")
	first := w.group()
	check(t, first.Succeeds(first))
	stale, err := Administer(account(t, "groupw"), first.Bytes())
	check(t, err)
	c, err := w.admin.Dismiss(today, "bob@example.com")
	check(t, err)
	w.deliver(c)
	second := w.group()
	check(t, second.Succeeds(first))
	var older *StaleError
	if err := first.Succeeds(second); !errors.As(err, &older) {
		t.Errorf("back to the first: %v", err)
	}
	// An administrator who works from an old record makes another history.
	c, err = stale.Rotate(today)
	check(t, err)
	other, err := Parse(c.Record, first.Fingerprint())
	check(t, err)
	check(t, other.Succeeds(first))
	if err := other.Succeeds(second); err == nil || errors.As(err, &older) {
		t.Errorf("another second: %v", err)
	}
	if err := w.service.Keep(ctx, c.Record, c.Halves...); err == nil {
		t.Error("the service takes another history")
	}
	c, err = stale.Rotate(today)
	check(t, err)
	third, err := Parse(c.Record, first.Fingerprint())
	check(t, err)
	if err := third.Succeeds(second); err == nil {
		t.Error("the third of one history follows the second of another")
	}
	if err := second.Succeeds(third); err == nil {
		t.Error("a key is taken away")
	}
	if _, err := Parse(second.Bytes(), otherGroup(t).Fingerprint()); err == nil {
		t.Error("the record of another group")
	}
	if err := otherGroup(t).Succeeds(first); err == nil {
		t.Error("another group succeeds")
	}
}

// A record that is signed rightly and says something that cannot be is refused.
func TestBadRecords(t *testing.T) {
	w := newWorld(t, Mixed, 2, "alice", "bob", "carol")
	serviced := newWorld(t, Serviced, 1, "alice", "bob")
	stranger := cogen.X448().GenerateKey().PublicKey()
	for name, change := range map[string]func(*recordBody){
		"version":                 func(b *recordBody) { b.Version = 3 },
		"version of conditions":   func(b *recordBody) { b.Version = 2 },
		"serial":                  func(b *recordBody) { b.Serial = 0 },
		"no previous":             func(b *recordBody) { b.Serial = 2 },
		"time":                    func(b *recordBody) { b.Updated = "today" },
		"no profile":              func(b *recordBody) { b.Profile = nil },
		"no keys":                 func(b *recordBody) { b.Keys = nil },
		"key twice":               func(b *recordBody) { b.Keys = append(b.Keys, b.Keys[0]) },
		"key of another":          func(b *recordBody) { b.Keys[0].Key = keyData(stranger) },
		"key under another name":  func(b *recordBody) { b.Keys[0].Key.Udf = "MAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA" },
		"mode":                    func(b *recordBody) { b.Keys[0].Mode = "open" },
		"need":                    func(b *recordBody) { b.Keys[0].Need++ },
		"commitment":              func(b *recordBody) { b.Keys[0].Commitment[0] = stranger.Bytes() },
		"no commitment":           func(b *recordBody) { b.Keys[0].Commitment = nil },
		"service's half":          func(b *recordBody) { b.Keys[0].Service = stranger.Bytes() },
		"no service":              func(b *recordBody) { b.Service = nil },
		"member twice":            func(b *recordBody) { b.Members = append(b.Members, b.Members[0]) },
		"member's key twice":      func(b *recordBody) { b.Members[0].Signature = b.Members[1].Signature },
		"member is the service":   func(b *recordBody) { b.Service.Signature = b.Members[1].Signature },
		"member called service":   func(b *recordBody) { b.Members[0].Address = Service },
		"keys of a member change": func(b *recordBody) { b.Members[0].Encryption = b.Members[0].Signature },
		"half missing":            func(b *recordBody) { b.Keys[0].Halves = b.Keys[0].Halves[1:] },
		"half twice":              func(b *recordBody) { b.Keys[0].Halves[0] = b.Keys[0].Halves[1] },
		"half of a stranger":      func(b *recordBody) { b.Keys[0].Halves[0].Member = "eve@example.com" },
		"half of the future":      func(b *recordBody) { b.Keys[0].Halves[0].Issued = 9 },
		"half never issued":       func(b *recordBody) { b.Keys[0].Halves[0].Issued = 0 },
		"index twice":             func(b *recordBody) { b.Keys[0].Halves[0].Index = b.Keys[0].Halves[1].Index },
		"index beyond":            func(b *recordBody) { b.Keys[0].Halves[0].Index = "4" },
		"index 0":                 func(b *recordBody) { b.Keys[0].Halves[0].Index = "0" },
		"next too far":            func(b *recordBody) { b.Keys[0].Next = 1 << 62 },
		"no sharing":              func(b *recordBody) { b.Keys[0].Sharing = "" },
	} {
		if err := resigned(t, w, change); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	for name, change := range map[string]func(*recordBody){
		"another half":      func(b *recordBody) { b.Keys[0].Halves[0].Public = stranger.Bytes() },
		"another service":   func(b *recordBody) { b.Keys[0].Halves[0].Service = stranger.Bytes() },
		"halves exchanged":  func(b *recordBody) { h := b.Keys[0].Halves; h[0].Public, h[1].Public = h[1].Public, h[0].Public },
		"half of no use":    func(b *recordBody) { b.Keys[0].Halves[0].Public = make([]byte, 57) },
		"index":             func(b *recordBody) { b.Keys[0].Halves[0].Index = "1" },
		"a commitment":      func(b *recordBody) { b.Keys[0].Commitment = [][]byte{stranger.Bytes()} },
		"same half for two": func(b *recordBody) { h := b.Keys[0].Halves; h[0].Public, h[0].Service = h[1].Public, h[1].Service },
	} {
		if err := resigned(t, serviced, change); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	for _, world := range []*world{w, serviced} {
		check(t, resigned(t, world, func(*recordBody) {}))
	}
	if _, err := Parse(bytes.Replace(w.group().Bytes(), []byte("dig"), []byte("gid"), 1), w.group().Fingerprint()); err == nil {
		t.Error("an envelope without its digest")
	}
	for name, signer := range map[string]*cogen.PrivateKey{
		"a stranger": identity(t, "eve").signature, "a member": identity(t, "alice").signature,
		"the group's account": account(t, "groupw").Private("CommonSignature"),
	} {
		e, err := dare.Sign(w.group().envelope.Body, meta(tagRecord), signer)
		check(t, err)
		if _, err := Parse(e.Bytes(), w.group().Fingerprint()); err == nil {
			t.Errorf("a record that %s signed", name)
		}
	}
}

// resigned changes the record, signs it as its administrator, and parses it.
func resigned(t testing.TB, w *world, change func(*recordBody)) error {
	t.Helper()
	x, err := unmarshal(w.group().envelope.Body)
	check(t, err)
	change(x.Record)
	body, err := marshal(x)
	check(t, err)
	e, err := dare.Sign(body, meta(tagRecord), account(t, "groupw").Private("AdministratorSignature"))
	check(t, err)
	_, err = Parse(e.Bytes(), w.group().Fingerprint())
	if err != nil && strings.Contains(err.Error(), "panic") {
		t.Error(err)
	}
	return err
}

// All administrators but one, with all they made for a member, do not read with
// the member, nor with the service: it takes both, as it does without them.
func TestColludingAdministrators(t *testing.T) {
	b := newBoard(t, "x", "y", "z")
	p := b.propose(people(t, "bob"))
	grants := b.grants(p)
	b.conclude(p, grants)
	sealed := seal(t, b.now, "still secret", nil)
	s, err := ReadSealed(bytes.NewReader(sealed))
	check(t, err)
	i, err := s.item(b.now)
	check(t, err)
	whole, err := PrivateKey(account(t, "groupw"), 1)
	check(t, err)
	want, err := whole.SharedSecret(i.Ephemeral)
	check(t, err)
	// What z gave is open to the member and to the service alone.
	_, g, err := b.deputies[0].group.appointment.parseGrant(p, grants[2])
	check(t, err)
	for _, who := range []string{"x", "y", "alice"} {
		for _, half := range [][]byte{g.partial[0].EnvelopedKeyShare, g.serviced[0].EnvelopedKeyShare} {
			if _, err := openFrom(half, identity(t, who).encryption, identity(t, "z").Signature); err == nil {
				t.Errorf("%s opens what z gave", who)
			}
		}
	}
	agree := func(k *cogen.PrivateKey) *cogen.Partial {
		q, err := k.Agree(i.Ephemeral)
		check(t, err)
		return q
	}
	member := agree(b.member("bob").halves[i.Key].half)
	custody := b.service.groups[b.now.Fingerprint().String()]
	deposit, _ := custody.group.servicedFor(i.Key, "bob@example.com")
	service := agree(custody.halves[deposit.place()])
	all := []cogen.Index{index(0), index(1), index(2)}
	part := func(d *Deputy) *cogen.PrivateKey {
		k, err := d.share.Weighted(all)
		check(t, err)
		return k
	}
	x, y := agree(part(b.deputies[0])), agree(part(b.deputies[1]))
	for name, parts := range map[string][]*cogen.Partial{
		"two administrators and the member":  {x, y, member},
		"two administrators and the service": {x, y, service},
		"one administrator and the member":   {x, member},
		"the member alone":                   {member},
		"the service alone":                  {service},
	} {
		if got, err := cogen.CombineAgreements(parts...); err == nil && bytes.Equal(got, want) {
			t.Errorf("%s read", name)
		}
	}
	if got, err := cogen.CombineAgreements(member, service); err != nil || !bytes.Equal(got, want) {
		t.Errorf("member and service do not read: %v", err)
	}
}
