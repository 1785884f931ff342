package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/outfile"
	"meshkey/internal/ceremony"
	"meshkey/internal/secret"
)

// goOn tells whether the own state goes with what is in the folder, before
// anything is written.
func (d *desk) goOn() error {
	if err := d.finished(); err != nil {
		return err
	}
	for round := d.sent() + 1; round <= d.Rounds(); round++ {
		switch {
		case !d.inbox.Has(round, d.self.Name):
		case d.state == nil:
			return exit.Errorf(exit.BadShare, "%s holds a message of yours for round %d, and %s is gone", d.dir, round, d.path(stateFile)).
				Hinted("either you have finished this ceremony, or what only you knew of it is lost, and it has to begin anew")
		default:
			return exit.Errorf(exit.BadShare, "%s is older than your message for round %d: it was put back from a copy", d.path(stateFile), round).
				Hinted("put the newest one there; a second answer of yours to one question would give your secrets away")
		}
	}
	return nil
}

// A step is what a command does in one round.
type step struct {
	round int
	word  string // that names the round's files
	// say makes the message, and what is to be remembered, from what was. The
	// secrets in the message will be wiped.
	say func(old []byte) (m ceremony.Draft, remember []byte, err error)
	// next is the command that comes after it.
	next string
}

// take takes a step, once: the state that knows the message is on the disk
// before the message is, and a message that was made before is written as it
// was.
func (d *desk) take(s step) (*stepReport, error) {
	if err := d.goOn(); err != nil {
		return nil, err
	}
	if d.sent() < s.round {
		if err := d.inbox.Complete(s.round - 1); err != nil {
			return nil, d.missing(err)
		}
		if err := d.advance(s); err != nil {
			return nil, err
		}
	}
	report := d.report(s)
	message := d.state.Sent[s.round-1]
	if old, err := os.ReadFile(report.File); err != nil || !bytes.Equal(old, message) {
		if err := outfile.Write(report.File, message, false); err != nil {
			return nil, err
		}
	}
	return report, nil
}

func (d *desk) advance(s step) error {
	if d.state == nil {
		d.state = &deskState{}
	}
	m, remember, err := s.say(d.state.Body)
	if err != nil {
		return err
	}
	defer func() {
		for _, text := range m.Secrets {
			secret.Wipe(text)
		}
	}()
	m.Round = s.round
	message, err := d.Write(d.self, m)
	if err != nil {
		return err
	}
	if err := d.inbox.Add(message); err != nil {
		return err
	}
	d.state.wipe()
	d.state.Body, d.state.Sent = remember, append(d.state.Sent, message)
	text, err := ceremony.Encode(d.state)
	if err != nil {
		return err
	}
	defer secret.Wipe(text)
	sealed, err := d.Keep(d.self, s.round, text)
	if err != nil {
		return err
	}
	return outfile.Write(d.path(stateFile), sealed, s.round > 1)
}

// missing tells whose files are missing.
func (d *desk) missing(err error) error {
	m, ok := errors.AsType[*ceremony.MissingError](err)
	if !ok {
		return err
	}
	out := exit.Errorf(exit.TooFew, "missing in %s: the file of round %d of %s", d.dir, m.Round, strings.Join(m.Names, ", "))
	if d.self != nil && slices.Contains(m.Names, d.self.Name) {
		return out.Hinted("your own step comes first: meshkey %s --help lists them in order", d.Kind())
	}
	return out.Hinted("ask for it, put it into %s, and run this again", d.dir)
}

// stepReport is what a step gave.
type stepReport struct {
	Ceremony string      `json:"ceremony"`
	Kind     string      `json:"kind"`
	Purpose  string      `json:"purpose,omitempty"`
	You      string      `json:"you"`
	Parties  []partyJSON `json:"parties"`
	Round    int         `json:"round"`
	File     string      `json:"file"`
	SendTo   []string    `json:"sendTo"`
	Missing  []string    `json:"missing"` // whose files of this round are not there
	Next     string      `json:"next"`
}

type partyJSON struct {
	Name        string `json:"name"`
	Fingerprint string `json:"fingerprint"`
}

func (d *desk) report(s step) *stepReport {
	r := &stepReport{
		Ceremony: d.Name(), Kind: d.Kind(), Purpose: d.Purpose(), You: d.self.Name, Parties: partiesOf(d.Ceremony), Round: s.round,
		File: d.path(messageFile(s.word, d.self)), SendTo: d.others(), Missing: nonNil(d.inbox.Missing(s.round)), Next: s.next,
	}
	return r
}

func partiesOf(c *ceremony.Ceremony) []partyJSON {
	var out []partyJSON
	for _, p := range c.Parties() {
		out = append(out, partyJSON{p.Name, p.Fingerprint.String()})
	}
	return out
}

// others are the names of all parties but the own.
func (d *desk) others() []string {
	return nonNil(slices.DeleteFunc(d.Names(), func(name string) bool { return name == d.self.Name }))
}

func nonNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

func (r *stepReport) print(w io.Writer) { fmt.Fprintln(w, r.File) }

func (r *stepReport) say(a *app) {
	if r.Round == 1 {
		sayParties(a, r.Ceremony, r.Purpose, r.Parties)
		a.voice.Say("You are %s.", r.You)
	}
	if len(r.SendTo) > 0 {
		a.voice.Say("Send %s to %s.", r.File, strings.Join(r.SendTo, ", "))
	}
	if len(r.Missing) > 0 {
		a.voice.Say("Put what they send you into %s. Still missing: %s.", filepath.Dir(r.File), strings.Join(r.Missing, ", "))
		a.voice.Say("Then: %s", r.Next)
		return
	}
	a.voice.Say("Everybody's files of this round are here. Next: %s", r.Next)
}

// sayParties says who takes part, for a person to compare.
func sayParties(a *app, name, purpose string, parties []partyJSON) {
	a.voice.Say("Ceremony %s", name)
	if purpose != "" {
		a.voice.Say("Purpose  %s", purpose)
	}
	for i, p := range parties {
		a.voice.Say("Party %-3d%s  %s", i+1, p.Fingerprint, p.Name)
	}
	a.voice.Say("A name proves nothing. Ask each party for his fingerprint, by telephone or face to face, and compare.")
}

// messageFile is the name of the file with a party's message: its number, which
// tells it from all others, and its name, for people.
func messageFile(word string, self *ceremony.Self) string {
	clean := strings.Map(func(r rune) rune {
		if strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@.-_", r) {
			return r
		}
		return '_'
	}, self.Name)
	return fmt.Sprintf("%s-%d-%.40s%s", word, self.Number, clean, messageExt)
}

// written reports whether the own message is in the folder, under its name.
func (d *desk) written(word string) bool {
	_, err := os.Lstat(d.path(messageFile(word, d.self)))
	return err == nil
}

// tell tells what a step gave.
func (a *app) tell(r *stepReport, asJSON bool) error {
	if asJSON {
		return a.printJSON(r)
	}
	r.print(a.out)
	r.say(a)
	return nil
}
