package keyservice

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"meshkey/cogen"
	"meshkey/internal/secret"
	"meshkey/keyservice/api"
	"meshkey/profile"
)

// OnReceipt has the client pass on what the service signs about its calls:
// an audit.Receipt each, verified to be the service's, of the call as the client
// made it, and of the answer as it came. Where one is not, the answer is not given
// out, and the error is a *FalseError. Several goroutines may call keep.
func OnReceipt(keep func(receipt []byte)) Option {
	return func(c *Client) { c.receipt = keep }
}

// receipts passes on the receipts in the answer to a call. An answer with a false
// one is wiped.
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
	signer, asked, answered := service.Key(profile.ServiceSignature), sha256.Sum256(call), sha256.Sum256(octets)
	for _, r := range receipts {
		if !proves(r, signer, asked, answered) {
			api.Wipe(answer)
			return falsely("a receipt that is not one of this call")
		}
	}
	for _, r := range receipts {
		c.receipt(r)
	}
	return nil
}

// proves tells whether a receipt, in the form that docs/FORMATS.md gives it, is
// signer's, and of the call and the answer with these digests. Package audit
// reads receipts too, but brings the store with it.
func proves(receipt []byte, signer *cogen.PublicKey, call, answer [sha256.Size]byte) bool {
	var signed struct{ Octets, Signature []byte }
	var record struct{ Request, Answer string }
	if json.Unmarshal(receipt, &signed) != nil || json.Unmarshal(signed.Octets, &record) != nil {
		return false
	}
	const kind = "meshkey audit receipt v1\x00"
	digest := sha256.Sum256(append([]byte(kind), signed.Octets...))
	return record.Request == hex.EncodeToString(call[:]) && record.Answer == hex.EncodeToString(answer[:]) &&
		signer.Verify(append([]byte(kind), digest[:]...), signed.Signature)
}
