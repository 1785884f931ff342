package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/line"
	"meshkey/cmd/internal/outfile"
	"meshkey/profile"
	"meshkey/record"
	"meshkey/recovery"
	"meshkey/scan"
)

func (a *app) drillCommand() *cobra.Command {
	var (
		o                   drilling
		verify, certificate string
	)
	cmd := &cobra.Command{
		Use:     "drill [FILE|-]...",
		GroupID: groupMain,
		Short:   "Test the real sheets, and leave a record of it",
		Long: `Test real sheets as if the account were lost: photographs, scans, PDF files and text
files, or typed if no FILE is given. The account is brought back in memory, every choice
of enough sheets is tried, and the seed is wiped: it is never written or shown. The drill
ends in "passed" or "failed". A sheet that cannot be read, or is not of the account, is a
failure, even if the others are enough.

A drill that passed leaves a record of what was tested and when the next one is due,
signed with the account's administrator key. One that failed leaves one with --record;
it is signed only if the account came back. --verify reads a record and checks it.

To practise without real sheets: meshkey demo.`,
		Example: `  meshkey drill photo1.jpg photo2.jpg photo3.jpg --account MARP-HH6B-D2JW-WLQ6-RWPQ-2SLS-AI2V
  meshkey drill --profile alice.seed.profile --next 2027-11
  meshkey drill --verify drill-2026-11-22.dare --profile alice.seed.profile`,
		Args: func(cmd *cobra.Command, args []string) error {
			if verify != "" && len(args) > 0 {
				return exit.Errorf(exit.Usage, "--verify is done without FILE")
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if verify != "" {
				return a.verifyDrill(verify, certificate, &o)
			}
			return a.drill(args, &o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.rec.account, "account", "", "`FINGERPRINT` of the account, 20 letters at least")
	f.StringVar(&o.rec.profile, "profile", "", "`FILE` with the signed profile of the account")
	f.StringVar(&o.out, "record", "", "`FILE` for the record (default: drill-DATE.dare, if the drill passed)")
	f.BoolVar(&o.quiet, "no-record", false, "leave no record")
	f.IntVar(&o.every, "every", 12, "`MONTHS` until the next drill")
	f.StringVar(&o.next, "next", "", "`DAY` or month of the next drill, as 2027-11-22 or 2027-11")
	f.StringVar(&verify, "verify", "", "`RECORD` of a drill to read and check, with --profile, or the certificate in it")
	f.StringVar(&certificate, "certificate", "", "`FILE` with the certificate to check a record against")
	jsonFlag(cmd, &o.asJSON)
	cmd.MarkFlagsMutuallyExclusive("record", "no-record")
	cmd.MarkFlagsMutuallyExclusive("every", "next")
	return cmd
}

// drilling is a drill: its flags, and what it found.
type drilling struct {
	rec       recovering // the account asked for, and the files
	out, next string
	quiet     bool // no record
	every     int
	asJSON    bool

	now, due time.Time
	sheets   []testedSheet
}

// testedSheet is a sheet that was offered.
type testedSheet struct {
	record.DrillSheet
	source string
}

func (o *drilling) prepare(args []string) (err error) {
	if err := o.rec.check(args); err != nil {
		return err
	}
	o.now = time.Now().UTC().Truncate(time.Second)
	o.due = o.now.AddDate(0, o.every, 0).Truncate(24 * time.Hour)
	if o.every < 1 || o.every > 120 {
		return exit.Errorf(exit.Usage, "--every takes 1 to 120 months")
	}
	if o.next != "" {
		if o.due, err = time.Parse(time.DateOnly, o.next); err != nil {
			if o.due, err = time.Parse("2006-01", o.next); err != nil {
				return exit.Errorf(exit.Usage, "--next %s is neither a day nor a month", o.next).Hinted("write it as in --next 2027-11-22 or --next 2027-11")
			}
		}
		if o.due.Before(o.now) {
			return exit.Errorf(exit.Usage, "--next %s is past", o.next)
		}
	}
	if o.out != "" {
		files := outfile.New(false)
		files.AddBytes(o.out, nil)
		return files.Check()
	}
	return nil
}

// drill runs a drill from the flags to the record.
func (a *app) drill(args []string, o *drilling) error {
	report := &drillReport{Sheets: []drillSheetJSON{}}
	a.answer, o.rec.answer = report, &recovered{}
	if err := o.prepare(args); err != nil {
		return err
	}
	anchor, err := a.anchor(args, &o.rec)
	if err != nil {
		return err
	}
	gather := a.drillFiles
	if len(o.rec.sources) == 0 {
		t, err := a.beginInterview(&anchor)
		if err != nil {
			return err
		}
		defer t.Close()
		gather = func(s *recovery.Session, o *drilling) (*recovery.Result, error) {
			return (&interview{app: a, t: t, session: s, o: &o.rec}).run()
		}
	}
	session, err := recovery.New(anchor)
	if err != nil {
		return exit.Errorf(exit.Usage, "%w", err)
	}
	defer session.Wipe()
	result, err := gather(session, o)
	d := &record.Drill{Time: o.now, Program: "meshkey " + line.Version()}
	if err != nil {
		return a.endFailed(d, session, o, report, err)
	}
	defer result.Seed.Wipe()
	return a.endRecovered(d, result, o, report)
}

// drillFiles offers every file and recovers.
func (a *app) drillFiles(session *recovery.Session, o *drilling) (*recovery.Result, error) {
	for _, name := range o.rec.sources {
		if err := a.drillFile(session, name, o); err != nil {
			return nil, err
		}
	}
	return session.Recover()
}

// drillFile offers what a file holds, and notes what it was read from.
func (a *app) drillFile(session *recovery.Session, name string, o *drilling) error {
	f, err := a.open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	reading, err := a.scanPages(f, name)
	if err != nil {
		a.sayUnreadable(name, err)
		o.unreadable(sourceName(name), "")
		return nil
	}
	parts := texts(reading, sourceName(name))
	slices.SortStableFunc(parts, func(x, y found) int { return y.rank() - x.rank() })
	shares, codes := 0, 0
	for _, text := range parts {
		for _, outcome := range session.AddText(text.text, text.source) {
			a.sayOutcome(outcome, text.source)
			switch outcome.Item.Kind {
			case recovery.Share, recovery.Stray:
				shares++
				o.note(outcome, text.source, kindOf(reading.Format), marginOf(reading, text))
			case recovery.Certificate:
				if text.code {
					codes++
				}
			}
		}
	}
	if shares == 0 || codes > shares {
		a.voice.Warn("%s: the secret code could not be read", sourceName(name))
		o.unreadable(sourceName(name), kindOf(reading.Format))
	}
	return nil
}

// kindOf is what a sheet was read from, by the format of the file.
func kindOf(format string) string {
	switch format {
	case "PDF", "text":
		return strings.ToLower(format)
	}
	return "picture"
}

// marginOf is how much of a code's redundancy was not needed to read it, in
// percent; 0 for typed text.
func marginOf(reading *scan.Reading, text found) int {
	for _, t := range reading.Texts {
		if text.code && t.Code && t.Text == text.text {
			return max(1, int(100*t.Margin))
		}
	}
	return 0
}

// note notes a share that could be read. One that cannot is a suspect of the
// session.
func (o *drilling) note(outcome recovery.Outcome, source, kind string, margin int) {
	got := outcome.Accepted
	if outcome.Err != nil || got.Status == recovery.Repeated {
		return
	}
	o.sheets = append(o.sheets, testedSheet{record.DrillSheet{Index: got.Index, Kind: kind, Margin: margin}, source})
}

func (o *drilling) unreadable(source, kind string) {
	if kind == "" {
		kind = "picture"
	}
	o.sheets = append(o.sheets, testedSheet{record.DrillSheet{Kind: kind, Result: sheetSuspect, Code: string(recovery.Unreadable)}, source})
}

// The results of a sheet in a record.
const (
	sheetGood        = "good"
	sheetRepaired    = "repaired"    // once a slip was corrected
	sheetUnconfirmed = "unconfirmed" // no account came back to tell
	sheetSuspect     = "suspect"
)

// judge gives every sheet its result.
func (o *drilling) judge(usual string, used []int, suspects []recovery.Suspect, repairs []recovery.Repair) {
	for i := range o.sheets {
		if s := &o.sheets[i]; s.Result == "" {
			s.Result = usual
			for _, r := range repairs {
				if r.Index == s.Index && r.Source == s.source {
					s.Result = sheetRepaired
				}
			}
		}
	}
	for _, suspect := range suspects {
		at := slices.IndexFunc(o.sheets, func(s testedSheet) bool {
			return s.Index == suspect.Index && s.source == suspect.Source && s.Index != 0
		})
		if at < 0 {
			at = len(o.sheets)
			o.sheets = append(o.sheets, testedSheet{record.DrillSheet{Index: suspect.Index, Kind: o.kind(suspect.Source)}, suspect.Source})
		}
		s := &o.sheets[at]
		s.Result, s.Code, s.Row, s.Letter = sheetSuspect, string(suspect.Code), suspect.Row, suspect.Letter
	}
	for _, index := range used { // of typed sheets, or of letters that were repaired
		if !slices.ContainsFunc(o.sheets, func(s testedSheet) bool { return s.Index == index && s.Result != sheetSuspect }) {
			result := usual
			if slices.ContainsFunc(repairs, func(r recovery.Repair) bool { return r.Index == index }) {
				result = sheetRepaired
			}
			o.sheets = append(o.sheets, testedSheet{DrillSheet: record.DrillSheet{Index: index, Kind: o.kind(""), Result: result}})
		}
	}
	slices.SortStableFunc(o.sheets, func(x, y testedSheet) int { return x.Index - y.Index })
}

// kind is what a sheet was read from that no file was noted for.
func (o *drilling) kind(source string) string {
	if len(o.rec.sources) == 0 {
		return "typed"
	}
	for _, s := range o.sheets {
		if s.source == source {
			return s.Kind
		}
	}
	return "text"
}

// suspects is how many sheets failed.
func (o *drilling) suspects() (n int) {
	for _, s := range o.sheets {
		if s.Result == sheetSuspect {
			n++
		}
	}
	return n
}

// endFailed ends a drill in which no account came back.
func (a *app) endFailed(d *record.Drill, session *recovery.Session, o *drilling, report *drillReport, err error) error {
	if _, few := asTooFew(err); !few && !is[*recovery.SuspectError](err) && !is[*recovery.MismatchError](err) {
		return a.why(err) // nothing was tested
	}
	p := session.Progress()
	var suspects []recovery.Suspect
	if e, ok := errors.AsType[*recovery.SuspectError](err); ok {
		suspects = e.Suspects
	}
	if e, ok := errors.AsType[*recovery.MismatchError](err); ok {
		suspects, d.Account = e.Suspects, e.Want
	}
	o.judge(sheetUnconfirmed, p.Indexes, suspects, nil)
	failure := a.why(err)
	d.Need, d.Failure = p.Need, plain(failure.Error())
	o.fill(d, report)
	if o.out != "" {
		body, err := d.Marshal()
		if err != nil {
			return err
		}
		if err := a.keepRecord(append(body, '\n'), o, report); err != nil {
			return err
		}
		a.voice.Say("The record is not signed: without the account nobody could sign it.")
	}
	if !o.asJSON {
		report.print(a)
	}
	return failure
}

// endRecovered ends a drill in which the account came back: it passed if
// nothing was wrong with any sheet.
func (a *app) endRecovered(d *record.Drill, r *recovery.Result, o *drilling, report *drillReport) error {
	account, err := r.Seed.Account()
	if err != nil {
		return err
	}
	defer account.Wipe()
	o.judge(sheetGood, r.Used, r.Suspects, r.Repairs)
	d.Account, d.Certificate, d.Need = r.Account, r.Certificate, r.Need
	report.Verified = r.Verified
	a.sayResult(r)
	var failure error
	if d.Quorums, err = r.Quorums(); err != nil {
		failure = exit.Errorf(exit.WrongAccount, "%w", err)
	} else if n := o.suspects(); n > 0 {
		failure = exit.Errorf(exit.BadShare, "the account came back, but %s the test", countOf(n, "sheet failed", "sheets failed")).
			Hinted("photograph the sheet again, flat and sharp; if it stays so: meshkey sheet replace, or a new set")
	}
	d.Passed = failure == nil
	if d.Passed {
		d.Next = o.due
	} else {
		d.Failure = plain(failure.Error())
	}
	o.fill(d, report)
	a.sayUntested(d)
	if !o.quiet && (d.Passed || o.out != "") {
		if err := a.signRecord(d, account, o, report); err != nil {
			return err
		}
	}
	if !o.asJSON {
		report.print(a)
	} else if failure == nil {
		return a.printJSON(report)
	}
	return failure
}

// sayUntested names the sheets of the set that nobody brought.
func (a *app) sayUntested(d *record.Drill) {
	if d.Certificate == nil {
		return
	}
	var missing []int
	for x := 1; x <= d.Certificate.Quorum().Of; x++ {
		if !slices.ContainsFunc(d.Sheets, func(s record.DrillSheet) bool { return s.Index == x }) {
			missing = append(missing, x)
		}
	}
	if len(missing) > 0 {
		a.voice.Say("Not tested: %s %s. Its holder can test it alone: meshkey check photo.jpg.", sheetOrSheets(len(missing)), numbers(missing))
	}
}

func sheetOrSheets(n int) string {
	if n == 1 {
		return "sheet"
	}
	return "sheets"
}

// signRecord signs the record with the account's key, and writes it once it
// verifies.
func (a *app) signRecord(d *record.Drill, account *profile.Account, o *drilling, report *drillReport) error {
	key := account.Private(profile.AdministratorSignature)
	signed, err := d.Sign(key)
	if err != nil {
		return err
	}
	if _, err := record.VerifyDrill(signed, key.PublicKey()); err != nil {
		return err
	}
	report.Signed = true
	return a.keepRecord(append(signed, '\n'), o, report)
}

// keepRecord writes a record, by default under the first name that is free.
func (a *app) keepRecord(data []byte, o *drilling, report *drillReport) error {
	report.Record = o.out
	for n := 2; report.Record == ""; n++ {
		name := "drill-" + o.now.Format(time.DateOnly)
		if n > 2 {
			name = fmt.Sprint(name, "-", n-1)
		}
		if _, err := os.Lstat(name + ".dare"); err != nil {
			report.Record = name + ".dare"
		}
	}
	return outfile.Write(report.Record, data, false)
}
