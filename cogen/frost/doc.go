// Package frost makes signatures of t holders of a shared key, without the key
// ever being whole: FROST in two rounds, RFC 9591, with its ciphersuites
// Ed25519, Ed448 and ristretto255. Signatures by the first two are those of
// RFC 8032, and who verifies them need not know that there was a group.
//
// A Group is public: the commitment to the polynomial that the shares lie on.
// A Signer is one holder. In round one each signer calls Commit, keeps the
// Nonces and hands out the Commitment. Somebody, the coordinator, puts the
// message and the commitments of the signers into a Package. In round two each
// signer reads the package, decides on the message, and calls Sign. The
// coordinator calls Aggregate. He needs no secret; any signer can be he.
//
// All that passes between the parties has Bytes, and a Parse method of Group
// or Signer that reads nothing else: docs/FORMATS.md.
//
// # Security
//
// Fewer than Need holders, chosen beforehand, forge nothing, in any number of
// sessions at a time: this is proved for FROST with the hash functions as random
// oracles, if the one-more discrete logarithm is hard. It rests on a Group that
// is everyone's and authentic.
//
// Shares and nonces are used in constant time. What is public after round one,
// commitments, message and indexes, is not hidden by the time it takes.
//
// Nonces must never sign twice: signature shares by the same nonces, three of
// them at the most, give the share away. Nonces sign once and are then gone, but a copy of their
// Bytes that was kept, or restored, signs again. Who stores them deletes them,
// durably, before a signature share leaves his hands. A machine that is copied
// or set back must not do so between Commit and Sign.
//
// A coordinator cannot change the message: Sign is told which one its holder
// approved. He can keep a signature from being made, for instance by sending
// different packages to the signers. A SignatureShare names the package it was
// made for, so an honest signer is not blamed for that; nor can it be told who
// lied, signer or coordinator, unless packages are signed. Whom a CheatError
// names has sent a share that is wrong for the very package it names, provided
// that shares and commitments come from those whose index they bear: who
// carries them must authenticate them, nothing here does.
//
// One signer can keep a signature from being made. The session is then over;
// the others start again without him, with fresh nonces.
package frost
