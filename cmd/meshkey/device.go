package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/ask"
	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/outfile"
	"meshkey/cmd/internal/terminal"
	"meshkey/keyservice/api"
	"meshkey/profile"
	"meshkey/udf"
)

func (a *app) deviceCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "device",
		GroupID: groupTools,
		Short:   "Connect devices to an account at its service, and remove them",
		Long: `A device of an account has keys of its own, to which the account's owner contributed, and a
connection that he signed. It calls the account's service in the account's name until it is
removed. It never has the account's seed.

On the device:          connect  asks the account of an address
Where the account is:   pending  lists who asks; accept and reject answer
On the device:          complete takes the answer

Both screens show the same 28 letters, the witness. Compare them: if they are the same,
nobody came between.`,
		Example: `  meshkey device connect alice@example.com --out laptop \
      --service https://keys.example.com/#MBIJ-QPWF-7LDP-T5QF-PN7W-4NP7-N3FN
  meshkey device accept alice.seed --name laptop
  meshkey device complete laptop`,
	}
	cmd.AddCommand(
		a.deviceConnect(), a.devicePending(), a.deviceAccept(), a.deviceReject(), a.deviceComplete(),
		a.deviceStatus(), a.deviceList(), a.deviceRemove())
	return cmd
}

// The files in the folder of a device.
const (
	fileDeviceSeed    = "seed"     // SECRET, encrypted
	fileDeviceRequest = "request"  // to be connected
	fileDeviceAccount = "account"  // profile of the account, as the service showed it
	fileDeviceService = "service"  // address
	fileDeviceAnswer  = "answer"   // of the account's owner
	maxDeviceFile     = 256 * 1024 // octets
)

func (a *app) deviceConnect() *cobra.Command {
	var (
		lock         locking
		out, service string
		asJSON       bool
	)
	cmd := &cobra.Command{
		Use:   "connect ADDRESS --service ADDRESS --out DEVICE",
		Short: "Ask an account to connect this device",
		Long: `Make keys for this device, in the new folder DEVICE, and ask the account of ADDRESS at its
service to be connected. Shown is the witness, which the account's owner compares with the
one on his screen before he accepts.`,
		Example: `  meshkey device connect alice@example.com --out laptop \
      --service https://keys.example.com/#MBIJ-QPWF-7LDP-T5QF-PN7W-4NP7-N3FN`,
		Args: oneArg("ADDRESS"),
		RunE: func(_ *cobra.Command, args []string) error {
			at, err := parseService(service)
			if err != nil {
				return err
			}
			if err := lock.check(); err != nil {
				return err
			}
			return a.connectDevice(args[0], at, out, &lock, asJSON)
		},
	}
	f := cmd.Flags()
	f.StringVar(&out, "out", "", "`FOLDER` to make for the device")
	f.StringVar(&service, "service", "", "`ADDRESS` of the account's service")
	lock.flags(cmd)
	jsonFlag(cmd, &asJSON)
	_ = cmd.MarkFlagRequired("out")
	_ = cmd.MarkFlagRequired("service")
	return cmd
}

// deviceView is what is public about a device and its way into an account.
type deviceView struct {
	Device  string `json:"device"`
	Account string `json:"account"`
	Address string `json:"address"`
	Service string `json:"service,omitempty"`
	Witness string `json:"witness,omitempty"`
	Since   string `json:"since,omitempty"` // that it asks
	Name    string `json:"name,omitempty"`  // by which the account knows it
	Added   string `json:"added,omitempty"` // that it is connected
	Expires string `json:"expires,omitempty"`
}

func (v *deviceView) print(w io.Writer) {
	fmt.Fprintf(w, "Device   %s\n", v.Device)
	fmt.Fprintf(w, "Account  %s  %s\n", v.Account, terminal.Clean(v.Address))
	for _, line := range []struct{ what, text string }{
		{"Witness", v.Witness}, {"Since", v.Since}, {"Name", v.Name}, {"Added", v.Added}, {"Until", v.Expires},
	} {
		if line.text != "" {
			fmt.Fprintf(w, "%-8s %s\n", line.what, terminal.Clean(line.text))
		}
	}
}

