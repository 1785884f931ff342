package profile

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/internal/secret"
	"meshkey/mesh"
	"meshkey/udf"
)

// ErrRejected says that the administrator of an account rejected a device.
var ErrRejected = errors.New("profile: the account's administrator rejected the device")

// maxName bounds the name of a device, in octets.
const maxName = 255

// Results of a request.
const (
	accept = "Accept"
	reject = "Reject"
)

// Acceptance is how a device is accepted.
type Acceptance struct {
	Roles []string  // what the device is for, in the account's own words
	Name  string    // by which the account knows it
	PIN   *udf.Key  // that the request must prove; nil if somebody compared the witnesses
	Time  time.Time // of signing
}

// Accept answers the request of a device: it makes the device's keys together
// with it, by a fresh activation that only the device can read, and signs the
// connection. of is the account's own profile.
func (a *Account) Accept(r *ConnectionRequest, of *Profile, how Acceptance) ([]byte, error) {
	seed := NewActivationSeed()
	defer seed.Wipe()
	if how.PIN != nil && !r.Proves(how.PIN) {
		return nil, errors.New("profile: the request was not made with the PIN")
	}
	activation, err := NewActivation(seed)
	if err != nil {
		return nil, err
	}
	defer activation.Wipe()
	c, err := a.Connect(r.device, activation, how.Roles, how.Time)
	if err != nil {
		return nil, err
	}
	sealed, err := a.sealActivation(seed, r.device)
	if err != nil {
		return nil, err
	}
	d := &mesh.CatalogedDevice{
		DeviceUdf:                  r.device.Fingerprint().String(),
		EnvelopedProfileDevice:     r.device.Bytes(),
		EnvelopedConnectionDevice:  c.Bytes(),
		EnvelopedActivationAccount: sealed,
	}
	d.LocalName = how.Name
	return a.respond(r, of, accept, d, how)
}

// Reject answers the request of a device that it is not to be connected.
func (a *Account) Reject(r *ConnectionRequest, of *Profile, t time.Time) ([]byte, error) {
	return a.respond(r, of, reject, &mesh.CatalogedDevice{}, Acceptance{Time: t})
}

func (a *Account) respond(r *ConnectionRequest, of *Profile, result string, d *mesh.CatalogedDevice, how Acceptance) ([]byte, error) {
	if !of.Fingerprint().Matches(a.Fingerprint()) || of.Address() != r.address {
		return nil, errors.New("profile: the request is to another account")
	}
	d.Udf, d.EnvelopedProfileUser = a.Fingerprint().String(), of.Bytes()
	x := &mesh.RespondConnection{Result: result, CatalogedDevice: d, RequestUdf: r.name.Text(udf.LocatorBits)}
	if how.PIN != nil {
		x.PinWitness = responseWitness(how.PIN, r.name, a.Fingerprint()).Octets(udf.LocatorBits)
	}
	return signMessage(x, how.Time, a.Private(AdministratorSignature))
}

// sealActivation seals the seed of an activation to a device.
func (a *Account) sealActivation(seed *udf.Seed, device *Profile) ([]byte, error) {
	x := &mesh.ActivationAccount{AccountUdf: a.Fingerprint().String()}
	x.ActivationKey = secret.Take([]byte(seed.Text()))
	defer mesh.Wipe(x)
	body, err := mesh.Marshal(x)
	if err != nil {
		return nil, fmt.Errorf("profile: %w", err)
	}
	defer secret.Wipe(body)
	e, err := dare.Seal(body, dare.SealOptions{
		Recipients: []*cogen.PublicKey{device.Key(Encryption)},
		Signer:     a.Private(AdministratorSignature),
		Meta:       dare.ContentMeta{MessageType: mesh.Tag(x), ContentType: "application/mmm/object"},
	})
	if err != nil {
		return nil, fmt.Errorf("profile: %w", err)
	}
	return e.Bytes(), nil
}

// A ConnectionResponse is the answer to a ConnectionRequest. There is none that
// was not verified by the account's profile. It is public: only the device can
// read the activation in it.
type ConnectionResponse struct {
	request    *ConnectionRequest
	account    *Profile
	connection *Connection // nil if the device was rejected
	name       string
	activation []byte
	witness    udf.Fingerprint // zero without a PIN
}

// ParseConnectionResponse reads the answer to a request, a DARE envelope, and
// verifies it by the profile of the account, as ParseConnection does the
// connection in it. b is not kept.
func ParseConnectionResponse(b []byte, r *ConnectionRequest, account *Profile) (*ConnectionResponse, error) {
	e, err := dare.Parse(b)
	if err != nil {
		return nil, fmt.Errorf("profile: the answer: %w", err)
	}
	administrator := account.Key(AdministratorSignature)
	if !account.IsAccount() || administrator == nil {
		return nil, errors.New("profile: only an account that has an administrator connects devices")
	}
	if err := e.Verify(administrator); err != nil {
		return nil, fmt.Errorf("profile: the answer is not the account's: %w", err)
	}
	x, err := response(e)
	if err != nil {
		return nil, err
	}
	if of, err := udf.ParseFingerprint(x.RequestUdf); err != nil || of.Bits() < udf.LocatorBits || !of.Matches(r.name) || account.Address() != r.address {
		return nil, errors.New("profile: the answer is to another request")
	}
	d := x.CatalogedDevice
	if len(d.LocalName) > maxName || strings.ContainsFunc(d.LocalName, func(c rune) bool { return !unicode.IsPrint(c) }) {
		return nil, fmt.Errorf("profile: the name of a device has at most %d octets, which can be printed", maxName)
	}
	answer := &ConnectionResponse{request: r, account: account, name: d.LocalName, activation: d.EnvelopedActivationAccount}
	if len(x.PinWitness) > 0 {
		if answer.witness, err = udf.FingerprintFromOctets(x.PinWitness); err != nil {
			return nil, errors.New("profile: the answer's witness of a PIN is malformed")
		}
	}
	switch x.Result {
	case reject:
		return answer, nil
	case accept:
	default:
		return nil, errors.New("profile: the answer is neither yes nor no")
	}
	if answer.connection, err = ParseConnection(d.EnvelopedConnectionDevice, account); err != nil {
		return nil, err
	}
	if !answer.connection.device.Matches(r.device.Fingerprint()) {
		return nil, errors.New("profile: the connection is of another device")
	}
	return answer, nil
}

