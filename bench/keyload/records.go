package main

import (
	"crypto/sha512"
	"encoding/binary"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"

	"meshkey/cogen"
)

// records makes few writes of many records: those that come while others are
// written, or are on their way and come in time, share the next.
type records struct {
	signer *cogen.PrivateKey
	signed atomic.Int64
	coming atomic.Int64
	queue  chan *record
	write  func([][]byte) // and make durable; nil for nothing
}

type record struct {
	octets []byte
	done   chan func() []byte // has the signature of the write made, by who comes first
}

func newRecords(keep string, signer *cogen.PrivateKey) *records {
	r := &records{signer: signer, queue: make(chan *record, 256)}
	switch name, isLog := strings.CutPrefix(keep, "log:"); {
	case keep == "none":
		return r
	case isLog:
		f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
		check(err)
		r.write = func(batch [][]byte) {
			var all []byte
			for _, octets := range batch {
				all = append(all, octets...)
			}
			_, err := f.Write(all)
			check(err)
			check(f.Sync())
		}
	default:
		db, err := bbolt.Open(name, 0o600, &bbolt.Options{FreelistType: bbolt.FreelistMapType})
		check(err)
		r.write = func(batch [][]byte) { check(db.Update(func(tx *bbolt.Tx) error { return put(tx, batch) })) }
	}
	go r.run()
	return r
}

// put numbers the records.
func put(tx *bbolt.Tx, batch [][]byte) error {
	bucket, err := tx.CreateBucketIfNotExists([]byte("records"))
	for _, octets := range batch {
		if err != nil {
			return err
		}
		var number uint64
		if number, err = bucket.NextSequence(); err == nil {
			err = bucket.Put(binary.BigEndian.AppendUint64(nil, number), octets)
		}
	}
	return err
}

// announce says that a record is on its way, until over is called.
func (r *records) announce() (over func()) {
	r.coming.Add(1)
	return sync.OnceFunc(func() { r.coming.Add(-1) })
}

// append returns when the record is durable, and the signature of all that were
// written with it. over says that it waits for nobody any more.
func (r *records) append(octets []byte, over func()) []byte {
	if r.write == nil {
		return r.sign([][]byte{octets})
	}
	one := &record{octets, make(chan func() []byte, 1)}
	r.queue <- one
	sign := <-one.done
	over()
	return sign()
}

func (r *records) sign(batch [][]byte) []byte {
	h := sha512.New()
	for _, octets := range batch {
		h.Write(octets)
	}
	signature, err := r.signer.Sign(h.Sum(nil))
	check(err)
	r.signed.Add(1)
	return signature
}

func (r *records) run() {
	for first := range r.queue {
		batch := []*record{first}
		timer := time.NewTimer(window)
	gather:
		for int64(len(batch)) < r.coming.Load() {
			select {
			case next := <-r.queue:
				batch = append(batch, next)
			case <-timer.C:
				break gather
			}
		}
		timer.Stop()
		var octets [][]byte
		for _, one := range batch {
			octets = append(octets, one.octets)
		}
		r.write(octets)
		sign := sync.OnceValue(func() []byte { return r.sign(octets) })
		for _, one := range batch {
			one.done <- sign
		}
	}
}
