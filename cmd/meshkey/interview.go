package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/terminal"
	"meshkey/internal/secret"
	"meshkey/recovery"
	"meshkey/udf"
)

// beginInterview opens the terminal, and asks for the account if nothing else
// says which one is wanted.
func (a *app) beginInterview(anchor *recovery.Anchor) (*terminal.Terminal, error) {
	t, err := terminal.Open()
	if err != nil {
		return nil, exit.Errorf(exit.Usage, "no files are given, and there is no terminal to type at").
			Hinted("name photographs, scans or text files, or - for standard input")
	}
	if anchor.Account.IsZero() && anchor.Profile == nil && anchor.Certificate == nil && !anchor.Unverified {
		if anchor.Account, err = askAccount(t); err != nil {
			t.Close()
			return nil, interrupted(err)
		}
	}
	return t, nil
}

// interview asks for the sheets at the terminal until an account is recovered
// or the person gives up (Ctrl-D).
func (a *app) interview(t *terminal.Terminal, session *recovery.Session) (*recovery.Result, error) {
	t.Say("Type the letters of each sheet, row by row, as they are printed. Capitals, hyphens and")
	t.Say("spaces do not matter, nor does what follows a slash. An empty line ends a sheet.")
	for n := 1; ; n++ {
		text, err := askSheet(t, n)
		if errors.Is(err, io.EOF) {
			return session.Recover() // says what is missing
		}
		if err != nil {
			return nil, err
		}
		source := fmt.Sprintf("typed sheet %d", n)
		for _, outcome := range session.AddText(string(text), source) {
			a.sayOutcome(outcome, source)
		}
		secret.Wipe(text)
		if p := session.Progress(); p.Need == 0 || p.Have < p.Need {
			continue
		}
		result, err := session.Recover()
		if err == nil {
			return result, nil
		}
		if _, mismatch := errors.AsType[*recovery.MismatchError](err); !mismatch {
			return nil, err
		}
		a.voice.Error(explain(a.why(err)))
		t.Say("Type another sheet, or one of these again. Ctrl-D gives up.")
	}
}

// askSheet reads the rows of one sheet. They are erased from the screen.
func askSheet(t *terminal.Terminal, n int) ([]byte, error) {
	text := make([]byte, 0, 1<<14)
	for row := 1; ; row++ {
		prompt := fmt.Sprintf("Sheet %d, row %d:", n, row)
		if row > 1 {
			prompt = fmt.Sprintf("Sheet %d, row %d (nothing if the sheet has no more):", n, row)
		}
		line, err := t.AskSecret(prompt)
		if err != nil {
			secret.Wipe(text)
			return nil, err
		}
		if strings.TrimSpace(string(line)) == "" {
			if len(text) > 0 {
				return text, nil
			}
			row--
			continue
		}
		t.Say("Sheet %d, row %d: %s", n, row, countOf(countLetters(string(line)), "letter", "letters"))
		text = append(append(text, line...), '\n')
		secret.Wipe(line)
	}
}

// countLetters counts the letters of a row, without its number and its check
// letters.
func countLetters(row string) int {
	row, _, _ = strings.Cut(row, "/")
	if _, after, labelled := strings.Cut(row, ":"); labelled {
		row = after
	}
	n := 0
	for _, c := range row {
		if c != '-' && c != ' ' {
			n++
		}
	}
	return n
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
