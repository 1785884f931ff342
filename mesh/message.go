package mesh

import "meshkey/internal/jsonb"

// Message is what every message has.
type Message struct {
	jsonb.Rest
	MessageId string `jsonb:"MessageId"` // a nonce; the identifier of the envelope is made from it
	Sender    string `jsonb:"Sender"`
	Recipient string `jsonb:"Recipient"`
}

// GroupInvitation invites to a group. Its capabilities stand in Contact, at the
// group's address.
type GroupInvitation struct {
	Message
	Text    string     `jsonb:"Text"`
	Contact AnyContact `jsonb:"Contact"`
}

// Contact is what every contact has.
type Contact struct {
	Assertion
	Id               string            `jsonb:"Id"`
	Local            string            `jsonb:"Local"`
	Anchors          []*Anchor         `jsonb:"Anchors"`
	NetworkAddresses []*NetworkAddress `jsonb:"NetworkAddresses"`
}

// AnyContact is a *ContactPerson, *ContactGroup, *ContactOrganization or
// *Unknown.
type AnyContact interface{ anyContact() }

func (*Contact) anyContact() {}
func (*Unknown) anyContact() {}

// ContactPerson is a person.
type ContactPerson struct{ Contact }

// ContactGroup is a group.
type ContactGroup struct{ Contact }

// ContactOrganization is an organization.
type ContactOrganization struct{ Contact }

// Anchor is the fingerprint of a profile and how it became known.
type Anchor struct {
	jsonb.Rest
	Udf        string `jsonb:"Udf"`
	Validation string `jsonb:"Validation"`
}

// NetworkAddress is one way to reach a contact.
type NetworkAddress struct {
	jsonb.Rest
	Inactive                bool               `jsonb:"Inactive"`
	Address                 string             `jsonb:"Address"`
	EnvelopedProfileAccount Envelope           `jsonb:"EnvelopedProfileAccount"`
	Protocols               []*NetworkProtocol `jsonb:"Protocols"`
	Capabilities            []AnyCapability    `jsonb:"Capabilities"`
}

// NetworkProtocol is a protocol by which an address is reached.
type NetworkProtocol struct {
	jsonb.Rest
	Protocol string `jsonb:"Protocol"`
}
