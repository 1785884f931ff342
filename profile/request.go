package profile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"meshkey/internal/dare"
	"meshkey/internal/secret"
	"meshkey/mesh"
	"meshkey/udf"
)

// nonceLen is the number of octets of a request's nonce, and pinLen of a PIN.
const (
	nonceLen = 16
	pinLen   = 15
)

// NewPIN makes a PIN of 120 random bits, by which an account and a device know
// each other: whoever carries it from one to the other needs to compare nothing.
func NewPIN() *udf.Key {
	octets := secret.Random(pinLen)
	defer octets.Wipe()
	pin, err := udf.NewPIN(octets.Reveal())
	if err != nil {
		panic("profile: " + err.Error()) // a constant length in range
	}
	return pin
}

// A ConnectionRequest is what a device asks of an account: to be connected to
// it. The device signed it with the ProfileSignature key of the profile it
// holds. There is none that was not verified. It is public.
//
// Between the device and the administrator there is a service that could put
// another request in its place, or show the device another account. Either both
// sides have a PIN, or somebody compares what Witness gives on both sides.
type ConnectionRequest struct {
	envelope []byte
	name     udf.Fingerprint
	device   *Profile
	address  string
	nonce    []byte
	pinID    string
	witness  udf.Fingerprint // zero without a PIN
	created  time.Time
}

// RequestConnection makes and signs the request to be connected to the account
// of an address. pin may be nil.
func (d *Device) RequestConnection(address string, pin *udf.Key, created time.Time) (*ConnectionRequest, error) {
	nonce := secret.Random(nonceLen)
	defer nonce.Wipe()
	return d.requestConnection(address, pin, nonce.Reveal(), created)
}

func (d *Device) requestConnection(address string, pin *udf.Key, nonce []byte, created time.Time) (*ConnectionRequest, error) {
	p, err := d.Profile(created)
	if err != nil {
		return nil, err
	}
	x := &mesh.RequestConnection{AuthenticatedData: p.Bytes(), ClientNonce: nonce, AccountAddress: address}
	if pin != nil {
		x.PinId = PINName(pin, address)
		x.PinWitness = requestWitness(pin, address, d.Fingerprint(), nonce).Octets(udf.LocatorBits)
	}
	b, err := signMessage(x, created, d.Private(ProfileSignature))
	if err != nil {
		return nil, err
	}
	return ParseConnectionRequest(b)
}

// ParseConnectionRequest reads a request, a DARE envelope, and verifies that the
// device whose profile it holds signed it. b is not kept.
func ParseConnectionRequest(b []byte) (*ConnectionRequest, error) {
	e, err := dare.Parse(b)
	if err != nil {
		return nil, fmt.Errorf("profile: the request: %w", err)
	}
	if e.Encrypted() {
		return nil, errors.New("profile: the request is encrypted")
	}
	// As in a profile, the key that verifies the body stands in the body.
	x, err := mesh.ParseAs[mesh.RequestConnection](e.Body)
	if err != nil {
		return nil, fmt.Errorf("profile: the request: %w", err)
	}
	r := &ConnectionRequest{
		envelope: e.Bytes(), name: udf.FingerprintOf(e.Body, requestType),
		address: x.AccountAddress, nonce: x.ClientNonce, pinID: x.PinId,
	}
	if r.device, err = Parse(x.AuthenticatedData); err != nil {
		return nil, err
	}
	if r.device.Kind() != "ProfileDevice" {
		return nil, errors.New("profile: the request is not a device's")
	}
	if err := e.Verify(r.device.Key(ProfileSignature)); err != nil {
		return nil, fmt.Errorf("profile: the request: %w", err)
	}
	meta, err := e.ContentMeta()
	if err != nil {
		return nil, fmt.Errorf("profile: the request: %w", err)
	}
	if r.created, err = mesh.DateTime(meta.Created).Time(); err != nil {
		return nil, errors.New("profile: the request has no date")
	}
	switch {
	case len(r.nonce) != nonceLen:
		return nil, errors.New("profile: the request has no nonce")
	case (r.pinID == "") != (len(x.PinWitness) == 0):
		return nil, errors.New("profile: the request names a PIN and does not show it, or the other way round")
	case r.pinID != "":
		if r.witness, err = udf.FingerprintFromOctets(x.PinWitness); err != nil {
			return nil, errors.New("profile: the request's witness of a PIN is malformed")
		}
	}
	return r, nil
}

const requestType = "application/mmm/request-connection"

// Bytes writes the request as a DARE envelope in JSON.
func (r *ConnectionRequest) Bytes() []byte { return append([]byte(nil), r.envelope...) }

// Name names the request: the fingerprint of its signed octets.
func (r *ConnectionRequest) Name() udf.Fingerprint { return r.name }

// Device is the profile of the device.
func (r *ConnectionRequest) Device() *Profile { return r.device }

// Address is that of the account asked.
func (r *ConnectionRequest) Address() string { return r.address }

// Created is when the request was made, by the device's clock. It is not signed.
func (r *ConnectionRequest) Created() time.Time { return r.created }

// PIN names the PIN that the request was made with, as PINName does; empty if it
// was made without.
func (r *ConnectionRequest) PIN() string { return r.pinID }

// Proves tells whether whoever made the request had the PIN.
func (r *ConnectionRequest) Proves(pin *udf.Key) bool {
	return !r.witness.IsZero() && r.witness.Matches(requestWitness(pin, r.address, r.device.Fingerprint(), r.nonce))
}

// Witness is what both sides show for somebody to compare, 28 letters: the
// device with the account that it was shown, the administrator with his own. If
// they are the same nobody came between. All letters count: who is between may
// choose on both sides, so half of their bits is what it costs him to make two
// that agree.
func (r *ConnectionRequest) Witness(account udf.Fingerprint) udf.Fingerprint {
	whole := r.name.Octets(r.name.Bits())
	return udf.FingerprintOf(framed([]byte("meshkey connect v1 compare"), account.Octets(udf.DefaultBits), whole), requestType)
}

// PINName names a PIN towards an account without telling it.
func PINName(pin *udf.Key, address string) string { return pin.MAC([]byte(address)).String() }

// requestWitness shows that the device had the PIN.
func requestWitness(pin *udf.Key, address string, device udf.Fingerprint, nonce []byte) udf.Fingerprint {
	return pin.MAC(framed([]byte("meshkey connect v1 request"), []byte(address), device.Octets(udf.DefaultBits), nonce))
}

// responseWitness shows that the account's administrator had the PIN.
func responseWitness(pin *udf.Key, request, account udf.Fingerprint) udf.Fingerprint {
	return pin.MAC(framed([]byte("meshkey connect v1 respond"), request.Octets(request.Bits()), account.Octets(udf.DefaultBits)))
}

// framed joins parts so that no two lists of parts give the same octets.
func framed(parts ...[]byte) []byte {
	var b []byte
	for _, p := range parts {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(p))), p...)
	}
	return b
}
