package keyservice

import (
	"meshkey/internal/secret"
	"meshkey/keyservice/api"
	"meshkey/keyservice/audit"
	"meshkey/profile"
)

// OnReceipt has the client pass on what the service signs about its calls:
// an audit.Receipt each, verified to be the service's, of the call as the client
// made it, and of the answer as it came. Where one is not, the answer is not given
// out, and the error is a *FalseError.
func OnReceipt(keep func(receipt []byte)) Option {
	return func(c *Client) { c.receipt = keep }
}

// receipts passes on the receipts in the answer to a call.
func (c *Client) receipts(service *profile.Profile, call []byte, answer api.Response) error {
	base := answer.Base()
	receipts := base.EnvelopedReceipts
	if c.receipt == nil || len(receipts) == 0 {
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
		if _, err := audit.Receipt(r).Of(service.Key(profile.ServiceSignature), call, octets); err != nil {
			return falsely("a receipt that is not one of this call: %v", err)
		}
	}
	for _, r := range receipts {
		c.receipt(r)
	}
	return nil
}
