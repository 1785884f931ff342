// Package api is the wire between a key service and those who call it: requests
// and responses, signed calls and refusals. docs/FORMATS.md specifies it, under
// Key service.
//
// A [Call] is a request in an envelope that one key signed, for one service, one
// account, one time and one nonce. [Sign] writes it and [ParseCall] reads it;
// [Call.Verify] and [Call.Fresh] say whether it may be heard. Hello and
// ValidateAccount may come as a plain request, which [ParseRequest] reads.
//
// A refusal is an [*Error] on both sides: [Refuse] writes it, [ParseAnswer]
// returns it, and errors.Is finds the same sentinel, such as [ErrDenied].
//
// # Security
//
// ParseCall proves nothing: until Verify has succeeded with a key that is known
// to be the caller's, all that a call says is what anyone may have sent. Reading
// costs no operation on a curve. The signature covers everything that a [Call]
// has: the header of the envelope, which it does not cover, can have one form
// only. Whoever takes calls compares Service with the service's own fingerprint,
// asks Fresh, and keeps Nonce until no call of that time would be fresh.
//
// Nothing here is secret but the halves of a group within sealed envelopes and
// the contributions in an OperateResponse; the latter sit in boxes that print
// as "[secret]", and [Wipe] clears them.
//
// A response is as good as the TLS connection it came on. What has to be proved
// later is signed in itself: receipts, profiles, records, envelopes.
package api
