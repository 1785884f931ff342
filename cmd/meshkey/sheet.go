package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/line"
	"meshkey/cmd/internal/outfile"
	"meshkey/cmd/internal/terminal"
	"meshkey/escrow"
	"meshkey/print"
	"meshkey/record"
	"meshkey/shamir"
)

func (a *app) sheetCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "sheet",
		GroupID: groupMain,
		Short:   "Make a lost sheet again, or one more, from others of its set",
		Example: `  meshkey sheet replace --sheet 2 photo1.jpg photo3.jpg --out new
  meshkey sheet add photo1.jpg photo3.jpg --out new`,
	}
	cmd.AddCommand(a.sheetReplace(), a.sheetAdd())
	return cmd
}

// remaking holds the flags of the commands that make one sheet of a set.
type remaking struct {
	sheetFlags
	added                     bool // one more, not one again
	sheet, of                 int
	account, profile, service string
	certificate, day, dir     string
	unverified, asJSON        bool

	date time.Time
}

func (a *app) sheetReplace() *cobra.Command {
	o := &remaking{}
	cmd := &cobra.Command{
		Use:   "replace --sheet NUMBER FILE... --out DIR",
		Short: "Make a lost or worn sheet again",
		Long: `Make a sheet of a set again, from as many other sheets as bring the account back, or
from the old sheet itself while it can still be read. FILEs are photographs, scans, PDF
files and text files, or - for text on standard input. The account is not brought back
for it: no step computes the seed.

The new sheet is the old one, letter by letter, with the old certificate. So a stolen
sheet stays valid; if yours was stolen, read "What it means" in the notice. That notice
is for the holders of the other sheets and is written beside the sheet.

The certificate on the sheets says whether the new sheet is right. Shares of other
programs have none, and nothing can say it then: see --unverified.`,
		Example: `  meshkey sheet replace --sheet 2 photo1.jpg photo3.jpg --out new --holder Ben
  meshkey sheet replace --sheet 2 worn.jpg --out new --profile alice.seed.profile`,
	}
	cmd.Flags().IntVar(&o.sheet, "sheet", 0, "`NUMBER` of the sheet to make again")
	a.remakeFlags(cmd, o)
	return cmd
}

func (a *app) sheetAdd() *cobra.Command {
	o := &remaking{added: true}
	cmd := &cobra.Command{
		Use:   "add FILE... --out DIR",
		Short: "Make one more sheet for a set",
		Long: `Make one more sheet for a set, from as many of its sheets as bring the account back.
FILEs are photographs, scans, PDF files and text files, or - for text on standard input.
The account is not brought back for it: no step computes the seed.

As many sheets as before bring the account back, so one more can be lost, and one more
person can help to take the account. A notice that says so, for the holders of the other
sheets, is written beside the sheet.

A set that was made with --sealed takes no further sheet. That is a rule that this
program keeps, and not a lock: who has enough sheets has all there is.`,
		Example: `  meshkey sheet add photo1.jpg photo3.jpg --out new --holder Dora
  meshkey sheet add photo1.jpg photo3.jpg --sheet 5 --out new --lang de`,
	}
	cmd.Flags().IntVar(&o.sheet, "sheet", 0, "`NUMBER` of the new sheet (default: the next one after those of the set)")
	a.remakeFlags(cmd, o)
	return cmd
}

func (a *app) remakeFlags(cmd *cobra.Command, o *remaking) {
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return exit.Errorf(exit.Usage, "FILE is missing").Hinted("name photographs, scans or text files of the other sheets, or - for standard input")
		}
		return line.RefuseSecrets(args)
	}
	cmd.RunE = func(_ *cobra.Command, args []string) error { return a.remake(args, o) }
	f := cmd.Flags()
	f.StringVar(&o.dir, "out", "", "`DIR` to write the sheet into")
	o.sheetFlags.flags(cmd)
	f.StringVar(&o.account, "account", "", "`FINGERPRINT` of the account, 20 letters at least")
	f.StringVar(&o.profile, "profile", "", "`FILE` with the signed profile of the account")
	f.StringVar(&o.service, "service", "", "`HOST` of the account's service, printed on the sheet")
	f.StringVar(&o.certificate, "certificate", "", "`FILE` with the certificate of the set, if it is not on the sheets")
	f.BoolVar(&o.unverified, "unverified", false, "make a sheet that no certificate can vouch for")
	f.IntVarP(&o.of, "of", "n", 0, "`NUMBER` of sheets the set was made with, where no certificate says it")
	f.StringVar(&o.day, "date", "", "`DAY` of the notice, as 2026-11-22 (default: today)")
	jsonFlag(cmd, &o.asJSON)
}

