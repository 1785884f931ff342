package main

import (
	"time"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/ask"
	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/terminal"
	"meshkey/keyservice"
	"meshkey/profile"
	"meshkey/udf"
)

// pending fetches the requests that wait.
func (h *atHome) pending() ([]keyservice.Pending, error) {
	ctx, done := waiting()
	defer done()
	list, err := h.client.ConnectPending(ctx)
	return list, atService(h.at.URL, err)
}

func (h *atHome) view(p keyservice.Pending) *deviceView {
	return &deviceView{
		Device: p.Request.Device().Fingerprint().String(), Account: h.account.Fingerprint().String(), Address: h.profile.Address(),
		Witness: p.Request.Witness(h.account.Fingerprint()).String(), Since: p.Received.Format(time.RFC3339),
	}
}

func (a *app) devicePending() *cobra.Command {
	var (
		h      homeFlags
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "pending SEED",
		Short: "List the devices that ask to be connected to an account",
		Long: `List the devices that wait to be connected to the account of SEED, each with its witness:
the letters that the device itself must show.`,
		Example: `  meshkey device pending alice.seed`,
		Args:    oneArg("SEED"),
		RunE: func(_ *cobra.Command, args []string) error {
			home, err := a.home(args[0], &h)
			if err != nil {
				return err
			}
			defer home.wipe()
			list, err := home.pending()
			if err != nil {
				return err
			}
			views := []*deviceView{}
			for _, p := range list {
				views = append(views, home.view(p))
			}
			if asJSON {
				return a.printJSON(map[string]any{"account": home.account.Fingerprint().String(), "pending": views})
			}
			for _, v := range views {
				v.print(a.out)
			}
			if len(views) == 0 {
				a.voice.Say("No device waits.")
			}
			return nil
		},
	}
	h.flags(cmd)
	jsonFlag(cmd, &asJSON)
	return cmd
}

// findPending returns the device that is meant: by the witness that it shows,
// by the PIN that it has, or, if neither is given, the only one, after somebody
// has compared.
func (a *app) findPending(h *atHome, witness string, pin *udf.Key, compare bool) (p keyservice.Pending, err error) {
	list, err := h.pending()
	if err != nil {
		return p, err
	}
	if witness != "" {
		want, err := udf.ParseFingerprint(witness)
		if err != nil {
			return p, exit.Errorf(exit.Usage, "the witness: %w", err)
		}
		// Who is between can try many requests on one side and many accounts on
		// the other: of fewer letters he could make two that agree.
		if want.Bits() < udf.DefaultBits {
			return p, exit.Errorf(exit.Usage, "a witness has %d letters", udf.DefaultBits/5)
		}
		for _, p := range list {
			if want.Matches(p.Request.Witness(h.account.Fingerprint())) {
				return p, nil
			}
			if want.String() == h.view(p).Device { // easily taken for it, and no sign of anybody between
				return p, exit.Errorf(exit.Usage, "%s is the fingerprint of a device that waits, not its witness", witness).
					Hinted("give the line Witness that the device shows")
			}
		}
		return p, exit.Errorf(exit.NotVerified, "no device that waits shows %s", witness).
			Hinted("if it is what the device shows, somebody is between it and this account; meshkey device pending lists those that wait")
	}
	if pin != nil {
		return provenBy(pin, list)
	}
	if len(list) != 1 {
		return p, exit.Errorf(exit.Usage, "%s, and no witness says which is meant", countOf(len(list), "device waits", "devices wait")).
			Hinted("give the letters that the device shows, after SEED")
	}
	if !compare {
		return list[0], nil
	}
	t, err := terminal.Open()
	if err != nil {
		return p, ask.NoTerminal("whether both screens show the same witness", "the WITNESS that the device shows, after SEED")
	}
	defer t.Close()
	v := h.view(list[0])
	t.Say("Device   %s", v.Device)
	t.Say("Witness  %s", v.Witness)
	same, err := askYes(t, "Does the device show the same witness?", false)
	if err != nil {
		return p, ask.Interrupted(err)
	}
	if !same {
		return p, exit.Errorf(exit.NotVerified, "the witnesses differ: it is another device that asks").
			Hinted("meshkey device reject SEED rejects it")
	}
	return list[0], nil
}

// seedAndMore takes SEED and, perhaps, one more.
func seedAndMore(more string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 || len(args) > 2 {
			return exit.Errorf(exit.Usage, "SEED, and at most a %s, are wanted", more).Hinted("%s", cmd.UseLine())
		}
		return nil
	}
}

