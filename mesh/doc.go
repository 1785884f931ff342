// Package mesh holds the structures of the Mathematical Mesh that this module
// reads and writes: keys, profiles, connections, activations, capabilities,
// catalog entries, contacts and messages. It follows
// draft-hallambaker-mesh-schema-09 and draft-hallambaker-mesh-protocol-09 with
// the member names of the reference of May 2022. It knows no cryptography: a
// structure that parses has proved nothing.
//
// [Parse] reads any tagged structure, in JSON or JSON-B, and [Marshal] writes
// one. Members that a structure does not have are kept and written again in
// their places, and so are whole structures that this package does not have
// (as [Unknown]). Names that members had in older documents are read, and
// written again as they were read. Names match exactly and once.
//
// Enveloped structures are kept as the envelopes they are ([Envelope]); opening
// and verifying them is another package's work.
//
// # Security
//
// Private keys, seeds and passwords sit in boxes that print as "[secret]";
// [Wipe] clears them. Members that are not known are not printed either. No
// error repeats what it found. Reading is bounded in size, depth and number of
// values; base64 is not decoded in constant time.
package mesh
