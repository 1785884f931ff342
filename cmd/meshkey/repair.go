package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/terminal"
	"meshkey/recovery"
)

// mend looks for slips in the sheets after a recovery failed with failure, has
// each repair confirmed, and recovers again. t is the terminal to ask at; nil
// opens it if there is one. Without anything to repair it returns failure.
func (a *app) mend(session *recovery.Session, failure error, o *recovering, t *terminal.Terminal) (*recovery.Result, error) {
	if !is[*recovery.MismatchError](failure) && !is[*recovery.SuspectError](failure) {
		return nil, failure
	}
	if t == nil && !o.yes {
		if own, err := terminal.Open(); err == nil {
			defer own.Close()
			t = own
		}
	}
	repairs, err := a.findRepairs(session, o, t)
	if err != nil {
		return nil, err
	}
	o.answer.repair(repairs)
	if len(repairs) == 0 || repairs[0].Confirmed == recovery.Unanchored {
		for _, r := range repairs {
			a.sayRepair(r, "the check letters say")
		}
		return nil, failure
	}
	for _, r := range repairs {
		taken, err := a.confirm(r, o, t)
		if err != nil {
			return nil, err
		}
		if taken == nil {
			return nil, &unconfirmedError{failure, t != nil}
		}
		if err := session.Accept(*taken); err != nil {
			return nil, err
		}
		o.answer.accepted(*taken)
	}
	result, err := session.Recover()
	if err != nil {
		return nil, err
	}
	return result, nil
}

// An unconfirmedError says that repairs were found after failure, and that
// nobody confirmed them.
type unconfirmedError struct {
	failure error
	asked   bool
}

func (e *unconfirmedError) Error() string {
	if e.asked {
		return "the repair of a sheet was not confirmed; nothing was written"
	}
	return "a slip was found and nobody was there to confirm it; nothing was written"
}

func (e *unconfirmedError) Unwrap() error { return e.failure }

func (e *unconfirmedError) hint() string {
	if e.asked {
		return "compare the letters with the paper, one by one; or bring another sheet"
	}
	return "compare the sheet with what is proposed; --yes takes it"
}

// confirm asks whether the paper says what a repair proposes, or what one does
// that stands instead of it; nil if neither.
func (a *app) confirm(r recovery.Repair, o *recovering, t *terminal.Terminal) (*recovery.Repair, error) {
	options := append([]recovery.Repair{r}, r.Instead...)
	if len(options) > 1 {
		a.voice.Say("The slip is on one of %d sheets; only the paper can tell which.", len(options))
	}
	for i := range options {
		a.sayRepair(options[i], "should be")
		if o.yes {
			return &options[i], nil
		}
		if t == nil {
			continue
		}
		ok, err := askYes(t, "Look at the paper. Does it say so?", true)
		if err != nil {
			return nil, err
		}
		if ok {
			return &options[i], nil
		}
	}
	return nil, nil
}

// sayRepair says what a repair changes.
func (a *app) sayRepair(r recovery.Repair, verb string) {
	for _, c := range r.Changes {
		place := fmt.Sprintf("sheet %d (%s), %s", r.Index, r.Source, c.Place())
		switch c.Kind {
		case recovery.DroppedLetter:
			a.voice.Warn("%s: %s was left out", place, c.Proposed())
		case recovery.ExtraLetter:
			a.voice.Warn("%s: %s is too many", place, c.Typed())
		case recovery.SwappedPair:
			a.voice.Warn("%s: %s%s was read, the other order %s %s%s", place, c.Typed(), c.Proposed(), verb, c.Proposed(), c.Typed())
		case recovery.ForeignRow:
			if c.With != "" {
				a.voice.Warn("%s: it was exchanged with a row of %s", place, c.With)
			} else {
				a.voice.Warn("%s: the rows are in the wrong order", place)
			}
		case recovery.UnknownLetter:
			a.voice.Warn("%s: the letter that could not be read is %s", place, c.Proposed())
		default:
			a.voice.Warn("%s: %s was read, %s %s", place, c.Typed(), verb, c.Proposed())
		}
	}
}

// findRepairs searches, first for one slip and then, if the person wants to wait
// so long, for two wrong letters.
func (a *app) findRepairs(session *recovery.Session, o *recovering, t *terminal.Terminal) ([]recovery.Repair, error) {
	a.voice.Say("The sheets do not fit. Looking for a slip.")
	repairs, _, err := a.search(session, false)
	if err != nil || len(repairs) > 0 && repairs[0].Confirmed != recovery.Unanchored {
		return repairs, err
	}
	if session.Guesses(recovery.Search{Deep: true}) <= session.Guesses(recovery.Search{}) {
		return repairs, nil
	}
	if t == nil && !o.deep {
		a.voice.Say("Two letters may be wrong. --deep looks for them, which can take minutes.")
		return repairs, nil
	}
	a.voice.Say("Two letters may be wrong. To look for them can take %s on this machine. Ctrl-C stops it.", words(a.estimate(session)))
	if !o.deep {
		if yes, err := askYes(t, "Shall I?", false); err != nil || !yes {
			return repairs, err
		}
	}
	found, stopped, err := a.search(session, true)
	if stopped {
		a.voice.Say("The search was stopped.")
	}
	if err != nil || len(found) > 0 {
		return found, err
	}
	return repairs, nil
}

