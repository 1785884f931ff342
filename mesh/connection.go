package mesh

import (
	"meshkey/internal/jsonb"
	"meshkey/internal/secret"
)

// Connection says that one party belongs to another.
type Connection struct {
	Assertion
	Subject        string   `jsonb:"Subject"`
	Authority      string   `jsonb:"Authority"`
	Authentication *KeyData `jsonb:"Authentication,was=KeyAuthentication"`
}

// ConnectionService connects a device to an account towards its service. Like
// ConnectionDevice it is signed in JSON-B.
type ConnectionService struct {
	Connection
	ProfileUdf string `jsonb:"ProfileUdf"`
	Callsign   string `jsonb:"Callsign"`
}

// ConnectionDevice connects a device to an account towards everyone.
type ConnectionDevice struct {
	ConnectionService
	Roles      []string `jsonb:"Roles"`
	Signature  *KeyData `jsonb:"Signature,was=KeySignature"`
	Encryption *KeyData `jsonb:"Encryption,was=KeyEncryption"`
}

// Activation gives a device what it derives its keys for an account from.
type Activation struct {
	Assertion
	ActivationKey *secret.Bytes      `jsonb:"ActivationKey,text"` // text of a seed, Z first
	Entries       []*ActivationEntry `jsonb:"Entries"`
}

// ActivationEntry gives access to one resource.
type ActivationEntry struct {
	jsonb.Rest
	Resource       string   `jsonb:"Resource"`
	Key            *KeyData `jsonb:"Key"`
	ServiceId      string   `jsonb:"ServiceId"`
	ServiceAddress string   `jsonb:"ServiceAddress"`
}

// ActivationAccount activates the keys that a device has of its own.
type ActivationAccount struct {
	Activation
	AccountUdf string `jsonb:"AccountUdf"`
}

// ActivationCommon activates the keys that devices of an account share.
type ActivationCommon struct {
	Activation
	ProfileSignature       *KeyData `jsonb:"ProfileSignature"`
	AdministratorSignature *KeyData `jsonb:"AdministratorSignature"`
	Encryption             *KeyData `jsonb:"Encryption"`
	Authentication         *KeyData `jsonb:"Authentication"`
	Signature              *KeyData `jsonb:"Signature"`
}

// ActivationApplicationGroup activates the keys of a group's administrator.
type ActivationApplicationGroup struct {
	Activation
	AccountEncryption          *KeyData `jsonb:"AccountEncryption"`
	AdministratorSignature     *KeyData `jsonb:"AdministratorSignature"`
	AccountAuthentication      *KeyData `jsonb:"AccountAuthentication"`
	EnvelopedConnectionService Envelope `jsonb:"EnvelopedConnectionService"`
}
