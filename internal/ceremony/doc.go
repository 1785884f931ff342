// Package ceremony carries the messages of parties who make or use a key
// together and who may never be in touch but by files. The format is in
// docs/FORMATS.md, section 9.
//
// A ceremony begins with a request: its maker lists the parties with their
// signed profiles and says what is to be done. The ceremony's name is a digest
// of all of that, and every message bears it, so that who was shown other
// parties or other conditions is in another ceremony and finds out. In each
// round each party writes one message for all others; what is secret in it is
// sealed to the party it is for. An [Inbox] takes messages in any order and
// refuses those of others, of another ceremony, and of a party that says two
// things in one round. At the end everybody has the same [Inbox.Digest], or has
// not seen the same messages.
//
// The package knows nothing of what the messages say, of files or of time.
//
// # Security
//
// A message is a DARE envelope that its sender signed; a secret in it is sealed
// to one party, and signed by the sender once more, with ceremony, round, sender
// and addressee inside, so that it fits no other place. The keys come from the
// profiles in the request, whose fingerprints the parties have to compare by
// other means: a request proves nothing about who is behind a name.
//
// State between rounds is sealed by a party to itself. It is as secret as what
// the ceremony makes. Whoever can read a party's encryption key, then or later,
// reads the secrets sent to it from recorded messages: sealing has no forward
// secrecy.
//
// Secret texts pass through the standard library's JSON, which may leave copies
// in memory that are out of reach.
package ceremony
