package escrow

import (
	"errors"

	"meshkey/profile"
)

func (k *Kit) addRecord(seed *profile.Seed, account *profile.Account, o Options) error {
	return errors.New("escrow: recovery records are not made yet")
}
