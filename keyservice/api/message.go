// Package api is what is said on the wire between a key service and those who
// call it: requests and responses, signed calls, refusals.
package api

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"meshkey/internal/jsonb"
	"meshkey/mesh"
)

// Path is where a service takes calls, and RecordPath, with a locator behind it,
// where it gives out recovery records.
const (
	Path       = "/.well-known/mmm"
	RecordPath = "/.well-known/mmm-udf/"
)

// MaxBody bounds a call in octets, and MaxTransfer one that transfers.
const (
	MaxBody     = 1 << 20
	MaxTransfer = 4 << 20
)

// StatusDone is the Status of a response to what was done.
const StatusDone = 201

// A Request is a pointer to one of the requests.
type Request any

// A Response is a pointer to one of the responses.
type Response interface{ Base() *ResponseBase }

// ResponseBase is what every response has.
type ResponseBase struct {
	jsonb.Rest
	Status            int64           `jsonb:"Status"`
	StatusDescription string          `jsonb:"StatusDescription"`
	Code              string          `jsonb:"Code"`
	RetryAfter        int64           `jsonb:"RetryAfter"` // seconds
	EnvelopedReceipts []mesh.Envelope `jsonb:"EnvelopedReceipts"`
}

// Base implements Response.
func (b *ResponseBase) Base() *ResponseBase { return b }

// HelloRequest asks for the service's profile.
type HelloRequest struct{ jsonb.Rest }

// HelloResponse has it.
type HelloResponse struct {
	ResponseBase
	EnvelopedProfileService mesh.Envelope `jsonb:"EnvelopedProfileService"`
}

// OperateResponse answers a mesh.OperateRequest.
type OperateResponse struct {
	ResponseBase
	Results []mesh.AnyResult `jsonb:"Results"`
}

// TransferRequest puts envelopes into containers of an account.
type TransferRequest struct {
	jsonb.Rest
	AccountAddress string             `jsonb:"AccountAddress"`
	Updates        []*ContainerUpdate `jsonb:"Updates"`
}

// ContainerUpdate is a run of envelopes of one container: what comes after the
// first Index of them, whose chained digest is Digest.
type ContainerUpdate struct {
	ContainerStatus
	Envelopes []mesh.Envelope `jsonb:"Envelopes"`
}

// TransferResponse answers it.
type TransferResponse struct{ ResponseBase }

// ErrorResponse answers what is no request.
type ErrorResponse struct{ ResponseBase }

var schema = sync.OnceValue(func() *jsonb.Schema {
	return jsonb.NewSchema(
		func(u jsonb.Unknown) any { return &mesh.Unknown{Unknown: u} },
		&HelloRequest{}, &HelloResponse{}, &mesh.OperateRequest{}, &OperateResponse{}, &TransferRequest{}, &TransferResponse{}, &ErrorResponse{},
		&ValidateAccountRequest{}, &ValidateAccountResponse{}, &CreateAccountRequest{}, &CreateAccountResponse{},
		&DeleteAccountRequest{}, &DeleteAccountResponse{}, &GetRequest{}, &GetResponse{}, &PublishRequest{}, &PublishResponse{},
		&StatusRequest{}, &StatusResponse{}, &ConnectStartRequest{}, &ConnectStartResponse{}, &ConnectStatusRequest{}, &ConnectStatusResponse{},
		&ConnectPendingRequest{}, &ConnectPendingResponse{}, &ConnectCompleteRequest{}, &ConnectCompleteResponse{},
		&WaitingRequest{}, &WaitingResponse{}, &ApproveRequest{}, &ApproveResponse{}, &VetoRequest{}, &VetoResponse{},
		&mesh.CryptographicOperation{}, &mesh.CryptographicOperationKeyAgreement{}, &mesh.CryptographicOperationSign{},
		&mesh.CryptographicOperationShare{}, &mesh.CryptographicOperationGenerate{},
		&mesh.CryptographicResult{}, &mesh.CryptographicResultKeyAgreement{}, &mesh.KeyAgreementECDH{}, &mesh.PublicKeyECDH{},
	)
})

// Name is the name of a call, such as Operate.
func Name(r Request) string { return strings.TrimSuffix(schema().Tag(r), "Request") }

// Marshal writes a request or a response with its tag.
func Marshal(x any) ([]byte, error) { return schema().MarshalTagged(x, jsonb.JSON) }

// ParseRequest reads a request.
func ParseRequest(b []byte) (Request, error) {
	x, err := schema().UnmarshalTagged(b)
	if err != nil {
		return nil, ErrMalformed.Because(err.Error())
	}
	if _, ok := x.(Response); ok || !strings.HasSuffix(schema().Tag(x), "Request") {
		return nil, ErrMalformed
	}
	return x, nil
}

// ParseResponse reads a response.
func ParseResponse(b []byte) (Response, error) {
	x, err := schema().UnmarshalTagged(b)
	if err != nil {
		return nil, fmt.Errorf("api: %w", err)
	}
	r, ok := x.(Response)
	if !ok {
		return nil, errors.New("api: not a response")
	}
	return r, nil
}

// Refuse writes a refusal of the call of that name.
func Refuse(name string, e *Error) []byte {
	b, err := Marshal(&ErrorResponse{ResponseBase{Status: int64(e.Status), StatusDescription: e.Description, Code: e.Code, RetryAfter: int64(e.RetryAfter.Seconds())}})
	if err != nil {
		panic("api: " + err.Error())
	}
	return b
}
