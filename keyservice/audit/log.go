package audit

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"meshkey/keyservice/receipt"
	"meshkey/keyservice/store"
)

// The tables of a log.
const (
	tableRecords store.Table = "audit-record" // key, 0, number: record
	tableHeads   store.Table = "audit-head"   // key: Head of the last record
	tableNew     store.Table = "audit-new"    // key: nothing; its head is in no root yet
	tableRoots   store.Table = "audit-root"   // number: Root, signed
)

// Tables are those of a log.
func Tables() []store.Table { return []store.Table{tableRecords, tableHeads, tableNew, tableRoots} }

// maxKey bounds the name of what a request is about.
const maxKey = 512

// A Head is the last record about a key.
type Head struct {
	Key    string `json:"key"`
	Number uint64 `json:"number"`
	Hash   Hash   `json:"hash"`
}

// Append numbers r, ties it to the record before, and puts it into the log as
// a part of the transaction, without which whatever else the transaction does
// is not done. It sets Number and Previous of r, and Time to the millisecond, and
// returns r as it is stored.
func Append(w store.Writer, r *Record) ([]byte, error) {
	if r.Key == "" || len(r.Key) > maxKey || strings.ContainsRune(r.Key, 0) {
		return nil, errors.New("audit: not the name of a key")
	}
	last, err := HeadOf(w, r.Key)
	if err != nil {
		return nil, err
	}
	r.Number, r.Previous, r.Time = last.Number+1, last.Hash, r.Time.UTC().Truncate(time.Millisecond)
	b, err := r.Bytes()
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	h, err := json.Marshal(&Head{r.Key, r.Number, recordHash(b)})
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	if err := w.Put(tableRecords, recordKey(r.Key, r.Number), b); err != nil {
		return nil, err
	}
	if err := w.Put(tableHeads, []byte(r.Key), h); err != nil {
		return nil, err
	}
	if there, err := w.Get(tableNew, []byte(r.Key)); err != nil || there != nil {
		return b, err // since the last root, and reading writes nothing
	}
	return b, w.Put(tableNew, []byte(r.Key), nil)
}

// HeadOf returns the head of a key, of number 0 if there is no record.
func HeadOf(r store.Reader, key string) (Head, error) {
	head := Head{Key: key}
	b, err := r.Get(tableHeads, []byte(key))
	if err != nil || b == nil {
		return head, err
	}
	if err := receipt.Strict(b, &head); err != nil || head.Key != key {
		return head, fmt.Errorf("audit: the head of %q is damaged", key)
	}
	return head, nil
}

// Records calls yield with the records about a key whose numbers are above
// after, in their order, until it returns false.
func Records(r store.Reader, key string, after uint64, yield func(*Record) bool) error {
	var damaged error
	err := r.Scan(tableRecords, append([]byte(key), 0), recordKey(key, after), func(_, value []byte) bool {
		record, err := receipt.ParseRecord(value)
		if err != nil {
			damaged = err
			return false
		}
		return yield(record)
	})
	if err != nil {
		return err
	}
	return damaged
}

func recordKey(key string, number uint64) []byte {
	return binary.BigEndian.AppendUint64(append([]byte(key), 0), number)
}

// splitRecordKey is the other way round; ok is false for what recordKey does
// not write.
func splitRecordKey(b []byte) (key string, number uint64, ok bool) {
	n := len(b) - 9
	if n < 1 || b[n] != 0 {
		return "", 0, false
	}
	return string(b[:n]), binary.BigEndian.Uint64(b[n+1:]), true
}
