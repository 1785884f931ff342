package api

import (
	"meshkey/internal/jsonb"
	"meshkey/mesh"
)

// ValidateAccountRequest asks whether an address could be registered. It may
// come unsigned.
type ValidateAccountRequest struct {
	jsonb.Rest
	AccountAddress string `jsonb:"AccountAddress"`
	Invitation     string `jsonb:"Invitation"`
}

// ValidateAccountResponse tells about the form of the address, and whether it is
// free only to those who could register it.
type ValidateAccountResponse struct {
	ResponseBase
	Valid     bool   `jsonb:"Valid"`     // in its form, and for this service
	Available bool   `jsonb:"Available"` // could be registered now by who asks
	Reason    string `jsonb:"Reason"`    // why it is not valid, or cannot be registered
}

// CreateAccountRequest registers the account of a profile, which is a user's or a
// group's. A key of the profile signs the call.
type CreateAccountRequest struct {
	jsonb.Rest
	AccountAddress          string        `jsonb:"AccountAddress"`
	EnvelopedProfileAccount mesh.Envelope `jsonb:"EnvelopedProfileAccount"`
	Invitation              string        `jsonb:"Invitation"` // where the operator asks for one
}

// CreateAccountResponse answers it.
type CreateAccountResponse struct{ ResponseBase }

// DeleteAccountRequest deletes an account and all that is kept of it. Its
// administrator signs the call.
type DeleteAccountRequest struct {
	jsonb.Rest
	AccountAddress string `jsonb:"AccountAddress"`
}

// DeleteAccountResponse answers it.
type DeleteAccountResponse struct{ ResponseBase }

// GetRequest asks for the profile of an account, and for what is in the
// caller's own containers.
type GetRequest struct {
	jsonb.Rest
	AccountAddress string               `jsonb:"AccountAddress"`
	Select         []*ConstraintsSelect `jsonb:"Select"`
}

// ConstraintsSelect is a range of a container: the envelopes with the indexes
// IndexMin ≤ index < IndexMax, to the end if IndexMax is 0.
//
// Spec: in the draft IndexMax is wanted too, so that 0 could mean the first
// envelope or no bound.
type ConstraintsSelect struct {
	jsonb.Rest
	Container string `jsonb:"Container"`
	IndexMin  int64  `jsonb:"IndexMin"`
	IndexMax  int64  `jsonb:"IndexMax"`
}

// GetResponse has what there is. Of a long range it has the beginning.
type GetResponse struct {
	ResponseBase
	EnvelopedProfileAccount mesh.Envelope      `jsonb:"EnvelopedProfileAccount"`
	Updates                 []*ContainerUpdate `jsonb:"Updates"`
}

// ContainerStatus is how far a container has come.
type ContainerStatus struct {
	jsonb.Rest
	Container string `jsonb:"Container"`
	Index     int64  `jsonb:"Index"`  // how many envelopes it has
	Digest    []byte `jsonb:"Digest"` // chained over all of them
}

// PublishRequest puts a newer profile in the place of the account's, or a
// recovery record at its locator.
type PublishRequest struct {
	jsonb.Rest
	AccountAddress          string        `jsonb:"AccountAddress"`
	EnvelopedProfileAccount mesh.Envelope `jsonb:"EnvelopedProfileAccount"`
	Locator                 string        `jsonb:"Locator"`
	Serial                  int64         `jsonb:"Serial"`
	EnvelopedRecord         mesh.Envelope `jsonb:"EnvelopedRecord"` // nothing: the record is to be taken away
}

// PublishResponse answers it.
type PublishResponse struct{ ResponseBase }

// StatusRequest asks what there is for the caller.
type StatusRequest struct {
	jsonb.Rest
	AccountAddress string `jsonb:"AccountAddress"`
}

// StatusResponse says it.
type StatusResponse struct {
	ResponseBase
	EnvelopedProfileAccount mesh.Envelope      `jsonb:"EnvelopedProfileAccount"`
	ContainerStatus         []*ContainerStatus `jsonb:"ContainerStatus"`
	Devices                 []*DeviceStatus    `jsonb:"Devices"`
	Pending                 int64              `jsonb:"Pending"` // connections that wait
	Octets                  int64              `jsonb:"Octets"`  // in containers
	Quota                   int64              `jsonb:"Quota"`
}

// DeviceStatus is a device that is connected to the account.
type DeviceStatus struct {
	jsonb.Rest
	DeviceUdf                 string        `jsonb:"DeviceUdf"`
	Name                      string        `jsonb:"Name"`
	Added                     mesh.DateTime `jsonb:"Added"`
	EnvelopedConnectionDevice mesh.Envelope `jsonb:"EnvelopedConnectionDevice"`
}

// ConnectStartRequest asks for a device to be connected to an account. The
// device signs the call with its ProfileSignature key.
type ConnectStartRequest struct {
	jsonb.Rest
	AccountAddress             string        `jsonb:"AccountAddress"`
	EnvelopedRequestConnection mesh.Envelope `jsonb:"EnvelopedRequestConnection"`
}

// ConnectStartResponse has the profile of the account, for the person to compare.
type ConnectStartResponse struct {
	ResponseBase
	EnvelopedProfileAccount mesh.Envelope `jsonb:"EnvelopedProfileAccount"`
	Expires                 mesh.DateTime `jsonb:"Expires"` // if nobody answers before
}

// ConnectStatusRequest asks what became of a ConnectStartRequest. The same
// device signs the call.
type ConnectStatusRequest struct {
	jsonb.Rest
	AccountAddress string `jsonb:"AccountAddress"`
	RequestUdf     string `jsonb:"RequestUdf"`
}

// ConnectStatusResponse has the administrator's answer. While there is none, the
// call is refused with ErrWaiting.
type ConnectStatusResponse struct {
	ResponseBase
	EnvelopedRespondConnection mesh.Envelope `jsonb:"EnvelopedRespondConnection"`
}

// ConnectPendingRequest asks which devices wait to be connected.
type ConnectPendingRequest struct {
	jsonb.Rest
	AccountAddress string `jsonb:"AccountAddress"`
}

// ConnectPendingResponse lists their requests, the oldest first.
type ConnectPendingResponse struct {
	ResponseBase
	Pending []*ConnectPending `jsonb:"Pending"`
}

// ConnectPending is a request that waits.
type ConnectPending struct {
	jsonb.Rest
	Received                   mesh.DateTime `jsonb:"Received"`
	EnvelopedRequestConnection mesh.Envelope `jsonb:"EnvelopedRequestConnection"`
}

// ConnectCompleteRequest answers a request that waits, or removes a device. The
// account's administrator signs the call.
type ConnectCompleteRequest struct {
	jsonb.Rest
	AccountAddress             string        `jsonb:"AccountAddress"`
	EnvelopedRespondConnection mesh.Envelope `jsonb:"EnvelopedRespondConnection"`
	RemoveDevice               string        `jsonb:"RemoveDevice"` // fingerprint of the device's profile
}

// ConnectCompleteResponse answers it.
type ConnectCompleteResponse struct{ ResponseBase }
