package main

import (
	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cogen"
	"meshkey/internal/ceremony"
	"meshkey/internal/secret"
	"meshkey/profile"
	"meshkey/udf"
)

// partyFlags say who runs a ceremony's command.
type partyFlags struct {
	seed  string
	asked bool // there is no looking on
	opening
}

func (p *partyFlags) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&p.seed, "seed", "", "`SEED` of your account or device, whose profile is in the request")
	p.opening.flags(cmd)
}

// required are the flags of a command that is for parties only.
func (p *partyFlags) required(cmd *cobra.Command) {
	p.flags(cmd)
	p.asked = true
	_ = cmd.MarkFlagRequired("seed")
}

// keyPairs are the names of the keys that a party signs with and is sealed to,
// the ones that are taken first: a user's, a group's, a device's.
var keyPairs = [...][2]string{
	{profile.CommonSignature, profile.CommonEncryption},
	{profile.AdministratorSignature, profile.CommonEncryption},
	{profile.Signature, profile.Encryption},
}

// partyName is what a party is called: the address that its profile states, or
// else its fingerprint.
func partyName(p *profile.Profile) string {
	if p.Address() != "" {
		return p.Address()
	}
	return p.Fingerprint().String()
}

// partyIn is the party that a profile describes.
func partyIn(p *profile.Profile) (ceremony.Party, error) {
	for _, names := range keyPairs {
		signature, encryption := p.Key(names[0]), p.Key(names[1])
		if signature != nil && encryption != nil {
			return ceremony.Party{
				Name: partyName(p), Fingerprint: p.Fingerprint(), Profile: p.Bytes(), Signature: signature, Encryption: encryption,
			}, nil
		}
	}
	return ceremony.Party{}, exit.Errorf(exit.Failed, "a %s has no keys to sign with and be sealed to", p.Kind())
}

// readParty reads a profile in a request.
func readParty(text []byte) (ceremony.Party, error) {
	p, err := profile.Parse(text)
	if err != nil {
		return ceremony.Party{}, err
	}
	return partyIn(p)
}

// partyKeys are the keys of an account or a device.
type partyKeys struct {
	ring interface {
		Private(name string) *cogen.PrivateKey
		Wipe()
	}
	pairs [][2]string // that may be the party's; once joined, the one that is
}

// Wipe clears the keys.
func (k *partyKeys) Wipe() { k.ring.Wipe() }

func (k *partyKeys) signature() *cogen.PrivateKey  { return k.ring.Private(k.pairs[0][0]) }
func (k *partyKeys) encryption() *cogen.PrivateKey { return k.ring.Private(k.pairs[0][1]) }

// openPartyKeys opens a seed file of an account or of a device.
func (a *app) openPartyKeys(who partyFlags) (*partyKeys, error) {
	seed, err := a.openAnySeed(who.seed, who.opening)
	if err != nil {
		return nil, err
	}
	defer seed.Wipe()
	if seed.Specifier() == udf.MeshProfileDevice {
		device, err := profile.NewDevice(seed)
		if err != nil {
			return nil, err
		}
		return &partyKeys{device, keyPairs[2:]}, nil
	}
	octets := seed.Octets()
	defer secret.Wipe(octets)
	own, err := profile.SeedFromOctets(octets)
	if err != nil {
		return nil, notASeed(who.seed, err)
	}
	defer own.Wipe()
	account, err := own.Account()
	if err != nil {
		return nil, err
	}
	return &partyKeys{account, keyPairs[:2]}, nil
}

// join finds the party that has these keys.
func (k *partyKeys) join(c *ceremony.Ceremony) (self *ceremony.Self, err error) {
	for i, names := range k.pairs {
		if self, err = c.Join(k.ring.Private(names[0]), k.ring.Private(names[1])); err == nil {
			k.pairs = k.pairs[i:]
			return self, nil
		}
	}
	return nil, err
}