// prepare checks what can be checked before anything is read.
func (o *remaking) prepare() error {
	switch {
	case o.dir == "":
		return exit.Errorf(exit.Usage, "where does the sheet go?").Hinted("--out DIR names a folder, which is made if need be")
	case o.sheet == 0 && !o.added:
		return exit.Errorf(exit.Usage, "which sheet is to be made again?").Hinted("--sheet NUMBER")
	case o.sheet != 0 && (o.sheet < 1 || o.sheet > shamir.MaxOf):
		return exit.Errorf(exit.Usage, "--sheet takes 1 to %d", shamir.MaxOf)
	case o.unverified && (o.of < 1 || o.of > shamir.MaxOf):
		return exit.Errorf(exit.Usage, "--unverified needs the number of sheets the set was made with").Hinted("--of NUMBER, 1 to %d", shamir.MaxOf)
	case checkText("service", o.service) != nil:
		return checkText("service", o.service)
	case len(o.holders) > 1:
		return exit.Errorf(exit.Usage, "%d holders are named for 1 sheet", len(o.holders))
	}
	o.date = time.Now()
	if o.day != "" {
		var err error
		if o.date, err = time.Parse(time.DateOnly, o.day); err != nil {
			return exit.Errorf(exit.Usage, "--date %s is not a day", o.day).Hinted("write it as in --date 2026-11-22")
		}
	}
	return o.sheetFlags.check(shamir.Quorum{Need: 1, Of: 1})
}

// remakeReport is what making one sheet gave.
type remakeReport struct {
	Account   string         `json:"account,omitempty"`
	Address   string         `json:"address,omitempty"`
	Set       string         `json:"set,omitempty"`
	Sheet     int            `json:"sheet"`
	Need      int            `json:"need"`
	Of        int            `json:"of"`
	Added     bool           `json:"added"`
	Certified bool           `json:"certified"` // the set's certificate knows the new sheet
	Verified  bool           `json:"verified"`  // and the account's profile vouches for the certificate
	Used      []int          `json:"used"`
	Suspects  []suspectJSON  `json:"suspects"`
	Files     []string       `json:"files"`
	Notice    string         `json:"notice"`
	ReadBack  int            `json:"readBack"`
	Margins   []print.Margin `json:"margins,omitempty"` // with --measure
}

// remake makes one sheet, from the flags to its files.
func (a *app) remake(args []string, o *remaking) error {
	report := &remakeReport{Sheet: o.sheet, Added: o.added, Used: []int{}, Suspects: []suspectJSON{}, Files: []string{}}
	a.answer = report
	if err := o.prepare(); err != nil {
		return err
	}
	given := &checking{}
	defer given.wipe()
	if err := given.anchor(a, o.account, o.profile); err != nil {
		return err
	}
	if o.certificate != "" {
		args = append(slices.Clip(args), o.certificate)
	}
	if err := given.read(a, args); err != nil {
		return err
	}
	kit, err := a.remakeKit(given, report, o)
	if err != nil {
		return err
	}
	defer kit.Wipe()
	kit.Service = o.service
	a.sayCost(kit, o.added)
	if err := o.writeSheet(kit, report); err != nil {
		return err
	}
	if o.asJSON {
		return a.printJSON(report)
	}
	report.print(a)
	return nil
}

// remakeKit makes the share, from those that the set's certificate knows.
func (a *app) remakeKit(given *checking, report *remakeReport, o *remaking) (*escrow.Kit, error) {
	cert, err := given.setCertificate()
	if err != nil {
		return nil, err
	}
	good := given.judgeBy(a, cert, report)
	report.Used = sheetNumbers(good)
	if cert == nil {
		if !o.unverified {
			return nil, noCertificate(given, good)
		}
		return a.remakeUnverified(given, good, o)
	}
	report.Certified, report.Verified = true, given.want.Profile != nil
	q := cert.Quorum()
	if o.sheet == 0 {
		o.sheet = max(q.Of, slices.Max(append(report.Used, 0))) + 1
	}
	report.Sheet = o.sheet
	make := escrow.Replace
	if o.added {
		make = escrow.Extend
	}
	kit, err := make(good, cert, o.sheet)
	if few, ok := asTooFew(err); ok && len(report.Suspects) > 0 {
		return nil, exit.Errorf(exit.BadShare, "%s wrong; %d of the %d sheets needed are good", countOf(len(report.Suspects), "sheet is", "sheets are"), few.Have, q.Need).
			Hinted("look at the sheet again, letter by letter, and correct the text; or bring another sheet")
	}
	if err != nil {
		return nil, a.whyNot(err, o)
	}
	if slices.Contains(report.Used, o.sheet) { // it was copied
		report.Used = []int{o.sheet}
	}
	if !report.Verified {
		a.voice.Say("The sheets name the account %s. Forged sheets could name it too:", cert.Account())
		a.voice.Say("only its profile proves whose they are (--profile).")
	}
	return kit, nil
}

