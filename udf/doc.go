// Package udf reads and writes Uniform Data Fingerprints, the names the
// Mathematical Mesh gives to keys, secrets and shares: a type octet and data,
// in Base32 letters with a hyphen after every four. It follows
// draft-hallambaker-mesh-udf-13; where published values disagree with the
// text of the draft, the values stand and the comment says so.
//
// Every text is read in either case, with spaces, line breaks and hyphens
// anywhere or nowhere, and with the digits 0, 1 and 8, which the alphabet does
// not have, read as O, I and B. Anything else is a [ParseError] that gives a
// place and never repeats what stands there.
//
// # Security
//
// Seeds, shares, keys and PINs are secret: [Seed], [Key] and [EARL] print as
// "[secret]" and leave through Octets and Text only. A Text is a string, which
// cannot be wiped. Fingerprints and nonces are public.
//
// Writing letters and reducing private values of the NIST curves take the same
// time for every secret of a length. Reading letters does not: it branches on
// the class of each character. Fingerprints are compared in constant time.
package udf
