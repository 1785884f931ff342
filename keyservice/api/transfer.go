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

// TransferResponse answers it.
type TransferResponse struct{ ResponseBase }
