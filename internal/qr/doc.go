// Package qr makes QR symbols and finds them in grey pictures, as ISO/IEC
// 18004 has them.
//
// It knows nothing of what the texts mean: whoever asks says when enough has
// been found.
//
// # Security
//
// The texts may be secret; they are Go strings, which cannot be wiped. Making
// and reading symbols takes time that depends on their content. Pictures are
// hostile input: what Decode does is bounded by the size of the picture, and a
// panic of the reading library is caught.
package qr
