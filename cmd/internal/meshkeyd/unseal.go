package meshkeyd

import (
	"bytes"
	"context"

	"github.com/spf13/cobra"

	"meshkey/internal/secret"
)

func (a *app) unsealCommand() *cobra.Command {
	s := newSettings()
	cmd := &cobra.Command{
		Use:     "unseal [flags]",
		GroupID: groupRun,
		Short:   "Give the running service its secrets, by the passphrase or another seal",
		Long: `Opens the service's secrets here and hands what opened them to the running service,
through the socket in its folder, which no other user can reach. The passphrase is asked
for at the terminal and not shown.`,
		Example: `  meshkeyd unseal
  meshkeyd unseal --passphrase-file /run/secrets/meshkeyd
  meshkeyd unseal --seal file:/mnt/stick/seal.key`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.unseal(cmd.Context(), s) },
	}
	s.use(cmd, "seal", "passphrase-file")
	return cmd
}

func (a *app) unseal(ctx context.Context, s *settings) error {
	if err := s.load(); err != nil {
		return err
	}
	m, err := parseMethod(s.seal)
	if err != nil {
		return err
	}
	c, err := dial(ctx, s)
	if err != nil {
		return err
	}
	var status statusJSON
	if err := c.call(ctx, "GET", "/status", nil, &status); err != nil {
		return err
	}
	if !status.Sealed {
		a.voice.Say("The service is not sealed; there is nothing to do.")
		return nil
	}
	var sealed seals
	if err := c.call(ctx, "GET", "/seals", nil, &sealed); err != nil {
		return err
	}
	opener, err := a.open(m, s, sealed)
	if err != nil {
		return err
	}
	defer opener.Wipe()
	body := bytes.Clone(opener.Reveal()) // the transport may hold on to it
	defer secret.Wipe(body)
	if err := c.call(ctx, "POST", "/unseal", bytes.NewReader(body), nil); err != nil {
		return err
	}
	a.voice.Say("The service answers calls.")
	return nil
}
