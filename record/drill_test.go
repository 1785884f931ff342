package record

import (
	"bytes"
	"errors"
	"reflect"
	"testing"
	"time"

	"meshkey/internal/dare"
	"meshkey/profile"
)

func exampleDrill(t testing.TB, f *fixture) *Drill {
	return &Drill{
		Time: time.Date(2026, 11, 22, 10, 30, 0, 0, time.UTC), Next: time.Date(2027, 11, 22, 0, 0, 0, 0, time.UTC),
		Program: "meshkey v1", Account: f.set.Account, Certificate: f.certify(t), Need: 2, Quorums: 1,
		Failure: "sheet 2: row 1, letter 12 is wrong",
		Sheets: []DrillSheet{
			{Index: 1, Kind: "picture", Result: "good", Margin: 61},
			{Index: 2, Kind: "typed", Result: "suspect", Code: "damaged", Row: 1, Letter: 12},
			{Index: 3, Kind: "pdf", Result: "good"},
		},
	}
}

func sameDrill(a, b *Drill) bool {
	x, _ := a.Marshal()
	y, _ := b.Marshal()
	return bytes.Equal(x, y) && reflect.DeepEqual(a.Sheets, b.Sheets) && a.Time.Equal(b.Time) && a.Passed == b.Passed
}

// A record reads back as it was, and every changed octet of it is noticed.
func TestDrill(t *testing.T) {
	f := example(t)
	d := exampleDrill(t, f)
	b, err := d.Sign(f.signer)
	if err != nil {
		t.Fatal(err)
	}
	got, err := VerifyDrill(b, f.signer.PublicKey())
	if err != nil || !sameDrill(got, d) || !IsDrill(b) {
		t.Fatalf("%+v, %v", got, err)
	}
	if got, signed, err := ReadDrill(b); err != nil || !signed || !sameDrill(got, d) {
		t.Error(signed, err)
	}
	if _, err := VerifyDrill(b, f.account.Private(profile.CommonSignature).PublicKey()); !errors.As(err, new(*dare.SignerError)) {
		t.Error("another key:", err)
	}
	e, err := dare.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	forged := *e
	forged.Body = bytes.Replace(e.Body, []byte(`"failed"`), []byte(`"passed"`), 1)
	if _, err := VerifyDrill(forged.Bytes(), f.signer.PublicKey()); !errors.As(err, new(*dare.SignatureError)) {
		t.Error("a forged result:", err)
	}
}

func TestUnsignedDrill(t *testing.T) {
	f := example(t)
	d := exampleDrill(t, f)
	b, err := d.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if got, signed, err := ReadDrill(b); err != nil || signed || !sameDrill(got, d) || !IsDrill(b) {
		t.Error(signed, err)
	}
	if _, err := VerifyDrill(b, f.signer.PublicKey()); !errors.Is(err, dare.ErrUnsigned) {
		t.Error("a record that nobody signed verifies:", err)
	}
	for _, bad := range []string{
		``, `{}`, `[]`, `[{},"",{}]`, `{"DrillRecord":{}}`, `{"RecoveryRecord":{"Version":1}}`,
		`{"DrillRecord":{"Version":2,"Tested":"2026-11-22T10:30:00Z","Result":"passed"}}`,
		`{"DrillRecord":{"Version":1,"Tested":"yesterday","Result":"passed"}}`,
		`{"DrillRecord":{"Version":1,"Tested":"2026-11-22T10:30:00Z","Result":"perhaps"}}`,
		`{"DrillRecord":{"Version":1,"Tested":"2026-11-22T10:30:00Z","Result":"passed","Need":16}}`,
		`{"DrillRecord":{"Version":1,"Tested":"2026-11-22T10:30:00Z","Result":"passed","Account":"Bob"}}`,
		`{"DrillRecord":{"Version":1,"Tested":"2026-11-22T10:30:00Z","Result":"passed","Certificate":"MK1:"}}`,
		`{"DrillRecord":{"Version":1,"Tested":"2026-11-22T10:30:00Z","Result":"passed","Sheets":[{"Index":-1}]}}`,
	} {
		if d, _, err := ReadDrill([]byte(bad)); err == nil {
			t.Errorf("%s is read: %+v", bad, d)
		}
	}
	if _, err := (&Drill{}).Marshal(); err == nil {
		t.Error("a record without a date is written")
	}
}

func FuzzDrill(f *testing.F) {
	fix := example(f)
	d := exampleDrill(f, fix)
	signed, err := d.Sign(fix.signer)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(signed)
	bare, _ := d.Marshal()
	f.Add(bare)
	f.Add([]byte(`{"DrillRecord":{"Version":1,"Tested":"2026-11-22T10:30:00Z","Result":"passed"}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		IsDrill(b)
		d, _, err := ReadDrill(b)
		if err != nil {
			return
		}
		again, err := d.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if e, signed, err := ReadDrill(again); err != nil || signed || !sameDrill(e, d) {
			t.Error("what is read is not written again:", err)
		}
	})
}
