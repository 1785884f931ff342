package keyservice

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"

	"meshkey/keyservice/api"
	"meshkey/profile"
)

// PublishRecord puts the recovery record of the caller's account at its locator.
// serial is the record's own serial number: the service cannot read it, and keeps
// the highest. The caller signs with the account's AdministratorSignature key, as
// the record is signed. Errors are api.ErrStale if a record as new is there, and
// api.ErrExists if the locator is another account's.
func (c *Client) PublishRecord(ctx context.Context, locator string, serial int64, record []byte) error {
	_, err := call[*api.PublishResponse](ctx, c, &api.PublishRequest{
		AccountAddress: c.by.Account, Locator: locator, Serial: serial, EnvelopedRecord: record,
	})
	return err
}

// WithdrawRecord takes the record at a locator away. serial is higher than that
// of the record. Nobody else can use the locator afterwards.
func (c *Client) WithdrawRecord(ctx context.Context, locator string, serial int64) error {
	return c.PublishRecord(ctx, locator, serial, nil)
}

// FetchRecord fetches the recovery record at a locator. Nothing is told of who
// asks. record.Open verifies what comes. The error is api.ErrUnknown if there is
// none.
func (c *Client) FetchRecord(ctx context.Context, locator string) (record []byte, err error) {
	err = c.patiently(ctx, func(*profile.Profile) error {
		q, err := http.NewRequestWithContext(ctx, http.MethodGet, c.address.URL+api.RecordPath+url.PathEscape(locator), nil)
		if err != nil {
			return fmt.Errorf("keyservice: %w", err)
		}
		b, _, err := send(c.http, q)
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
