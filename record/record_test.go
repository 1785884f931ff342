package record

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"meshkey/internal/dare"
	"meshkey/internal/secret/secrettest"
	"meshkey/profile"
	"meshkey/shamir"
	"meshkey/udf"
	"meshkey/vectors"
)

func TestRecordVectors(t *testing.T) {
	for c := range vectors.Each[vectors.Record]("record") {
		seed, err := udf.ParseSeed(c.Data.Seed)
		if err != nil {
			t.Fatal(err)
		}
		k, err := NewKey(seed.Octets())
		if err != nil {
			t.Fatal(err)
		}
		if got := k.Locator(); !strings.HasPrefix(got, c.Data.Locator) || len(got) != 56+13 { // groups of four and hyphens
			t.Errorf("%s: locator %s, not %s…", c.Name, got, c.Data.Locator)
		}
		f := example(t)
		date, err := time.Parse(time.DateOnly, c.Data.Date)
		if err != nil {
			t.Fatal(err)
		}
		f.set = Set{
			Account: f.set.Account, Address: c.Data.Address, Date: date, Sealed: c.Data.Sealed,
			Quorum: shamir.Quorum{Need: c.Data.Need, Of: c.Data.Of},
		}
		cert, err := certify(f.set, f.shares, f.signer, c.Data.Salt)
		if err != nil || cert.SetName() != c.Data.Name || cert.Text() != c.Data.Certificate {
			t.Errorf("%s: set %s, %v", c.Name, cert.SetName(), err)
		}
		for i, text := range c.Data.Shares {
			s, err := udf.ParseShare(text)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(commitment(c.Data.Salt, s), c.Data.Commitments[i]) {
				t.Errorf("%s: commitment %d differs", c.Name, i+1)
			}
		}
	}
}

func exampleKey(t testing.TB) *Key {
	t.Helper()
	seed, err := profile.ParseSeed(exampleSeed)
	if err != nil {
		t.Fatal(err)
	}
	k, err := NewKey(seed.Octets())
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func exampleRecord(t testing.TB, f *fixture) *Record {
	t.Helper()
	p, err := f.account.Profile(profile.Details{Address: "alice@example.com", Created: f.set.Date})
	if err != nil {
		t.Fatal(err)
	}
	return &Record{
		Serial: 3, Created: f.set.Date, Address: "alice@example.com", Service: "example.com",
		Profile: p.Bytes(), Escrowed: [][]byte{[]byte(`[{"enc":"A256CBC"},"AAAA"]`), []byte(`[{},"BBBB"]`)},
	}
}

func same(a, b *Record) bool {
	return a.Serial == b.Serial && a.Created.Equal(b.Created) && a.Address == b.Address && a.Service == b.Service &&
		bytes.Equal(a.Profile, b.Profile) && bytes.Equal(bytes.Join(a.Escrowed, []byte("\n")), bytes.Join(b.Escrowed, []byte("\n")))
}

func TestRecord(t *testing.T) {
	f, k := example(t), exampleKey(t)
	want := exampleRecord(t, f)
	sealed, err := want.Seal(k, f.signer)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Open(sealed, k, f.signer.PublicKey())
	if err != nil || !same(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := profile.Parse(got.Profile); err != nil {
		t.Error("the profile in the record:", err)
	}
	for _, public := range []string{want.Address, "example.com", f.account.Fingerprint().String()} {
		if bytes.Contains(sealed, []byte(public)) {
			t.Errorf("%s stands in the open", public)
		}
	}
	url, err := k.URL("keep.example.com")
	if err != nil || url != "https://keep.example.com/.well-known/mmm-udf/"+k.Locator() {
		t.Errorf("%s, %v", url, err)
	}
	if url, err := k.URL("example.com/x?"); err == nil {
		t.Errorf("%s", url)
	}
	secrettest.CheckHidden(t, k, k.key.Octets())
	secrettest.CheckHidden(t, *k, k.key.Octets())
}

func TestOpenRefuses(t *testing.T) {
	f, k := example(t), exampleKey(t)
	r := exampleRecord(t, f)
	strangers := profile.NewSeed()
	stranger, err := strangers.Account()
	if err != nil {
		t.Fatal(err)
	}
	seal := func(k *Key, signer string) []byte {
		from := f.account
		if signer == "stranger" {
			from, signer = stranger, profile.AdministratorSignature
		}
		b, err := r.Seal(k, from.Private(signer))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	otherKey, err := NewKey(strangers.Octets())
	if err != nil {
		t.Fatal(err)
	}
	unsigned, err := dare.Seal([]byte(`{"RecoveryRecord":{}}`), dare.SealOptions{Keys: []*udf.Key{k.key}, Unsigned: true})
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{
		"a stranger's signature":     seal(k, "stranger"),
		"another key's signature":    seal(k, profile.CommonSignature),
		"another account's key":      seal(otherKey, profile.AdministratorSignature),
		"no signature":               unsigned.Bytes(),
		"no envelope":                []byte("{}"),
		"a signed envelope in clear": mustSign(t, f, `{"RecoveryRecord":{"Version":1,"Serial":1,"Created":"2022-05-03T00:00:00Z"}}`),
	} {
		if r, err := Open(b, k, f.signer.PublicKey()); err == nil {
			t.Errorf("%s: %+v", name, r)
		}
	}
	if _, err := Open(unsigned.Bytes(), k, f.signer.PublicKey()); !errors.Is(err, dare.ErrUnsigned) {
		t.Errorf("%v", err)
	}
	for name, spoil := range map[string]func(*Record){
		"no serial":  func(r *Record) { r.Serial = 0 },
		"no date":    func(r *Record) { r.Created = time.Time{} },
		"no JSON":    func(r *Record) { r.Profile = []byte("{") },
		"not UTF-8":  func(r *Record) { r.Address = "\xff" },
		"empty item": func(r *Record) { r.Escrowed = [][]byte{{}} },
	} {
		r := exampleRecord(t, f)
		spoil(r)
		if _, err := r.Seal(k, f.signer); err == nil {
			t.Errorf("%s is sealed", name)
		}
	}
}

func mustSign(t *testing.T, f *fixture, body string) []byte {
	t.Helper()
	e, err := dare.Sign([]byte(body), dare.ContentMeta{}, f.signer)
	if err != nil {
		t.Fatal(err)
	}
	return e.Bytes()
}

// A record of a later version may mean something else.
func TestRecordVersion(t *testing.T) {
	for version, want := range map[string]bool{"0": false, "1": true, "2": false} {
		_, err := unmarshal([]byte(`{"RecoveryRecord":{"Version":` + version + `,"Serial":1,"Created":"2022-05-03T00:00:00Z"}}`))
		if (err == nil) != want {
			t.Errorf("version %s: %v", version, err)
		}
	}
}

func FuzzRecord(f *testing.F) {
	b, err := exampleRecord(f, example(f)).marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"RecoveryRecord":{"Version":1,"Serial":1,"Created":"2022-05-03T00:00:00Z","Later":[1]}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := unmarshal(b)
		if err != nil {
			return
		}
		again, err := r.marshal()
		if err != nil {
			t.Fatal(err)
		}
		s, err := unmarshal(again)
		if err != nil || !same(r, s) {
			t.Errorf("what is read is not written again: %v", err)
		}
	})
}
