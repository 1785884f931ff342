package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"meshkey/cmd/internal/exit"
	"meshkey/record"
	"meshkey/recovery"
	"meshkey/shamir"
)

// certificateIn reads the one certificate in a file: the file of a set, or the
// public code of a sheet.
func (a *app) certificateIn(name string) (*record.Certificate, error) {
	texts, err := a.scan(name)
	if err != nil {
		return nil, err
	}
	var found *record.Certificate
	for _, t := range texts {
		for _, it := range recovery.ParseText(t.text) {
			if it.Kind != recovery.Certificate {
				continue
			}
			cert, err := record.ParseCertificate(it.Text)
			if err != nil {
				return nil, exit.Errorf(codeOf(err), "%s: %w", sourceName(name), err)
			}
			if found != nil && found.Text() != cert.Text() {
				return nil, exit.Errorf(exit.Usage, "%s has several certificates", sourceName(name)).Hinted("give the one of the newest set")
			}
			found = cert
		}
	}
	if found == nil {
		return nil, exit.Errorf(exit.Usage, "%s has no certificate", sourceName(name)).
			Hinted("it is the file SET.certificate.txt, or the public code of a sheet")
	}
	return found, nil
}

// place tells a sheet of the set asked for from one of another set:
// with --certificate that set is the certificate's, else the newest one among
// the certificates that the same key signed for the same account.
func (c *checking) place(s *sheetCheck, own *record.Certificate) {
	newest := own
	for _, cert := range c.certificates {
		if cert.Account().Matches(own.Account()) && cert.Signer().Equal(own.Signer()) && cert.Date().After(newest.Date()) {
			newest = cert
		}
	}
	if c.newest != nil {
		newest = c.newest
	}
	if newest.Text() == own.Text() {
		return
	}
	related := newest.Account().Matches(own.Account()) && newest.Signer().Equal(own.Signer())
	set := fmt.Sprintf("set %s, made %s", newest.SetName(), newest.Date().Format(time.DateOnly))
	switch {
	case related && own.Date().Before(newest.Date()):
		s.Result, s.Reason = old, "there is a newer one, "+set
	case related:
		s.Result, s.Reason = foreign, "it is not of "+set
	default:
		s.Result, s.Reason = foreign, "it is not of "+set+", but of another account or signed by another key"
	}
}

// issue gives a sheet that is right its receipt.
func (s *sheetCheck) issue(own *record.Certificate, day time.Time) {
	if s.Result == genuine || s.Result == agrees {
		s.Receipt = fmt.Sprintf("%s %d %s %s", s.Set, s.Index, day.Format(time.DateOnly), own.Receipt(s.Index, day))
	}
}

// A receipt as it was told: some of its parts may be missing, but not the code.
type receipt struct {
	set, code string
	sheet     int
	day       time.Time
}

var receiptCode = regexp.MustCompile(`^[A-Z2-7]{6}$`)

func parseReceipt(text string) (r receipt, err error) {
	malformed := exit.Errorf(exit.Usage, "--receipt is not a receipt").
		Hinted(`write it as it was read out, as in --receipt "K7QX 2 2026-11-22 BQ3DKF", or its last six letters alone`)
	for _, part := range strings.Fields(strings.ToUpper(text)) {
		day, notDay := time.Parse(time.DateOnly, part)
		number, notNumber := strconv.Atoi(part)
		switch {
		case r.code != "":
			return r, malformed
		case notDay == nil:
			r.day = day
		case notNumber == nil && number >= 1 && number <= shamir.MaxOf:
			r.sheet = number
		case receiptCode.MatchString(part):
			r.code = part
		case len(part) == 4 && r.set == "":
			r.set = part
		default:
			return r, malformed
		}
	}
	if r.code == "" {
		return r, malformed
	}
	return r, nil
}

// receiptDays is how far back a receipt without a day is looked for: a year and
// a month.
const receiptDays = 396

// find completes the receipt by the certificate, or reports that it is none of
// its receipts.
func (r *receipt) find(cert *record.Certificate, today time.Time) bool {
	if r.set != "" && r.set != cert.SetName() {
		return false
	}
	first, days := r.day, 1
	if r.day.IsZero() {
		first, days = today, receiptDays
	}
	for back := range days {
		day := first.AddDate(0, 0, -back)
		for x := 1; x <= shamir.MaxOf; x++ {
			if (r.sheet == 0 || r.sheet == x) && cert.Receipt(x, day) == r.code {
				r.set, r.sheet, r.day = cert.SetName(), x, day
				return true
			}
		}
	}
	return false
}

// receiptJSON is the answer to --receipt.
type receiptJSON struct {
	Right bool   `json:"right"`
	Set   string `json:"set"`
	Sheet int    `json:"sheet"`
	Date  string `json:"date"`
}

// checkReceipt says whether a receipt that was read out is right.
func (a *app) checkReceipt(text, file string, asJSON bool) error {
	r, err := parseReceipt(text)
	if err != nil {
		return err
	}
	if file == "" {
		return exit.Errorf(exit.Usage, "a receipt is checked against the certificate of the set").Hinted("--certificate FILE")
	}
	cert, err := a.certificateIn(file)
	if err != nil {
		return err
	}
	today := time.Now().UTC()
	switch {
	case !r.find(cert, today.AddDate(0, 0, 1)): // it may be tomorrow already where the sheet is
		return exit.Errorf(exit.NotVerified, "this is no receipt of set %s, made %s", cert.SetName(), cert.Date().Format(time.DateOnly)).
			Hinted("have it read out again; if it stays so, the sheet is of another set, or was not checked on that day")
	case r.day.After(today.AddDate(0, 0, 1)):
		return exit.Errorf(exit.NotVerified, "the receipt is of %s, a day to come", r.day.Format(time.DateOnly))
	}
	if asJSON {
		return a.printJSON(receiptJSON{true, r.set, r.sheet, r.day.Format(time.DateOnly)})
	}
	fmt.Fprintf(a.out, "right    sheet %d of set %s agreed with its certificate on %s\n", r.sheet, r.set, r.day.Format(time.DateOnly))
	a.voice.Say("Everybody with the certificate can make a receipt: it is worth as much as the word of who read it out.")
	return nil
}
