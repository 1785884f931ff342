package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/outfile"
	"meshkey/internal/ceremony"
)

// invitation is what a request is made of.
type invitation struct {
	terms    ceremony.Terms
	profiles []string         // files
	parties  []ceremony.Party // instead of profiles
	who      partyFlags
	out      string // folder
	next     string // command that everybody runs next, without its flags
	flags    string // that it has beside
}

// invite makes a request for a ceremony and writes it into a folder.
func (a *app) invite(i invitation, asJSON bool) error {
	parties := i.parties
	for _, name := range i.profiles {
		p, err := a.openProfile(name)
		if err != nil {
			return err
		}
		party, err := partyIn(p)
		if err != nil {
			return exit.Errorf(exit.Failed, "%s: %w", sourceName(name), err)
		}
		parties = append(parties, party)
	}
	keys, err := a.openPartyKeys(i.who)
	if err != nil {
		return err
	}
	defer keys.Wipe()
	i.terms.Created = time.Now()
	c, err := keys.invite(i.terms, parties)
	if err != nil {
		return exit.Errorf(exit.Usage, "%w", err)
	}
	files := outfile.New(false)
	files.AddBytes(filepath.Join(i.out, requestFile), c.Bytes())
	if err := files.Stage(); err != nil {
		return err
	}
	return a.publish(files, &requestReport{
		Ceremony: c.Name(), Kind: c.Kind(), Purpose: c.Purpose(), Parties: partiesOf(c), Maker: c.Maker(),
		File: filepath.Join(i.out, requestFile), Next: fmt.Sprintf("%s %s%s --seed %s", i.next, i.out, i.flags, i.who.seed),
	}, asJSON)
}

// invite makes a request with the pair of keys that is a party's.
func (k *partyKeys) invite(t ceremony.Terms, parties []ceremony.Party) (c *ceremony.Ceremony, err error) {
	for _, names := range k.pairs {
		if c, err = ceremony.New(t, parties, k.ring.Private(names[0]), k.ring.Private(names[1])); err == nil {
			return c, nil
		}
	}
	return nil, err
}

// requestReport is what making a request gave.
type requestReport struct {
	Ceremony string      `json:"ceremony"`
	Kind     string      `json:"kind"`
	Purpose  string      `json:"purpose,omitempty"`
	Maker    string      `json:"maker"`
	Parties  []partyJSON `json:"parties"`
	File     string      `json:"file"`
	Next     string      `json:"next"`
}

func (r *requestReport) print(w io.Writer) { fmt.Fprintln(w, r.File) }

func (r *requestReport) say(a *app) {
	sayParties(a, r.Ceremony, r.Purpose, r.Parties)
	var others []string
	for _, p := range r.Parties {
		if p.Name != r.Maker {
			others = append(others, p.Name)
		}
	}
	a.voice.Say("Send %s to %s. Each of them puts it, under this name, into a new folder.", r.File, strings.Join(others, ", "))
	a.voice.Say("Then everybody, you too: %s", r.Next)
}
