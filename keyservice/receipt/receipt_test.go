package receipt_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"meshkey/cogen"
	"meshkey/keyservice/receipt"
)

func record(t testing.TB, n int) []byte {
	t.Helper()
	b, err := (&receipt.Record{Key: "key", Number: uint64(n), Call: "Operate"}).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// batch is receipts of n records under one signature.
func batch(t testing.TB, n int, signer *cogen.PrivateKey) []receipt.Receipt {
	t.Helper()
	var b receipt.Batch
	for i := range n {
		if place := b.Add(record(t, i)); place != i {
			t.Fatalf("record %d is in place %d", i, place)
		}
	}
	var signatures atomic.Int64
	out := make([]receipt.Receipt, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			r, err := b.Receipt(i, record(t, i), func(statement []byte) ([]byte, error) {
				signatures.Add(1)
				return signer.Sign(statement)
			})
			if err != nil {
				t.Error(err)
			}
			out[i] = r
		})
	}
	all.Wait()
	if k := signatures.Load(); k != 1 {
		t.Errorf("%d signatures for %d records", k, n)
	}
	return out
}

// Every receipt of a batch of any size verifies, as that of its own record.
func TestBatch(t *testing.T) {
	signer := cogen.Ed25519().GenerateKey()
	for n := 1; n <= 40; n++ {
		for i, r := range batch(t, n, signer) {
			got, err := r.Open(signer.PublicKey())
			if err != nil || got.Number != uint64(i) {
				t.Errorf("receipt %d of %d: %v, %v", i, n, got, err)
			}
		}
	}
	one, err := receipt.New(record(t, 0), signer)
	if err != nil || bytes.Contains(one, []byte(`"path"`)) {
		t.Errorf("a record by itself: %s, %v", one, err)
	}
}

// Nobody can have a receipt of what was not in the batch.
func TestBatchRefuses(t *testing.T) {
	signer := cogen.Ed25519().GenerateKey()
	all := batch(t, 7, signer)
	read := func(r receipt.Receipt) (s receipt.Signed) {
		if err := json.Unmarshal(r, &s); err != nil {
			t.Fatal(err)
		}
		return s
	}
	first, last := read(all[0]), read(all[6])
	if len(first.Path) != 3*32 || len(last.Path) != 2*32 {
		t.Fatalf("paths of %d and %d octets", len(first.Path), len(last.Path))
	}
	hash := func(n int) []byte { h := receipt.HashOf("receipt", record(t, n)); return h[:] }
	flip := func(b []byte, i int) []byte { b = bytes.Clone(b); b[i] ^= 1; return b }
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	for name, s := range map[string]receipt.Signed{
		"another record":                     {Octets: record(t, 7), Path: first.Path, Signature: first.Signature},
		"a record in the place of another":   {Octets: record(t, 6), Path: first.Path, Signature: first.Signature},
		"the path of another":                {Octets: first.Octets, Path: last.Path, Signature: first.Signature},
		"no path":                            {Octets: first.Octets, Signature: first.Signature},
		"half a path":                        {Octets: first.Octets, Path: first.Path[:32], Signature: first.Signature},
		"a path without its beginning":       {Octets: first.Octets, Path: first.Path[32:], Signature: first.Signature},
		"a path in another order":            {Octets: first.Octets, Path: join(first.Path[32:64], first.Path[:32], first.Path[64:]), Signature: first.Signature},
		"a path with one octet changed":      {Octets: first.Octets, Path: flip(first.Path, 95), Signature: first.Signature},
		"a path of a part of a hash":         {Octets: first.Octets, Path: first.Path[:95], Signature: first.Signature},
		"a path that goes on":                {Octets: first.Octets, Path: join(first.Path, first.Path[:32]), Signature: first.Signature},
		"a path that is too long":            {Octets: first.Octets, Path: bytes.Repeat(first.Path, 11), Signature: first.Signature},
		"two hashes for a record":            {Octets: join(hash(0), hash(1)), Path: first.Path[32:], Signature: first.Signature},
		"two hashes for a record, exchanged": {Octets: join(hash(1), hash(0)), Path: first.Path[32:], Signature: first.Signature},
		"another signature":                  {Octets: first.Octets, Path: first.Path, Signature: flip(first.Signature, 5)},
	} {
		b, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if octets, err := receipt.Open("receipt", b, signer.PublicKey()); err == nil {
			t.Errorf("%s: %s", name, octets)
		}
	}
	// An empty path is no path, and has one form.
	one, err := receipt.New(record(t, 0), signer)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := receipt.Receipt(bytes.Replace(one, []byte(`,"sig`), []byte(`,"path":"","sig`), 1)).Open(signer.PublicKey()); err == nil {
		t.Error("an empty path is read")
	}
	for _, r := range all {
		if _, err := receipt.Open("root", r, signer.PublicKey()); !errors.Is(err, receipt.ErrSignature) {
			t.Errorf("a receipt for a root: %v", err)
		}
	}
}

// Who cannot sign gives no receipts, to nobody who shares the batch.
func TestBatchUnsigned(t *testing.T) {
	var b receipt.Batch
	no := errors.New("no key")
	b.Add(record(t, 0))
	b.Add(record(t, 1))
	if r, err := b.Receipt(0, record(t, 0), func([]byte) ([]byte, error) { return nil, no }); !errors.Is(err, no) {
		t.Errorf("%s, %v", r, err)
	}
	if r, err := b.Receipt(1, record(t, 1), cogen.Ed25519().GenerateKey().Sign); !errors.Is(err, no) {
		t.Errorf("%s, %v", r, err)
	}
	var c receipt.Batch
	c.Add(record(t, 0))
	func() {
		defer func() { _ = recover() }()
		_, _ = c.Receipt(0, record(t, 0), func([]byte) ([]byte, error) { panic("no key") })
	}()
	if r, err := c.Receipt(0, record(t, 0), cogen.Ed25519().GenerateKey().Sign); err == nil {
		t.Errorf("%s after a panic", r)
	}
}

// What opens is in the one form that is written, and of the batch.
func FuzzOpen(f *testing.F) {
	signer, err := cogen.Ed25519().NewPrivateKey(make([]byte, 32))
	if err != nil {
		f.Fatal(err)
	}
	made := map[string]bool{}
	for _, n := range []int{1, 2, 5} {
		for _, r := range batch(f, n, signer) {
			f.Add([]byte(r))
			made[fmt.Sprintf("%s", []byte(r))] = true
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := receipt.Receipt(b).Open(signer.PublicKey()); err == nil && !made[string(b)] {
			t.Errorf("%s opens", b)
		}
	})
}
