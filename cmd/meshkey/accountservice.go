package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/outfile"
	"meshkey/cmd/internal/terminal"
	"meshkey/internal/secret"
	"meshkey/keyservice"
	"meshkey/keyservice/api"
	"meshkey/profile"
	"meshkey/record"
)

// endService is after the name of an account's seed file that of the file with
// the address of its service.
const endService = ".service"

// maxAddress bounds the file with the address of a service, in octets.
const maxAddress = 1024

// serviceFor is the service of an account: from the flag, else remembered beside
// its seed.
func (a *app) serviceFor(seedName, flag string) (keyservice.Address, error) {
	if flag != "" {
		return parseService(flag)
	}
	b, err := a.read(seedName+endService, maxAddress)
	if errors.Is(err, fs.ErrNotExist) || seedName == stdin {
		return keyservice.Address{}, exit.Errorf(exit.Usage, "at which service?").Hinted("--service ADDRESS names it: https://HOST:PORT/#FINGERPRINT")
	}
	if err != nil {
		return keyservice.Address{}, err
	}
	at, err := parseService(strings.TrimSpace(string(b)))
	if err != nil {
		return at, about(seedName+endService, err)
	}
	return at, nil
}

// atHome is an account at its service, for its owner. It is secret.
type atHome struct {
	owner
	profile *profile.Profile
	at      keyservice.Address
	client  *keyservice.Client
}

// homeFlags are the flags of commands that work with an account at its service.
type homeFlags struct {
	open                 opening
	service, profileFile string
}

func (h *homeFlags) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&h.service, "service", "", "`ADDRESS` of the service (default: that in SEED.service)")
	f.StringVar(&h.profileFile, "profile", "", "`FILE` with the account's signed profile (default: SEED.profile)")
	h.open.flags(cmd)
}

// home opens an account that is, or is to be, at a service. The caller wipes it.
func (a *app) home(seedName string, h *homeFlags) (*atHome, error) {
	at, err := a.serviceFor(seedName, h.service)
	if err != nil {
		return nil, err
	}
	name := h.profileFile
	if name == "" {
		name = seedName + ".profile"
	}
	p, err := a.openProfile(name)
	if err != nil {
		return nil, err
	}
	if p.Address() == "" {
		return nil, exit.Errorf(exit.Failed, "%s has no address, by which a service knows an account", sourceName(name)).
			Hinted("meshkey account create ADDRESS makes an account with one")
	}
	if at.Service.IsZero() {
		s, err := hello(at)
		if err != nil {
			return nil, err
		}
		at = at.Of(s.Fingerprint())
		a.voice.Say("The service %s is %s.", at.URL, at.Service)
	}
	who, err := a.ownerOf(seedName, h.open)
	if err != nil {
		return nil, err
	}
	if !p.Fingerprint().Matches(who.account.Fingerprint()) {
		who.wipe()
		return nil, exit.Errorf(exit.WrongAccount, "%s is the profile of another account than %s", sourceName(name), sourceName(seedName))
	}
	c, err := dial(at, callerOf(p, who.account))
	if err != nil {
		who.wipe()
		return nil, err
	}
	return &atHome{who, p, at, c}, nil
}

// callerOf is the account as its owner calls, who has its seed.
func callerOf(p *profile.Profile, account *profile.Account) api.Caller {
	return api.Caller{Account: p.Address(), Key: account.Private(profile.AdministratorSignature)}
}

func (a *app) accountPublish() *cobra.Command {
	var (
		h                  homeFlags
		record, invitation string
		asJSON             bool
	)
	cmd := &cobra.Command{
		Use:   "publish SEED [--service ADDRESS]",
		Short: "Register an account at a service, and leave its recovery record there",
		Long: `Register the account of SEED at a service, if it is not registered, and leave there its
signed profile and its recovery record: what the seed on paper does not give back. The
record is sealed; the service cannot read it. It waits at a locator that only the seed
gives, so whoever recovers the account from paper finds it.

The record is made anew, and keeps what the one before it at the service has in escrow;
--record gives one that was made before. The service's address is remembered in
SEED.service.`,
		Example: `  meshkey account publish alice.seed \
      --service https://keys.example.com/#MBIJ-QPWF-7LDP-T5QF-PN7W-4NP7-N3FN
  meshkey account publish alice.seed --record sheets/RXY6.record.dare`,
		Args: oneArg("SEED"),
		RunE: func(_ *cobra.Command, args []string) error {
			home, err := a.home(args[0], &h)
			if err != nil {
				return err
			}
			defer home.wipe()
			p := &publication{seed: args[0]}
			if p.invitation, err = a.invitation(invitation); err != nil {
				return err
			}
			if record != "" {
				if p.record, err = a.read(record, maxEnvelope); err != nil {
					return err
				}
			}
			told, err := a.publishAccount(home, p)
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(told)
			}
			told.print(a.out)
			told.say(a)
			return nil
		},
	}
	h.flags(cmd)
	cmd.Flags().StringVar(&record, "record", "", "`FILE` with the recovery record (default: made anew)")
	invitationFlag(cmd, &invitation)
	jsonFlag(cmd, &asJSON)
	return cmd
}

