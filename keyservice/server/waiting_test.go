package server

import (
	"bytes"
	"strings"
	"testing"
)

// FuzzPlace: a name leads to the place that has it, and a key of the store to the
// place that is kept under it.
func FuzzPlace(f *testing.F) {
	p := place{"MABC", "alice@example.com", bytes.Repeat([]byte{0, 0xff}, 32)}
	f.Add(p.name(), p.key())
	f.Add(" 00", []byte("MABC\x00\x00"))
	f.Add(strings.TrimPrefix(p.name(), p.grantee), p.key()[1:])
	f.Fuzz(func(t *testing.T, name string, key []byte) {
		if after, err := placeNamed("MABC", name); err == nil && after != nil {
			back, ok := parsePlace("MABC", after)
			if again, err := placeNamed("MABC", back.name()); !ok || err != nil || !bytes.Equal(again, after) {
				t.Errorf("%q leads to %q, and that to %q", name, after, again)
			}
		}
		if p, ok := parsePlace("MABC", key); ok && !bytes.Equal(p.key(), key) {
			t.Errorf("%q is read as %q", key, p.key())
		}
	})
}

// FuzzWaitingRow: what is read of a request that waits is what is written of it.
func FuzzWaitingRow(f *testing.F) {
	f.Add([]byte(`{"Since":"2026-11-23T12:00:00Z","Expires":"2026-11-30T12:00:00Z","Answered":1,"Approvals":[{"Address":"bob@example.com","Key":"M","Time":"2026-11-23T12:00:00Z"}]}`))
	for _, at := range []string{"2026-11-23T12:00:00.5Z", "2026-11-23T12:00:00+01:00", "9999-12-31T23:59:59-01:00"} {
		f.Add([]byte(`{"Since":"` + at + `","Expires":"` + at + `"}`))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var row waitingRow
		if readRow(tableWaiting, b, &row) != nil {
			return
		}
		w, err := row.parse()
		if err != nil {
			return
		}
		var again waitingRow
		written := w.put(place{"MABC", "alice@example.com", make([]byte, 64)}).value
		check(t, readRow(tableWaiting, written, &again))
		x, err := again.parse()
		check(t, err)
		if !x.since.Equal(w.since) || !x.expires.Equal(w.expires) || x.answered != w.answered || len(x.approvals) != len(w.approvals) {
			t.Errorf("%s is written as %s", b, written)
		}
	})
}
