package main

import (
	"errors"
	"os"
	"path/filepath"
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
