package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/outfile"
	"meshkey/cmd/internal/terminal"
	"meshkey/keyservice"
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
nobody came between. A PIN on both sides, which "meshkey device pin" makes, says it too.`,
		Example: `  meshkey device connect alice@example.com --out laptop \
      --service https://keys.example.com/#MBIJ-QPWF-7LDP-T5QF-PN7W-4NP7-N3FN
  meshkey device accept alice.seed --name laptop
  meshkey device complete laptop`,
	}
	cmd.AddCommand(
		a.deviceConnect(), a.devicePIN(), a.devicePending(), a.deviceAccept(), a.deviceReject(), a.deviceComplete(),
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
		secret       pinFlag
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
			pin, err := secret.pin(a)
			if err != nil {
				return err
			}
			if pin != nil {
				defer pin.Wipe()
			}
			return a.connectDevice(args[0], at, out, pin, &lock, asJSON)
		},
	}
	f := cmd.Flags()
	f.StringVar(&out, "out", "", "`FOLDER` to make for the device")
	f.StringVar(&service, "service", "", "`ADDRESS` of the account's service")
	secret.flag(cmd)
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

func (a *app) connectDevice(address string, at keyservice.Address, out string, pin *udf.Key, lock *locking, asJSON bool) error {
	s, err := hello(at)
	if err != nil {
		return err
	}
	at = at.Of(s.Fingerprint())
	seed := profile.NewDeviceSeed()
	defer seed.Wipe()
	device, err := profile.NewDevice(seed)
	if err != nil {
		return err
	}
	defer device.Wipe()
	request, err := device.RequestConnection(address, pin, time.Now())
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
	c, err := dial(at, deviceCaller(address, device))
	if err != nil {
		return err
	}
	ctx, done := waiting()
	defer done()
	p, expires, err := c.ConnectStart(ctx, request)
	if errors.Is(err, api.ErrUnknown) {
		return exit.Errorf(exit.Failed, "the service %s has no account %s", at.URL, terminal.Clean(address))
	}
	if errors.Is(err, api.ErrQuota) {
		return exit.Errorf(exit.Refused, "the service %s: %w", at.URL, err).
			Hinted("have the account's owner answer those that wait: meshkey device pending SEED")
	}
	if err != nil {
		return atService(at.URL, err)
	}
	account = p.Bytes()
	v := &deviceView{
		Device: device.Fingerprint().String(), Account: p.Fingerprint().String(), Address: address, Service: at.String(),
		Witness: request.Witness(p.Fingerprint()).String(), Expires: expires.Format(time.RFC3339),
	}
	if err := files.Stage(); err != nil {
		return err
	}
	return a.publish(files, &deviceAsks{v, out, pin != nil}, asJSON)
}

// deviceAsks is what "device connect" tells.
type deviceAsks struct {
	*deviceView
	folder string
	pin    bool
}

func (d *deviceAsks) say(a *app) {
	if d.pin {
		a.voice.Say("Where the account is: meshkey device accept SEED --pin-file FILE")
		a.voice.Say("Then, here: meshkey device complete %s --pin-file FILE", d.folder)
		return
	}
	a.voice.Say("Where the account is: meshkey device accept SEED")
	a.voice.Say("It must show the same witness, or somebody is between. Then, here: meshkey device complete %s", d.folder)
}

// deviceCaller is a device that is not connected yet.
func deviceCaller(address string, device *profile.Device) api.Caller {
	return api.Caller{Account: address, Key: device.Private(profile.ProfileSignature)}
}
