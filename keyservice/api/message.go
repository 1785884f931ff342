package api

import (
	"reflect"
	"sync"
	"unicode/utf8"

	"meshkey/internal/jsonb"
	"meshkey/mesh"
)

// Path is where a service takes calls, and RecordPath, with a locator behind it,
// where it gives out recovery records.
const (
	Path       = "/.well-known/mmm"
	RecordPath = "/.well-known/mmm-udf/"
)

// Bounds of what is sent, in octets.
const (
	// MaxBody is the greatest length of a call, signed or not.
	MaxBody = 1 << 20
	// MaxTransfer is the greatest length of a call that transfers, and of any
	// response.
	MaxTransfer = 4 << 20
	// MaxRecord is the greatest length of a recovery record.
	MaxRecord = 1 << 18
)

// StatusDone is the Status of a response to what was done.
const StatusDone = 201

// A Request is a pointer to one of the requests.
type Request interface {
	// Call is the name of the call, such as Operate.
	Call() string
}

// A Response is a pointer to one of the responses.
type Response interface{ Base() *ResponseBase }

// ResponseBase is what every response has.
type ResponseBase = mesh.Response

// ErrorResponse refuses what is no call that the service knows.
type ErrorResponse struct{ ResponseBase }

// calls are all of them, each with the type of its response. A structure is
// tagged with its type's name.
//
// Spec: no two versions of draft-hallambaker-mesh-protocol have the same calls
// and tags. These are the calls of the older ones.
var calls = []struct {
	request  Request
	response Response
}{
	{&HelloRequest{}, &MeshHelloResponse{}},
	{&ValidateAccountRequest{}, &ValidateAccountResponse{}},
	{&CreateAccountRequest{}, &CreateAccountResponse{}},
	{&DeleteAccountRequest{}, &DeleteAccountResponse{}},
	{&GetRequest{}, &GetResponse{}},
	{&PublishRequest{}, &PublishResponse{}},
	{&StatusRequest{}, &StatusResponse{}},
	{&ConnectStartRequest{}, &ConnectStartResponse{}},
	{&ConnectStatusRequest{}, &ConnectStatusResponse{}},
	{&ConnectPendingRequest{}, &ConnectPendingResponse{}},
	{&ConnectCompleteRequest{}, &ConnectCompleteResponse{}},
	{&TransferRequest{}, &TransferResponse{}},
	{&OperateRequest{}, &OperateResponse{}},
	{&WaitingRequest{}, &WaitingResponse{}},
	{&ApproveRequest{}, &ApproveResponse{}},
	{&VetoRequest{}, &VetoResponse{}},
}

// Call implements Request.
func (*HelloRequest) Call() string           { return "Hello" }
func (*ValidateAccountRequest) Call() string { return "ValidateAccount" } // Call implements Request.
func (*CreateAccountRequest) Call() string   { return "CreateAccount" }   // Call implements Request.
func (*DeleteAccountRequest) Call() string   { return "DeleteAccount" }   // Call implements Request.
func (*GetRequest) Call() string             { return "Get" }             // Call implements Request.
func (*PublishRequest) Call() string         { return "Publish" }         // Call implements Request.
func (*StatusRequest) Call() string          { return "Status" }          // Call implements Request.
func (*ConnectStartRequest) Call() string    { return "ConnectStart" }    // Call implements Request.
func (*ConnectStatusRequest) Call() string   { return "ConnectStatus" }   // Call implements Request.
func (*ConnectPendingRequest) Call() string  { return "ConnectPending" }  // Call implements Request.
func (*ConnectCompleteRequest) Call() string { return "ConnectComplete" } // Call implements Request.
func (*TransferRequest) Call() string        { return "Transfer" }        // Call implements Request.
func (*WaitingRequest) Call() string         { return "Waiting" }         // Call implements Request.
func (*ApproveRequest) Call() string         { return "Approve" }         // Call implements Request.
func (*VetoRequest) Call() string            { return "Veto" }            // Call implements Request.

var schema = sync.OnceValue(func() *jsonb.Schema {
	types := []any{
		&ErrorResponse{},
		&mesh.CryptographicOperation{}, &mesh.CryptographicOperationKeyAgreement{}, &mesh.CryptographicOperationSign{},
		&mesh.CryptographicOperationShare{}, &mesh.CryptographicOperationGenerate{},
		&mesh.CryptographicResult{}, &mesh.CryptographicResultKeyAgreement{}, &mesh.CryptographicResultShare{}, &mesh.KeyAgreementECDH{}, &mesh.PublicKeyECDH{},
	}
	for _, c := range calls {
		types = append(types, c.request, c.response)
	}
	return jsonb.NewSchema(nil, types...)
})

// responses are the types of responses by the name of their call.
var responses = sync.OnceValue(func() map[string]reflect.Type {
	m := map[string]reflect.Type{}
	for _, c := range calls {
		m[c.request.Call()] = reflect.TypeOf(c.response).Elem()
	}
	return m
})

// Name is the name of a call, such as Operate.
func Name(r Request) string { return r.Call() }

// Marshal writes a request or a response with its tag, secrets and all.
func Marshal(x any) ([]byte, error) { return schema().MarshalTagged(x, jsonb.JSON) }

// Wipe clears the secrets in a request or a response.
func Wipe(x any) { schema().Wipe(x) }

// ParseRequest reads a request. Its errors are ErrMalformed and ErrTooLarge.
func ParseRequest(b []byte) (Request, error) {
	if len(b) > MaxBody {
		return nil, ErrTooLarge
	}
	v, err := parseFrugal(b)
	if err != nil {
		return nil, malformed(err)
	}
	return decodeRequest(v)
}

func decodeRequest(v jsonb.Value) (Request, error) {
	x, err := schema().DecodeTagged(v)
	if err != nil {
		return nil, malformed(err)
	}
	r, ok := x.(Request)
	if !ok {
		Wipe(x)
		return nil, ErrMalformed.Because("no request")
	}
	// Spec: the drafts pass over members that are not known. Here one might be a
	// condition.
	if err := check(r, true); err != nil {
		return nil, malformed(err)
	}
	return r, nil
}

func malformed(err error) error { return ErrMalformed.Because(err.Error()) }

// parse reads one value in JSON alone.
func parse(b []byte) (jsonb.Value, error) {
	// No code of JSON-B begins a character.
	if !utf8.Valid(b) {
		return jsonb.Value{}, errNotText
	}
	return jsonb.Parse(b)
}
