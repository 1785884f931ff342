// Package profile turns the seed of a Mathematical Mesh account, device or
// service into its named keys, and reads, verifies and writes the signed profiles
// that publish them. It follows draft-hallambaker-mesh-schema and the values its
// reference implementation published until May 2022.
//
// From one [Seed] comes everything an account is: [Seed.Account] has its keys,
// [Account.Profile] signs its profile, [Seed.Fingerprint] is its name, and
// [Account.OpenEscrowed] opens the keys of applications that were escrowed to
// the account.
//
// A device comes into an account by [Device.RequestConnection], [Account.Accept]
// and [Device.Complete]: device and administrator make the device's keys
// together, and the account signs a [Connection] that shows them.
//
// # Security
//
// A [Seed] and an [Account] are secret: they print as "[secret]", and the seed
// leaves through Octets and Text only. Key derivation takes the same time for
// every seed. A [Profile] is public; none is returned before its signature was
// verified over the octets received, by the key whose fingerprint is the
// profile's own name. That fingerprint is what a person has to compare: a
// profile proves its content to whoever knows it, and nobody else.
//
// A [Connection], too, is none until it was verified: by the administrator's key
// in the account's profile, never by a device's. Whoever carries request and
// answer between a device and its administrator can keep them back, and could put
// others in their place: a PIN on both sides stops that, and comparing
// [ConnectionRequest.Witness] shows it.
package profile
