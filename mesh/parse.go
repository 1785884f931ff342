package mesh

import (
	"fmt"
	"sync"
	"time"

	"meshkey/internal/jsonb"
)

// Envelope is a DARE envelope within a structure, as JSON text. It is whatever
// stood there, not checked in any way.
type Envelope = jsonb.Raw

// A ParseError says where an input is not a structure of the Mesh. It holds no
// part of the input.
type ParseError = jsonb.Error

// Unknown is a tagged structure that this package does not have. Tag is its
// tag; its members are kept to be written again.
type Unknown struct{ jsonb.Unknown }

// DateTime is a moment as the Mesh writes it, such as 2022-05-03T16:46:56Z,
// or empty.
type DateTime string

// NewDateTime writes t in UTC, to the second.
func NewDateTime(t time.Time) DateTime {
	return DateTime(t.UTC().Truncate(time.Second).Format(time.RFC3339))
}

// Time reads d (RFC 3339).
func (d DateTime) Time() (time.Time, error) {
	t, err := time.Parse(time.RFC3339, string(d))
	if err != nil {
		return time.Time{}, fmt.Errorf("mesh: a moment is malformed")
	}
	return t, nil
}

// Parse reads one tagged structure in JSON or JSON-B and returns a pointer to
// it, such as a *ProfileUser, or an *Unknown. Nothing in it refers to b.
func Parse(b []byte) (any, error) { return schema().UnmarshalTagged(b) }

// ParseAs is Parse of a structure that must be a T.
func ParseAs[T any](b []byte) (*T, error) {
	x, err := Parse(b)
	if err != nil {
		return nil, err
	}
	if t, ok := x.(*T); ok {
		return t, nil
	}
	Wipe(x)
	return nil, fmt.Errorf("mesh: a structure of another type than %s", schema().Tag(new(T)))
}

// Tag is the tag of the structure that x points to: the name of its type.
func Tag(x any) string { return schema().Tag(x) }

// Marshal writes the structure that x points to with its tag, in JSON, secrets
// and all: the slice is the caller's to wipe. It fails for texts that are not UTF-8 and envelopes that are not JSON. It panics if x
// points to no structure of this package.
func Marshal(x any) ([]byte, error) { return schema().MarshalTagged(x, jsonb.JSON) }

// MarshalBinary is Marshal in JSON-B, in which connections are signed.
func MarshalBinary(x any) ([]byte, error) { return schema().MarshalTagged(x, jsonb.Binary) }

// Wipe clears every secret in the structure that x points to, and all it holds
// of members that are not known. It panics if x points to no structure of this
// package.
func Wipe(x any) { schema().Wipe(x) }

// schema is made when it is first asked for: programs that read no structure
// should not wait for it.
var schema = sync.OnceValue(func() *jsonb.Schema {
	return jsonb.NewSchema(
		func(u jsonb.Unknown) any { return &Unknown{u} },
		&KeyData{}, &PublicKeyECDH{}, &PrivateKeyECDH{}, &PublicKeyRSA{}, &PrivateKeyRSA{}, &PrivateKeyUDF{}, &KeyShare{}, &KeyAgreementECDH{},
		&ProfileDevice{}, &ProfileHost{}, &ProfileAccount{}, &ProfileUser{}, &ProfileGroup{}, &ProfileService{},
		&Connection{}, &ConnectionService{}, &ConnectionDevice{},
		&Activation{}, &ActivationEntry{}, &ActivationAccount{}, &ActivationCommon{}, &ActivationApplicationGroup{},
		&NullCapability{}, &AccessCapability{}, &CryptographicCapability{}, &CapabilityDecrypt{}, &CapabilityDecryptPartial{},
		&CapabilityDecryptServiced{}, &CapabilitySign{}, &CapabilityKeyGenerate{}, &CapabilityFairExchange{},
		&CatalogedEntry{}, &CatalogedAccess{}, &CatalogedApplication{}, &CatalogedApplicationSsh{}, &CatalogedApplicationMail{},
		&CatalogedGroup{}, &CatalogedMember{}, &CatalogedCredential{},
		&ContactPerson{}, &ContactGroup{}, &ContactOrganization{},
		&Message{}, &GroupInvitation{}, &RequestConnection{}, &RespondConnection{}, &CatalogedDevice{},
		&OperateRequest{}, &OperateResponse{},
		&CryptographicOperation{}, &CryptographicOperationKeyAgreement{}, &CryptographicOperationSign{},
		&CryptographicOperationShare{}, &CryptographicOperationGenerate{},
		&CryptographicResult{}, &CryptographicResultKeyAgreement{}, &CryptographicResultShare{},
	)
})
