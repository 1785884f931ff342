package audit_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"meshkey/cogen"
	"meshkey/keyservice/audit"
	"meshkey/keyservice/receipt"
	"meshkey/keyservice/store"
)

var (
	ctx   = context.Background()
	start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
)

// log is a log of three keys with two roots, and some records after them.
type log struct {
	t        *testing.T
	store    store.Store
	signer   *cogen.PrivateKey
	receipts map[string]audit.Receipt // by key and number
}

func newLog(t *testing.T) *log {
	s, err := store.OpenBolt(filepath.Join(t.TempDir(), "store"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	l := &log{t, s, cogen.Ed448().GenerateKey(), map[string]audit.Receipt{}}
	for round := range 3 {
		for _, key := range []string{"alice", "bob", "carol"} {
			for i := range 3 {
				l.append(key, fmt.Sprint(round, i))
			}
		}
		if round < 2 {
			l.tie()
		}
	}
	return l
}

func (l *log) update(f func(store.Writer) error) {
	l.t.Helper()
	if err := l.store.Update(ctx, f); err != nil {
		l.t.Fatal(err)
	}
}

func (l *log) append(key, what string) {
	l.update(func(w store.Writer) error {
		r := &audit.Record{Key: key, Time: start, Caller: "MDEV-ICE", Call: what, Request: audit.Hash{1}}
		octets, err := audit.Append(w, r)
		if err != nil {
			return err
		}
		signed, err := receipt.New(octets, l.signer)
		l.receipts[fmt.Sprint(key, r.Number)] = signed
		return err
	})
}

func (l *log) tie() {
	l.update(func(w store.Writer) error {
		_, err := audit.Tie(w, l.signer, start)
		return err
	})
}

func (l *log) verify(kept ...audit.Receipt) *audit.Report {
	l.t.Helper()
	var report *audit.Report
	err := l.store.View(ctx, func(r store.Reader) (err error) {
		report, err = audit.Verify(r, l.signer.PublicKey(), kept...)
		return err
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return report
}

func (l *log) get(table store.Table, key []byte) (value []byte) {
	l.t.Helper()
	err := l.store.View(ctx, func(r store.Reader) (err error) {
		value, err = r.Get(table, key)
		return err
	})
	if err != nil || value == nil {
		l.t.Fatalf("%s %q: %v", table, key, err)
	}
	return value
}

func (l *log) put(table store.Table, key, value []byte) {
	l.update(func(w store.Writer) error {
		if value == nil {
			return w.Delete(table, key)
		}
		return w.Put(table, key, value)
	})
}

func record(key string, number uint64) []byte {
	return binary.BigEndian.AppendUint64(append([]byte(key), 0), number)
}

func root(number uint64) []byte { return binary.BigEndian.AppendUint64(nil, number) }

func TestVerify(t *testing.T) {
	l := newLog(t)
	report := l.verify(l.receipts["bob9"])
	if len(report.Findings) > 0 || report.Records != 27 || report.Keys != 3 || report.Roots != 2 || report.Untied != 9 || !report.LastRoot.Equal(start) {
		t.Errorf("%+v", report)
	}
	l.tie()
	if report = l.verify(); report.Untied != 0 || report.Roots != 3 {
		t.Errorf("%+v", report)
	}
	l.tie() // nothing new, so no root
	if report = l.verify(); report.Roots != 3 {
		t.Errorf("%+v", report)
	}
	var calls []string
	err := l.store.View(ctx, func(r store.Reader) error {
		return audit.Records(r, "bob", 7, func(r *audit.Record) bool {
			calls = append(calls, r.Call)
			return true
		})
	})
	if err != nil || strings.Join(calls, ",") != "2 1,2 2" {
		t.Error(calls, err)
	}
}

// Whatever is done to a log is found where it was done.
func TestVerifyFinds(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(l *log)
		want string // begin of some finding
	}{
		"edited under a root": {func(l *log) {
			b := bytes.Replace(l.get("audit-record", record("bob", 3)), []byte("MDEV-ICE"), []byte("MDEV-ICF"), 1)
			l.put("audit-record", record("bob", 3), b)
		}, "record 3 of bob is not the one that was signed"},
		"edited between roots": {func(l *log) {
			b := bytes.Replace(l.get("audit-record", record("bob", 2)), []byte("MDEV-ICE"), []byte("MDEV-ICF"), 1)
			l.put("audit-record", record("bob", 2), b)
		}, "record 3 of bob was changed, or the one before it"},
		"edited at the end": {func(l *log) {
			b := bytes.Replace(l.get("audit-record", record("bob", 9)), []byte("MDEV-ICE"), []byte("MDEV-ICF"), 1)
			l.put("audit-record", record("bob", 9), b)
		}, "record 9 of bob is not the last that was written"},
		"no JSON": {func(l *log) { l.put("audit-record", record("bob", 2), []byte("{}")) }, "record 2 of bob was"},
		"exchanged": {func(l *log) {
			a, b := l.get("audit-record", record("bob", 4)), l.get("audit-record", record("bob", 5))
			l.put("audit-record", record("bob", 4), b)
			l.put("audit-record", record("bob", 5), a)
		}, "record 4 of bob was exchanged: record 5 of bob stands there"},
		"of another key": {func(l *log) {
			l.put("audit-record", record("bob", 4), l.get("audit-record", record("alice", 4)))
		}, "record 4 of bob was exchanged: record 4 of alice stands there"},
		"taken out":         {func(l *log) { l.put("audit-record", record("bob", 5), nil) }, "record 5 of bob is missing"},
		"first taken out":   {func(l *log) { l.put("audit-record", record("bob", 1), nil) }, "record 1 of bob is missing"},
		"cut off":           {func(l *log) { l.put("audit-record", record("bob", 9), nil) }, "record 9 of bob is missing: the log was cut off there"},
		"cut off with head": {func(l *log) { l.cut("bob", 5) }, "record 6 of bob is missing, though it was signed (root 2)"},
		"a key's log gone": {func(l *log) {
			for n := range uint64(9) {
				l.put("audit-record", record("bob", n+1), nil)
			}
			l.put("audit-head", []byte("bob"), nil)
		}, "record 3 of bob is missing, though it was signed (root 1)"},
		"head gone": {func(l *log) { l.put("audit-head", []byte("bob"), nil) }, "root 0 heads of some keys are missing"},
		"root edited": {func(l *log) {
			b := l.get("audit-root", root(1))
			l.put("audit-root", root(1), bytes.Replace(b, []byte(`"octets":"ey`), []byte(`"octets":"fy`), 1))
		}, "root 1 was changed"},
		"root gone":       {func(l *log) { l.put("audit-root", root(1), nil) }, "root 1 is missing"},
		"last root gone":  {func(l *log) { l.put("audit-root", root(2), nil) }, "root 2 is missing"},
		"roots exchanged": {func(l *log) { l.put("audit-root", root(1), l.get("audit-root", root(2))) }, "root 1 stands in the place of another"},
		"rewritten by another": {func(l *log) {
			l.signer = cogen.Ed448().GenerateKey()
		}, "root 1 was changed: its signature"},
		"a stray record": {func(l *log) { l.put("audit-record", []byte("x"), []byte("{}")) }, "record 0 of x is no record"},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLog(t)
			c.do(l)
			for _, f := range l.verify().Findings {
				if strings.HasPrefix(f.String(), c.want) {
					return
				}
			}
			t.Errorf("not found; %v", l.verify().Findings)
		})
	}
}

// cut makes a log end at a record, as it once did.
func (l *log) cut(key string, last uint64) {
	for n := last + 1; n <= 9; n++ {
		l.put("audit-record", record(key, n), nil)
	}
	r, err := l.receipts[fmt.Sprint(key, last)].Open(l.signer.PublicKey())
	if err != nil {
		l.t.Fatal(err)
	}
	// The head is what Append would leave: append the record again to a store
	// that has the one before.
	l.put("audit-head", []byte(key), nil)
	before, err := l.receipts[fmt.Sprint(key, last-1)].Open(l.signer.PublicKey())
	if err != nil {
		l.t.Fatal(err)
	}
	l.put("audit-head", []byte(key), fmt.Appendf(nil, `{"key":%q,"number":%d,"hash":"%x"}`, key, before.Number, r.Previous[:]))
	l.update(func(w store.Writer) error {
		_, err := audit.Append(w, r)
		return err
	})
}

// What was cut off after the last root, only a receipt shows.
func TestReceipt(t *testing.T) {
	l := newLog(t)
	l.cut("bob", 8)
	if report := l.verify(); len(report.Findings) > 0 {
		t.Errorf("the log was not cut as it should: %v", report.Findings)
	}
	report := l.verify(l.receipts["bob9"], l.receipts["alice9"])
	if len(report.Findings) != 1 || !strings.HasPrefix(report.Findings[0].String(), "record 9 of bob is missing") {
		t.Errorf("%v", report.Findings)
	}
	receipt := l.receipts["bob9"]
	if _, err := receipt.Open(cogen.Ed448().GenerateKey().PublicKey()); err == nil {
		t.Error("a receipt of another service is taken")
	}
	for i := range receipt {
		changed := audit.Receipt(bytes.Clone(receipt))
		changed[i] ^= 1
		if _, err := changed.Open(l.signer.PublicKey()); err == nil {
			t.Fatalf("a receipt changed at %d is taken", i)
		}
	}
}

func TestAppendRefuses(t *testing.T) {
	l := newLog(t)
	for _, key := range []string{"", "a\x00b", strings.Repeat("a", 513)} {
		err := l.store.Update(ctx, func(w store.Writer) error {
			_, err := audit.Append(w, &audit.Record{Key: key})
			return err
		})
		if err == nil {
			t.Errorf("%q", key)
		}
	}
}

func FuzzParseRecord(f *testing.F) {
	f.Add([]byte(`{"key":"a","number":1,"time":"2026-01-02T03:04:05Z","caller":"","call":"","refused":"","request":"","answer":"","previous":""}`))
	octets, err := (&audit.Record{Key: "a"}).Bytes()
	if err != nil {
		f.Fatal(err)
	}
	signed, _ := receipt.New(octets, cogen.Ed25519().GenerateKey())
	f.Add([]byte(signed))
	f.Fuzz(func(t *testing.T, b []byte) { _, _ = receipt.ParseRecord(b) })
}

// A root that somebody kept shows what was done to the log by one who can sign
// another in its place.
func TestKeptRoot(t *testing.T) {
	l := newLog(t)
	kept := audit.Receipt(l.get("audit-root", root(2)))
	if report := l.verify(kept); len(report.Findings) > 0 {
		t.Errorf("%v", report.Findings)
	}
	l.cut("bob", 5)
	l.put("audit-root", root(2), nil)
	l.put("audit-root", []byte("\xff\xff\xff\xff\xff\xff\xff\xfflast"), root(1))
	l.tie()
	found := fmt.Sprint(l.verify(kept).Findings)
	for _, want := range []string{"root 2 is not the one that was kept", "record 6 of bob is missing, though it was signed (root 2)"} {
		if !strings.Contains(found, want) {
			t.Errorf("%q is not among %v", want, found)
		}
	}
	l.put("audit-root", root(2), nil)
	l.put("audit-root", []byte("\xff\xff\xff\xff\xff\xff\xff\xfflast"), root(1))
	if found := fmt.Sprint(l.verify(kept).Findings); !strings.Contains(found, "root 2 is missing, though it was kept") {
		t.Error(found)
	}
	err := l.store.View(ctx, func(r store.Reader) error {
		last, err := audit.LastRoot(r)
		if !bytes.Equal(last, l.get("audit-root", root(1))) {
			t.Error("the last root is another")
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
