package mesh

import "meshkey/internal/jsonb"

// Capability is what every capability has.
type Capability struct {
	jsonb.Rest
	Id      string `jsonb:"Id"` // of a partial decryption: fingerprint of the group's key; of a serviced one: of the member's share
	Active  bool   `jsonb:"Active"`
	Issued  int64  `jsonb:"Issued"`
	Mode    string `jsonb:"Mode"`
	Udf     string `jsonb:"Udf"`
	Witness string `jsonb:"Witness"`
}

// AnyCapability is a pointer to any of the capabilities, or an *Unknown.
type AnyCapability interface{ anyCapability() }

func (*Capability) anyCapability() {}
func (*Unknown) anyCapability()    {}

// NullCapability permits nothing.
type NullCapability struct{ Capability }

// AccessCapability lets a device or account in.
type AccessCapability struct {
	Capability
	Rights                   []string `jsonb:"Rights"`
	EnvelopedCatalogedDevice Envelope `jsonb:"EnvelopedCatalogedDevice"`
	CatalogedDeviceDigest    string   `jsonb:"CatalogedDeviceDigest"`
}

// CryptographicCapability is the use of a key, whole or in part.
type CryptographicCapability struct {
	Capability
	KeyData           *KeyData `jsonb:"KeyData"`
	GranteeAccount    string   `jsonb:"GranteeAccount"`
	GranteeUdf        string   `jsonb:"GranteeUdf"`
	EnvelopedKeyShare Envelope `jsonb:"EnvelopedKeyShare"`
}

// CapabilityDecrypt is the use of a decryption key.
type CapabilityDecrypt struct{ CryptographicCapability }

// CapabilityDecryptPartial is the member's share of a group's decryption key.
type CapabilityDecryptPartial struct{ CapabilityDecrypt }

// CapabilityDecryptServiced is the key service's share of a group's decryption
// key.
type CapabilityDecryptServiced struct {
	CapabilityDecrypt
	AuthenticationId string `jsonb:"AuthenticationId"`
}

// CapabilitySign is the use of a signature key.
type CapabilitySign struct{ CryptographicCapability }

// CapabilityKeyGenerate is the making of shares of a key.
type CapabilityKeyGenerate struct{ CryptographicCapability }

// CapabilityFairExchange is the use of a key in a fair exchange.
type CapabilityFairExchange struct{ CryptographicCapability }
