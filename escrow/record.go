package escrow

import (
	"meshkey/internal/secret"
	"meshkey/profile"
	"meshkey/record"
)

// addRecord seals the recovery record of the account. If the account has no
// signed profile yet, one is made for it.
func (k *Kit) addRecord(seed *profile.Seed, account *profile.Account, o Options) error {
	if o.Profile == nil {
		p, err := account.Profile(profile.Details{Address: o.Address, Created: o.Date})
		if err != nil {
			return err
		}
		o.Profile = p
	}
	octets := seed.Octets()
	defer secret.Wipe(octets)
	key, err := record.NewKey(octets)
	if err != nil {
		return err
	}
	defer key.Wipe()
	r := &record.Record{
		Serial: max(o.Serial, 1), Created: o.Date, Address: o.Address, Service: o.Service,
		Profile: o.Profile.Bytes(), Escrowed: o.Escrowed,
	}
	administrator := account.Private(profile.AdministratorSignature)
	if k.Record, err = r.Seal(key, administrator); err != nil {
		return err
	}
	k.Locator = key.Locator()
	_, err = record.Open(k.Record, key, administrator.PublicKey())
	return err
}
