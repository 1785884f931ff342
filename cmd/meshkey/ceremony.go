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
	"meshkey/profile"
)

// Names of files in a ceremony's folder. Whatever else ends in .json there is
// taken for a message.
const (
	requestFile = "request.json"
	stateFile   = "state.dare" // sealed to the party whose folder it is
	messageExt  = ".json"
)

// A desk is a ceremony as it lies in the folder of one party.
type desk struct {
	*ceremony.Ceremony
	app   *app
	dir   string
	keys  *partyKeys      // nil for who only looks on
	self  *ceremony.Self  // nil for who only looks on
	inbox *ceremony.Inbox // all messages in the folder
	state *deskState      // nil if there is none
}

// deskState is what a party keeps between rounds.
type deskState struct {
	Body ceremony.Octets   `json:"body"` // what the kind of ceremony has to remember
	Sent []ceremony.Octets `json:"sent"` // own messages, one a round, so that none is ever written in two ways
}

func (s *deskState) wipe() {
	if s != nil {
		secret.Wipe(s.Body)
	}
}

// sit reads all that is in a ceremony's folder. Without seed file it is for
// looking on.
func (a *app) sit(kind, dir string, who partyFlags) (d *desk, err error) {
	if who.asked && who.seed == "" {
		return nil, exit.Errorf(exit.Usage, "--seed names no file")
	}
	d = &desk{app: a, dir: dir}
	if d.Ceremony, err = a.openRequest(kind, dir); err != nil {
		return nil, err
	}
	if who.seed != "" {
		if d.keys, err = a.openPartyKeys(who); err != nil {
			return nil, err
		}
		if d.self, err = d.keys.join(d.Ceremony); err != nil {
			d.leave()
			return nil, exit.Errorf(exit.BadShare, "%s is the seed of nobody who takes part in %s", sourceName(who.seed), d.request()).
				Hinted("the parties are %s", strings.Join(d.Names(), ", "))
		}
	}
	d.inbox = d.NewInbox(d.self)
	if err = d.readState(); err == nil {
		err = d.readMessages()
	}
	if err != nil {
		d.leave()
		return nil, err
	}
	return d, nil
}

// leave wipes what is secret.
func (d *desk) leave() {
	d.state.wipe()
	if d.keys != nil {
		d.keys.Wipe()
	}
}

func (d *desk) path(name string) string { return filepath.Join(d.dir, name) }

func (d *desk) request() string { return d.path(requestFile) }

// openRequest reads the request in a folder and the profiles in it.
func (a *app) openRequest(kind, dir string) (*ceremony.Ceremony, error) {
	path := filepath.Join(dir, requestFile)
	data, err := a.read(path, ceremony.MaxFile)
	if errors.Is(err, os.ErrNotExist) {
		return nil, exit.Errorf(exit.Failed, "%s is not there", path).
			Hinted("meshkey %s request makes it; who has been asked puts the %s he was sent into a folder of his own", kind, requestFile)
	}
	if err != nil {
		return nil, err
	}
	c, err := ceremony.Parse(data, readParty)
	if err != nil {
		return nil, exit.Errorf(codeOf(err), "%s: %w", path, err)
	}
	if c.Kind() != kind {
		return nil, exit.Errorf(exit.BadShare, "%s asks for a ceremony of another kind: %s", path, c.Kind()).Hinted("meshkey %s", c.Kind())
	}
	for _, p := range c.Parties() {
		if got, err := profile.Parse(p.Profile); err != nil || partyName(got) != p.Name {
			return nil, exit.Errorf(exit.NotVerified, "%s gives a profile the name %s, which is not its own: %s made it so", path, p.Name, c.Maker())
		}
	}
	return c, nil
}

// readState opens the own state, if there is one.
func (d *desk) readState() error {
	if d.self == nil {
		return nil
	}
	path := d.path(stateFile)
	data, err := d.app.read(path, ceremony.MaxFile)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	round, text, err := d.Resume(d.self, data)
	if err != nil {
		return exit.Errorf(exit.BadShare, "%s is not the state of %s in this ceremony: %w", path, d.self.Name, err)
	}
	defer text.Wipe()
	d.state = &deskState{}
	if err := ceremony.Decode(text.Reveal(), d.state); err != nil || round != d.sent() {
		return exit.Errorf(exit.BadShare, "%s is no state of this program's", path)
	}
	for _, m := range d.state.Sent {
		if err := d.inbox.Add(m); err != nil {
			return exit.Errorf(exit.BadShare, "%s: %w", path, err)
		}
	}
	return nil
}

// readMessages takes in every message in the folder.
func (d *desk) readMessages() error {
	entries, err := os.ReadDir(d.dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		name := entry.Name()
		if !entry.Type().IsRegular() || filepath.Ext(name) != messageExt || strings.HasPrefix(name, ".") || name == requestFile {
			continue
		}
		path := d.path(name)
		data, err := d.app.read(path, ceremony.MaxFile)
		if err != nil {
			return err
		}
		if err := d.inbox.Add(data); err != nil {
			return d.unwelcome(path, err)
		}
	}
	return nil
}

// unwelcome is the error for a file that is no message of the ceremony.
func (d *desk) unwelcome(path string, err error) error {
	out := exit.Errorf(ceremonyCode(err), "%s: %w", path, err)
	if out.Code == exit.Failed {
		out = exit.Errorf(exit.BadShare, "%s is no message of a ceremony, or was damaged on its way: %w", path, err)
	}
	if is[*ceremony.ConflictError](err) {
		return out.Hinted("another file in %s says otherwise; keep both, they prove it, and begin anew without that party", d.dir)
	}
	return out.Hinted("take it out of %s; if it should be there, ask for it once more", d.dir)
}

// sent is the number of rounds that the own state knows a message of.
func (d *desk) sent() int {
	if d.state == nil {
		return 0
	}
	return len(d.state.Sent)
}

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
	return exit.Errorf(exit.TooFew, "missing in %s: the file of round %d of %s", d.dir, m.Round, strings.Join(m.Names, ", ")).
		Hinted("ask for it, put it into %s, and run this again", d.dir)
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

// finished is the error if the own key is there already.
func (d *desk) finished() error {
	if _, gone := os.Lstat(d.path(keyFile)); gone != nil || d.state != nil {
		return nil
	}
	err := exit.Errorf(exit.Failed, "you have finished: %s is there", d.path(keyFile))
	if d.Kind() != kindRepair {
		err = err.Hinted("meshkey %s verify %s looks at it again", d.Kind(), d.dir)
	}
	return err
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

// close tells the result and gives the files of a result their names, and only
// then forgets the own state, for good.
func (d *desk) close(files *outfile.Set, r result, asJSON bool) error {
	if err := files.Stage(); err != nil {
		return err
	}
	if err := d.app.publish(files, r, asJSON); err != nil || d.state == nil {
		return err
	}
	return spend(d.path(stateFile))
}
