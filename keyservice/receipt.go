package keyservice

import (
	"meshkey/internal/secret"
	"meshkey/keyservice/api"
	"meshkey/keyservice/receipt"
	"meshkey/mesh"
	"meshkey/profile"
)

// OnReceipt has the client pass on what the service signs about its calls:
// a receipt.Receipt each, verified to be the service's, of the call as the client
// made it, and of the answer as it came. Where one is not, or there is none where the
// service records what it answers, the answer is not given out, and the error is a *FalseError. Several goroutines may call keep.
func OnReceipt(keep func(receipt []byte)) Option {
	return func(c *Client) { c.receipt = keep }
}

// receipts passes on the receipts in the answer to a call. An answer with a false
// one is wiped, and so is one without any, a contribution or one whose receipts are
// kept: nobody could hold the service to it.
func (c *Client) receipts(service *profile.Profile, call []byte, answer api.Response) error {
	base := answer.Base()
	receipts := base.EnvelopedReceipts
	recorded := false
	switch answer.(type) {
	case *mesh.OperateResponse:
		recorded = true
	case *api.MeshHelloResponse, *api.ValidateAccountResponse:
	default:
		recorded = c.receipt != nil && c.by.Key != nil
	}
	if recorded && len(receipts) == 0 {
		api.Wipe(answer)
		return falsely("what it records, without a receipt")
	}
	if c.receipt == nil {
		return nil
	}
	base.EnvelopedReceipts = nil
	octets, err := api.Marshal(answer)
	base.EnvelopedReceipts = receipts
	if err != nil {
		return err
	}
	defer secret.Wipe(octets)
	for _, r := range receipts {
		if _, err := receipt.Receipt(r).Of(service.Key(profile.ServiceSignature), call, octets); err != nil {
			api.Wipe(answer)
			return falsely("a receipt that is not one of this call")
		}
	}
	for _, r := range receipts {
		c.receipt(r)
	}
	return nil
}