// RequestAnswered names the request that an answer says it is to, verified or not.
func RequestAnswered(answer []byte) (udf.Fingerprint, error) {
	e, err := dare.Parse(answer)
	if err != nil {
		return udf.Fingerprint{}, fmt.Errorf("profile: the answer: %w", err)
	}
	x, err := response(e)
	if err != nil {
		return udf.Fingerprint{}, err
	}
	return udf.ParseFingerprint(x.RequestUdf)
}

// response reads the body of an answer, verified or not.
func response(e *dare.Envelope) (*mesh.RespondConnection, error) {
	if e.Encrypted() {
		return nil, errors.New("profile: the answer is encrypted")
	}
	x, err := mesh.ParseAs[mesh.RespondConnection](e.Body)
	if err != nil {
		return nil, fmt.Errorf("profile: the answer: %w", err)
	}
	if x.CatalogedDevice == nil {
		return nil, errors.New("profile: the answer does not say of which device")
	}
	return x, nil
}

// Connection is the device's connection, nil if it was rejected.
func (c *ConnectionResponse) Connection() *Connection { return c.connection }

// Name is what the account calls the device.
func (c *ConnectionResponse) Name() string { return c.name }

// Trust is how a device knows the account that answers: its fingerprint, which
// somebody knew or compared, or a PIN. One is enough; of both, both must fit.
type Trust struct {
	Account udf.Fingerprint
	PIN     *udf.Key
}

// Connected is a device within an account. It is secret.
type Connected struct {
	Account    *Profile
	Connection *Connection
	Name       string
	Device     *Device // with its keys within the account; the caller's to wipe
}

// Complete reads the answer to the device's own request and activates the
// device: the answer and all in it must be from the account that is trusted, and
// the keys that the device computes, its own and the activation's, the ones in
// the connection. The error is ErrRejected if the account said no.
//
// It gives the same whenever it is called, so a device may keep its seed, the
// request and the answer.
func (d *Device) Complete(r *ConnectionRequest, answer []byte, trust Trust) (*Connected, error) {
	if !r.device.Fingerprint().Matches(d.Fingerprint()) {
		return nil, errors.New("profile: the request is another device's")
	}
	if trust.Account.IsZero() && trust.PIN == nil {
		return nil, errors.New("profile: nothing says which account is the right one")
	}
	e, err := dare.Parse(answer)
	if err != nil {
		return nil, fmt.Errorf("profile: the answer: %w", err)
	}
	x, err := response(e)
	if err != nil {
		return nil, err
	}
	account, err := Parse(x.CatalogedDevice.EnvelopedProfileUser)
	if err != nil {
		return nil, err
	}
	if !trust.Account.IsZero() && !trust.Account.Matches(account.Fingerprint()) {
		return nil, errors.New("profile: the answer is from another account")
	}
	c, err := ParseConnectionResponse(answer, r, account)
	if err != nil {
		return nil, err
	}
	if trust.PIN != nil && c.connection != nil && !c.witness.Matches(responseWitness(trust.PIN, r.name, account.Fingerprint())) {
		return nil, errors.New("profile: the answer is from somebody who does not have the PIN")
	}
	if c.connection == nil {
		return nil, ErrRejected
	}
	active, err := d.activated(c)
	if err != nil {
		return nil, err
	}
	return &Connected{account, c.connection, c.name, active}, nil
}

// activated opens the activation, activates the device, and holds its keys
// against the connection.
func (d *Device) activated(c *ConnectionResponse) (*Device, error) {
	e, err := dare.Parse(c.activation)
	if err != nil {
		return nil, fmt.Errorf("profile: the activation: %w", err)
	}
	if err := e.Verify(c.account.Key(AdministratorSignature)); err != nil {
		return nil, fmt.Errorf("profile: the activation is not the account's: %w", err)
	}
	body, err := e.Open(dare.PrivateKey(d.Private(Encryption)))
	if err != nil {
		return nil, fmt.Errorf("profile: the activation: %w", err)
	}
	defer secret.Wipe(body)
	x, err := mesh.ParseAs[mesh.ActivationAccount](body)
	if err != nil {
		return nil, fmt.Errorf("profile: the activation: %w", err)
	}
	defer mesh.Wipe(x)
	if of, err := udf.ParseFingerprint(x.AccountUdf); err != nil || !of.Matches(c.account.Fingerprint()) || x.ActivationKey == nil {
		return nil, errors.New("profile: the activation is of another account")
	}
	seed, err := udf.ParseSeed(string(x.ActivationKey.Reveal()))
	if err != nil {
		return nil, fmt.Errorf("profile: the activation: %w", err)
	}
	defer seed.Wipe()
	activation, err := NewActivation(seed)
	if err != nil {
		return nil, err
	}
	defer activation.Wipe()
	active, err := d.Activate(activation)
	if err != nil {
		return nil, err
	}
	for _, k := range active.Keys() {
		if k.Name != ProfileSignature && !k.Public.Equal(c.connection.Key(k.Name)) {
			active.Wipe()
			return nil, fmt.Errorf("profile: the device's key %s is not the one in the connection", k.Name)
		}
	}
	return active, nil
}
