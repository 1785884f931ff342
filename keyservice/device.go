package keyservice

import (
	"context"
	"time"

	"meshkey/keyservice/api"
	"meshkey/profile"
	"meshkey/udf"
)

// ConnectStart asks for the device that made r to be connected to the account of
// the address in it. The caller is the device: it signs with the ProfileSignature
// key of its profile. It returns the account's profile as the service has it,
// and until when the request waits.
//
// Nothing shows yet that this is the right account: either both sides have a PIN,
// or somebody compares r.Witness of this profile with what the administrator sees.
func (c *Client) ConnectStart(ctx context.Context, r *profile.ConnectionRequest) (account *profile.Profile, expires time.Time, err error) {
	x, err := call[*api.ConnectStartResponse](ctx, c, &api.ConnectStartRequest{AccountAddress: r.Address(), EnvelopedRequestConnection: r.Bytes()})
	if err != nil {
		return nil, expires, err
	}
	if account, err = accountOf(x.EnvelopedProfileAccount, r.Address(), udf.Fingerprint{}); err != nil {
		return nil, expires, err
	}
	if expires, err = x.Expires.Time(); err != nil {
		return nil, expires, falsely("a request that ends at no time")
	}
	return account, expires, nil
}

// ConnectStatus returns the administrator's answer to a request that the device
// made: what profile.Device.Complete verifies and activates the device with. The
// caller is the device, as with ConnectStart. The error is api.ErrWaiting while
// there is none, and api.ErrDenied once the request is forgotten.
func (c *Client) ConnectStatus(ctx context.Context, r *profile.ConnectionRequest) (answer []byte, err error) {
	x, err := call[*api.ConnectStatusResponse](ctx, c, &api.ConnectStatusRequest{AccountAddress: r.Address(), RequestUdf: r.Name().Text(udf.LocatorBits)})
	if err != nil {
		return nil, err
	}
	return x.EnvelopedRespondConnection, nil
}

// A Pending is a request of a device that waits for the administrator's answer.
type Pending struct {
	Received time.Time // by the service's clock
	Request  *profile.ConnectionRequest
}

// ConnectPending lists the requests that wait, the oldest first. Each is signed
// by the device that it names; which device that is, Witness or a PIN has to
// show.
func (c *Client) ConnectPending(ctx context.Context) ([]Pending, error) {
	x, err := call[*api.ConnectPendingResponse](ctx, c, &api.ConnectPendingRequest{AccountAddress: c.by.Account})
	if err != nil {
		return nil, err
	}
	var out []Pending
	for _, p := range x.Pending {
		r, err := profile.ParseConnectionRequest(p.EnvelopedRequestConnection)
		if err != nil {
			return nil, falsely("a request that no device made: %v", err)
		}
		if r.Address() != c.by.Account {
			return nil, falsely("a request to another account")
		}
		received, err := p.Received.Time()
		if err != nil {
			return nil, falsely("a request without a date")
		}
		out = append(out, Pending{received, r})
	}
	return out, nil
}

// ConnectComplete sends the answer to a request, as profile.Account.Accept or
// Reject made it. The caller signs with the account's AdministratorSignature key.
func (c *Client) ConnectComplete(ctx context.Context, answer []byte) error {
	_, err := call[*api.ConnectCompleteResponse](ctx, c, &api.ConnectCompleteRequest{AccountAddress: c.by.Account, EnvelopedRespondConnection: answer})
	return err
}

// RemoveDevice removes the device whose profile has that fingerprint from the
// account: its next call is refused. The caller signs with the account's
// AdministratorSignature key.
func (c *Client) RemoveDevice(ctx context.Context, device udf.Fingerprint) error {
	_, err := call[*api.ConnectCompleteResponse](ctx, c, &api.ConnectCompleteRequest{AccountAddress: c.by.Account, RemoveDevice: device.String()})
	return err
}
