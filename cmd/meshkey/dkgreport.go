package main

import (
	"encoding/hex"
	"fmt"
	"io"

	"meshkey/cogen"
	"meshkey/udf"
)

// dkgReport is what a ceremony gave.
type dkgReport struct {
	Ceremony   string      `json:"ceremony"`
	Key        keyJSON     `json:"key"`
	Need       int         `json:"need"`
	Of         int         `json:"of"`
	Shares     []shareJSON `json:"shares"` // public shares, in the order of the parties
	Transcript string      `json:"transcript"`
	Index      string      `json:"index,omitempty"`    // of the own share
	File       string      `json:"file,omitempty"`     // with the own share
	Verified   bool        `json:"verified,omitempty"` // that the own share is one of the key
	Refreshed  bool        `json:"refreshed,omitempty"`
}

type shareJSON struct {
	Name  string `json:"name"`
	Index string `json:"index"`
	keyJSON
}

func publicJSON(k *cogen.PublicKey) keyJSON {
	return keyJSON{k.Algorithm().String(), udf.KeyFingerprint(k.Algorithm(), k.Bytes()).String(), hex.EncodeToString(k.Bytes())}
}

func (t *dkgTable) dkgReport(c *cogen.Commitment) (*dkgReport, error) {
	digest, err := t.inbox.Digest(dkgReceipts)
	if err != nil {
		return nil, err
	}
	r := &dkgReport{Ceremony: t.Name(), Key: publicJSON(c.Key()), Need: c.Need(), Of: len(t.Names()), Transcript: digest, Refreshed: t.refresh != nil}
	for i, name := range t.Names() {
		public, err := c.PublicShare(t.indexes[i])
		if err != nil {
			return nil, err
		}
		r.Shares = append(r.Shares, shareJSON{name, t.indexes[i].String(), publicJSON(public)})
	}
	return r, nil
}

func (r *dkgReport) print(w io.Writer) {
	fmt.Fprintf(w, "Key         %s %s\n", r.Key.Algorithm, r.Key.Fingerprint)
	fmt.Fprintf(w, "Public      %s\n", r.Key.Public)
	fmt.Fprintf(w, "Quorum      %d of %d\n", r.Need, r.Of)
	fmt.Fprintf(w, "Transcript  %s\n", r.Transcript)
	if r.File != "" {
		fmt.Fprintf(w, "Share       %s in %s\n", r.Index, r.File)
	}
}

func (r *dkgReport) say(a *app) {
	a.voice.Say("Every party has its share, and the shares fit the key.")
	a.voice.Say("%s holds yours, sealed to you. %d of %d are needed to use the key.", r.File, r.Need, r.Of)
	a.voice.Say("Read the line Transcript to the others; it must be the same for all.")
	if r.Refreshed {
		a.voice.Say("The key is the one it was. Once all have finished, destroy your old share and every copy: old shares go together still.")
	}
}
