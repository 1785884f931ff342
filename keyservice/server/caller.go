package server

import (
	"bytes"

	"meshkey/cogen"
	"meshkey/keyservice/api"
	"meshkey/keyservice/store"
	"meshkey/profile"
	"meshkey/udf"
)

// A role is what somebody is to the account or group that a call is about.
type role int

const (
	owner         role = iota // signs with the CommonSignature key of the account's profile
	administrator             // signs with its AdministratorSignature key
	device                    // signs with the key of a device that was connected to the account
	member                    // of a group
	deputy                    // an administrator whom the group's record appoints
	bearer                    // of a key that nobody here knows, in a profile that he brings
)

// A caller is who signed a call, as the store has him.
type caller struct {
	role    role
	account string           // as the call states it
	profile *profile.Profile // of the account, nil for those who have none here
	key     *cogen.PublicKey // that verified the call
	kid     string           // its fingerprint

	// still checks, within the transaction, that what makes him a caller is as
	// it was. errChanged begins the call anew.
	still func(store.Reader) error
}

// unknown tells whether nobody here knows who calls.
func (j *job) unknown() bool { return j.caller == nil || j.caller.role == bearer }

// errUnknown is what all are told whom the service does not know.
var errUnknown = api.ErrDenied

// holder finds the owner of the account that the call states, or a device of it.
func (j *job) holder() (*caller, error) {
	address := j.call.Account
	for _, kid := range j.call.Signers() {
		c := &caller{account: address, kid: kid}
		var row, connection []byte
		err := j.server.config.Store.View(j.ctx, func(r store.Reader) (err error) {
			if row, err = r.Get(accountTable, under(address)); err != nil || row == nil {
				return err
			}
			if connection, err = r.Get(deviceTable, under(address, kid)); err != nil {
				return err
			}
			return c.find(r)
		})
		if err != nil {
			return nil, err
		}
		if c.key == nil {
			continue
		}
		c.still = func(r store.Reader) error {
			if err := unchanged(r, accountTable, under(address), row); err != nil || c.role != device {
				return err
			}
			return unchanged(r, deviceTable, under(address, kid), connection)
		}
		return j.signed(c)
	}
	return nil, errUnknown
}

// find looks for the key and the role that the caller's kid is, if any.
func (c *caller) find(r store.Reader) error {
	a, err := liveAccount(r, c.account)
	if err != nil || a == nil {
		return err
	}
	c.profile = a.profile
	if key := a.profile.Key(profile.AdministratorSignature); key != nil && named(key, c.kid) {
		c.key, c.role = key, administrator
		return nil
	}
	if key := a.profile.Key(profile.CommonSignature); key != nil && named(key, c.kid) {
		c.key, c.role = key, owner
		return nil
	}
	d, err := loadDevice(r, a, c.kid)
	if err != nil || d == nil {
		return err
	}
	c.key, c.role = d.Signer(c.kid), device
	return nil
}

// unchanged is errChanged if the store has not value.
func unchanged(r store.Reader, t store.Table, key, value []byte) error {
	now, err := r.Get(t, key)
	if err == nil && !bytes.Equal(now, value) {
		err = errChanged
	}
	return err
}

// signed verifies that a caller signed the call, and that he named his key in the
// one way that is a key's: the name is not signed, and a nonce is spent under it.
func (j *job) signed(c *caller) (*caller, error) {
	defer j.server.meter.time(Signature, 1)()
	if err := j.call.Verify(c.key); err != nil {
		return nil, err
	}
	return c, nil
}

// named tells whether a fingerprint is a key's.
func named(key *cogen.PublicKey, kid string) bool {
	f, err := udf.ParseFingerprint(kid)
	return err == nil && udf.KeyFingerprint(key.Algorithm(), key.Bytes()).Matches(f)
}
