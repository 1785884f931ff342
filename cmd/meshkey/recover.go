package main

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/line"
	"meshkey/cmd/internal/outfile"
	"meshkey/cmd/internal/terminal"
	"meshkey/profile"
	"meshkey/record"
	"meshkey/recovery"
	"meshkey/udf"
)

func (a *app) recoverCommand(group string) *cobra.Command {
	var o recovering
	cmd := &cobra.Command{
		Use:     "recover [FILE|-]...",
		GroupID: group,
		Short:   "Bring an account back from its sheets",
		Long: `Bring an account back from enough of its sheets: photographs, scans, PDF files and
text files in any mix and order, or - for text on standard input. Without files you type
the sheets row by row, and slips are found as you type. Sheets that the reference program
printed are read too.

What comes back is compared with the account you name: --account, the fingerprint you
kept (MARP-…), or --profile, its signed profile. Without either, the certificate on the
sheets is used. It guards against slips, not against forged sheets, so compare the
fingerprint with one you trust.

More sheets than needed help: a damaged or foreign one is found and named. If none is to
spare, slips are looked for: a wrong letter, a letter left out or unreadable (?), rows in
the wrong place. You are shown what is proposed and asked, or --yes takes it. The seed is
written to --out, encrypted, or shown with --reveal; without either it is wiped.

A recovery record (SET.record.dare) among the files is opened when the account is back:
it tells what the seed alone does not, and its profile goes beside --out (FILE.profile).
If the sheets name a service that keeps the record you are asked whether to fetch it
there, or --fetch has it fetched; --offline asks nobody. The service is given the record's
locator and nothing else.`,
		Example: `  meshkey recover photo1.jpg photo2.jpg --account MARP-HH6B-D2JW-WLQ6-RWPQ-2SLS-AI2V
  meshkey recover scans.pdf typed.txt --profile alice.profile --out alice.seed
  meshkey recover photo1.jpg photo2.jpg --profile alice.profile --out alice.seed --fetch
  meshkey recover --account MARP-HH6B-D2JW-WLQ6-RWPQ-2SLS-AI2V`,
		Args: cobra.ArbitraryArgs,
		RunE: func(_ *cobra.Command, args []string) error { return a.recover(args, &o) },
	}
	o.lock.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&o.account, "account", "", "`FINGERPRINT` of the account, 20 letters at least")
	f.StringVar(&o.profile, "profile", "", "`FILE` with the signed profile of the account")
	f.BoolVar(&o.unverified, "unverified", false, "take any account the sheets give, with nothing to compare it with")
	f.StringVar(&o.out, "out", "", "`FILE` to write the seed into, encrypted")
	f.BoolVar(&o.reveal, "reveal", false, "show the seed in clear text")
	f.BoolVar(&o.yes, "yes", false, "take the repairs of slips that the account or the certificate confirms, without asking")
	f.BoolVar(&o.deep, "deep", false, "search for two wrong letters too, which can take long")
	f.BoolVar(&o.replace, "force", false, "replace the file of --out if it is there")
	f.BoolVar(&o.fetch.fetch, "fetch", false, "fetch the recovery record from the service that the sheets name, without asking")
	f.BoolVar(&o.fetch.offline, "offline", false, "fetch nothing, and do not ask")
	f.StringVar(&o.fetch.service, "service", "", "`ADDRESS` of the service to fetch the recovery record from, whatever the sheets name")
	jsonFlag(cmd, &o.asJSON)
	cmd.MarkFlagsMutuallyExclusive("offline", "fetch")
	cmd.MarkFlagsMutuallyExclusive("offline", "service")
	return cmd
}

// recovering holds the flags of a recovery.
type recovering struct {
	lock             locking
	account, profile string
	unverified       bool
	out              string
	reveal, replace  bool
	asJSON           bool
	yes, deep        bool // take repairs unasked; search for two wrong letters
	answer           *recovered
	sources          []string // files that are no anchor
	toStdout         bool
	records          []sealedRecord // to open when the account is back
	fetch            fetching
	newest           sealedRecord // the record that counts
	certificate      string       // file whose certificate is the only anchor, or ""
}

// check refuses what cannot end well before anything is read or typed.
func (o *recovering) check(args []string) error {
	if err := line.RefuseSecrets(args); err != nil {
		return err
	}
	for _, arg := range args {
		if _, err := os.Stat(arg); arg == stdin || err == nil {
			continue
		} else if f, bad := udf.ParseFingerprint(arg); bad == nil && f.Letters() >= 12 {
			return exit.Errorf(exit.Usage, "%s is a fingerprint, not a file", arg).Hinted("--account %s", arg)
		} else {
			return err
		}
	}
	switch {
	case o.out == "" && (o.lock.passphrase.file != "" || o.lock.keyring || len(o.lock.recipients) > 0):
		return exit.Errorf(exit.Usage, "a seed is to be encrypted, but not written").Hinted("name its file with --out FILE")
	case o.out == "":
		return nil
	case o.out == stdin && o.asJSON:
		return exit.Errorf(exit.Usage, "--json and --out - both want standard output")
	}
	o.toStdout = o.out == stdin
	if !o.toStdout {
		files := outfile.New(o.replace)
		files.AddBytes(o.out, nil)
		if err := files.Check(); err != nil {
			return err
		}
	}
	return o.lock.check()
}