func (a *app) connectDevice(address string, at serviceAddress, out string, lock *locking, asJSON bool) error {
	s, err := hello(at)
	if err != nil {
		return err
	}
	at = at.of(s.Fingerprint())
	seed := profile.NewDeviceSeed()
	defer seed.Wipe()
	device, err := profile.NewDevice(seed)
	if err != nil {
		return err
	}
	defer device.Wipe()
	request, err := device.RequestConnection(address, nil, time.Now())
	if err != nil {
		return exit.Errorf(exit.Usage, "%w", err)
	}
	files := outfile.New(false)
	defer files.Discard()
	var sealed, account []byte
	in := func(name string) string { return filepath.Join(out, name) }
	files.Add(in(fileDeviceSeed), writes(&sealed))
	files.AddBytes(in(fileDeviceRequest), request.Bytes())
	files.Add(in(fileDeviceAccount), writes(&account))
	files.AddBytes(in(fileDeviceService), []byte(at.String()+"\n"))
	if err := files.Check(); err != nil {
		return err
	}
	if sealed, err = lock.close(a, seed, files); err != nil {
		return err
	}
	answer, err := callAs[*api.ConnectStartResponse](at, deviceCaller(address, device),
		&api.ConnectStartRequest{AccountAddress: address, EnvelopedRequestConnection: request.Bytes()})
	if errors.Is(err, api.ErrUnknown) {
		return exit.Errorf(exit.Failed, "the service %s has no account %s", at.url, terminal.Clean(address))
	}
	if err != nil {
		return err
	}
	p, err := profile.Parse(answer.EnvelopedProfileAccount)
	if err != nil || p.Address() != address {
		return exit.Errorf(exit.NotVerified, "the service %s shows no profile of %s", at.url, terminal.Clean(address))
	}
	account = p.Bytes()
	v := &deviceView{
		Device: device.Fingerprint().String(), Account: p.Fingerprint().String(), Address: address, Service: at.String(),
		Witness: request.Witness(p.Fingerprint()).String(), Expires: string(answer.Expires),
	}
	if err := files.Stage(); err != nil {
		return err
	}
	return a.publish(files, &deviceAsks{v, out}, asJSON)
}

// deviceAsks is what "device connect" tells.
type deviceAsks struct {
	*deviceView
	folder string
}

func (d *deviceAsks) say(a *app) {
	a.voice.Say("Where the account is: meshkey device accept SEED")
	a.voice.Say("It must show the same witness, or somebody is between. Then, here: meshkey device complete %s", d.folder)
}

// deviceCaller is a device that is not connected yet.
func deviceCaller(address string, device *profile.Device) api.Caller {
	return api.Caller{Account: address, Key: device.Private(profile.ProfileSignature)}
}

// callAs makes one call to a service.
func callAs[R api.Response](at serviceAddress, by api.Caller, r api.Request) (out R, err error) {
	c, err := dial(at, by)
	if err != nil {
		return out, err
	}
	ctx, done := waiting()
	defer done()
	return call[R](ctx, c, at, r)
}

func call[R api.Response](ctx context.Context, c interface {
	Do(context.Context, api.Request) (api.Response, error)
}, at serviceAddress, r api.Request) (out R, err error) {
	answer, err := c.Do(ctx, r)
	if err != nil {
		return out, atService(at.url, err)
	}
	out, ok := answer.(R)
	if !ok {
		return out, exit.Errorf(exit.Failed, "the service %s answers something else", at.url)
	}
	return out, nil
}

