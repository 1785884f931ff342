// Package record makes and checks what stands beside the shares of an escrowed
// account: the certificate of a set, which is public and printed on every
// sheet, and the recovery record, which is sealed and kept anywhere.
//
// Both formats are Meshkey's own, version 1; docs/sheet.md and docs/FORMATS.md describe them.
// A certificate is CBOR (RFC 8949, deterministic encoding of section 4.2) in
// Base45 (RFC 9285); a record is a DARE envelope.
//
// # Security
//
// A certificate commits to every share by a hash under a salt of its own. Each
// share is uniform over at least 128 bits, so one holder learns nothing of
// another share; who has all shares but one of a quorum could test guesses of
// the seed on it, as on the account's fingerprint, and for that reason only
// seeds of at least 16 random octets get one. A certificate proves that its
// signer made the set. Whose account that is, only the account's signed profile
// or the recovered seed can say: see [Certificate.Verify].
//
// Checking a certificate takes public data only and is not constant time. The
// key of a record is secret; it prints as "[secret]".
package record
