package main

import (
	"fmt"
	"time"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/terminal"
	"meshkey/cogen"
	"meshkey/profile"
	"meshkey/record"
	"meshkey/udf"
)

// drillReport is what a drill found, and what the record of one says.
type drillReport struct {
	Passed   bool             `json:"passed"`
	Failure  string           `json:"failure,omitempty"`
	Account  string           `json:"account,omitempty"`
	Verified bool             `json:"verified"` // the account is the one asked for
	Set      string           `json:"set,omitempty"`
	Need     int              `json:"need"`
	Of       int              `json:"of,omitempty"`
	Quorums  int              `json:"quorums"`
	Sheets   []drillSheetJSON `json:"sheets"`
	Date     string           `json:"date"`
	Next     string           `json:"next,omitempty"`
	Program  string           `json:"program"`
	Record   string           `json:"record,omitempty"`
	Signed   bool             `json:"signed"`
}

type drillSheetJSON struct {
	Index  int    `json:"index"` // 0 if it could not be read
	Kind   string `json:"kind"`
	Result string `json:"result"`
	Code   string `json:"code,omitempty"`
	Row    int    `json:"row,omitempty"`
	Letter int    `json:"letter,omitempty"`
	Margin int    `json:"margin,omitempty"` // percent
}

// fill puts the sheets into the record, and the record into the report.
func (o *drilling) fill(d *record.Drill, report *drillReport) {
	for _, s := range o.sheets {
		d.Sheets = append(d.Sheets, s.DrillSheet)
	}
	report.fill(d)
}

func (r *drillReport) fill(d *record.Drill) {
	r.Passed, r.Failure, r.Need, r.Quorums, r.Program = d.Passed, d.Failure, d.Need, d.Quorums, d.Program
	r.Date = d.Time.Format(time.DateOnly)
	if !d.Account.IsZero() {
		r.Account = d.Account.String()
	}
	if !d.Next.IsZero() {
		r.Next = d.Next.Format(time.DateOnly)
	}
	if d.Certificate != nil {
		r.Set, r.Of = d.Certificate.SetName(), d.Certificate.Quorum().Of
	}
	for _, s := range d.Sheets {
		r.Sheets = append(r.Sheets, drillSheetJSON{s.Index, s.Kind, s.Result, s.Code, s.Row, s.Letter, s.Margin})
	}
}

func (r *drillReport) print(a *app) {
	line := func(name, format string, args ...any) {
		fmt.Fprintf(a.out, "%-8s %s\n", name, terminal.Clean(fmt.Sprintf(format, args...)))
	}
	verdict := "passed"
	if !r.Passed {
		verdict = "failed"
	}
	line("Drill", "%s, %s", verdict, r.Date)
	if r.Account != "" {
		line("Account", "%s", r.Account)
	}
	if r.Set != "" {
		line("Set", "%s, %d of %d needed", r.Set, r.Need, r.Of)
	}
	for _, s := range r.Sheets {
		line("Sheet", "%s", s)
	}
	if r.Quorums > 0 {
		line("Tried", "%s of %d sheets, each gave the account", countOf(r.Quorums, "choice", "choices"), r.Need)
	}
	if r.Failure != "" {
		line("Failure", "%s", r.Failure)
	}
	if r.Next != "" {
		line("Next", "%s", r.Next)
	}
	switch {
	case r.Record == "":
	case r.Signed:
		line("Record", "%s, signed", r.Record)
	default:
		line("Record", "%s, not signed", r.Record)
	}
}

// String is the sheet in a line.
func (s drillSheetJSON) String() string {
	text := "that could not be read"
	if s.Index > 0 {
		text = fmt.Sprint(s.Index)
	}
	text += ": " + s.Result + ", " + s.Kind
	if s.Code != "" {
		text += ", " + s.Code
	}
	if s.Row > 0 {
		text += fmt.Sprintf(", row %d", s.Row)
	}
	if s.Letter > 0 {
		text += fmt.Sprintf(", letter %d", s.Letter)
	}
	if s.Margin > 0 {
		text += fmt.Sprintf(", %d %% of the code's reserve left", s.Margin)
	}
	return text
}

