package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/group"
	"meshkey/keyservice"
	"meshkey/keyservice/api"
	"meshkey/profile"
)

// patience is how long a command waits for a service, with all that it tries
// again.
const patience = 20 * time.Second

func (a *app) serviceCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "service",
		GroupID: groupTools,
		Short:   "Look at a key service",
		Long: `A key service has the other half of the keys of a group's members, and keeps recovery
records and profiles. It can refuse, and it cannot read. meshkeyd is one.

Its address is https://HOST:PORT/#FINGERPRINT. The fingerprint says which service it is,
whoever may answer at HOST; have its operator tell it to you. Without one it is left to the
certificate authorities of this computer.

To a service that asks for a TLS certificate the one in client.pem is shown, in the folder
meshkey where this system keeps configuration (~/.config on Linux): the certificate and its
private key, both in PEM, readable by you alone.`,
		Example: `  meshkey service show https://keys.example.com/#MBIJ-QPWF-7LDP-T5QF-PN7W-4NP7-N3FN`,
	}
	cmd.AddCommand(a.serviceShow())
	return cmd
}

// serviceView is what a service tells to anyone.
type serviceView struct {
	Service  string   `json:"service"`
	Address  string   `json:"address"`  // with its fingerprint
	Verified bool     `json:"verified"` // it is the one that the fingerprint given names
	Keys     keysJSON `json:"keys"`
}

func (v *serviceView) print(w io.Writer) {
	fmt.Fprintf(w, "Service  %s\n", v.Service)
	fmt.Fprintf(w, "Address  %s\n", v.Address)
	printKeys(w, v.Keys)
}

func (a *app) serviceShow() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show ADDRESS",
		Short: "Ask a service who it is, and whether it answers",
		Long: `Ask the service at ADDRESS for its signed profile and print its fingerprint and keys. If
ADDRESS ends in #FINGERPRINT it is made sure that this is the service of that fingerprint.
Nothing is told to it of who asks.`,
		Example: `  meshkey service show https://keys.example.com/#MBIJ-QPWF-7LDP-T5QF-PN7W-4NP7-N3FN
  meshkey service show https://127.0.0.1:8443/ --json`,
		Args: oneArg("ADDRESS"),
		RunE: func(_ *cobra.Command, args []string) error {
			at, err := parseService(args[0])
			if err != nil {
				return err
			}
			p, err := hello(at)
			if err != nil {
				return err
			}
			v := &serviceView{p.Fingerprint().String(), at.Of(p.Fingerprint()).String(), !at.Service.IsZero(), p.Keys()}
			if asJSON {
				return a.printJSON(v)
			}
			v.print(a.out)
			if v.Verified {
				a.voice.Say("This is the service of that fingerprint.")
			} else {
				a.voice.Say("Compare the fingerprint with what the service's operator tells you.")
			}
			return nil
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

// isService tells the address of a service from the name of a file.
func isService(text string) bool { return strings.HasPrefix(text, "https://") }

// parseService reads an address as it is typed.
func parseService(text string) (keyservice.Address, error) {
	at, err := keyservice.ParseAddress(text)
	if err != nil {
		return at, exit.Errorf(exit.Usage, "%s: %w", text, err).
			Hinted("a service's address is https://HOST:PORT/#FINGERPRINT, as its operator has it from: meshkeyd show")
	}
	return at, nil
}

// dial makes a client of a service. Nothing is sent.
func dial(s keyservice.Address, by api.Caller, options ...keyservice.Option) (*keyservice.Client, error) {
	own, err := clientCertificate()
	if err != nil {
		return nil, err
	}
	if own != nil {
		options = append(options, keyservice.Certificate(*own))
	}
	c, err := keyservice.NewClient(s.String(), by, options...)
	if err != nil {
		return nil, exit.Errorf(exit.Usage, "%w", err)
	}
	return c, nil
}

// hello asks a service for its profile.
func hello(s keyservice.Address) (*profile.Profile, error) {
	c, err := dial(s, api.Caller{})
	if err != nil {
		return nil, err
	}
	ctx, done := waiting()
	defer done()
	p, err := c.Hello(ctx)
	return p, atService(s.URL, err)
}

func waiting() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), patience)
}

// serviceOf is the service of a group as its record names it, and whether it can
// be called: some are reached by files alone.
func serviceOf(g *group.Group) (keyservice.Address, bool) {
	s := g.Service()
	if s == nil || !isService(s.Address) {
		return keyservice.Address{}, false
	}
	return keyservice.Address{URL: s.Address, Service: s.Udf}, true
}

// serviceHints say what can be done about what a service answers.
var serviceHints = []struct {
	err  error
	code int
	hint string
}{
	{api.ErrSealed, exit.Failed, "it was started and has not got its keys yet; its operator runs: meshkeyd unseal"},
	{api.ErrExpired, exit.Failed, "set this computer's clock, or have the service's operator set that one's"},
	{api.ErrDenied, exit.Refused, "it may be that you were dismissed, or that the service has not got the newest record"},
	{api.ErrQuota, exit.Refused, "try again tomorrow, or ask the group's administrator for more"},
	{api.ErrWaiting, exit.Refused, "give the same command again when it was approved, or when the delay is over"},
	{api.ErrVetoed, exit.Refused, "ask those who may approve why"},
	{api.ErrTooMany, exit.Refused, "wait a little, then try again"},
	{api.ErrUnavailable, exit.Failed, "try again; nothing was done that is half done"},
	{api.ErrUnknown, exit.Failed, ""},
	{api.ErrExists, exit.Failed, ""},
	{api.ErrStale, exit.Failed, ""},
	{api.ErrTooLarge, exit.Failed, ""},
}

// serviceCode is the exit code of what a service answers, exit.Failed if it is
// nothing that a service answers.
func serviceCode(err error) int {
	for _, h := range serviceHints {
		if errors.Is(err, h.err) {
			return h.code
		}
	}
	return exit.Failed
}

// atService says of an error which service it is of, and what can be done.
func atService(url string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, keyservice.ErrUntrusted) {
		return exit.Errorf(exit.NotVerified, "the service %s: %w", url, err).
			Hinted("have the service's operator tell you its whole address, https://HOST:PORT/#FINGERPRINT")
	}
	if is[*keyservice.WrongServiceError](err) {
		return exit.Errorf(exit.NotVerified, "the service %s: %w", url, err).
			Hinted("compare the address with what the service's operator tells you; if it is right, somebody is in between")
	}
	if is[*keyservice.FalseError](err) {
		return exit.Errorf(exit.NotVerified, "the service %s: %w", url, err)
	}
	if errors.Is(err, keyservice.ErrCertificate) {
		return exit.Errorf(exit.Failed, "the service %s: %w", url, err).
			Hinted("its operator gives out TLS certificates: put yours, with its key, in PEM, into %s", clientCertificateFile())
	}
	for _, h := range serviceHints {
		if errors.Is(err, h.err) {
			return exit.Errorf(h.code, "the service %s: %w", url, err).Hinted("%s", h.hint)
		}
	}
	return exit.Errorf(codeOf(err), "the service %s: %w", url, err)
}
