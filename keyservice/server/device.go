package server

import (
	"errors"

	"meshkey/internal/jsonb"
	"meshkey/keyservice/api"
	"meshkey/keyservice/store"
	"meshkey/mesh"
	"meshkey/profile"
	"meshkey/udf"
)

// deviceRow is a device that is or was connected to an account. One that was
// removed stays, so that its connection cannot be put back.
type deviceRow struct {
	jsonb.Rest
	Name       string        `jsonb:"Name"`
	Device     string        `jsonb:"DeviceUdf"`
	Connection jsonb.Raw     `jsonb:"EnvelopedConnectionDevice"`
	Added      mesh.DateTime `jsonb:"Added"`
	Removed    mesh.DateTime `jsonb:"Removed"`
}

// loadDevice returns the connection of the device of an account that signs with
// the key of that fingerprint, nil if there is none or it was removed. The chain
// from the account's profile by its administrator to the device is verified; a
// device that an earlier administrator's key connected is none.
func loadDevice(r store.Reader, a *account, kid string) (*profile.Connection, error) {
	var row deviceRow
	if ok, err := getRow(r, deviceTable, under(a.profile.Address(), kid), &row); err != nil || !ok || row.Removed != "" {
		return nil, err
	}
	chain := append(a.profile.Bytes(), row.Connection...)
	c, err := connections.get(chain, func() (*profile.Connection, error) { return profile.ParseConnection(row.Connection, a.profile) })
	if err != nil {
		return nil, nil
	}
	if c.Signer(kid) == nil {
		return nil, errors.New("server: a device in the store has another key")
	}
	return c, nil
}

// deviceKey is where the device with a connection is.
func deviceKey(address string, c *profile.Connection) []byte {
	key := c.Key(profile.Signature)
	return under(address, udf.KeyFingerprint(key.Algorithm(), key.Bytes()).String())
}

// devices returns the rows of an account's devices, without those removed, and
// their keys.
func devices(r store.Reader, address string) (rows []*deviceRow, keys [][]byte, err error) {
	all, values, err := scan(r, deviceTable, under(address, ""))
	if err != nil {
		return nil, nil, err
	}
	for i, value := range values {
		row := &deviceRow{}
		if err := readRow(deviceTable, value, row); err != nil {
			return nil, nil, err
		}
		if row.Removed == "" {
			rows, keys = append(rows, row), append(keys, all[i])
		}
	}
	return rows, keys, nil
}

// addDevice connects a device in the place of what it was connected by before.
func (j *job) addDevice(w store.Writer, address, name string, c *profile.Connection) error {
	key := deviceKey(address, c)
	if old, err := w.Get(deviceTable, key); err != nil {
		return err
	} else if old != nil {
		return api.ErrStale.Because("the connection was used before")
	}
	of := c.Device().String()
	rows, keys, err := devices(w, address)
	if err != nil {
		return err
	}
	others := 0
	for _, row := range rows {
		if row.Device != of {
			others++
		}
	}
	if others >= j.server.config.Accounts.Devices {
		return api.ErrQuota.Because("too many devices are connected to the account")
	}
	for i, row := range rows {
		if row.Device == of {
			if err := j.remove(w, keys[i], row); err != nil {
				return err
			}
		}
	}
	return putRow(w, deviceTable, key, &deviceRow{Name: name, Device: of, Connection: c.Bytes(), Added: mesh.NewDateTime(j.now)})
}

func (j *job) remove(w store.Writer, key []byte, row *deviceRow) error {
	row.Removed = mesh.NewDateTime(j.now)
	return putRow(w, deviceTable, key, row)
}

// removeDevice removes a device, and what it asked for and has not got.
func (j *job) removeDevice(r *api.ConnectCompleteRequest) (*plan, error) {
	of, err := udf.ParseFingerprint(r.RemoveDevice)
	if err != nil || of.Bits() < udf.DefaultBits {
		return nil, api.ErrMalformed.Because("a device has a fingerprint of 28 letters")
	}
	return &plan{apply: func(w store.Writer) (api.Response, error) {
		rows, keys, err := devices(w, r.AccountAddress)
		if err != nil {
			return nil, err
		}
		found := false
		for i, row := range rows {
			if row.Device != of.String() {
				continue
			}
			found = true
			if err := j.remove(w, keys[i], row); err != nil {
				return nil, err
			}
		}
		if !found {
			return nil, api.ErrUnknown
		}
		return done(&api.ConnectCompleteResponse{}), j.dropRequests(w, r.AccountAddress, of.String())
	}}, nil
}

// dropRequests deletes the requests of a device.
func (j *job) dropRequests(w store.Writer, address, device string) error {
	rows, _, err := requests(w, address, j.now)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row.Device == device {
			if err := w.Delete(connectTable, row.key); err != nil {
				return err
			}
		}
	}
	return nil
}

// removeDevices removes all devices of an account.
func (j *job) removeDevices(w store.Writer, address string) error {
	rows, keys, err := devices(w, address)
	if err != nil {
		return err
	}
	for i, row := range rows {
		if err := j.remove(w, keys[i], row); err != nil {
			return err
		}
	}
	return nil
}
