package escrow

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"meshkey/internal/secret/secrettest"
	"meshkey/profile"
	"meshkey/record"
	"meshkey/shamir"
)

var today = time.Date(2026, 11, 22, 15, 4, 5, 0, time.UTC)

func mustNew(t *testing.T, seed *profile.Seed, q shamir.Quorum, o Options) *Kit {
	t.Helper()
	if o.Date.IsZero() {
		o.Date = today
	}
	k, err := New(seed, q, o)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// The kit outlives the seed, and any quorum of it gives the seed back.
func TestNew(t *testing.T) {
	seed := profile.NewSeed()
	want := seed.Octets()
	fingerprint, err := seed.Fingerprint()
	if err != nil {
		t.Fatal(err)
	}
	k := mustNew(t, seed, shamir.Quorum{Need: 2, Of: 3}, Options{Address: "alice@example.com", Service: "example.com", NotReal: true})
	seed.Wipe()
	for i, s := range k.Shares {
		if s.Index() != i+1 || s.Need() != 2 || s.SecretLen() != 35 {
			t.Errorf("at %d stands %v", i, s)
		}
		for _, other := range k.Shares[i+1:] {
			got, err := shamir.Combine([]shamir.Share{other, s})
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("%v and %v: %v", s, other, err)
			}
		}
	}
	if len(k.Shares) != 3 || !k.Fingerprint.Matches(fingerprint) || k.Address != "alice@example.com" || k.Service != "example.com" ||
		!k.Date.Equal(today.Truncate(24*time.Hour)) || k.SetName != k.Certificate.SetName() || !k.NotReal || k.Sealed || k.Record != nil {
		t.Errorf("%+v", k)
	}
	cert, err := record.ParseCertificate(k.CertificateText)
	if err != nil || cert.Quorum() != k.Quorum || cert.Sealed() || cert.Address() != k.Address || !cert.Account().Matches(fingerprint) {
		t.Errorf("the certificate: %v", err)
	}
	secrettest.CheckHidden(t, k, k.Shares[0].Bytes()[1:])
	k.Wipe()
	for _, s := range k.Shares {
		if s.SecretLen() != 0 {
			t.Error("a share outlives Wipe")
		}
	}
}

func TestEveryQuorumSize(t *testing.T) {
	seed := profile.NewSeed()
	for of := 1; of <= maxShares; of += 2 {
		for _, need := range []int{1, (of + 1) / 2, of} {
			k := mustNew(t, seed, shamir.Quorum{Need: need, Of: of}, Options{Sealed: of%4 == 1})
			if len(k.Shares) != of || k.Certificate.Sealed() != (k.Sealed || of == maxShares) {
				t.Errorf("%v: %d shares", k.Quorum, len(k.Shares))
			}
		}
	}
}

func TestQuorums(t *testing.T) {
	shares, err := shamir.Split(make([]byte, 35), shamir.Quorum{Need: 8, Of: 15})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ of, need, want int }{{1, 1, 1}, {3, 1, 3}, {3, 2, 3}, {3, 3, 1}, {5, 3, 10}, {15, 7, 6435}, {15, 8, 6435}} {
		seen := map[string]bool{}
		for chosen := range quorums(shares[:c.of], c.need) {
			var key []byte
			for _, s := range chosen {
				key = append(key, byte(s.Index()))
			}
			if !slices.IsSorted(key) || len(key) != c.need || seen[string(key)] {
				t.Fatalf("%d of %d: %v", c.need, c.of, key)
			}
			seen[string(key)] = true
		}
		if len(seen) != c.want {
			t.Errorf("%d of %d: %d quorums, not %d", c.need, c.of, len(seen), c.want)
		}
	}
}

