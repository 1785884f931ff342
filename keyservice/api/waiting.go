package api

import (
	"meshkey/internal/jsonb"
	"meshkey/mesh"
)

// WaitingRequest asks what waits in a group for approval, or for its delay to
// pass. The group's parties may ask, and its administrator.
type WaitingRequest struct {
	jsonb.Rest
	AccountAddress string `jsonb:"AccountAddress"` // of the group
	After          string `jsonb:"After"`          // Next of the response before; empty from the beginning
}

// WaitingResponse lists it. Of a long list it is the beginning.
type WaitingResponse struct {
	ResponseBase
	Waiting []*Waiting `jsonb:"Waiting"`
	Next    string     `jsonb:"Next"` // After of the request for the rest, empty if there is none
}

// Waiting is a member's request that is not answered yet. What is asked for
// stands in EnvelopedGroupRequest, signed by the member: who approves it reads
// it there.
type Waiting struct {
	jsonb.Rest
	GranteeAccount        string        `jsonb:"GranteeAccount"`
	Request               []byte        `jsonb:"Request"` // SHA-512 of the request's body
	EnvelopedGroupRequest mesh.Envelope `jsonb:"EnvelopedGroupRequest"`
	Since                 mesh.DateTime `jsonb:"Since"`
	Until                 mesh.DateTime `jsonb:"Until"`   // the end of the delay, empty without one
	Expires               mesh.DateTime `jsonb:"Expires"` // then it is forgotten
	Need                  int64         `jsonb:"Need"`    // of Approvers have to approve
	Approvers             []string      `jsonb:"Approvers"`
	Approvals             []*Approval   `jsonb:"Approvals"`
}

// Approval says who approved, and when.
type Approval struct {
	jsonb.Rest
	Address string        `jsonb:"Address"`
	Time    mesh.DateTime `jsonb:"Time"`
}

// ApproveRequest approves a request that waits. An approver signs the call.
type ApproveRequest struct {
	jsonb.Rest
	AccountAddress string `jsonb:"AccountAddress"` // of the group
	GranteeAccount string `jsonb:"GranteeAccount"` // who asks
	Request        []byte `jsonb:"Request"`        // as in Waiting
}

// ApproveResponse answers it.
type ApproveResponse struct{ ResponseBase }

// VetoRequest ends a request that waits, for good. Any party of the group may
// sign the call, and the group's administrator; the member who asks withdraws it
// so.
type VetoRequest struct {
	jsonb.Rest
	AccountAddress string `jsonb:"AccountAddress"`
	GranteeAccount string `jsonb:"GranteeAccount"`
	Request        []byte `jsonb:"Request"`
}

// VetoResponse answers it.
type VetoResponse struct{ ResponseBase }
