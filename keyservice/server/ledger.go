package server

import (
	"context"
	"time"

	"meshkey/keyservice/audit"
	"meshkey/keyservice/receipt"
	"meshkey/keyservice/store"
)

// A ledger is what the calls that share a transaction write to. It has the records
// that they make, for their receipts.
type ledger struct {
	store.Writer
	batch   receipt.Batch
	records int
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
	l.records++
	return line{octets, &l.batch, l.batch.Add(octets)}, nil
}

// A bookkeeper is a store whose transactions write to a ledger each, a new one when
// they are tried again, and are counted.
type bookkeeper struct {
	store.Store
	meter *Meter
}

// Update implements store.Store.
func (b bookkeeper) Update(ctx context.Context, f func(store.Writer) error) error {
	start, tries, l := time.Now(), 0, &ledger{}
	err := b.Store.Update(ctx, func(w store.Writer) error {
		tries++
		l = &ledger{Writer: w}
		return f(l)
	})
	b.meter.transaction(err, time.Since(start), tries, l.records)
	return err
}
