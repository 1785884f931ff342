package profile

import (
	"errors"
	"fmt"
	"time"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/mesh"
	"meshkey/udf"
)

// A Connection says that a device belongs to an account and which keys it has
// there: draft-hallambaker-mesh-schema-09, ConnectionDevice. There is none that
// was not verified by the account's profile, and none is changed once made. It
// is public.
type Connection struct {
	envelope []byte
	account  udf.Fingerprint
	device   udf.Fingerprint
	updated  time.Time
	roles    []string
	keys     []NamedKey
}

// connectionKeys are the keys of a device that a connection shows.
func connectionKeys(c *mesh.ConnectionDevice) []place {
	return []place{{Encryption, c.Encryption}, {Signature, c.Signature}, {Authentication, c.Authentication}}
}

// ParseConnection reads a connection, a DARE envelope, and verifies it: it must
// be signed by the AdministratorSignature key of the account's profile, name
// that profile, and show three keys that bear their fingerprints. One that a
// device signed, or another account, is none. b is not kept.
//
// Whether it still holds, the account's service knows.
func ParseConnection(b []byte, account *Profile) (*Connection, error) {
	administrator := account.Key(AdministratorSignature)
	if !account.IsAccount() || administrator == nil {
		return nil, errors.New("profile: only an account that has an administrator connects devices")
	}
	return parseConnection(b, account.Fingerprint(), administrator)
}

func parseConnection(b []byte, account udf.Fingerprint, administrator *cogen.PublicKey) (*Connection, error) {
	e, err := dare.Parse(b)
	if err != nil {
		return nil, fmt.Errorf("profile: the connection: %w", err)
	}
	if err := e.Verify(administrator); err != nil {
		return nil, fmt.Errorf("profile: the connection is not the account's: %w", err)
	}
	body, err := e.Payload()
	if err != nil {
		return nil, fmt.Errorf("profile: the connection: %w", err)
	}
	d, err := mesh.ParseAs[mesh.ConnectionDevice](body)
	if err != nil {
		return nil, fmt.Errorf("profile: the connection: %w", err)
	}
	c := &Connection{envelope: e.Bytes(), account: account, roles: d.Roles}
	if of, err := udf.ParseFingerprint(d.ProfileUdf); err != nil || !of.Matches(c.account) {
		return nil, errors.New("profile: the connection is to another account")
	}
	if c.device, err = udf.ParseFingerprint(d.Subject); err != nil || c.device.Bits() < udf.DefaultBits {
		return nil, errors.New("profile: the connection does not say of which device")
	}
	if c.updated, err = d.Updated.Time(); err != nil {
		return nil, errors.New("profile: the connection has no date")
	}
	for _, at := range connectionKeys(d) {
		if at.key == nil {
			return nil, fmt.Errorf("profile: the connection has no key %s", at.name)
		}
		k, err := readKey(at)
		if err != nil {
			return nil, err
		}
		if k.Algorithm.IsSignature() != (at.name == Signature) {
			return nil, fmt.Errorf("profile: the connection's %s is a key for something else", at.name)
		}
		c.keys = append(c.keys, k)
	}
	return c, nil
}

// Connect makes and signs the connection of a device to the account with the
// keys that the activation gives it.
func (a *Account) Connect(device *Profile, activation *Activation, roles []string, updated time.Time) (*Connection, error) {
	keys, err := activation.Keys(device)
	if err != nil {
		return nil, err
	}
	d := &mesh.ConnectionDevice{Roles: roles}
	d.Updated = mesh.NewDateTime(updated)
	d.Subject, d.ProfileUdf = device.Fingerprint().String(), a.Fingerprint().String()
	data := map[string]*mesh.KeyData{}
	for _, k := range keys {
		data[k.Name] = mesh.NewKeyData(k.Fingerprint.String(), k.Algorithm.String(), k.Public.Bytes())
	}
	d.Encryption, d.Signature, d.Authentication = data[Encryption], data[Signature], data[Authentication]
	body, err := mesh.MarshalBinary(d)
	if err != nil {
		return nil, fmt.Errorf("profile: %w", err)
	}
	e, err := dare.Sign(body, meta(d, updated), a.Private(AdministratorSignature))
	if err != nil {
		return nil, fmt.Errorf("profile: %w", err)
	}
	return parseConnection(e.Bytes(), a.Fingerprint(), a.Private(AdministratorSignature).PublicKey())
}

// Bytes writes the connection as a DARE envelope in JSON.
func (c *Connection) Bytes() []byte { return append([]byte(nil), c.envelope...) }

// Account is the fingerprint of the account's profile.
func (c *Connection) Account() udf.Fingerprint { return c.account }

// Device is the fingerprint of the device's profile.
func (c *Connection) Device() udf.Fingerprint { return c.device }

// Updated is when the connection was made, by the administrator's clock.
func (c *Connection) Updated() time.Time { return c.updated }

// Roles are what the administrator says that the device is for.
func (c *Connection) Roles() []string { return append([]string(nil), c.roles...) }

// Keys are the keys that the device has within the account, in the order
// Encryption, Signature, Authentication.
func (c *Connection) Keys() []NamedKey { return append([]NamedKey(nil), c.keys...) }

// Key returns the public key of a name, or nil if there is none.
func (c *Connection) Key(name string) *cogen.PublicKey { return keyOf(c.keys, name) }

// Signer returns the device's Signature key if that is its fingerprint, or nil.
func (c *Connection) Signer(kid string) *cogen.PublicKey {
	for _, k := range c.keys {
		if k.Name == Signature && k.Fingerprint.String() == kid {
			return k.Public
		}
	}
	return nil
}
