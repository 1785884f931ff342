// Package cogen holds the keys of the Mathematical Mesh: X25519 and X448 for
// key agreement, Ed25519 and Ed448 for signatures, as the seeds of the Mesh
// give them (draft-hallambaker-mesh-udf-13, Section 4.4) and as RFC 7748 and
// RFC 8032 use them.
//
// A private key is octets: those of RFC 7748, not yet clamped; the seed that
// RFC 8032 hashes, which for Ed448 has 56 octets here and not 57; or a bare
// scalar, which is what a sum of keys or a share of one is.
//
// A public key is a point of the subgroup of prime order other than its
// identity, and NewPublicKey refuses everything else: small order, torsion,
// the twist, a second encoding of the same point. No honest key is refused,
// and what is computed from a public key does not depend on how often a
// private scalar was reduced, which with torsion it would.
//
// Several parties make one key by adding up theirs: a [Contribution] proves that
// its maker has what he adds, and a [Transcript] sees to it that nobody chooses
// his own after he has seen another's. [CombinePrivate] adds private keys,
// [PrivateKey.SplitAll] takes one apart.
//
// A key is split so that any [Commitment.Need] of its shares do for it, by
// [PrivateKey.Split]; each holder checks his [Share] alone. What a whole key
// would agree on comes of a [Partial] by each of enough holders: of summands,
// of shares, or of summands one of which is shared. A Partial has a proof for
// one [Context], and [CombineVerified] names everyone whose proof is wrong.
//
// # Security
//
// What is computed from private octets takes the same time for all of them.
// Reading a public key and verifying a signature do not hide their inputs.
// Signatures are deterministic; the nonce comes from a secret prefix for
// every kind of key, and no message is signed without one. Private octets
// stay in a secret.Bytes, and scalars made from them are cleared after use;
// copies that the hash functions and the stack keep are out of reach.
//
// Indexes, commitments and weights are public, and time depends on them. So it
// does on partials when their proofs are verified, but not on their points when
// they are combined. Whoever has enough partials has the agreement, and
// nothing else of the key; the proofs, too, show nothing of a share. A holder
// who answers for any ephemeral key he is given gives each time what the
// static Diffie-Hellman problem asks for, so he should know who asks, and what
// for: that is the Context.
package cogen
