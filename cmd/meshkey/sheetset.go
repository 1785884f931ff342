package main

import (
	"errors"
	"slices"

	"meshkey/cmd/internal/exit"
	"meshkey/escrow"
	"meshkey/print"
	"meshkey/record"
	"meshkey/recovery"
	"meshkey/shamir"
)

// setCertificate is the certificate, among those that were read, of the set
// that most of the shares are of; nil if there is none.
func (c *checking) setCertificate() (*record.Certificate, error) {
	var best *record.Certificate
	most, tied := -1, false
	for i, cert := range c.certificates {
		if slices.ContainsFunc(c.certificates[:i], func(d *record.Certificate) bool { return d.Text() == cert.Text() }) {
			continue
		}
		known := map[int]bool{}
		for j, s := range c.shares {
			if c.Sheets[j].Result != bad && cert.Knows(s) {
				known[s.Index()] = true
			}
		}
		switch {
		case len(known) > most:
			best, most, tied = cert, len(known), false
		case len(known) == most:
			tied = true
		}
	}
	if tied {
		return nil, exit.Errorf(exit.BadShare, "the sheets have different certificates: they are of several sets, or one certificate is forged").
			Hinted("meshkey check shows which sheet is of which set; give sheets of one set, and --profile if you have it")
	}
	return best, nil
}

// judgeBy returns the different shares that a certificate knows, or without one
// all that could be read, and names the others.
func (c *checking) judgeBy(a *app, cert *record.Certificate, report *remakeReport) (good []shamir.Share) {
	for i, s := range c.shares {
		sheet := c.Sheets[i]
		reason, code := sheet.Reason, recovery.Unreadable
		if sheet.Result != bad {
			if reason, code = "", ""; cert != nil {
				reason, code = misfitOf(cert.Check(s))
			}
		}
		switch {
		case reason != "":
			suspect := recovery.Suspect{Index: sheet.Index, Source: sheet.Source, Code: code, Reason: reason}
			a.voice.Warn("%s", suspect)
			report.Suspects = append(report.Suspects, suspectJSON{Index: sheet.Index, Source: sheet.Source, Code: string(code), Reason: reason})
		case !slices.ContainsFunc(good, s.Equal):
			good = append(good, s)
		}
	}
	return good
}

// misfitOf says in words and as a code why a certificate does not know a share.
func misfitOf(err error) (string, recovery.Code) {
	e, ok := errors.AsType[*record.MisfitError](err)
	switch {
	case !ok:
		return "", ""
	case e.Fault == record.Misnumbered:
		return misfit(err), recovery.Misnumbered
	case e.Fault == record.OtherNeed:
		return misfit(err), recovery.OtherNeed
	default:
		return misfit(err), recovery.Uncertified
	}
}

// wipe clears the shares.
func (c *checking) wipe() {
	for _, s := range c.shares {
		s.Wipe()
	}
}

// sheetNumbers are the numbers of shares, ascending.
func sheetNumbers(shares []shamir.Share) []int {
	list := []int{}
	for _, s := range shares {
		list = append(list, s.Index())
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func asTooFew(err error) (*shamir.TooFewError, bool) { return errors.AsType[*shamir.TooFewError](err) }

// lay lays the sheets of a kit out.
func (s *sheetFlags) lay(kit *escrow.Kit) (err error) {
	if s.made, err = print.Sheets(kit, s.options); err != nil {
		return unprintable(err)
	}
	return nil
}
