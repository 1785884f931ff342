package main

import (
	"errors"
	"path/filepath"
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

func (a *app) deviceComplete() *cobra.Command {
	var (
		open    opening
		account string
		secret  pinFlag
		asJSON  bool
	)
	cmd := &cobra.Command{
		Use:   "complete DEVICE",
		Short: "Take the answer of the account's owner, on the device",
		Long: `Fetch the answer to what "meshkey device connect" asked. You are asked whether both screens
showed the same witness; --account, the account's fingerprint, or the PIN that the device was
connected with says it in another way. If the owner has not answered yet, that is said
(code 6); try again then.`,
		Example: `  meshkey device complete laptop
  meshkey device complete laptop --account MARP-HH6B-D2JW-WLQ6-RWPQ-2SLS-AI2V`,
		Args: oneArg("DEVICE"),
		RunE: func(_ *cobra.Command, args []string) error {
			d, err := a.deviceIn(args[0], open)
			if err != nil {
				return err
			}
			defer d.device.Wipe()
			pin, err := secret.pin(a)
			if err != nil {
				return err
			}
			if pin != nil {
				defer pin.Wipe()
			}
			return a.completeDevice(d, account, pin, asJSON)
		},
	}
	open.flags(cmd)
	secret.flag(cmd)
	cmd.Flags().StringVar(&account, "account", "", "`FINGERPRINT` of the account, if you know it")
	jsonFlag(cmd, &asJSON)
	return cmd
}

func (a *app) completeDevice(d *ownDevice, account string, pin *udf.Key, asJSON bool) error {
	service, err := dial(d.at, deviceCaller(d.account.Address(), d.device))
	if err != nil {
		return err
	}
	ctx, done := waiting()
	defer done()
	answer, err := service.ConnectStatus(ctx, d.request)
	if err != nil {
		return atService(d.at.URL, err)
	}
	if err := a.trustAccount(d, account, pin); err != nil {
		return err
	}
	c, err := d.device.Complete(d.request, answer, profile.Trust{Account: d.account.Fingerprint(), PIN: pin})
	if errors.Is(err, profile.ErrRejected) {
		return exit.Errorf(exit.Refused, "%w", err)
	}
	if err != nil {
		return exit.Errorf(exit.NotVerified, "the answer is not the account's: %w", err)
	}
	defer c.Device.Wipe()
	files := outfile.New(false)
	defer files.Discard()
	files.Replace(filepath.Join(d.folder, fileDeviceAnswer), answer)
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
// that the person means, unless a PIN will show it.
func (a *app) trustAccount(d *ownDevice, account string, pin *udf.Key) error {
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
	if pin != nil {
		return nil
	}
	t, err := terminal.Open()
	if err != nil {
		return ask.NoTerminal("whether both screens showed the same witness", "--account FINGERPRINT, or --pin-file FILE if there is a PIN")
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
			service, err := dial(d.at, by)
			if err != nil {
				return err
			}
			ctx, done := waiting()
			defer done()
			if _, err := service.Status(ctx, c.Account.Fingerprint()); err != nil {
				return atService(d.at.URL, err)
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
