package api

import (
	"meshkey/internal/jsonb"
	"meshkey/mesh"
)

// TransferRequest puts envelopes into containers of an account, all of them or
// none.
type TransferRequest struct {
	jsonb.Rest
	AccountAddress string             `jsonb:"AccountAddress"`
	Updates        []*ContainerUpdate `jsonb:"Updates"`
}

// ContainerUpdate is what is put into one container, or was got out of it.
type ContainerUpdate struct {
	ContainerStatus
	Envelopes []mesh.Envelope `jsonb:"Envelopes"`
}

// TransferResponse has the containers as they are afterwards.
type TransferResponse struct {
	ResponseBase
	ContainerStatus []*ContainerStatus `jsonb:"ContainerStatus"`
}
