// Package print lays out one sheet for each share of a kit and writes it as
// PDF, PNG, SVG, plain text, or for a terminal.
//
// A sheet is one page for one share. It says first, in words for somebody who
// has never heard of any of this, what it is and what to do with it. Then come
// the share as a QR symbol and as rows of letters, marked secret; what is public
// about the set, with its certificate as a second symbol, marked public; and in
// small print all that a programmer needs to do without this program.
//
// The same can be had in large print, as an envelope that hides the secret when
// it is folded in three, and as a page to read aloud. Measure damages pictures of
// the codes, as years and scanners do, and lets a reader try them: sheets that do
// not survive a little of each damage are not to be given away.
//
// All pictures come from one layout: a page of texts, boxes and symbols,
// measured in millimetres. The same kit, date and options give the same octets.
// The package touches no file. Where files go, and with what rights, is the
// caller's to say.
//
// # Security
//
// A sheet holds its share's text as Go strings, which cannot be wiped, and all
// that is written holds it too. Names of sheets, errors and the PDF's metadata
// hold no letter of a share and no name or address. A folded sheet hinders reading
// it through the paper, with a lamp too, but does not prevent it: who must be sure
// uses an opaque envelope. Nothing here takes constant time: the shares are about
// to be put on paper.
package print
