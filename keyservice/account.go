package keyservice

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"

	"meshkey/keyservice/api"
	"meshkey/profile"
	"meshkey/udf"
)

// A FalseError says that a service answered with something that is not what it
// must be, whatever was asked: it is damaged, or it lies.
type FalseError struct{ What string }

// Error implements error.
func (e *FalseError) Error() string { return "keyservice: the service answers with " + e.What }

func falsely(format string, args ...any) error { return &FalseError{fmt.Sprintf(format, args...)} }

// call makes a call whose response is an R.
func call[R api.Response](ctx context.Context, c *Client, r api.Request) (response R, err error) {
	x, err := c.Do(ctx, r)
	if err != nil {
		return response, err
	}
	response, ok := x.(R)
	if !ok {
		return response, falsely("a response to another call")
	}
	return response, nil
}

// ValidateAccount asks whether the caller could register an address. Without an
// invitation where the operator asks for one, it tells about its form alone.
func (c *Client) ValidateAccount(ctx context.Context, address, invitation string) (*api.ValidateAccountResponse, error) {
	return call[*api.ValidateAccountResponse](ctx, c, &api.ValidateAccountRequest{AccountAddress: address, Invitation: invitation})
}

// CreateAccount registers the account of a profile. The caller signs with a
// signature key of it. It is no error if it is registered already; the error is
// api.ErrExists if the address is another's.
func (c *Client) CreateAccount(ctx context.Context, p *profile.Profile, invitation string) error {
	_, err := call[*api.CreateAccountResponse](ctx, c, &api.CreateAccountRequest{
		AccountAddress: p.Address(), EnvelopedProfileAccount: p.Bytes(), Invitation: invitation,
	})
	return err
}

// DeleteAccount deletes the caller's account and all that the service keeps of
// it but the log; the address stays his. He signs with its AdministratorSignature
// key. A second time it does nothing.
func (c *Client) DeleteAccount(ctx context.Context) error {
	_, err := call[*api.DeleteAccountResponse](ctx, c, &api.DeleteAccountRequest{AccountAddress: c.by.Account})
	return err
}

// Profile gets the profile of any account. That it is the right one, its
// fingerprint has to show, which is compared if it is given; else it is
// whichever the service has under the address.
func (c *Client) Profile(ctx context.Context, address string, want udf.Fingerprint) (*profile.Profile, error) {
	r, err := call[*api.GetResponse](ctx, c, &api.GetRequest{AccountAddress: address})
	if err != nil {
		return nil, err
	}
	return accountOf(r.EnvelopedProfileAccount, address, want)
}

// accountOf reads the profile of an account that a service sent.
func accountOf(b []byte, address string, want udf.Fingerprint) (*profile.Profile, error) {
	p, err := profile.Parse(b)
	switch {
	case err != nil:
		return nil, falsely("no profile: %v", err)
	case !p.IsAccount() || p.Address() != address:
		return nil, falsely("the profile of somebody else than %s", address)
	case !want.IsZero() && !p.Fingerprint().Matches(want):
		return nil, falsely("another profile of %s, with the fingerprint %v", address, p.Fingerprint())
	}
	return p, nil
}

// PublishProfile puts a newer profile in the place of the account's. The caller
// signs with its AdministratorSignature key. The error is api.ErrStale if the
// service has one as new.
func (c *Client) PublishProfile(ctx context.Context, p *profile.Profile) error {
	_, err := call[*api.PublishResponse](ctx, c, &api.PublishRequest{AccountAddress: p.Address(), EnvelopedProfileAccount: p.Bytes()})
	return err
}

// A Status is what a service has of an account.
type Status struct {
	Profile    *profile.Profile
	Containers []Head
	Devices    []ConnectedDevice
	Pending    int   // devices that wait to be connected
	Octets     int64 // in containers
	Quota      int64 // of octets
}

// A ConnectedDevice is a device of an account.
type ConnectedDevice struct {
	Name       string // as the service has it; nothing proves it
	Added      time.Time
	Connection *profile.Connection
}

// Status tells what there is in the caller's account, which must have the
// fingerprint given. Connections are verified by the account's profile.
func (c *Client) Status(ctx context.Context, account udf.Fingerprint) (*Status, error) {
	r, err := call[*api.StatusResponse](ctx, c, &api.StatusRequest{AccountAddress: c.by.Account})
	if err != nil {
		return nil, err
	}
	s := &Status{Pending: int(r.Pending), Octets: r.Octets, Quota: r.Quota}
	if s.Profile, err = accountOf(r.EnvelopedProfileAccount, c.by.Account, account); err != nil {
		return nil, err
	}
	for _, d := range r.Devices {
		connection, err := profile.ParseConnection(d.EnvelopedConnectionDevice, s.Profile)
		if err != nil {
			return nil, falsely("a device that is none of the account: %v", err)
		}
		if of, err := udf.ParseFingerprint(d.DeviceUdf); err != nil || !of.Matches(connection.Device()) {
			return nil, falsely("a device under another's name")
		}
		if strings.ContainsFunc(d.Name, func(c rune) bool { return !unicode.IsPrint(c) }) {
			return nil, falsely("a device whose name cannot be shown")
		}
		added, err := d.Added.Time()
		if err != nil {
			return nil, falsely("a device without a date")
		}
		s.Devices = append(s.Devices, ConnectedDevice{d.Name, added, connection})
	}
	for _, h := range r.ContainerStatus {
		s.Containers = append(s.Containers, Head{h.Container, h.Index, h.Digest})
	}
	return s, nil
}