func invitationFlag(cmd *cobra.Command, name *string) {
	cmd.Flags().StringVar(name, "invitation", "", "`FILE` with the invitation, if the service's operator gave you one")
}

// invitation reads what lets an account in at a service.
func (a *app) invitation(name string) (string, error) {
	if name == "" {
		return "", nil
	}
	b, err := a.read(name, maxAddress)
	return strings.TrimSpace(string(b)), err
}

// publication is what is left at a service.
type publication struct {
	seed       string // name of the seed's file
	invitation string
	record     []byte // nil: it is made
	made       bool
}

// published is what the service has of an account now.
type published struct {
	Account string `json:"account"`
	Address string `json:"address"`
	Service string `json:"service"`
	Locator string `json:"locator"`
	Serial  int64  `json:"serial"` // of the recovery record
	Keys    int    `json:"keys"`   // in escrow in it
}

func (p *published) print(w io.Writer) {
	fmt.Fprintf(w, "Account  %s\n", p.Account)
	fmt.Fprintf(w, "Address  %s\n", terminal.Clean(p.Address))
	fmt.Fprintf(w, "Service  %s\n", terminal.Clean(p.Service))
	fmt.Fprintf(w, "Record   number %d, %s in escrow\n", p.Serial, countOf(p.Keys, "key", "keys"))
}

func (p *published) say(a *app) {
	a.voice.Say("The service has the profile, and the recovery record, which it cannot read.")
}

// publishAccount registers an account, publishes its profile and its record, and
// remembers the service. Done again it brings the service up to date.
func (a *app) publishAccount(home *atHome, p *publication) (*published, error) {
	ctx, done := waiting()
	defer done()
	if err := home.register(ctx, p.invitation); err != nil {
		return nil, atService(home.at.URL, err)
	}
	octets := home.seed.Octets()
	defer secret.Wipe(octets)
	key, err := record.NewKey(octets)
	if err != nil {
		return nil, err
	}
	defer key.Wipe()
	r, err := home.nextRecord(ctx, key, p)
	if err != nil {
		return nil, err
	}
	err = home.client.PublishRecord(ctx, key.Locator(), r.Serial, p.record)
	if errors.Is(err, api.ErrStale) && p.made && r.Serial == 1 {
		// There was a record, with a number that nobody here knows: it was taken
		// away with the account. The higher one counts, so one is taken that no
		// count has come to.
		r.Serial = time.Now().Unix()
		if p.record, err = r.Seal(key, home.account.Private(profile.AdministratorSignature)); err == nil {
			err = home.client.PublishRecord(ctx, key.Locator(), r.Serial, p.record)
		}
	}
	if err != nil {
		return nil, atService(home.at.URL, err)
	}
	if p.seed != stdin {
		if err := outfile.Write(p.seed+endService, []byte(home.at.String()+"\n"), true); err != nil {
			return nil, err
		}
	}
	return &published{
		Account: home.account.Fingerprint().String(), Address: home.profile.Address(), Service: home.at.String(),
		Locator: key.Locator(), Serial: r.Serial, Keys: len(r.Escrowed),
	}, nil
}

// register makes the account and its profile known to the service.
func (h *atHome) register(ctx context.Context, invitation string) error {
	if err := h.client.CreateAccount(ctx, h.profile, invitation); err != nil {
		return err
	}
	return h.client.PublishProfile(ctx, h.profile)
}

// nextRecord is the record to be published: the one given, or one that follows
// from the one at the service. It is put into p.
func (h *atHome) nextRecord(ctx context.Context, key *record.Key, p *publication) (*record.Record, error) {
	administrator := h.account.Private(profile.AdministratorSignature)
	if p.record != nil {
		r, err := record.Open(p.record, key, administrator.PublicKey())
		if err != nil {
			return nil, about("the recovery record", err)
		}
		return r, nil
	}
	r := &record.Record{
		Serial: 1, Created: time.Now(), Address: h.profile.Address(), Service: h.at.String(), Profile: h.profile.Bytes(),
	}
	b, err := h.client.FetchRecord(ctx, key.Locator())
	switch {
	case errors.Is(err, api.ErrUnknown):
	case err != nil:
		return nil, atService(h.at.URL, err)
	default:
		before, err := record.Open(b, key, administrator.PublicKey())
		if err != nil {
			return nil, about("the recovery record at "+h.at.URL, err)
		}
		r.Serial, r.Escrowed = before.Serial+1, before.Escrowed
	}
	p.made = true
	p.record, err = r.Seal(key, administrator)
	return r, err
}
