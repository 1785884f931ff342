package main

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/terminal"
	"meshkey/udf"
)

// devices lists what is connected to an account.
func (h *atHome) devices() (out []*deviceView, err error) {
	ctx, done := waiting()
	defer done()
	status, err := h.client.Status(ctx, h.account.Fingerprint())
	if err != nil {
		return nil, atService(h.at.URL, err)
	}
	for _, d := range status.Devices {
		out = append(out, &deviceView{
			Device: d.Connection.Device().String(), Account: h.account.Fingerprint().String(), Address: h.profile.Address(),
			Name: d.Name, Added: d.Added.Format(time.RFC3339),
		})
	}
	return out, nil
}

func (a *app) deviceList() *cobra.Command {
	var (
		h      homeFlags
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:     "list SEED",
		Short:   "List the devices that are connected to an account",
		Example: `  meshkey device list alice.seed`,
		Args:    oneArg("SEED"),
		RunE: func(_ *cobra.Command, args []string) error {
			home, err := a.home(args[0], &h)
			if err != nil {
				return err
			}
			defer home.wipe()
			list, err := home.devices()
			if err != nil {
				return err
			}
			if asJSON {
				if list == nil {
					list = []*deviceView{}
				}
				return a.printJSON(map[string]any{"account": home.account.Fingerprint().String(), "devices": list})
			}
			for _, v := range list {
				v.print(a.out)
			}
			if len(list) == 0 {
				a.voice.Say("No device is connected.")
			}
			return nil
		},
	}
	h.flags(cmd)
	jsonFlag(cmd, &asJSON)
	return cmd
}

func (a *app) deviceRemove() *cobra.Command {
	var (
		h      homeFlags
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "remove SEED DEVICE",
		Short: "Remove a device from an account",
		Long: `Remove a device from the account of SEED, by its name or its fingerprint. The service refuses
it from its next call on; what it has read it has read.`,
		Example: `  meshkey device remove alice.seed laptop
  meshkey device remove alice.seed MCOT-XEJG-6B6X-WBLL-M4AN-RJJU-YSFH`,
		Args: several("SEED", "DEVICE"),
		RunE: func(_ *cobra.Command, args []string) error {
			home, err := a.home(args[0], &h)
			if err != nil {
				return err
			}
			defer home.wipe()
			list, err := home.devices()
			if err != nil {
				return err
			}
			var found []*deviceView
			for _, v := range list {
				if v.Name == args[1] || strings.EqualFold(v.Device, args[1]) {
					found = append(found, v)
				}
			}
			if len(found) != 1 {
				return exit.Errorf(exit.Usage, "%s called %s", countOf(len(found), "device of the account is", "devices of the account are"), terminal.Clean(args[1])).
					Hinted("meshkey device list %s names all", args[0])
			}
			ctx, done := waiting()
			defer done()
			device, err := udf.ParseFingerprint(found[0].Device)
			if err == nil {
				err = home.client.RemoveDevice(ctx, device)
			}
			if err != nil {
				return atService(home.at.URL, err)
			}
			if asJSON {
				return a.printJSON(found[0])
			}
			a.voice.Say("The device %s is removed.", found[0].Device)
			return nil
		},
	}
	h.flags(cmd)
	jsonFlag(cmd, &asJSON)
	return cmd
}