// recover runs a recovery from the flags to the answer.
func (a *app) recover(args []string, o *recovering) error {
	answer := &recovered{Offered: []int{}, Used: []int{}, Suspects: []suspectJSON{}, Repairs: []repairJSON{}}
	a.answer, o.answer = answer, answer
	if err := o.check(args); err != nil {
		return err
	}
	anchor, err := a.anchor(o.takeRecords(a, args), o)
	if err != nil {
		return err
	}
	gather := func(s *recovery.Session) (*recovery.Result, error) {
		result, err := a.gather(s, o.sources)
		if err != nil {
			return a.mend(s, err, o, nil)
		}
		return result, nil
	}
	if len(o.sources) == 0 {
		t, err := a.beginInterview(&anchor)
		if err != nil {
			return err
		}
		defer t.Close()
		gather = func(s *recovery.Session) (*recovery.Result, error) {
			return (&interview{app: a, t: t, session: s, o: o}).run()
		}
	}
	session, err := recovery.New(anchor)
	if err != nil {
		return exit.Errorf(exit.Usage, "%w", err)
	}
	defer session.Wipe()
	result, err := gather(session)
	if err != nil {
		answer.failed(session, err)
		return o.doubtCertificate(a.why(err))
	}
	defer result.Seed.Wipe()
	return a.deliver(result, answer, o)
}

// anchor gathers what the account is compared with: from the flags, and from
// files that are a profile or nothing but a certificate.
func (a *app) anchor(args []string, o *recovering) (anchor recovery.Anchor, err error) {
	anchor.Unverified = o.unverified
	if o.account != "" {
		if anchor.Account, err = udf.ParseFingerprint(o.account); err != nil {
			return anchor, exit.Errorf(exit.Usage, "--account: %w", err).Hinted("the fingerprint stands on every sheet; it begins with M")
		}
	}
	if o.profile != "" {
		if anchor.Profile, err = a.openProfile(o.profile); err != nil {
			return anchor, err
		}
	}
	certificates := map[string]*record.Certificate{}
	for _, arg := range args {
		switch found := a.sniff(arg).(type) {
		case *profile.Profile:
			if anchor.Profile == nil && (anchor.Account.IsZero() || found.Fingerprint().Matches(anchor.Account)) {
				anchor.Profile = found
				continue
			}
		case *record.Certificate:
			certificates[arg] = found
		}
		o.sources = append(o.sources, arg)
	}
	// A certificate anchors only where nothing better does and it is the only
	// one. Any other is offered with the sheets, where one of another account is
	// named and does no harm.
	if len(certificates) == 1 && anchor.Account.IsZero() && anchor.Profile == nil {
		for o.certificate, anchor.Certificate = range certificates {
			o.sources = slices.DeleteFunc(o.sources, func(s string) bool { return s == o.certificate })
		}
	}
	return anchor, nil
}

// doubtCertificate says of sheets of another account than a separate
// certificate names that the certificate may be the stray.
func (o *recovering) doubtCertificate(err error) error {
	if o.certificate == "" || !is[*recovery.MismatchError](err) {
		return err
	}
	return exit.Errorf(exit.Code(err), "the certificate in %s is not of these sheets: %w", sourceName(o.certificate), err).
		Hinted("leave %s out if it is of another set, and name the account with --account FINGERPRINT if you know it", sourceName(o.certificate))
}

// sniff recognises a file that holds a profile, a certificate or a recovery
// record and nothing else. It leaves alone what can be read only once.
func (a *app) sniff(name string) any {
	info, err := os.Stat(name)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxEnvelope {
		return nil
	}
	data, err := a.read(name, maxEnvelope)
	if err != nil {
		return nil
	}
	text := bytes.TrimSpace(data)
	switch {
	case bytes.HasPrefix(text, []byte("MK1:")) && !bytes.ContainsAny(text, "\r\n"):
		if c, err := record.ParseCertificate(string(text)); err == nil {
			return c
		}
	case len(text) > 0 && (text[0] == '[' || text[0] == '{'):
		if p, err := profile.Parse(data); err == nil {
			return p
		}
		if isRecordFile(data) {
			return sealedRecord{name, data}
		}
	}
	return nil
}

