package mesh

import (
	"meshkey/internal/jsonb"
	"meshkey/internal/secret"
)

// OperateRequest asks a key service for operations with keys it has shares of.
type OperateRequest struct {
	jsonb.Rest
	AccountAddress string         `jsonb:"AccountAddress"`
	Operations     []AnyOperation `jsonb:"Operations"`

	// EnvelopedGroupRequest says for whom and for what the operations are, signed by
	// the one who asks; an addition of ours, docs/FORMATS.md.
	EnvelopedGroupRequest Envelope `jsonb:"EnvelopedGroupRequest"`
}

// Call is the name of the call.
func (*OperateRequest) Call() string { return "Operate" }

// OperateResponse answers with as many results, in the order of the request.
type OperateResponse struct {
	Response
	Results []AnyResult `jsonb:"Results"`
}

// CryptographicOperation is what every operation has.
type CryptographicOperation struct {
	jsonb.Rest
	KeyId          string `jsonb:"KeyId"`          // Id of the serviced capability
	KeyCoefficient []byte `jsonb:"KeyCoefficient"` // multiplies the share, if present
}

// AnyOperation is a pointer to any of the operations, or an *Unknown.
type AnyOperation interface{ anyOperation() }

func (*CryptographicOperation) anyOperation() {}
func (*Unknown) anyOperation()                {}

// CryptographicOperationKeyAgreement asks for the share times PublicKey.
type CryptographicOperationKeyAgreement struct {
	CryptographicOperation
	PublicKey AnyKey `jsonb:"PublicKey"`
}

// CryptographicOperationSign asks for a contribution to a signature.
type CryptographicOperationSign struct {
	CryptographicOperation
	Data     []byte `jsonb:"Data"`
	PartialR []byte `jsonb:"PartialR"`
}

// CryptographicOperationShare asks for a key to be split. The last two are
// additions of ours, docs/FORMATS.md, Groups: for whom, and what the others who
// split it have made.
type CryptographicOperationShare struct {
	CryptographicOperation
	Threshold       int64      `jsonb:"Threshold"`
	Shares          int64      `jsonb:"Shares"`
	GroupProposal   []byte     `jsonb:"GroupProposal"`
	EnvelopedGrants []Envelope `jsonb:"EnvelopedGrants"`
}

// CryptographicOperationGenerate asks for a contribution to a new key.
type CryptographicOperationGenerate struct{ CryptographicOperation }

// CryptographicResult is what every result has: Error is empty if the
// operation was done.
type CryptographicResult struct {
	jsonb.Rest
	Error string `jsonb:"Error"`
}

// AnyResult is a pointer to any of the results, or an *Unknown.
type AnyResult interface{ anyResult() }

func (*CryptographicResult) anyResult() {}
func (*Unknown) anyResult()             {}

// CryptographicResultKeyAgreement holds a contribution to a key agreement.
type CryptographicResultKeyAgreement struct {
	CryptographicResult
	KeyAgreement AnyAgreement `jsonb:"KeyAgreement"`
}

// CryptographicResultShare holds the parts of a key that was split, sealed to
// whom they are for, and the signature of the record that has them. Its members
// are ours, docs/FORMATS.md, Groups.
type CryptographicResultShare struct {
	CryptographicResult
	EnvelopedGrant       Envelope `jsonb:"EnvelopedGrant"`
	EnvelopedGroupRecord Envelope `jsonb:"EnvelopedGroupRecord"`
}

// AnyAgreement is a *KeyAgreementECDH or *Unknown.
type AnyAgreement interface{ anyAgreement() }

func (*KeyAgreementECDH) anyAgreement() {}
func (*Unknown) anyAgreement()          {}

// KeyAgreementECDH is a contribution to a key agreement: the encoding of a
// point, for X448 57 octets with the sign of v.
type KeyAgreementECDH struct {
	jsonb.Rest
	Curve  string        `jsonb:"Curve"`
	Result *secret.Bytes `jsonb:"Result"`
	Proof  []byte        `jsonb:"Proof"` // that Result is the share times the point asked for; an addition of ours, docs/FORMATS.md
}
