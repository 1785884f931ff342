package keyservice

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net/http"

	"meshkey/keyservice/api"
	"meshkey/mesh"
	"meshkey/profile"
)

// ValidateAccount asks whether an address could be registered, and why not.
// invitation is the operator's, or empty.
func (c *Client) ValidateAccount(ctx context.Context, address, invitation string) (*api.ValidateAccountResponse, error) {
	answer, err := c.Do(ctx, &api.ValidateAccountRequest{AccountAddress: address, Invitation: invitation})
	if err != nil {
		return nil, err
	}
	return answer.(*api.ValidateAccountResponse), nil
}

// CreateAccount registers the account of a profile, with the operator's
// invitation if he asks for one. The caller signs with a key of the profile. To
// do it again changes nothing.
func (c *Client) CreateAccount(ctx context.Context, p *profile.Profile, invitation string) error {
	_, err := c.Do(ctx, &api.CreateAccountRequest{AccountAddress: p.Address(), EnvelopedProfileAccount: p.Bytes(), Invitation: invitation})
	return err
}

// DeleteAccount deletes the caller's account at the service.
func (c *Client) DeleteAccount(ctx context.Context) error {
	_, err := c.Do(ctx, &api.DeleteAccountRequest{AccountAddress: c.by.Account})
	return err
}

// PublishProfile puts a newer profile of the caller's account in the place of the
// one at the service.
func (c *Client) PublishProfile(ctx context.Context, p *profile.Profile) error {
	_, err := c.Do(ctx, &api.PublishRequest{AccountAddress: c.by.Account, EnvelopedProfileAccount: p.Bytes()})
	return err
}

// PublishRecord leaves a recovery record at its locator, in the place of one with
// a lower serial number.
func (c *Client) PublishRecord(ctx context.Context, locator string, serial int64, record []byte) error {
	_, err := c.Do(ctx, &api.PublishRequest{
		AccountAddress: c.by.Account, Locator: locator, Serial: serial, EnvelopedRecord: mesh.Envelope(record),
	})
	return err
}

// FetchRecord fetches the recovery record at a locator. Nothing is told of who
// asks. record.Open verifies what comes. The error is api.ErrUnknown if there is
// none.
func (c *Client) FetchRecord(ctx context.Context, locator string) (record []byte, err error) {
	err = c.patiently(ctx, func() error {
		if _, err := c.Hello(ctx); err != nil {
			return err
		}
		q, err := http.NewRequestWithContext(ctx, http.MethodGet, c.address.URL+api.RecordPath+locator, nil)
		if err != nil {
			return fmt.Errorf("keyservice: %w", err)
		}
		b, err := send(c.http, q)
		if err != nil {
			return err
		}
		if bytes.HasPrefix(b, []byte("{")) { // a record is a list
			_, err := api.ParseAnswer(&api.HelloRequest{}, b)
			return cmp.Or(err, error(api.ErrUnknown))
		}
		record = b
		return nil
	})
	return record, err
}
