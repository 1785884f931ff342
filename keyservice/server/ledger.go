package server

import (
	"context"

	"meshkey/keyservice/audit"
	"meshkey/keyservice/receipt"
	"meshkey/keyservice/store"
)

// A ledger is what the calls that share a transaction write to. It has the records
// that they make, for their receipts.
type ledger struct {
	store.Writer
	batch receipt.Batch
}

// A line is a record in a ledger.
type line struct {
	octets []byte
	batch  *receipt.Batch
	place  int // in the batch
}

// append adds a record to the audit log.
func (l *ledger) append(r *audit.Record) (line, error) {
	octets, err := audit.Append(l, r)
	if err != nil {
		return line{}, err
	}
	return line{octets, &l.batch, l.batch.Add(octets)}, nil
}

// A bookkeeper is a store whose transactions write to a ledger each, a new one when
// they are tried again.
type bookkeeper struct{ store.Store }

// Update implements store.Store.
func (b bookkeeper) Update(ctx context.Context, f func(store.Writer) error) error {
	return b.Store.Update(ctx, func(w store.Writer) error { return f(&ledger{Writer: w}) })
}
