// Package profile turns the seed of a Mathematical Mesh account or device into
// its named keys, and reads, verifies and writes the signed profiles that
// publish them. It follows draft-hallambaker-mesh-schema and the values its
// reference implementation published until May 2022.
//
// From one [Seed] comes everything an account is: [Seed.Account] has its keys,
// [Account.Profile] signs its profile, [Seed.Fingerprint] is its name, and
// [Account.OpenEscrowed] opens the keys of applications that were escrowed to
// the account.
//
// # Security
//
// A [Seed] and an [Account] are secret: they print as "[secret]", and the seed
// leaves through Octets and Text only. Key derivation takes the same time for
// every seed. A [Profile] is public; none is returned before its signature was
// verified over the octets received, by the key whose fingerprint is the
// profile's own name. That fingerprint is what a person has to compare: a
// profile proves its content to whoever knows it, and nobody else.
package profile
