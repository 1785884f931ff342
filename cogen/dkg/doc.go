// Package dkg makes, renews, moves and repairs keys that are shared, with no
// dealer who ever had one: distributed generation (Pedersen's, with the proofs
// of FROST's key generation, Komlo and Goldberg 2020, section 5.1), refresh,
// resharing, and the repair of a lost share. The keys are those of package
// cogen, and so are the shares that result.
//
// # Ceremonies
//
// Generate, Refresh and Reshare are one ceremony with other polynomials. Its
// dealers each bring one; the holders' shares are values of the sum.
//
//  1. Each dealer pledges a digest: Start, Pledge.
//  2. When all pledges are in, it opens what it pledged: Open. That is the
//     commitment to its polynomial, a proof that it knows the first coefficient,
//     and a key to sign deals by. The opening also says what all others pledged.
//  3. When all openings are in and agree, it deals: Deal. A deal is signed, and
//     for one holder's eyes.
//  4. Each holder checks what he was dealt: Finish. He tells all that he has
//     his share: Receipt.
//  5. When all receipts are in, the share may be used: Accept.
//
// Messages come as maps from the party who sent them. Whoever calls must know
// that a message is that party's, as a signature or a private meeting tells;
// deals, deltas and sums must also be sealed for their reader. What comes from
// somebody else is not a message of the ceremony, and nobody is to blame for
// it. All messages are of a version, a ceremony, a round, a sender and a length
// that are known beforehand, and nothing else is read.
//
// Parties may be a command that is called once a round. What a dealer must
// keep between the rounds is its State.
//
// A Repair has no rounds of pledges, for it makes nothing that anybody could
// wish to choose.
//
// # Who is to blame
//
// If anybody is found to lie, misses his turn or contradicts another, the
// ceremony ends. Nothing of it is used, and another can begin without him. No
// dealer is left out on the way, since who can have others left out can choose
// among keys.
//
//   - What is wrong in itself names its sender: CheatError.
//   - A wrong share is found when the sum does not agree, by looking at each.
//     Its deal, shown to all, convicts the dealer who signed it; a deal that is
//     right or not signed convicts whoever complains: Ceremony.Judge. So a
//     complaint shows one wrong share and nothing of an honest dealer's, who
//     need not answer. However many collude, they cannot sign in his name.
//   - If two parties say that a third told them different things, one of the
//     three lies: DisputeError. The messages that the third signed decide.
//   - Who sends nothing, or what cannot be opened or is not signed, is missing:
//     MissingError. Nobody else can know whether he did, or the way ate it.
//
// # Security
//
// Fewer than need of the parties learn no more of a key that is generated than
// its public key, and cannot choose it: a proof of knowledge, bound to the
// ceremony and the index, keeps them from one made of the others', and the
// pledges from waiting for the others' before they choose. They can look at the
// openings and then break off, so that of several ceremonies they get the one
// they like best. That is seen each time, and of 2^k ceremonies it gives them k
// bits of the public key.
//
// No majority need be honest: a party that is sees for itself that its share is
// right and that all others who are have seen what it has. Need of the holders
// together have the key.
//
// Refresh and Reshare give new shares of the same key. Need of the old shares
// still give it, whatever has become of the new ones, and so does a copy of
// them in some backup. All holders must have accepted before anybody wipes his
// old share, and then all must wipe theirs. Receipts are public, so that who
// has them all passes them on to those who have not. What was decrypted or
// signed before stays so. One old share among new ones is worthless: shares
// stolen before a refresh and after it do not go together. A member who is left
// out of a refresh or a resharing still has his old share, and can use the key
// with others who kept theirs. Only a new key shuts him out for certain.
//
// The share that a repair gives goes to whoever holds the sums. Helpers must
// know whom they help.
//
// State of a Dealer is as secret as its deals, and for Reshare as its share.
// A dealer who is asked twice says the same, and gives nothing away. But with a
// copy of its State from before it opened it would open to other pledges, and
// let the others choose after all; so State is to be replaced, not kept.
//
// What is done with secret scalars takes the same time for all of them. Checks
// of what is public do not hide it. Polynomials, shares and seeds are cleared
// after use, as far as package secret says.
package dkg