// deliver writes what was recovered. Nothing is half written.
func (a *app) deliver(r *recovery.Result, answer *recovered, o *recovering) error {
	account, err := r.Seed.Account()
	if err != nil {
		return err
	}
	defer account.Wipe()
	answer.succeeded(r, account)
	a.sayResult(r)
	if err := a.fetchRecord(o, r); err != nil {
		return err
	}
	kept := o.openRecords(a, r.Seed, account)
	if kept != nil {
		answer.Record = describeRecord(kept)
	}
	var file []byte
	switch {
	case o.toStdout:
		if file, err = o.lock.close(a, r.Seed, nil); err != nil {
			return err
		}
	case o.out != "":
		files := outfile.New(o.replace)
		defer files.Discard()
		files.Add(o.out, writes(&file))
		path := ""
		if p := a.profileIn(kept, account); p != nil {
			if path = o.profilePath(a); path != "" {
				files.AddBytes(path, p.Bytes())
			}
		}
		o.keepWith(files, kept)
		if file, err = o.lock.close(a, r.Seed, files); err != nil {
			return err
		}
		if err := files.Stage(); err != nil {
			return err
		}
		if err := files.Commit(); err != nil {
			return err
		}
		if answer.Out = o.out; path != "" {
			answer.Record.Profile = path
		}
	}
	if o.reveal {
		answer.Seed = r.Seed.Text()
	}
	switch {
	case o.asJSON:
		return a.printJSON(answer)
	case o.toStdout:
		_, err := a.out.Write(file)
		return err
	}
	answer.print(a, account.Keys())
	if o.out == "" && !o.reveal {
		a.voice.Say("The seed was not written anywhere. To keep it: --out FILE.")
	}
	return nil
}

// sayResult says how far the result can be trusted, and what was wrong with
// sheets that were not needed.
func (a *app) sayResult(r *recovery.Result) {
	for _, s := range r.Suspects {
		a.voice.Warn("%s", s)
	}
	for _, n := range r.Notes {
		a.voice.Say("%s: %s", n.Source, n.Text)
	}
	switch r.Anchor {
	case recovery.ByAccount:
		a.voice.Say("This is the account you asked for.")
	case recovery.ByProfile:
		a.voice.Say("This is the account of the profile. Compare its fingerprint with one you trust.")
	case recovery.ByCertificate, recovery.BySheet:
		a.voice.Say("This is the account that the certificate names. Forged sheets would agree as well:")
		a.voice.Say("compare its fingerprint with one you trust.")
	default:
		a.voice.Warn("UNVERIFIED: there was nothing to compare the account with. A single wrong letter gives another account.")
		a.voice.Warn("Do not rely on it before you have compared its fingerprint with one you trust.")
	}
}

// recovered is the object that "recover" writes with --json.
type recovered struct {
	Account  string        `json:"account,omitempty"`
	Verified bool          `json:"verified"`
	Address  string        `json:"address"`
	Set      string        `json:"set,omitempty"`
	Need     int           `json:"need"`
	Offered  []int         `json:"offered"`
	Used     []int         `json:"used"`
	Anchor   string        `json:"anchor,omitempty"`
	Suspects []suspectJSON `json:"suspects"`
	Repairs  []repairJSON  `json:"repairs"`
	Got      string        `json:"got,omitempty"` // the account that came out instead
	Out      string        `json:"out,omitempty"`
	Seed     string        `json:"seed,omitempty"`
	Record   *recordJSON   `json:"record,omitempty"` // the newest that was given
	Keys     keysJSON      `json:"keys,omitempty"`
}

type suspectJSON struct {
	Index  int    `json:"index"` // 0 if it cannot be read
	Source string `json:"source"`
	Code   string `json:"code"`
	Reason string `json:"reason"`
	Row    int    `json:"row,omitempty"`
	Letter int    `json:"letter,omitempty"`
}

func (r *recovered) suspect(list []recovery.Suspect) {
	for _, s := range list {
		r.Suspects = append(r.Suspects, suspectJSON{s.Index, s.Source, string(s.Code), s.Reason, s.Row, s.Letter})
	}
}

func (r *recovered) succeeded(result *recovery.Result, account *profile.Account) {
	r.Account, r.Verified, r.Anchor = result.Account.String(), result.Verified, string(result.Anchor)
	r.Address, r.Need = result.Address, result.Need
	r.Offered, r.Used = slices.Concat(r.Offered, result.Offered), slices.Concat(r.Used, result.Used)
	if result.Certificate != nil {
		r.Set = result.Certificate.SetName()
	}
	r.Keys = account.Keys()
	r.suspect(result.Suspects)
}

func (r *recovered) print(a *app, keys []profile.NamedKey) {
	fmt.Fprintf(a.out, "Account  %s\n", r.Account)
	if r.Address != "" {
		fmt.Fprintf(a.out, "Address  %s\n", terminal.Clean(r.Address))
	}
	if r.Out != "" {
		fmt.Fprintf(a.out, "Seed     %s, encrypted\n", terminal.Clean(r.Out))
	}
	if r.Seed != "" {
		fmt.Fprintf(a.out, "Seed     %s\n", r.Seed)
	}
	if r.Record != nil {
		r.Record.print(a.out)
	}
	fmt.Fprintln(a.out, "Keys")
	printKeys(a.out, keys)
}

// join puts lines of text back in their places.
func join(lines []string, numbers []int) string {
	var b strings.Builder
	at := 1
	for i, line := range lines {
		for ; at < numbers[i]; at++ {
			b.WriteByte('\n')
		}
		b.WriteString(line)
	}
	return b.String()
}
