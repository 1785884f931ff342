// Package jsonb reads and writes the Mesh's two encodings of objects: JSON as
// the Mesh uses it and the binary JSON-B, the first of the encodings of
// draft-hallambaker-jsonbcd. It carries values into structures and back by
// their Go types and does not know what any member means.
//
// What differs from encoding/json, and why the Mesh needs a reader of its own:
//
//   - A name matches exactly, and once. A second member of one name is an
//     error wherever it stands.
//   - A binary value is a base64url text without padding. In what the Mesh
//     signs, a long one has line feeds and blanks inside its quotes, which
//     JSON forbids; they are read there and nowhere else.
//   - A structure may be tagged: {"ProfileUser": {…}}.
//   - Members that a structure does not know are kept and written again, at
//     their place.
//   - Depth, number of values and size are bounded.
//
// # Security
//
// Nothing here depends on trust in the input: no input panics, and what is
// allocated is bounded by a small multiple of its length. An error gives a
// place and never repeats what stands there. A [Value] prints its kind and not
// its content. Fields of type *secret.Bytes are decoded into boxes of their
// own, so that the input can be wiped. Base64 is not decoded in constant time.
package jsonb
