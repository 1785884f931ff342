package main

import (
	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
)

func (a *app) accountDelete() *cobra.Command {
	var (
		h      homeFlags
		yes    bool
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "delete SEED --yes",
		Short: "Delete an account at its service",
		Long: `Have the service of an account delete it, with its devices, its containers and its recovery
record. SEED, its profile and its sheets stay as they are. The address stays the
account's: nobody else can register it. The audit log keeps that there was an account.`,
		Example: `  meshkey account delete alice.seed --yes`,
		Args:    oneArg("SEED"),
		RunE: func(_ *cobra.Command, args []string) error {
			if !yes {
				return exit.Errorf(exit.Usage, "what the service has of the account would be gone").Hinted("--yes deletes it")
			}
			home, err := a.home(args[0], &h)
			if err != nil {
				return err
			}
			defer home.wipe()
			ctx, done := waiting()
			defer done()
			if err := home.client.DeleteAccount(ctx); err != nil {
				return atService(home.at.URL, err)
			}
			if asJSON {
				return a.printJSON(map[string]string{"account": home.account.Fingerprint().String(), "address": home.profile.Address(), "service": home.at.String()})
			}
			a.voice.Say("The service %s has deleted the account %s.", home.at.URL, home.profile.Address())
			return nil
		},
	}
	h.flags(cmd)
	cmd.Flags().BoolVar(&yes, "yes", false, "delete it")
	jsonFlag(cmd, &asJSON)
	return cmd
}