func (a *app) remakeUnverified(given *checking, good []shamir.Share, o *remaking) (*escrow.Kit, error) {
	if o.sheet == 0 {
		o.sheet = max(o.of, slices.Max(append(sheetNumbers(good), 0))) + 1
	}
	if o.added && o.sheet <= o.of {
		return nil, exit.Errorf(exit.Usage, "sheet %d is one of the %d that the set was made with", o.sheet, o.of).
			Hinted("to make it again: meshkey sheet replace --sheet %d", o.sheet)
	}
	kit, err := escrow.ReplaceUnverified(good, o.of, o.sheet, given.want.Account)
	if err != nil {
		return nil, a.whyNot(err, o)
	}
	if spare := len(good) - kit.Quorum.Need; spare > 0 {
		a.voice.Say("The %d sheets agree with each other.", len(good))
	} else {
		a.voice.Warn("there is no sheet to spare: if one letter of one of them is wrong, the new sheet is worthless and nobody can see it")
	}
	return kit, nil
}

// whyNot says why no sheet was made, and what to do.
func (a *app) whyNot(err error, o *remaking) error {
	if few, ok := asTooFew(err); ok {
		return exit.Errorf(exit.TooFew, "%d of the %d sheets needed", few.Have, few.Need).
			Hinted("bring %s of the same set", countOf(few.Need-few.Have, "more sheet", "more sheets"))
	}
	switch {
	case is[*escrow.SealedError](err):
		return exit.Errorf(exit.Failed, "%w", err).
			Hinted("who made the set wanted no further sheet; the owner of the account can make a new set")
	case o.added && !is[*record.MisfitError](err) && codeOf(err) == exit.Failed:
		return exit.Errorf(exit.Usage, "%w", err).Hinted("to make a sheet of the set again: meshkey sheet replace --sheet NUMBER")
	}
	return err
}

// noCertificate refuses to make a sheet that nothing can vouch for.
func noCertificate(given *checking, good []shamir.Share) error {
	switch {
	case given.foreign+given.forged > 0:
		return given.notOurs()
	case len(good) == 0:
		return exit.Errorf(exit.TooFew, "no share was found").Hinted("bring photographs, scans or typed text of the sheets")
	}
	return exit.Errorf(exit.Usage, "there is no certificate: nothing could say whether the new sheet is right, since the account is not brought back for it").
		Hinted("--certificate FILE; or bring the account back and make a new set, which has one; --unverified makes the sheet all the same")
}

// sayCost says what the new sheet costs, before it is written.
func (a *app) sayCost(kit *escrow.Kit, added bool) {
	n, need := kit.Shares[0].Index(), kit.Quorum.Need
	if added {
		a.voice.Warn("with sheet %d there is one more person who can help to take the account; any %d sheets are enough, as before", n, need)
		a.voice.Say("If a sheet %d was added before, this is the same one again, and not one more.", n)
		return
	}
	a.voice.Warn("the old sheet %d stays valid: the new one has the same letters; if the old one was stolen, this undoes nothing", n)
}

// writeSheet writes the sheet and the notice, all or nothing, after reading the
// sheet back.
func (o *remaking) writeSheet(kit *escrow.Kit, report *remakeReport) error {
	n := noticeOf(kit, report.Used, o.added, o.date)
	report.Sheet, report.Set, report.Need, report.Of = n.Sheet, n.Set, n.Need, n.Of
	report.Account, report.Address = n.Account, kit.Address
	text, err := n.write(o.lang)
	if err != nil {
		return err
	}
	if err := o.lay(kit); err != nil {
		return err
	}
	files := outfile.New(false)
	defer files.Discard()
	sheet := o.made[0]
	for _, format := range o.formats {
		path := filepath.Join(o.dir, sheet.Name()+extension(format))
		files.Add(path, o.writer(sheet, format))
		report.Files = append(report.Files, path)
	}
	pages := slices.Clone(report.Files)
	report.Notice = filepath.Join(o.dir, sheet.Name()+".notice.txt")
	files.AddBytes(report.Notice, text)
	report.Files = files.Paths()
	if err := files.Stage(); err != nil {
		return err
	}
	back := &escrowReport{Files: pages, Need: 1, Of: 1}
	if err := o.readBack(kit, files, back); err != nil {
		return err
	}
	report.ReadBack = back.ReadBack
	if o.measure {
		report.Margins = back.Margins
	}
	return files.Commit()
}

func (r *remakeReport) print(a *app) {
	if r.Account != "" {
		fmt.Fprintf(a.out, "Account  %s\n", r.Account)
	}
	fmt.Fprintf(a.out, "Sheet    %d", r.Sheet)
	if r.Set != "" {
		fmt.Fprintf(a.out, " of set %s", r.Set)
	}
	fmt.Fprintf(a.out, ", made from %s\n", numbers(r.Used))
	for _, file := range r.Files {
		fmt.Fprintln(a.out, terminal.Clean(file))
	}
	if r.Certified {
		a.voice.Say("The certificate of set %s knows the new sheet.", r.Set)
	} else {
		a.voice.Warn("UNVERIFIED: whether the new sheet is right only shows when the account is brought back with it.")
	}
	for _, m := range r.Margins {
		a.voice.Say("  %s", m)
	}
	a.voice.Say("Next: print the sheet, try it (meshkey check photo.jpg), delete its file,")
	a.voice.Say("and give the notice to the holders of the other sheets.")
}
