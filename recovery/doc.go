// Package recovery brings the seed of an account back from the texts of its
// shares: typed, photographed, or printed by another program. It takes them in
// any order, says after each how far it is, and gives a seed out only if that
// is the seed of the account asked for.
//
// With no sheet to spare, slips are looked for: [Session.Repairs] proposes what
// a sheet should say, confirmed by the certificate or the account, and
// [Session.Accept] takes it once a person has looked at the paper.
//
// A share carries no check of its own, so that a single wrong letter gives
// another seed without a word. Every recovery is therefore anchored: in the
// fingerprint of the account, in its profile, or in a certificate of the set.
//
// # Security
//
// A fingerprint that the person has kept, or a profile or certificate he
// trusts, guards against slips and against forged sheets alike. A certificate
// that came with the sheets guards against slips only: who forged the sheets
// forged it too. [Result] names the anchor, so that the fingerprint can be
// shown for comparing.
//
// Shares are secret. They arrive as texts, which cannot be wiped; errors and
// reports give places and never letters, but for the Typed and Proposed letters
// of a [Change], which a person is to compare with the paper. The session's own
// copies are cleared by Wipe, save texts that a search for slips has tried.
// Reading text and searching for the shares that fit are not constant time;
// combining shares and deriving keys are.
package recovery
