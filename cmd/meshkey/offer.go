package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"meshkey/cmd/internal/exit"
	"meshkey/recovery"
	"meshkey/scan"
	"meshkey/shamir"
)

// gather offers every file and recovers.
func (a *app) gather(session *recovery.Session, names []string) (*recovery.Result, error) {
	for _, name := range names {
		if err := a.offer(session, name); err != nil {
			return nil, err
		}
	}
	return session.Recover()
}

// offer reads a file and gives all it holds to the session, saying what became
// of each share. What cannot be read is said and passed over, since the other
// files may be enough.
func (a *app) offer(session *recovery.Session, name string) error {
	reading, err := a.scan(name)
	if err != nil {
		return err
	}
	for _, text := range reading {
		for _, outcome := range session.AddText(text.text, text.source) {
			a.sayOutcome(outcome, text.source)
		}
	}
	return nil
}

// found is a text with the name of its place.
type found struct {
	text, source string
	code         bool // it comes out of a code
}

func (f found) rank() int {
	if strings.HasPrefix(f.text, "MK1:") {
		return 1
	}
	return 0
}

// scan reads a file. A file that cannot be opened is an error; one without
// anything to read in it is said to be so.
func (a *app) scan(name string) ([]found, error) {
	f, err := a.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	reading, err := a.scanPages(f, name)
	if err != nil {
		a.sayUnreadable(name, err)
		return nil, nil
	}
	out := texts(reading, sourceName(name))
	// A certificate first, so that the share beside it can be checked at once.
	slices.SortStableFunc(out, func(x, y found) int { return y.rank() - x.rank() })
	return out, nil
}

// scanPages reads a file, showing how far it is, and says which pages
// gave nothing since they could not be read.
func (a *app) scanPages(f io.Reader, name string) (*scan.Reading, error) {
	reading, err := scan.ReadFile(context.Background(), f, func(page, pages int) {
		switch {
		case pages > 1:
			a.voice.Status("%s: page %d of %d", sourceName(name), page, pages)
		case page > 1:
			a.voice.Status("%s: page %d", sourceName(name), page)
		}
	})
	a.voice.Status("")
	if err != nil {
		return nil, err
	}
	unread := slices.DeleteFunc(slices.Clone(reading.Problems), func(p scan.Problem) bool { return !slices.Contains(reading.Empty, p.Page) })
	if len(unread) == 0 {
		return reading, nil
	}
	first := unread[0]
	a.voice.Warn("%s: %s could not be read, page %d the first: %s", sourceName(name),
		countOf(len(unread), "page", "pages"), first.Page, plain(first.Err.Error()))
	if _, ok := errors.AsType[*scan.TooLargeError](first.Err); ok {
		a.voice.Hint("if a sheet is among them, save its page as a file of its own")
	}
	return reading, nil
}

// scanBytes reads a file that is in memory.
func scanBytes(data []byte) (*scan.Reading, error) {
	return scan.ReadFile(context.Background(), bytes.NewReader(data))
}

// texts are the codes of a reading, each by itself, and its typed lines as one
// text with every line in its place.
func texts(reading *scan.Reading, name string) (out []found) {
	var lines []string
	var numbers []int
	for _, t := range reading.Texts {
		switch {
		case !t.Code:
			lines, numbers = append(lines, t.Text), append(numbers, t.Line)
		case reading.Pages > 1:
			out = append(out, found{t.Text, fmt.Sprintf("%s, page %d", name, t.Page), true})
		default:
			out = append(out, found{t.Text, name, true})
		}
	}
	if len(lines) > 0 {
		out = append(out, found{join(lines, numbers), name, false})
	}
	return out
}

// sayUnreadable says why nothing could be read in a file.
func (a *app) sayUnreadable(name string, err error) {
	a.voice.Warn("%s: %s", sourceName(name), plain(err.Error()))
	if e, ok := errors.AsType[*scan.UnsupportedError](err); ok && e.Hint != "" {
		a.voice.Hint("%s", e.Hint)
	}
	if _, ok := errors.AsType[*scan.NothingFoundError](err); ok {
		a.voice.Hint("photograph the sheet again: flat, in even light, the whole page, sharp; or type its rows into a text file")
	}
}

// sayOutcome says what became of one share or certificate.
func (a *app) sayOutcome(o recovery.Outcome, source string) {
	if o.Err != nil {
		if kind, ok := errors.AsType[*recovery.KindError](o.Err); ok {
			a.voice.Warn("%s: %s", source, plain(kind.Error()))
			a.voice.Hint("%s", kind.Hint())
			return
		}
		a.voice.Warn("%s: %s", source, plain(o.Err.Error()))
		return
	}
	switch got := o.Accepted; {
	case got.Status == recovery.Mistyped, got.Status == recovery.Conflicting, got.Status == recovery.Doubtful, got.Status == recovery.Foreign:
		a.voice.Warn("%s: %s", source, got)
	case got.Kind == recovery.Share:
		a.voice.Say("%s (%s)", got, source)
	}
}

// failed notes what is known although the recovery failed.
func (r *recovered) failed(session *recovery.Session, err error) {
	p := session.Progress()
	r.Need, r.Set = p.Need, p.Set
	r.Offered = append(r.Offered, p.Indexes...)
	if e, ok := errors.AsType[*recovery.SuspectError](err); ok {
		r.suspect(e.Suspects)
	}
	if e, ok := errors.AsType[*recovery.MismatchError](err); ok {
		r.suspect(e.Suspects)
		if !e.Want.IsZero() {
			r.Account = e.Want.String()
		}
		if !e.Got.IsZero() {
			r.Got = sameLetters(e.Got, e.Want)
		}
	}
}

// why says why nothing was recovered, and what to do.
func (a *app) why(err error) error {
	if e, ok := errors.AsType[*unconfirmedError](err); ok {
		return exit.Errorf(exit.BadShare, "%w", err).Hinted("%s", e.hint())
	}
	if e, ok := errors.AsType[*recovery.SuspectError](err); ok {
		for _, s := range e.Suspects {
			a.voice.Warn("%s", s)
		}
		return exit.Errorf(exit.BadShare, "%w", err).Hinted("look at the sheet again, letter by letter, and correct the text; or bring another sheet")
	}
	if e, ok := errors.AsType[*recovery.MismatchError](err); ok {
		for _, s := range e.Suspects {
			a.voice.Warn("%s", s)
		}
		return exit.Errorf(exit.WrongAccount, "%w; nothing was written", err).
			Hinted("compare typed letters with the sheets, and the fingerprint with the account you want; one more sheet would show which one is wrong")
	}
	if e, ok := errors.AsType[*recovery.AnchorError](err); ok {
		for _, f := range e.Accounts {
			a.voice.Say("The sheets are of %s.", f)
		}
		return exit.Errorf(exit.Usage, "%w", err).
			Hinted("name the account with --account FINGERPRINT or --profile FILE; --unverified takes what comes")
	}
	if e, ok := errors.AsType[*shamir.TooFewError](err); ok {
		if e.Need == 0 {
			return exit.Errorf(exit.TooFew, "there is no share yet").Hinted("bring photographs, scans or typed text of the sheets")
		}
		return exit.Errorf(exit.TooFew, "%d of the %d sheets needed", e.Have, e.Need).
			Hinted("bring %s of the same set", countOf(e.Need-e.Have, "more sheet", "more sheets"))
	}
	return err
}
