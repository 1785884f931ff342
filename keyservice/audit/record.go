// Package audit is the log of a key service: a record of every request, made
// durable before the answer leaves, that nobody changes afterwards without
// being found.
//
// The records about one key are numbered from 1, and each holds the hash of
// the one before. From time to time a root is signed, which holds the last
// number and hash of every key that has new records, and the hash of the root
// before. Whoever asked keeps a Receipt, the record itself, signed.
//
// # Security
//
// The service writes its own log, so the log proves nothing against a service
// that lies from the start. What is proved: records that a root covers, or
// that somebody has a receipt of, cannot be changed, exchanged or taken away
// without Verify's finding it, unless the signature key is lost; then roots
// that are kept elsewhere still show it. Records after the last root can be
// cut off unseen by whoever has the store; receipts show them.
//
// Records hold no secret: names, times, digests, outcomes.
package audit

import "meshkey/keyservice/receipt"

// What the log is made of, as whoever asked gets it too.
type (
	Hash    = receipt.Hash
	Record  = receipt.Record
	Receipt = receipt.Receipt
)

func recordHash(b []byte) Hash { return receipt.HashOf("record", b) }
