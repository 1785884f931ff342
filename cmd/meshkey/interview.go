package main

import (
	"errors"
	"fmt"
	"io"

	"meshkey/cmd/internal/ask"
	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/terminal"
	"meshkey/recovery"
	"meshkey/shamir"
	"meshkey/udf"
)

// An interview is the careful way to type sheets at the terminal.
type interview struct {
	*app
	t       *terminal.Terminal
	session *recovery.Session
	o       *recovering
	length  int // letters of each sheet, once one was read; 0 before
}

// beginInterview opens the terminal, and asks for the account if nothing else
// says which one is wanted.
func (a *app) beginInterview(anchor *recovery.Anchor) (*terminal.Terminal, error) {
	t, err := terminal.Open()
	if err != nil {
		return nil, exit.Errorf(exit.Usage, "no files are given, and there is no terminal to type at").
			Hinted("name photographs, scans or text files, or - for standard input")
	}
	t.Say("Nothing you type here is written to disk. If this window is closed before the")
	t.Say("end, you will have to type again. Ctrl-D gives up.")
	t.Say("")
	if anchor.Account.IsZero() && anchor.Profile == nil && anchor.Certificate == nil && !anchor.Unverified {
		if anchor.Account, err = askAccount(t); err != nil {
			t.Close()
			return nil, ask.Interrupted(err)
		}
	}
	return t, nil
}

// askAccount asks which account is to be recovered.
func askAccount(t *terminal.Terminal) (udf.Fingerprint, error) {
	for {
		text, err := t.Ask("Which account? Its fingerprint begins with M:")
		if err != nil {
			return udf.Fingerprint{}, err
		}
		f, err := udf.ParseFingerprint(text)
		if err == nil {
			return f, nil
		}
		t.Say("%s", plain(err.Error()))
	}
}

// run asks for sheets until an account is recovered or the person gives up.
func (v *interview) run() (*recovery.Result, error) {
	v.explain()
	for n := 1; ; n++ {
		err := v.sheet(n)
		if errors.Is(err, io.EOF) {
			return v.session.Recover() // says what is missing
		}
		if err != nil {
			return nil, err
		}
		if p := v.session.Progress(); n < p.Need || p.Need == 0 {
			continue
		}
		result, err := v.session.Recover()
		if err != nil {
			result, err = v.mend(v.session, err, v.o, v.t)
		}
		switch {
		case err == nil:
			return result, nil
		case !is[*recovery.MismatchError](err) && !is[*recovery.SuspectError](err) && !is[*shamir.TooFewError](err):
			return nil, err
		}
		v.voice.Error(explain(v.why(err)))
		v.t.Say("Type another sheet, or one of these again. Ctrl-D gives up.")
	}
}

func (v *interview) explain() {
	v.t.Say("Type each sheet row by row, as it is printed: the letters of the row, then the four")
	v.t.Say("check letters at its end, if the sheet has them. Capitals, spaces and hyphens do not")
	v.t.Say("matter. Type ? for a letter that you cannot read. You see what you type; a row is")
	v.t.Say("taken off the screen when you press Enter.")
	v.help()
}

func (v *interview) help() {
	v.t.Say("")
	v.t.Say("  back   the row before, again          3: …   that row, whichever is asked for")
	v.t.Say("  list   which rows are there           clear  this sheet from its beginning")
	v.t.Say("  help   these words again              quit   give up")
	v.t.Say("")
}

// sheet asks for the rows of one sheet and gives them to the session.
func (v *interview) sheet(n int) error {
	f := &form{interview: v, number: n}
	whole, err := f.fill()
	if err != nil {
		return err
	}
	source := fmt.Sprintf("typed sheet %d", n)
	var outcomes []recovery.Outcome
	if whole != "" {
		outcomes = v.session.AddText(whole, source)
	} else {
		item := f.item()
		accepted, err := v.session.AddItem(item, source)
		outcomes = []recovery.Outcome{{Item: item, Accepted: accepted, Err: err}}
	}
	for _, outcome := range outcomes {
		v.sayOutcome(outcome, source)
		if share, err := outcome.Item.Share(); err == nil && outcome.Err == nil && outcome.Accepted.Kind == recovery.Share {
			v.length = (8*(2+share.SecretLen()) + 4) / 5
			share.Wipe()
		}
	}
	return nil
}
