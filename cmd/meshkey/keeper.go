package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/outfile"
	"meshkey/cmd/internal/terminal"
	"meshkey/internal/secret"
	"meshkey/keyservice"
	"meshkey/keyservice/api"
	"meshkey/record"
	"meshkey/recovery"
	"meshkey/udf"
)

// keep makes a service the keeper of the recovery record, and what the sheets
// say of it: the certificate has room for the host, and mostly for as much of
// the fingerprint as tells the service from any other.
func (o *escrowing) keep(at keyservice.Address) {
	o.keeper, o.service = &at, at.Host()
	if o.host == "" {
		o.host = keeperText(at)
	}
}

// keeperText is an address as a sheet has it: host/#MABC-…, in short.
func keeperText(at keyservice.Address) string {
	if at.Service.IsZero() {
		return at.Host()
	}
	if text := at.Host() + "/#" + at.Service.Text(udf.MinBits); len(text) <= maxText {
		return text
	}
	return at.Host()
}

// serviceName is the service as the account's profile has it.
func (o *escrowing) serviceName() string {
	if o.keeper == nil {
		return ""
	}
	return o.keeper.Service.String()
}

// prepareService asks the service of a new account whether it would have it,
// before anything is drawn or written.
func (a *app) prepareService(o *escrowing, invitation string) (err error) {
	if o.address == "" {
		return exit.Errorf(exit.Usage, "which address is to be registered?").Hinted("meshkey account create alice@example.com …")
	}
	if o.invitation, err = a.invitation(invitation); err != nil {
		return err
	}
	p, err := hello(*o.keeper)
	if err != nil {
		return err
	}
	if o.keeper.Service.IsZero() {
		a.voice.Say("The service %s is %s.", o.keeper.URL, p.Fingerprint())
		o.host = ""
		o.keep(o.keeper.Of(p.Fingerprint()))
	}
	c, err := dial(*o.keeper, api.Caller{})
	if err != nil {
		return err
	}
	ctx, done := waiting()
	defer done()
	answer, err := c.ValidateAccount(ctx, o.address, o.invitation)
	if err != nil {
		return atService(o.keeper.URL, err)
	}
	if !answer.Available {
		return exit.Errorf(exit.Refused, "the service %s does not register %s: %s", o.keeper.URL, o.address, answer.Reason).
			Hinted("%s", invitationHint(o.invitation, answer))
	}
	return nil
}

// invitationHint says how to get in, if it is that.
func invitationHint(invitation string, answer *api.ValidateAccountResponse) string {
	if invitation == "" && answer.Valid && strings.Contains(answer.Reason, "invitation") {
		return "with the operator's invitation in a file: --invitation FILE"
	}
	return ""
}

// settleAccount gives the files of a new account their names and registers it.
// What is written stays if the service fails: an account without its seed would
// be lost.
func (a *app) settleAccount(files *outfile.Set, r *creation, who owner, o *escrowing, asJSON bool) error {
	a.answer = r
	if !asJSON {
		r.print(a.out)
	}
	if err := files.Commit(); err != nil {
		return err
	}
	err := func() (err error) {
		c, err := dial(*o.keeper, callerOf(o.profile, who.account))
		if err != nil {
			return err
		}
		r.Service, err = a.publishAccount(&atHome{who, o.profile, *o.keeper, c}, &publication{seed: r.Seed, invitation: o.invitation})
		return err
	}()
	if err != nil {
		return exit.Errorf(codeIn(err), "the account is made and written, but not registered: %w", err).
			Hinted("when the service can be reached: meshkey account publish %s", r.Seed)
	}
	if asJSON {
		return a.printJSON(r)
	}
	r.say(a)
	return nil
}

// fetching holds the flags that say whether a recovery asks a service.
type fetching struct {
	service        string
	fetch, offline bool
}

// keeperOf is who keeps the recovery record: by the flag, or by the certificate
// of the sheets.
func (f *fetching) keeperOf(r *recovery.Result) (at keyservice.Address, ok bool, err error) {
	if f.service != "" {
		at, err = parseService(f.service)
		return at, err == nil, err
	}
	if r.Certificate == nil || r.Certificate.RecordHost() == "" {
		return at, false, nil
	}
	at, err = parseService("https://" + r.Certificate.RecordHost())
	return at, err == nil, nil // what is printed there need not be a service
}

// fetchRecord fetches the recovery record of an account that came back, if its
// keeper is known and the person agrees. The account is back without it, so what
// goes wrong is said and stops nothing.
func (a *app) fetchRecord(o *recovering, r *recovery.Result) error {
	at, ok, err := o.fetch.keeperOf(r)
	if err != nil || !ok || o.fetch.offline {
		return err
	}
	octets := r.Seed.Octets()
	defer secret.Wipe(octets)
	key, err := record.NewKey(octets)
	if err != nil {
		return err
	}
	defer key.Wipe()
	if !a.agreeToFetch(o, at) {
		return nil
	}
	ctx, done := context.WithTimeout(context.Background(), 10*time.Second)
	defer done()
	b, err := fetchRecord(ctx, at, key.Locator())
	switch {
	case errors.Is(err, api.ErrUnknown):
		a.voice.Warn("%s has no recovery record of this account", at.URL)
	case err != nil:
		a.voice.Warn("the recovery record was not fetched: %s", plain(explain(atService(at.URL, err)).Error()))
		a.voice.Hint("the seed is not waiting for it; once the service answers, the same command with another --out fetches the record too")
	default:
		o.records = append(o.records, sealedRecord{at.URL, b})
	}
	return nil
}

// agreeToFetch asks, unless a flag has said so, whether a service may be asked.
func (a *app) agreeToFetch(o *recovering, at keyservice.Address) bool {
	if o.fetch.fetch || o.fetch.service != "" {
		return true
	}
	a.voice.Say("The sheets say that %s keeps this account's recovery record: what the seed alone does not give back.", at.Host())
	t, err := terminal.Open()
	if err != nil {
		a.voice.Say("It was not asked for it. To have it fetched: --fetch.")
		return false
	}
	defer t.Close()
	yes, err := askYes(t, "Fetch it? The service learns that somebody at this computer's address has recovered the account.", true)
	return yes && err == nil // the account is back, whatever is answered
}

// fetchRecord asks a service for what is at a locator, without saying who asks.
func fetchRecord(ctx context.Context, at keyservice.Address, locator string) ([]byte, error) {
	c, err := dial(at, api.Caller{})
	if err != nil {
		return nil, err
	}
	return c.FetchRecord(ctx, locator)
}

// fetched tells whether the record that counts came from a service.
func (o *recovering) fetched() bool { return isService(o.newest.name) }

// keptPath is where a record that was fetched goes; empty if nowhere.
func (o *recovering) keptPath() string {
	if o.out == "" || o.toStdout {
		return ""
	}
	return o.out + ".record.dare"
}

// keepWith writes beside the seed what the account's record tells of its
// service, and the record if it was fetched and holds keys. What is there stays.
func (o *recovering) keepWith(files *outfile.Set, r *record.Record) {
	if r == nil {
		return
	}
	if name := o.out + endService; isService(r.Service) && (o.replace || !exists(name)) {
		files.AddBytes(name, []byte(r.Service+"\n"))
	}
	if name := o.keptPath(); o.fetched() && len(r.Escrowed) > 0 && (o.replace || !exists(name)) {
		files.AddBytes(name, o.newest.data)
	}
}
