package main

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"meshkey/cmd/internal/exit"
	"meshkey/keyservice"
	"meshkey/profile"
	"meshkey/udf"
)

// ownDevice is the device in a folder. It is secret.
type ownDevice struct {
	folder  string
	device  *profile.Device
	request *profile.ConnectionRequest
	account *profile.Profile
	at      keyservice.Address
}

// deviceIn opens a device's folder. The caller wipes the device.
func (a *app) deviceIn(name string, open opening) (d *ownDevice, err error) {
	d = &ownDevice{folder: name}
	read := func(file string) ([]byte, error) { return a.read(filepath.Join(name, file), maxDeviceFile) }
	b, err := read(fileDeviceRequest)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, exit.Errorf(exit.Failed, "%s is not the folder of a device", name).Hinted("meshkey device connect makes one")
	}
	if err != nil {
		return nil, err
	}
	if d.request, err = profile.ParseConnectionRequest(b); err != nil {
		return nil, about(filepath.Join(name, fileDeviceRequest), err)
	}
	if b, err = read(fileDeviceAccount); err != nil {
		return nil, err
	}
	if d.account, err = profile.Parse(b); err != nil {
		return nil, about(filepath.Join(name, fileDeviceAccount), err)
	}
	if b, err = read(fileDeviceService); err != nil {
		return nil, err
	}
	if d.at, err = parseService(strings.TrimSpace(string(b))); err != nil {
		return nil, about(filepath.Join(name, fileDeviceService), err)
	}
	path := filepath.Join(name, fileDeviceSeed)
	if b, err = read(fileDeviceSeed); err != nil {
		return nil, err
	}
	text, err := a.unlock(path, b, open)
	if err != nil {
		return nil, err
	}
	defer text.Wipe()
	seed, err := udf.ParseSeed(string(text.Reveal()))
	if err != nil {
		return nil, notASeed(path, err)
	}
	defer seed.Wipe()
	if d.device, err = profile.NewDevice(seed); err != nil {
		return nil, exit.Errorf(exit.Failed, "%s: %w", path, err)
	}
	return d, nil
}

// connected takes the answer in the folder up: the device with its keys within
// the account. The caller wipes them.
func (d *ownDevice) connected(a *app) (*profile.Connected, error) {
	b, err := a.read(filepath.Join(d.folder, fileDeviceAnswer), maxDeviceFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, exit.Errorf(exit.Failed, "the device is not connected yet").Hinted("meshkey device complete %s takes the answer", d.folder)
	}
	if err != nil {
		return nil, err
	}
	return d.device.Complete(d.request, b, profile.Trust{Account: d.account.Fingerprint()})
}

func (d *ownDevice) witness() udf.Fingerprint { return d.request.Witness(d.account.Fingerprint()) }
