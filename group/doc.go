// Package group makes groups that several parties have to agree to read for: a
// group is an account of the Mathematical Mesh (draft-hallambaker-mesh-schema,
// ProfileGroup), anyone encrypts to its CommonEncryption key, and the private
// key is in halves that are never put together. A decryption takes
//
//   - in the mode [Serviced], one member's half and the key service's half for
//     that member, as the Mesh has it;
//   - in the mode [Offline], any Need members, and no service;
//   - in the mode [Mixed], the service's half and any Need members.
//
// [Create] makes a group of an account, and so of a seed that can be escrowed on
// paper. What an [Administrator] does to a group is a [Change]: a signed public
// record ([Parse]), sealed halves for the service ([Keeper]), and sealed
// invitations for members ([Accept]). A [Membership] asks a [Helper], the
// service or another member, for contributions and opens an envelope with them
// ([Membership.Decrypt], or [Decryption] step by step and by files).
// Administrators that [Administrator.Appoint] named admit members together,
// though none of them can read ([Deputy]), and the service may be one of them
// ([Custody.Assent]); a key that members made together and
// nobody has is used by [Administrator.Adopt].
//
// Structures of the Mesh are in its JSON; those that it does not have are in
// docs/FORMATS.md, Groups.
//
// # Security
//
// Who can read: whoever has the group's seed, account or an [Administrator]; and
// those named by the mode, together. A member's half and the service's half for
// him make the group's key: a service and a single member who collude can not
// only read but hand out the key, and no record shows it. In the mode Mixed it
// takes the service and Need members for that, in the mode Offline Need members.
//
// What the key service learns: who asks for which envelope, by a digest of the
// envelope's header, and when; who the members are. It can refuse, and stop all
// reading by it; it cannot read, and neither can who steals its halves alone. A
// request is signed by the member and answered if the newest record that the
// service was given has him.
//
// Conditions ([Administrator.SetConditions]) bind a service that is honest, and
// are for one member each: who may read without any can read for all others. Nobody
// approves for himself, under another address either, as far as profiles and keys
// show it; that two accounts are one person's the record cannot know. Approvers
// are told what is asked for by the name of the envelope, which is a fingerprint
// of the sender's ephemeral key, and not by what is in it.
//
// What members learn of each other: the record lists addresses and public keys
// of all. Who is asked to contribute sees what the service sees. Contributing is
// giving one reading: the answer is sealed to who asks, who then reads that
// envelope and no other.
//
// Lies: every contribution has a proof, which is bound to the group, to a digest
// of the signed request and to the member who asked, and is checked against the
// half's public side in the record. A [CheatError] names who gave a wrong one
// before anything is decrypted. A half that does not match the record is
// refused by the member, and by the service, who was given it. The record
// itself is what the group's administrator signed: he can admit whom he likes.
//
// Appointed administrators: as many as act together have the whole key between
// them, and can read if they abuse it; fewer cannot, even with a member or with
// the service, unless the service is one of them and makes up their number. An
// honest service that is one of them agrees to whatever another proposes: if two act
// together, each of the others admits whom he likes, himself too, and so can read.
// The halves that it makes for one who asks, for himself or for others, of one
// proposal or of many, are uniformly random and say nothing of its part. Each
// admission is bound to one record, member and proposal, and a proposal to one set
// of administrators. That a sealed half is not the one stated
// only who it is sealed to can see, and his word is all there is for it. The
// account's holder still has the whole key, as long as the account is not wiped.
//
// What a dismissed member still can do: read what he has read. Beyond that,
// Serviced: nothing, once the service has the new record; but if the service
// keeps the half it should have deleted, or a copy of it exists, the two read
// everything that was ever encrypted to that key. Mixed: as long as the service
// deletes its old half, old shares are of no use, even all together. Offline:
// his share and the shares that Need−1 others had before he was dismissed, if
// they kept them, still give the key: no deletion can be proved. Only
// [Administrator.Rotate] ends that, and only for what is encrypted after it; who
// has an old copy of the profile still encrypts to the old key.
//
// What rotating does not undo: what was encrypted to an old key stays readable
// by those who had halves of it. New members get no halves of old keys.
//
// Freshness: a record that was replaced is still well signed. Who has seen a
// later one holds to it with [Group.Succeeds], as [LocalService] does; who has
// not cannot tell. Two different records with one serial number, or two
// successors of one record, show as two histories when they meet.
//
// Shares of the modes Offline and Mixed are derived from the group's key, so
// that the account can make further ones; they are as secret as that key.
// Arithmetic with halves takes the same time for all of them. Reading records,
// requests, answers and proofs does not hide what they say.
package group
