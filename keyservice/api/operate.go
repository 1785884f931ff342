package api

import "meshkey/mesh"

// OperateRequest and OperateResponse are those of package mesh, which package
// group makes and reads.
type (
	OperateRequest  = mesh.OperateRequest
	OperateResponse = mesh.OperateResponse
)
