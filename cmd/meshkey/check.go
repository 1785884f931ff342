package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/line"
	"meshkey/cmd/internal/terminal"
	"meshkey/record"
	"meshkey/recovery"
	"meshkey/shamir"
	"meshkey/udf"
)

func (a *app) checkCommand() *cobra.Command {
	var (
		account, profileFile string
		certificate, receipt string
		asJSON               bool
	)
	cmd := &cobra.Command{
		Use:     "check FILE...",
		GroupID: groupMain,
		Short:   "Check that sheets are right and readable, without recovering",
		Long: `Check sheets one by one, without bringing the account back: that both codes can be
read, and that the share is exactly the one that was made, by the certificate on the
sheet. One sheet is enough for this, and learns nothing by it. FILE is a photograph, a
scan, a PDF or a text file, or - for text on standard input.

A certificate proves which sheets belong together: such a sheet "agrees". Whose it is is
proved by --profile, the signed profile, alone: it has the key that certificates are
signed with, and with it a sheet is called "genuine". --account, the fingerprint you
kept, finds sheets of other accounts, but who forges a sheet can name yours. With the
newest certificate (--certificate) sheets of older sets are told apart, and those that
another key signed.

For each such sheet there is a receipt: set, number, day and six letters. Read it to
the owner over the telephone; with --receipt he learns whether it is right. It has no
secret in it, and who has the certificate can make one: it reports, it does not prove.`,
		Example: `  meshkey check photo.jpg
  meshkey check sheets/*.pdf --account MARP-HH6B-D2JW-WLQ6-RWPQ-2SLS-AI2V
  meshkey check photo.jpg --certificate K7QX.certificate.txt
  meshkey check --receipt "K7QX 2 2026-11-22 BQ3DKF" --certificate K7QX.certificate.txt`,
		Args: func(cmd *cobra.Command, args []string) error {
			switch {
			case receipt != "" && len(args) > 0:
				return exit.Errorf(exit.Usage, "--receipt is checked without FILE")
			case receipt == "" && len(args) == 0:
				return exit.Errorf(exit.Usage, "FILE is missing").Hinted("%s", cmd.UseLine())
			}
			return line.RefuseSecrets(args)
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if receipt != "" {
				return a.checkReceipt(receipt, certificate, asJSON)
			}
			c := &checking{Sheets: []sheetCheck{}, today: time.Now().UTC()}
			a.answer = c
			if err := c.anchor(a, account, profileFile); err != nil {
				return err
			}
			if certificate != "" {
				cert, err := a.certificateIn(certificate)
				if err != nil {
					return err
				}
				c.newest = cert
				c.keep(a, cert, certificate)
			}
			if err := c.read(a, args); err != nil {
				return err
			}
			err := c.judge(a)
			if !asJSON {
				c.print(a)
			}
			c.warn(a)
			if err == nil && asJSON {
				return a.printJSON(c)
			}
			return err
		},
	}
	cmd.Flags().StringVar(&account, "account", "", "`FINGERPRINT` of the account, 20 letters at least")
	cmd.Flags().StringVar(&profileFile, "profile", "", "`FILE` with the signed profile of the account")
	cmd.Flags().StringVar(&certificate, "certificate", "", "`FILE` with the newest certificate of the account's sheets")
	cmd.Flags().StringVar(&receipt, "receipt", "", "`RECEIPT` that a holder read out, to be compared with --certificate")
	jsonFlag(cmd, &asJSON)
	return cmd
}

// checking is a check of sheets and, with --json, its report.
type checking struct {
	Account  string       `json:"account,omitempty"` // unless the sheets name several
	Verified bool         `json:"verified"`          // the account's profile vouches for the certificates
	Sheets   []sheetCheck `json:"sheets"`

	want         recovery.Anchor
	certificates []*record.Certificate
	shares       []shamir.Share // beside Sheets; unset if unreadable
	unreadable   int            // files in which nothing could be read
	halves       int            // pages with a certificate and no share
	foreign      int            // certificates of another account
	forged       int            // certificates of the account that its key did not sign
	newest       *record.Certificate
	today        time.Time
}

