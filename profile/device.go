package profile

import (
	"errors"
	"fmt"
	"slices"

	"meshkey/cogen"
	"meshkey/internal/secret"
	"meshkey/udf"
)

// A Device has the keys of a device of the Mesh, private ones included:
// draft-hallambaker-mesh-schema, ProfileDevice. It is secret.
type Device struct{ *keyring }

// NewDevice derives the keys of a device from its seed, one with the specifier
// MeshProfileDevice (256); the error is a *KindError for another. The seed
// stays the caller's.
func NewDevice(seed *udf.Seed) (*Device, error) {
	ring, err := deriveAs(udf.MeshProfileDevice, seed, deviceKeys)
	if err != nil {
		return nil, err
	}
	return &Device{ring}, nil
}

// NewDeviceSeed makes the seed of a device, of 32 fresh random octets.
func NewDeviceSeed() *udf.Seed { return freshSeed(udf.MeshProfileDevice) }

// activationKeys are what an activation adds to the keys of the same names. A
// device keeps its ProfileSignature, which is its name.
var activationKeys = []source{
	{Encryption, "ActivationDeviceEncrypt", cogen.X448()},
	{Signature, "ActivationDeviceSign", cogen.Ed448()},
	{Authentication, "ActivationDeviceAuthenticate", cogen.X448()},
}

// An Activation is the administrator's half of the keys that a device has
// within one account: draft-hallambaker-mesh-schema-09, ActivationAccount. Each
// key is the sum of one that the device made and one of the activation, so that
// neither a weak generator in the device nor the administrator alone decides
// what it is. It is secret.
//
// The administrator has the signed profile of the device before he shows
// anything of the activation, so the device cannot have made up its keys from
// his; and he has to send the seed itself, so he cannot have made up his from
// the device's.
type Activation struct{ keys *keyring }

// NewActivationSeed makes the seed of an activation, of 32 fresh random octets,
// which the administrator seals to the device.
func NewActivationSeed() *udf.Seed {
	// Spec: the draft gives 257 to the activation of a device. Every published
	// one has 259, and the keys follow from the specifier.
	return freshSeed(udf.MeshActivationAccount)
}

// NewActivation derives the keys of an activation from its seed, one with the
// specifier MeshActivationAccount (259) or MeshActivationDevice (257), which
// give different keys. The seed stays the caller's.
func NewActivation(seed *udf.Seed) (*Activation, error) {
	if spec := seed.Specifier(); spec != udf.MeshActivationAccount && spec != udf.MeshActivationDevice {
		return nil, fmt.Errorf("profile: the seed is not an activation's but of kind %v", spec)
	}
	keys, err := derive(seed, activationKeys)
	if err != nil {
		return nil, err
	}
	return &Activation{keys}, nil
}

// Keys returns the public keys that a device has once it is activated, in the
// order Encryption, Signature, Authentication. This is the administrator's
// side, who does not have the device's private keys.
func (a *Activation) Keys(device *Profile) ([]NamedKey, error) {
	if device.Kind() != "ProfileDevice" {
		return nil, errors.New("profile: the profile is not a device's")
	}
	var keys []NamedKey
	for _, s := range activationKeys {
		base := device.Key(s.name)
		if base == nil {
			return nil, fmt.Errorf("profile: the device has no key %s", s.name)
		}
		sum, err := base.Plus(a.keys.Private(s.name))
		if err != nil {
			return nil, fmt.Errorf("profile: activating %s: %w", s.name, err)
		}
		keys = append(keys, named(s.name, sum))
	}
	return keys, nil
}

// Activate returns the device as it is within the account: ProfileSignature is
// its own, the other keys are bare scalars, the sums of its own and those of
// the activation. Both d and a stay the caller's to wipe.
func (d *Device) Activate(a *Activation) (*Device, error) {
	ring := &keyring{}
	for i, name := range d.names {
		sum, err := compose(d.private[i], name, a.keys)
		if err != nil {
			ring.Wipe()
			return nil, fmt.Errorf("profile: activating %s: %w", name, err)
		}
		ring.names = append(ring.names, name)
		ring.private = append(ring.private, sum)
	}
	return &Device{ring}, nil
}

// compose adds to k the key of that name, or copies it if there is none.
func compose(k *cogen.PrivateKey, name string, keys *keyring) (*cogen.PrivateKey, error) {
	if slices.Contains(keys.names, name) {
		return cogen.CombinePrivate(k, keys.Private(name))
	}
	octets := k.Bytes()
	defer secret.Wipe(octets)
	return k.Algorithm().NewPrivateKey(octets)
}

// Wipe clears the keys.
func (a *Activation) Wipe() { a.keys.Wipe() }

// Format implements fmt.Formatter and writes "[secret]".
func (a Activation) Format(f fmt.State, verb rune) { secret.Bytes{}.Format(f, verb) }