func second(args []string) string {
	if len(args) == 2 {
		return args[1]
	}
	return ""
}

func (a *app) deviceAccept() *cobra.Command {
	var (
		h      homeFlags
		name   string
		roles  []string
		secret pinFlag
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "accept SEED [WITNESS]",
		Short: "Connect a device that asks, after comparing what it shows",
		Long: `Connect a device to the account of SEED. WITNESS is what the device shows; without it the
only one that waits is shown, and you are asked whether they are the same. With a PIN the
device that has it is connected, and nothing need be compared.`,
		Example: `  meshkey device accept alice.seed --name laptop
  meshkey device accept alice.seed MCOT-XEJG-6B6X-WBLL-M4AN-RJJU-YSFH --name laptop
  meshkey device accept alice.seed --pin-file pin --name laptop`,
		Args: seedAndMore("WITNESS"),
		RunE: func(_ *cobra.Command, args []string) error {
			pin, err := secret.pin(a)
			if err != nil {
				return err
			}
			if pin != nil {
				defer pin.Wipe()
			}
			home, err := a.home(args[0], &h)
			if err != nil {
				return err
			}
			defer home.wipe()
			p, err := a.findPending(home, second(args), pin, true)
			if err != nil {
				return err
			}
			answer, err := home.account.Accept(p.Request, home.profile, profile.Acceptance{Roles: roles, Name: name, PIN: pin, Time: time.Now()})
			if err != nil {
				return err
			}
			return a.answerDevice(home, p, answer, name, asJSON, "is connected. There: meshkey device complete DEVICE")
		},
	}
	h.flags(cmd)
	secret.flag(cmd)
	cmd.Flags().StringVar(&name, "name", "", "`NAME` by which the account knows the device")
	cmd.Flags().StringArrayVar(&roles, "role", nil, "what the device is for, in your own `WORDS`; may be repeated")
	jsonFlag(cmd, &asJSON)
	return cmd
}

func (a *app) deviceReject() *cobra.Command {
	var (
		h      homeFlags
		all    bool
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "reject SEED [WITNESS]",
		Short: "Refuse a device that asks to be connected",
		Long: `Refuse a device that waits to be connected to the account of SEED: the only one, or that with
the WITNESS as "meshkey device pending" shows it. With --all every one that waits is refused,
as when strangers ask.`,
		Example: `  meshkey device reject alice.seed
  meshkey device reject alice.seed MCOT-XEJG-6B6X-WBLL-M4AN-RJJU-YSFH
  meshkey device reject alice.seed --all`,
		Args: seedAndMore("WITNESS"),
		RunE: func(_ *cobra.Command, args []string) error {
			home, err := a.home(args[0], &h)
			if err != nil {
				return err
			}
			defer home.wipe()
			if all {
				return a.rejectAll(home, asJSON)
			}
			p, err := a.findPending(home, second(args), nil, false)
			if err != nil {
				return err
			}
			answer, err := home.account.Reject(p.Request, home.profile, time.Now())
			if err != nil {
				return err
			}
			return a.answerDevice(home, p, answer, "", asJSON, "is rejected")
		},
	}
	cmd.Flags().BoolVar(&all, "all", false, "reject every device that waits")
	h.flags(cmd)
	jsonFlag(cmd, &asJSON)
	return cmd
}

// rejectAll rejects every device that waits.
func (a *app) rejectAll(home *atHome, asJSON bool) error {
	list, err := home.pending()
	if err != nil {
		return err
	}
	views := []*deviceView{}
	for _, p := range list {
		answer, err := home.account.Reject(p.Request, home.profile, time.Now())
		if err != nil {
			return err
		}
		ctx, done := waiting()
		err = home.client.ConnectComplete(ctx, answer)
		done()
		if err != nil {
			return atService(home.at.URL, err)
		}
		views = append(views, home.view(p))
	}
	if asJSON {
		return a.printJSON(map[string]any{"account": home.account.Fingerprint().String(), "rejected": views})
	}
	a.voice.Say("%s rejected.", countOf(len(views), "device is", "devices are"))
	return nil
}

// answerDevice puts the owner's answer where the device finds it.
func (a *app) answerDevice(home *atHome, p keyservice.Pending, answer []byte, name string, asJSON bool, what string) error {
	ctx, done := waiting()
	defer done()
	if err := home.client.ConnectComplete(ctx, answer); err != nil {
		return atService(home.at.URL, err)
	}
	v := home.view(p)
	v.Name = name
	if asJSON {
		return a.printJSON(v)
	}
	a.voice.Say("The device %s %s.", v.Device, what)
	return nil
}
