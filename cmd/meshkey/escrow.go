package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/outfile"
	"meshkey/cmd/internal/terminal"
	"meshkey/escrow"
	"meshkey/keyservice"
	"meshkey/print"
	"meshkey/profile"
	"meshkey/shamir"
)

func (a *app) escrowCommand(group string) *cobra.Command {
	var (
		open   opening
		o      escrowing
		dir    string
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:     "escrow SEED --quorum 2of3 --out DIR",
		GroupID: group,
		Short:   "Put a seed on paper: one sheet for each share",
		Long: `Split the seed of an account into shares and write one sheet for each into DIR:
its code and letters, what it is and what to do with it. Every pdf, png and txt sheet
is read back from what was written, and every choice of enough sheets is tried, before
the command succeeds; svg and dictation are not read back. If anything fails, the result
not being printed included, DIR holds nothing new.

SEED is a file with the seed, encrypted or in clear text, or - for standard input.
Beside the sheets lies the certificate of the set (SET.certificate.txt). It is public:
it tells which sheets belong together and whether one was read rightly.`,
		Example: `  meshkey escrow alice.seed --quorum 2of3 --out sheets
  meshkey escrow alice.seed -t 3 -n 5 --out sheets --holder Bob --holder Carol --paper letter
  meshkey escrow - -t 2 -n 3 --out sheets --format pdf --format png --json < alice.seed`,
		Args: oneArg("SEED"),
		RunE: func(_ *cobra.Command, args []string) error {
			if o.service == "" && o.host == "" && args[0] != stdin && exists(args[0]+endService) {
				at, err := a.serviceFor(args[0], "")
				if err != nil {
					return err
				}
				o.keep(at)
			}
			q, err := o.prepare(dir)
			if err != nil {
				return err
			}
			seed, err := a.openSeed(args[0], open)
			if err != nil {
				return err
			}
			defer seed.Wipe()
			a.advise(q)
			files := outfile.New(false)
			defer files.Discard()
			report, err := a.makeSheets(seed, q, &o, dir, files)
			if err != nil {
				return err
			}
			if o.keeper != nil {
				a.voice.Say("The sheets name %s as keeper of the recovery record, which meshkey account publish leaves there.", o.host)
			}
			return a.publish(files, report, asJSON)
		},
	}
	o.quorumFlags.flags(cmd)
	cmd.Flags().StringVar(&dir, "out", "", "`DIR` to write the sheets into")
	o.flags(cmd)
	cmd.Flags().StringVar(&o.address, "address", "", "the account's `ADDRESS`, printed on the sheets")
	cmd.Flags().StringVar(&o.profileFile, "profile", "", "`FILE` with the account's signed profile, which gives the address and goes into the record")
	open.flags(cmd)
	jsonFlag(cmd, &asJSON)
	return cmd
}

// escrowing holds the flags that say how sheets are made.
type escrowing struct {
	quorumFlags
	sheetFlags
	address, service, host string
	sealed, record         bool
	day, profileFile       string

	date       time.Time
	profile    *profile.Profile
	keeper     *keyservice.Address // that keeps the recovery record; nil for none that can be called
	invitation string
}

func (o *escrowing) flags(cmd *cobra.Command) {
	o.sheetFlags.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&o.service, "service", "", "`ADDRESS` of the account's service (https://…), which keeps the recovery record; of another its host, which is printed")
	f.BoolVar(&o.sealed, "sealed", false, "make it impossible to add a sheet to the set later")
	f.BoolVar(&o.record, "record", false, "write the recovery record too: what a seed alone does not give back, sealed")
	f.StringVar(&o.host, "record-host", "", "`HOST` that will keep the recovery record, named in the certificate")
	f.StringVar(&o.day, "date", "", "`DAY` of making, as 2026-11-22 (default: today)")
}

// maxText bounds the texts of a certificate, in octets.
const maxText = 64

// prepare checks everything that can be checked before a seed is opened.
func (o *escrowing) prepare(dir string) (shamir.Quorum, error) {
	q, err := o.quorum()
	if err != nil {
		return q, err
	}
	if dir == "" {
		return q, exit.Errorf(exit.Usage, "where do the sheets go?").Hinted("--out DIR names a folder, which is made if need be")
	}
	if err := o.sheetFlags.check(q); err != nil {
		return q, err
	}
	if err := o.checkTexts(); err != nil {
		return q, err
	}
	o.date = time.Now()
	if o.day != "" {
		if o.date, err = time.Parse(time.DateOnly, o.day); err != nil {
			return q, exit.Errorf(exit.Usage, "--date %s is not a day", o.day).Hinted("write it as in --date 2026-11-22")
		}
	}
	return q, nil
}

// checkTexts checks what is to stand on the sheets.
func (o *escrowing) checkTexts() error {
	if isService(o.service) {
		at, err := parseService(o.service)
		if err != nil {
			return err
		}
		o.keep(at)
	}
	return cmp.Or(checkText("address", o.address), checkText("service", o.service), checkText("record-host", o.host))
}

