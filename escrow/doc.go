// Package escrow turns the seed of an account into a kit: shares for as many
// people, of which some number recovers the account, with the certificate of
// the set and, if asked, a recovery record. It knows nothing of paper, files or
// networks.
//
// A kit is not given out before every quorum of its shares was combined again
// and gave the seed, and every share was judged genuine by the certificate.
//
// # Security
//
// The shares of a [Kit] are secret; everything else in it is public, except
// that Address and Service may be private to the person. The seed is the
// caller's, and can be wiped as soon as [New] returns: the kit holds no copy.
// Splitting takes the same time for every seed.
package escrow