// The check of a kit must see what it is there to see.
func TestCheckSees(t *testing.T) {
	seed, other := profile.NewSeed(), profile.NewSeed()
	account, err := seed.Account()
	if err != nil {
		t.Fatal(err)
	}
	q := shamir.Quorum{Need: 3, Of: 5}
	strange := mustNew(t, other, q, Options{})
	again := mustNew(t, seed, q, Options{})
	for name, spoil := range map[string]func(k *Kit){
		"a share with a wrong octet": func(k *Kit) {
			b := k.Shares[4].Bytes()
			b[17] ^= 1
			k.Shares[4], _ = shamir.ParseShare(b)
		},
		"a share twice":                 func(k *Kit) { k.Shares[1] = k.Shares[2]; k.Shares[3] = k.Shares[2] },
		"a share of an older set":       func(k *Kit) { k.Shares[0] = again.Shares[0] },
		"an older set's certificate":    func(k *Kit) { k.CertificateText = again.CertificateText },
		"another account's certificate": func(k *Kit) { k.CertificateText = strange.CertificateText },
		"another account's shares":      func(k *Kit) { k.Shares = strange.Shares },
		"another account's name":        func(k *Kit) { k.Fingerprint = strange.Fingerprint },
		"a torn certificate":            func(k *Kit) { k.CertificateText = k.CertificateText[:200] },
	} {
		k := mustNew(t, seed, q, Options{})
		if err := k.check(seed, account); err != nil {
			t.Fatal("the test itself:", err)
		}
		spoil(k)
		if k.check(seed, account) == nil {
			t.Errorf("%s goes unnoticed", name)
		}
	}
	k := mustNew(t, seed, q, Options{})
	b := k.Shares[4].Bytes()
	b[17] ^= 1
	k.Shares[4], _ = shamir.ParseShare(b)
	if checkQuorums(seed, k.Shares, 3) == nil || checkQuorums(other, again.Shares, 3) == nil {
		t.Error("combining the quorums shows nothing")
	}
}

func TestNewRefuses(t *testing.T) {
	seed, other := profile.NewSeed(), profile.NewSeed()
	stranger, err := other.Account()
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := stranger.Profile(profile.Details{Created: today})
	if err != nil {
		t.Fatal(err)
	}
	two3 := shamir.Quorum{Need: 2, Of: 3}
	for name, c := range map[string]struct {
		q shamir.Quorum
		o Options
	}{
		"need above of":             {shamir.Quorum{Need: 3, Of: 2}, Options{Date: today}},
		"need 0":                    {shamir.Quorum{Need: 0, Of: 2}, Options{Date: today}},
		"sixteen":                   {shamir.Quorum{Need: 2, Of: 16}, Options{Date: today}},
		"no date":                   {two3, Options{}},
		"another account's profile": {two3, Options{Date: today, Profile: foreign}},
		"long address":              {two3, Options{Date: today, Address: strings.Repeat("a", 65)}},
		"control character":         {two3, Options{Date: today, Address: "a\x1b"}},
		"broken envelope":           {two3, Options{Date: today, WithRecord: true, Escrowed: [][]byte{[]byte("{")}}},
	} {
		if k, err := New(seed, c.q, c.o); err == nil || k != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRecord(t *testing.T) {
	seed := profile.NewSeed()
	account, err := seed.Account()
	if err != nil {
		t.Fatal(err)
	}
	p, err := account.Profile(profile.Details{Address: "alice@example.com", Created: today})
	if err != nil {
		t.Fatal(err)
	}
	key, err := record.NewKey(seed.Octets())
	if err != nil {
		t.Fatal(err)
	}
	open := func(k *Kit) *record.Record {
		r, err := record.Open(k.Record, key, account.Private(profile.AdministratorSignature).PublicKey())
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	q := shamir.Quorum{Need: 2, Of: 3}
	k := mustNew(t, seed, q, Options{Profile: p, Service: "example.com", WithRecord: true, RecordHost: "keep.example.com", Serial: 7})
	r := open(k)
	if k.Address != p.Address() || r.Address != p.Address() || r.Service != "example.com" || r.Serial != 7 || !bytes.Equal(r.Profile, p.Bytes()) ||
		k.Locator != key.Locator() || k.Certificate.RecordHost() != "keep.example.com" {
		t.Errorf("%+v", r)
	}
	r = open(mustNew(t, seed, q, Options{Address: "bob@example.com", WithRecord: true}))
	made, err := profile.Parse(r.Profile)
	if err != nil || !made.Fingerprint().Matches(account.Fingerprint()) || made.Address() != "bob@example.com" || r.Serial != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}