// checkText refuses a text that has no place on a sheet, or cannot be printed.
func checkText(name, text string) error {
	switch {
	case len(text) > maxText:
		return exit.Errorf(exit.Usage, "the %s has more than %d octets, which is all a sheet has room for", name, maxText)
	case !utf8.ValidString(text) || strings.Contains(text, "\n") || terminal.Clean(text) != text:
		return exit.Errorf(exit.Usage, "the %s has a character that cannot be printed, such as the end of a line", name)
	}
	return nil
}

// advise says what a quorum survives and what it does not.
func (a *app) advise(q shamir.Quorum) {
	for _, advice := range escrow.Advise(q) {
		if advice.Severity == escrow.Note {
			a.voice.Say("%s", advice.Text)
		} else {
			a.voice.Warn("%s", advice.Text)
		}
	}
}

// escrowReport is what an escrow gave.
type escrowReport struct {
	Account     string      `json:"account"`
	Address     string      `json:"address"`
	Set         string      `json:"set"`
	Need        int         `json:"need"`
	Of          int         `json:"of"`
	Date        string      `json:"date"`
	Sealed      bool        `json:"sealed"`
	Files       []string    `json:"files"` // all that was written
	Sheets      []sheetJSON `json:"sheets"`
	Certificate string      `json:"certificate"`
	Record      string      `json:"record,omitempty"`
	Locator     string      `json:"locator,omitempty"` // under which the record waits
	ReadBack    int         `json:"readBack"`          // sheets that were read back
	Quorums     int         `json:"quorums"`           // choices of sheets that were recombined
	// Margins are what the secret codes of all sheets were damaged with and yet
	// read: with --measure the most, else the least that they must survive.
	// Text has no codes to damage.
	Margins  []print.Margin `json:"margins"`
	measured bool           // to the most
	unread   []string       // formats that this program does not read
}

type sheetJSON struct {
	Index int      `json:"index"`
	Files []string `json:"files"`
}

func (r *escrowReport) print(w io.Writer) {
	fmt.Fprintf(w, "Account  %s\n", r.Account)
	r.printSheets(w)
}

// printSheets is print without the account, which was named already.
func (r *escrowReport) printSheets(w io.Writer) {
	fmt.Fprintf(w, "Set      %s, %s\n", r.Set, r.enough())
	for _, file := range r.Files {
		fmt.Fprintf(w, "%s\n", file)
	}
}

// enough says which sheets bring the account back.
func (r *escrowReport) enough() string {
	switch {
	case r.Of == 1:
		return "whose one sheet brings the account back"
	case r.Need == r.Of:
		return fmt.Sprintf("all %d sheets are needed to bring the account back", r.Of)
	case r.Need == 1:
		return fmt.Sprintf("any one of %d sheets brings the account back", r.Of)
	default:
		return fmt.Sprintf("any %d of %d sheets bring the account back", r.Need, r.Of)
	}
}

// tried says what the sheets gave that were read back.
func (r *escrowReport) tried() string {
	switch {
	case r.Of == 1:
		return "it gives the account"
	case r.Need == r.Of:
		return "together they give the account"
	case r.Need == 1:
		return "each gives the account"
	default:
		return fmt.Sprintf("all %d choices of %d give the account", r.Quorums, r.Need)
	}
}

func (r *escrowReport) say(a *app) {
	if r.ReadBack > 0 {
		a.voice.Say("Read back %s from what was written; %s.", countOf(r.ReadBack, "sheet", "sheets"), r.tried())
	}
	if len(r.unread) > 0 {
		a.voice.Say("Not read back: what was written as %s.", strings.Join(r.unread, " and "))
	}
	if len(r.Margins) > 0 {
		a.voice.Say("Pictures of the codes were damaged on purpose, and read all the same.")
	}
	if r.measured {
		for _, m := range r.Margins {
			a.voice.Say("  %s", m)
		}
	}
	a.voice.Say("Next: print each sheet, try one (meshkey check photo.jpg), give them to different people,")
	a.voice.Say("and delete the files: each is as secret as its paper.")
}

// makeSheets splits the seed and stages all files of the set in files, reads
// them back and recombines them. The caller commits.
func (a *app) makeSheets(seed *profile.Seed, q shamir.Quorum, o *escrowing, dir string, files *outfile.Set) (*escrowReport, error) {
	if o.profileFile != "" {
		p, err := a.openProfile(o.profileFile)
		if err != nil {
			return nil, err
		}
		o.profile = p
	}
	kit, err := escrow.New(seed, q, escrow.Options{
		Date: o.date, Address: o.address, Service: o.service, Sealed: o.sealed, NotReal: o.notReal,
		Profile: o.profile, WithRecord: o.record, RecordHost: o.host,
	})
	if err != nil {
		return nil, err
	}
	defer kit.Wipe()
	report := &escrowReport{
		Account: kit.Fingerprint.String(), Address: kit.Address, Set: kit.SetName,
		Need: q.Need, Of: q.Of, Date: kit.Date.Format(time.DateOnly), Sealed: kit.Sealed, Locator: kit.Locator,
	}
	if err := o.sheetFlags.add(kit, dir, files, report); err != nil {
		return nil, err
	}
	if err := files.Stage(); err != nil {
		return nil, err
	}
	if err := o.sheetFlags.readBack(kit, files, report); err != nil {
		return nil, err
	}
	return report, nil
}