// ownDevice is the device in a folder. It is secret.
type ownDevice struct {
	folder  string
	device  *profile.Device
	request *profile.ConnectionRequest
	account *profile.Profile
	at      serviceAddress
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

func (a *app) deviceComplete() *cobra.Command {
	var (
		open    opening
		account string
		asJSON  bool
	)
	cmd := &cobra.Command{
		Use:   "complete DEVICE",
		Short: "Take the answer of the account's owner, on the device",
		Long: `Fetch the answer to what "meshkey device connect" asked. You are asked whether both screens
showed the same witness; --account, the account's fingerprint, says it in another way. If
the owner has not answered yet, that is said (code 6); try again then.`,
		Example: `  meshkey device complete laptop
  meshkey device complete laptop --account MARP-HH6B-D2JW-WLQ6-RWPQ-2SLS-AI2V`,
		Args: oneArg("DEVICE"),
		RunE: func(_ *cobra.Command, args []string) error {
			d, err := a.deviceIn(args[0], open)
			if err != nil {
				return err
			}
			defer d.device.Wipe()
			return a.completeDevice(d, account, asJSON)
		},
	}
	open.flags(cmd)
	cmd.Flags().StringVar(&account, "account", "", "`FINGERPRINT` of the account, if you know it")
	jsonFlag(cmd, &asJSON)
	return cmd
}

func (a *app) completeDevice(d *ownDevice, account string, asJSON bool) error {
	answer, err := callAs[*api.ConnectStatusResponse](d.at, deviceCaller(d.account.Address(), d.device),
		&api.ConnectStatusRequest{AccountAddress: d.account.Address(), RequestUdf: d.request.Name().Text(udf.LocatorBits)})
	if err != nil {
		return err
	}
	if err := a.trustAccount(d, account); err != nil {
		return err
	}
	c, err := d.device.Complete(d.request, answer.EnvelopedRespondConnection, profile.Trust{Account: d.account.Fingerprint()})
	if errors.Is(err, profile.ErrRejected) {
		return exit.Errorf(exit.Refused, "%w", err)
	}
	if err != nil {
		return exit.Errorf(exit.NotVerified, "the answer is not the account's: %w", err)
	}
	defer c.Device.Wipe()
	files := outfile.New(false)
	defer files.Discard()
	files.Replace(filepath.Join(d.folder, fileDeviceAnswer), answer.EnvelopedRespondConnection)
	if err := files.Stage(); err != nil {
		return err
	}
	return a.publish(files, &deviceIs{&deviceView{
		Device: d.device.Fingerprint().String(), Account: c.Account.Fingerprint().String(), Address: c.Account.Address(),
		Service: d.at.String(), Name: c.Name, Added: c.Connection.Updated().Format(time.RFC3339),
	}}, asJSON)
}

type deviceIs struct{ *deviceView }

func (*deviceIs) say(a *app) { a.voice.Say("The device is connected.") }

// trustAccount makes sure that the account that the service showed is the one
// that the person means.
func (a *app) trustAccount(d *ownDevice, account string) error {
	if account != "" {
		f, err := udf.ParseFingerprint(account)
		if err != nil {
			return exit.Errorf(exit.Usage, "--account: %w", err)
		}
		if !f.Matches(d.account.Fingerprint()) {
			return exit.Errorf(exit.WrongAccount, "the device asked another account: %s", d.account.Fingerprint())
		}
		return nil
	}
	t, err := terminal.Open()
	if err != nil {
		return ask.NoTerminal("whether both screens showed the same witness", "--account FINGERPRINT")
	}
	defer t.Close()
	t.Say("Witness  %s", d.witness())
	same, err := askYes(t, "Did the account's owner see the same letters?", false)
	if err != nil {
		return ask.Interrupted(err)
	}
	if !same {
		return exit.Errorf(exit.NotVerified, "the witnesses differ: somebody is between the device and the account").
			Hinted("do not use this device; have the owner remove it: meshkey device remove SEED %s", d.device.Fingerprint())
	}
	return nil
}

func (a *app) deviceStatus() *cobra.Command {
	var (
		open   opening
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "status DEVICE",
		Short: "Ask the service, as the device, whether it still is of the account",
		Long: `Call the account's service in the account's name, with the keys of the device in the folder
DEVICE. A device that was removed is refused (code 6).`,
		Example: `  meshkey device status laptop`,
		Args:    oneArg("DEVICE"),
		RunE: func(_ *cobra.Command, args []string) error {
			d, err := a.deviceIn(args[0], open)
			if err != nil {
				return err
			}
			defer d.device.Wipe()
			c, err := d.connected(a)
			if err != nil {
				return err
			}
			defer c.Device.Wipe()
			by := api.Caller{Account: c.Account.Address(), Key: c.Device.Private(profile.Signature)}
			if _, err := callAs[*api.StatusResponse](d.at, by, &api.StatusRequest{AccountAddress: by.Account}); err != nil {
				return err
			}
			v := &deviceView{
				Device: d.device.Fingerprint().String(), Account: c.Account.Fingerprint().String(), Address: by.Account,
				Service: d.at.String(), Name: c.Name, Added: c.Connection.Updated().Format(time.RFC3339),
			}
			if asJSON {
				return a.printJSON(v)
			}
			v.print(a.out)
			a.voice.Say("The service answers the device.")
			return nil
		},
	}
	open.flags(cmd)
	jsonFlag(cmd, &asJSON)
	return cmd
}