// sheetCheck is what was found out about one share.
type sheetCheck struct {
	Source string `json:"source"`
	Index  int    `json:"index"`
	Need   int    `json:"need"`
	Set    string `json:"set,omitempty"`
	Of     int    `json:"of,omitempty"`
	Date   string `json:"date,omitempty"`
	Result string `json:"result"` // one of those below
	Reason string `json:"reason,omitempty"`

	Account string `json:"account,omitempty"` // that its certificate names
	Receipt string `json:"receipt,omitempty"`
}

// The results.
const (
	genuine = "genuine" // agrees with a certificate that the account's profile vouches for
	agrees  = "agrees"  // agrees with its certificate
	old     = "old"     // agrees, of an older set
	foreign = "foreign" // agrees, of another set than the one asked for
	bad     = "bad"     // damaged, or of a set whose certificate is not there
	unknown = "unknown"
)

func (c *checking) anchor(a *app, account, profileFile string) (err error) {
	if account != "" {
		if c.want.Account, err = udf.ParseFingerprint(account); err != nil {
			return exit.Errorf(exit.Usage, "--account: %w", err)
		}
	}
	if profileFile != "" {
		if c.want.Profile, err = a.openProfile(profileFile); err != nil {
			return err
		}
	}
	if _, err := recovery.New(c.want); err != nil { // too short, or of two accounts
		return exit.Errorf(exit.Usage, "%w", err)
	}
	return nil
}

// read gathers the shares and certificates of all files.
func (c *checking) read(a *app, names []string) error {
	for _, name := range names {
		texts, err := a.scan(name)
		if err != nil {
			return err
		}
		if len(texts) == 0 {
			c.unreadable++
		}
		shares, codes := 0, 0
		for _, t := range texts {
			for _, it := range recovery.ParseText(t.text) {
				switch it.Kind {
				case recovery.Share, recovery.Stray:
					shares++
					c.addShare(it, t.source)
				case recovery.Certificate:
					if t.code {
						codes++
					}
					c.addCertificate(a, it, t.source)
				default:
					a.voice.Say("%s: %s", t.source, it.Kind)
				}
			}
		}
		if codes > shares {
			c.halves++
			a.voice.Warn("%s: the public code is there, but the secret code could not be read", sourceName(name))
		}
	}
	return nil
}

func (c *checking) addShare(it recovery.Item, source string) {
	s, err := parseShare(it)
	check := sheetCheck{Source: source, Result: unknown}
	if err != nil {
		check.Result, check.Reason = bad, plain(err.Error())
	} else {
		check.Index, check.Need = s.Index(), s.Need()
	}
	c.Sheets, c.shares = append(c.Sheets, check), append(c.shares, s)
}

// judge compares every share with the certificates and says how it ended.
func (c *checking) judge(a *app) error {
	count := map[string]int{}
	for i := range c.Sheets {
		sheet := &c.Sheets[i]
		if sheet.Result == unknown {
			if own := sheet.compare(c.shares[i], c.certificates); own != nil {
				if c.want.Profile != nil { // it vouches for what was kept
					sheet.Result = genuine
				}
				c.place(sheet, own)
				sheet.issue(own, c.today)
			}
		}
		count[sheet.Result]++
	}
	if accounts := c.accounts(); len(accounts) == 1 {
		c.Account = accounts[0]
		c.Verified = c.want.Profile != nil // anybody can name the account in a certificate of his own
	}
	switch {
	case count[bad] > 0:
		return exit.Errorf(exit.BadShare, "%s wrong", countOf(count[bad], "sheet is", "sheets are")).
			Hinted("if letters were typed, compare them with the sheet; if the sheet itself is wrong, have a new set made")
	case count[old] > 0:
		return exit.Errorf(exit.BadShare, "%s of an older set", countOf(count[old], "sheet is", "sheets are")).
			Hinted("it does not go with sheets of the newer set; ask the owner whether it is to be destroyed, for it still counts among those of its own")
	case count[foreign] > 0:
		return exit.Errorf(exit.BadShare, "%s not of the set asked for", countOf(count[foreign], "sheet is", "sheets are"))
	case c.foreign+c.forged > 0:
		return c.notOurs()
	case c.halves > 0:
		return exit.Errorf(exit.BadShare, "the secret code of %s could not be read", countOf(c.halves, "sheet", "sheets")).
			Hinted("photograph it again; if it stays so, print it again or have a new set made")
	case len(c.Sheets) == 0:
		return exit.Errorf(exit.TooFew, "no share was found")
	case c.unreadable > 0:
		return exit.Errorf(exit.Failed, "%s could not be read", countOf(c.unreadable, "file", "files"))
	case count[unknown] > 0:
		return exit.Errorf(exit.Usage, "%s no certificate to be checked against", countOf(count[unknown], "sheet has", "sheets have")).
			Hinted("give the certificate of the set too: the public code of a sheet, or the file SET.certificate.txt")
	}
	return nil
}

