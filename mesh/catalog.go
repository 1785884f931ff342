package mesh

import (
	"meshkey/internal/jsonb"
	"meshkey/internal/secret"
)

// CatalogedEntry is what every entry of a catalog has.
type CatalogedEntry struct {
	jsonb.Rest
	Labels    []string `jsonb:"Labels"`
	LocalName string   `jsonb:"LocalName"`
	Uid       string   `jsonb:"Uid"`
}

// CatalogedAccess is a capability that a service keeps.
type CatalogedAccess struct {
	CatalogedEntry
	Capability AnyCapability `jsonb:"Capability"`
}

// CatalogedApplication is an application of an account. EnvelopedEscrow are its
// private keys, each a KeyData sealed to the account's escrow key.
type CatalogedApplication struct {
	CatalogedEntry
	Default               int64      `jsonb:"Default"`
	Key                   string     `jsonb:"Key"`
	Grant                 []string   `jsonb:"Grant"`
	Deny                  []string   `jsonb:"Deny"`
	EnvelopedCapabilities []Envelope `jsonb:"EnvelopedCapabilities"`
	EnvelopedEscrow       []Envelope `jsonb:"EnvelopedEscrow"`
}

// CatalogedApplicationSsh is the use of SSH.
type CatalogedApplicationSsh struct {
	CatalogedApplication
	ClientKey *KeyData `jsonb:"ClientKey"`
}

// CatalogedApplicationMail is a mail account.
type CatalogedApplicationMail struct {
	CatalogedApplication
	AccountAddress  string   `jsonb:"AccountAddress"`
	InboundConnect  string   `jsonb:"InboundConnect"`
	OutboundConnect string   `jsonb:"OutboundConnect"`
	SmimeSign       *KeyData `jsonb:"SmimeSign"`
	SmimeEncrypt    *KeyData `jsonb:"SmimeEncrypt"`
	OpenpgpSign     *KeyData `jsonb:"OpenpgpSign"`
	OpenpgpEncrypt  *KeyData `jsonb:"OpenpgpEncrypt"`
}

// CatalogedGroup is a group that the account administers.
type CatalogedGroup struct {
	CatalogedApplication
	EnvelopedConnectionAddress Envelope `jsonb:"EnvelopedConnectionAddress"`
	EnvelopedProfileGroup      Envelope `jsonb:"EnvelopedProfileGroup"`
	EnvelopedActivationCommon  Envelope `jsonb:"EnvelopedActivationCommon"`
}

// CatalogedMember ties the two shares of a member of a group.
type CatalogedMember struct {
	CatalogedEntry
	ContactAddress      string `jsonb:"ContactAddress"`
	MemberCapabilityId  string `jsonb:"MemberCapabilityId"`
	ServiceCapabilityId string `jsonb:"ServiceCapabilityId"`
}

// CatalogedCredential is a name and password for a service.
type CatalogedCredential struct {
	CatalogedEntry
	Protocol string        `jsonb:"Protocol"`
	Service  string        `jsonb:"Service"`
	Username string        `jsonb:"Username"`
	Password *secret.Bytes `jsonb:"Password,text"`
}