// search searches for repairs. Ctrl-C stops the search and not the program.
func (a *app) search(session *recovery.Session, deep bool) (repairs []recovery.Repair, stopped bool, err error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if deep {
		defer exit.Interruptible(cancel)()
	}
	bar := &progress{voice: a.voice, start: time.Now()}
	repairs, err = session.Repairs(ctx, recovery.Search{Deep: deep, Progress: bar.show})
	bar.clear()
	if errors.Is(err, context.Canceled) {
		return nil, true, nil
	}
	return repairs, false, err
}

// estimate is how long a deep search takes at most, from its first second.
func (a *app) estimate(session *recovery.Session) (total time.Duration) {
	const sample = time.Second
	ctx, cancel := context.WithTimeout(context.Background(), 2*sample)
	defer cancel()
	var mu sync.Mutex
	start := time.Now()
	var first int64 // what the quick search tries, which was done already
	quick := session.Guesses(recovery.Search{})
	_, _ = session.Repairs(ctx, recovery.Search{Deep: true, Progress: func(done, all int64) {
		mu.Lock()
		defer mu.Unlock()
		switch passed := time.Since(start); {
		case done <= quick || first == 0:
			first, start = done, time.Now()
		case total == 0 && passed > sample:
			total = time.Duration(float64(passed) * float64(all-first) / float64(done-first))
			cancel()
		}
	}})
	return total
}

// progress is the line that shows how far a search is.
type progress struct {
	voice *terminal.Voice
	start time.Time
	mu    sync.Mutex
	said  time.Time
}

func (p *progress) show(done, total int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	passed := now.Sub(p.start)
	if passed < time.Second || now.Sub(p.said) < time.Second/4 {
		return
	}
	p.said = now
	left := time.Duration(float64(passed) * float64(total-done) / float64(max(1, done)))
	bar := strings.Repeat("#", int(20*done/max(1, total)))
	p.voice.Status("%-20s %3d %%, %s left", "["+bar, 100*done/max(1, total), words(left))
}

func (p *progress) clear() { p.voice.Status("") }

// words is a duration as a person says it.
func words(d time.Duration) string {
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < 2*time.Hour:
		return "about " + countOf(int((d+time.Minute-1)/time.Minute), "minute", "minutes")
	}
	return "about " + countOf(int((d+time.Hour-1)/time.Hour), "hour", "hours")
}

// askYes asks a question that is answered with yes or no; only Enter is the
// usual answer.
func askYes(t *terminal.Terminal, question string, usual bool) (bool, error) {
	choices := " [y/N]"
	if usual {
		choices = " [Y/n]"
	}
	for {
		answer, err := t.Ask(question + choices)
		if err != nil {
			return false, err
		}
		switch strings.ToLower(strings.TrimSpace(answer)) {
		case "":
			return usual, nil
		case "y", "yes":
			return true, nil
		case "n", "no":
			return false, nil
		}
		t.Say("Type y for yes or n for no.")
	}
}

// repairJSON is one change of a repair. Those of one option belong together;
// different options of one sheet's repair exclude each other.
type repairJSON struct {
	Sheet       int    `json:"sheet"`
	Source      string `json:"source"`
	Row         int    `json:"row"`
	Letter      int    `json:"letter"` // 0: the whole row
	Kind        string `json:"kind"`
	Typed       string `json:"typed"`
	Proposed    string `json:"proposed"`
	With        string `json:"with,omitempty"`
	ConfirmedBy string `json:"confirmedBy"`
	Option      int    `json:"option"`
	Accepted    bool   `json:"accepted"`
}

// repair notes proposals. Option 0 is part of the repair; where several sheets
// may be wrong, the options count from 1.
func (r *recovered) repair(repairs []recovery.Repair) {
	r.Repairs = []repairJSON{}
	for _, p := range repairs {
		for i, q := range append([]recovery.Repair{p}, p.Instead...) {
			option := 0
			if len(p.Instead) > 0 {
				option = i + 1
			}
			for _, c := range q.Changes {
				r.Repairs = append(r.Repairs, repairJSON{
					q.Index, q.Source, c.Row, c.Letter, string(c.Kind), c.Typed(), c.Proposed(), c.With, string(q.Confirmed), option, false,
				})
			}
		}
	}
}

// accepted marks the changes of a repair that was accepted.
func (r *recovered) accepted(taken recovery.Repair) {
	for i := range r.Repairs {
		if e := &r.Repairs[i]; e.Sheet == taken.Index && e.Source == taken.Source {
			e.Accepted = true
		}
	}
}