// verifyDrill reads a record and checks its signature.
func (a *app) verifyDrill(name, certificate string, o *drilling) error {
	report := &drillReport{Sheets: []drillSheetJSON{}, Record: name}
	a.answer = report
	data, err := a.read(name, maxEnvelope)
	if err != nil {
		return err
	}
	d, signed, err := record.ReadDrill(data)
	switch {
	case err != nil:
		return exit.Errorf(exit.Failed, "%s is no record of a drill: %w", sourceName(name), err)
	case !signed:
		return exit.Errorf(exit.NotVerified, "%s is not signed: anybody could have written it", sourceName(name)).
			Hinted("a drill in which the account did not come back has no signed record; meshkey inspect shows what it says")
	}
	key, account, by, err := a.drillSigner(d, certificate, o)
	if err != nil {
		return err
	}
	if d, err = record.VerifyDrill(data, key); err != nil {
		return exit.Errorf(exit.NotVerified, "%w", err)
	}
	if !d.Account.Matches(account) {
		return exit.Errorf(exit.NotVerified, "the record is of %s, and not of the account asked for", d.Account)
	}
	report.Signed, report.Verified = true, by == ""
	report.fill(d)
	if o.asJSON {
		return a.printJSON(report)
	}
	report.print(a)
	if by != "" {
		a.voice.Say("%s", by)
	}
	if !d.Next.IsZero() && d.Next.Before(time.Now()) {
		a.voice.Warn("the next drill was due on %s", report.Next)
	}
	return nil
}

// drillSigner is the key that a record has to be signed with, the account it
// has to be of, and, unless a profile says both, how far that can be trusted.
func (a *app) drillSigner(d *record.Drill, certificate string, o *drilling) (*cogen.PublicKey, udf.Fingerprint, string, error) {
	var want udf.Fingerprint
	fail := func(err error) (*cogen.PublicKey, udf.Fingerprint, string, error) { return nil, want, "", err }
	if o.rec.account != "" {
		var err error
		if want, err = udf.ParseFingerprint(o.rec.account); err != nil {
			return fail(exit.Errorf(exit.Usage, "--account: %w", err))
		}
		if want.Bits() < udf.MinBits {
			return fail(exit.Errorf(exit.Usage, "--account: a fingerprint of %d letters is too short: 20 are needed", want.Letters()))
		}
	}
	if o.rec.profile != "" {
		p, err := a.openProfile(o.rec.profile)
		if err != nil {
			return fail(err)
		}
		key := p.Key(profile.AdministratorSignature)
		switch {
		case key == nil:
			return fail(exit.Errorf(exit.Usage, "the profile is not an account's"))
		case !want.IsZero() && !want.Matches(p.Fingerprint()):
			return fail(exit.Errorf(exit.Usage, "the profile is of another account than the fingerprint"))
		}
		return key, p.Fingerprint(), "", nil
	}
	cert := d.Certificate
	if certificate != "" {
		var err error
		if cert, err = a.certificateIn(certificate); err != nil {
			return fail(err)
		}
	}
	switch {
	case cert == nil:
		return fail(exit.Errorf(exit.Usage, "nothing says which key the record has to be signed with").Hinted("--profile FILE, or --certificate FILE"))
	case !want.IsZero() && !want.Matches(cert.Account()):
		return fail(exit.Errorf(exit.NotVerified, "the certificate is of %s, and not of the account asked for", cert.Account()))
	}
	return cert.Signer(), cert.Account(), fmt.Sprintf("Signed with the key of the certificate of set %s. Whose key that is, only the profile proves (--profile).", cert.SetName()), nil
}