// compare checks one share against the certificates, and returns the one that
// knows it, or nil.
func (s *sheetCheck) compare(share shamir.Share, certificates []*record.Certificate) *record.Certificate {
	s.Reason = "its letters can be a share; there is no certificate to tell whether they are the right ones"
	for _, cert := range certificates {
		err := cert.Check(share)
		if err == nil {
			s.Result, s.Reason = agrees, ""
			s.Account = cert.Account().String()
			s.Set, s.Of, s.Date = cert.SetName(), cert.Quorum().Of, cert.Date().Format(time.DateOnly)
			return cert
		}
		s.Result, s.Reason = bad, misfit(err)
	}
	return nil
}

// misfit says why a share is not the one that was made.
func misfit(err error) string {
	e, ok := errors.AsType[*record.MisfitError](err)
	if !ok {
		return plain(err.Error())
	}
	switch e.Fault {
	case record.Misnumbered:
		return fmt.Sprintf("its first letters are wrong: it is sheet %d", e.Number)
	case record.OtherNeed:
		return "its first letters are wrong: they say another number of sheets is needed"
	case record.Beyond:
		return fmt.Sprintf("the certificate of set %s does not know so high a number", e.Set)
	default:
		return fmt.Sprintf("a letter is wrong, or it is of another set than %s", e.Set)
	}
}

func (c *checking) print(a *app) {
	for _, s := range c.Sheets {
		line := fmt.Sprintf("%-8s sheet %d", s.Result, s.Index)
		if s.Index == 0 {
			line = fmt.Sprintf("%-8s a sheet", s.Result)
		}
		if s.Set != "" {
			line += fmt.Sprintf(" of set %s, %d of %d needed, made %s", s.Set, s.Need, s.Of, s.Date)
		}
		switch {
		case s.Reason != "":
			line += ": " + s.Reason
		case s.Result == agrees:
			line += ": it agrees with its certificate"
		}
		fmt.Fprintln(a.out, terminal.Clean(fmt.Sprintf("%s (%s)", line, s.Source)))
		if c.Account == "" && s.Account != "" {
			fmt.Fprintf(a.out, "Account  %s\n", s.Account)
		}
		if s.Receipt != "" {
			fmt.Fprintf(a.out, "Receipt  %s  (to be read to the owner)\n", s.Receipt)
		}
	}
	if c.Account != "" {
		fmt.Fprintf(a.out, "Account  %s\n", c.Account)
	}
}

// warn says what the check does not prove.
func (c *checking) warn(a *app) {
	n := len(c.accounts())
	if n > 1 {
		a.voice.Warn("the sheets are of %d accounts: they do not go together", n)
	}
	if n == 0 || c.want.Profile != nil {
		return
	}
	if c.want.Account.IsZero() {
		a.voice.Say("The sheets name the account themselves. Compare its fingerprint with one you trust.")
	}
	a.voice.Warn("forged sheets could name the account too: only its profile proves whose they are (--profile)")
}
