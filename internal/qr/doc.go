// Package qr makes QR symbols and finds them in grey pictures, as ISO/IEC
// 18004 has them.
//
// Symbols are read by a library first. What it does not read, since it is
// covered, stained, crumpled or out of focus, is then sampled module by module
// with a confidence, and decoded with errors and erasures.
//
// It knows nothing of what the texts mean: whoever asks says when enough has
// been found.
//
// # Security
//
// The texts may be secret; they are Go strings, which cannot be wiped. Making
// and reading symbols takes time that depends on their content. Pictures are
// hostile input: what Decode does is bounded by the size of the picture, and a
// panic of the reading library is caught. A text is given out only if enough of
// a symbol's redundancy is left to rule out chance, or less of it and a form that
// the caller told.
package qr
