package main

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/outfile"
	"meshkey/cogen"
	"meshkey/cogen/dkg"
	"meshkey/internal/ceremony"
	"meshkey/udf"
)

func (a *app) dkgFinish() *cobra.Command {
	var (
		who    partyFlags
		old    string
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "finish DIR --seed SEED",
		Short: "Check your share, say so, and get it once all have said so",
		Long: `The first time, check what every party has dealt to you, and write a receipt that goes
to all others. If somebody has dealt you a wrong share, he is named, and the file that is
written instead proves it to the others.

The second time, when the receipts of all are in DIR, your share goes to DIR/key.dare,
sealed to yourself, and the state of the ceremony is removed.

At the end read the line "Transcript" to each other: who has the same one has seen the
same.`,
		Example: `  meshkey dkg finish vault --seed bob.seed
  meshkey dkg finish vault --seed bob.seed --json
  meshkey dkg finish vault2 --seed bob.seed --old vault`,
		Args: oneArg("DIR"),
		RunE: func(_ *cobra.Command, args []string) error {
			t, err := a.dkgDesk(args[0], who)
			if err != nil {
				return err
			}
			defer t.leave()
			if err := t.openOld(old, who); err != nil {
				return err
			}
			defer t.wipeOld()
			return t.named(t.finish(who, asJSON))
		},
	}
	who.required(cmd)
	cmd.Flags().StringVar(&old, "old", "", "`DIR` with your share from before, for a refresh")
	jsonFlag(cmd, &asJSON)
	return cmd
}

func (t *dkgTable) finish(who partyFlags, asJSON bool) error {
	if err := t.complaints(); err != nil {
		return err
	}
	if err := t.goOn(); err != nil {
		return err
	}
	if t.sent() < dkgReceipts || !t.written(dkgWords[dkgReceipts]) {
		report, err := t.take(t.step(dkgReceipts, who, (*dkgTable).receipt))
		if err != nil {
			return err
		}
		if err := t.complaints(); err != nil { // the own one
			t.app.answer = report
			if !asJSON {
				fmt.Fprintln(t.app.out, report.File)
			}
			t.app.voice.Say("Send %s to %s: it proves to them what is wrong.", report.File, strings.Join(report.SendTo, ", "))
			return err
		}
		return t.app.tell(report, asJSON)
	}
	receipts, err := each(t, dkgReceipts, func(b dkgReceipt) []byte { return b.Receipt })
	if err != nil {
		return err
	}
	pending, err := t.protocol.ResumePending(t.index, t.state.Body)
	if err != nil {
		return err
	}
	defer pending.Wipe()
	share, err := pending.Accept(receipts)
	if err != nil {
		return err
	}
	report, err := t.dkgReport(share.Commitment())
	if err != nil {
		return err
	}
	sealed, err := t.sealShare(share)
	if err != nil {
		return err
	}
	report.File, report.Index = t.path(keyFile), share.Index().String()
	files := outfile.New(false)
	files.AddBytes(report.File, sealed)
	return t.close(files, report, asJSON)
}

// receipt checks what was dealt. A share that its dealer signed and that is
// wrong is shown to all.
func (t *dkgTable) receipt([]byte) (m ceremony.Draft, remember []byte, err error) {
	openings, err := t.openings()
	if err != nil {
		return m, nil, err
	}
	deals, err := t.secrets(dkgDeals)
	defer wipeAll(deals)
	if err != nil {
		return m, nil, err
	}
	pending, err := t.protocol.Finish(t.index, t.old, openings, deals)
	if err != nil {
		for _, i := range dkg.Culprits(err) {
			judged, ok := errors.AsType[*dkg.CheatError](t.protocol.Judge(t.index, i, openings[i], deals[i]))
			if ok && judged.Index == i && i != t.index {
				return ceremony.Draft{Body: dkgReceipt{Accused: t.nameOf(i), Deal: bytes.Clone(deals[i])}}, nil, nil
			}
		}
		return m, nil, err
	}
	defer pending.Wipe()
	return ceremony.Draft{Body: dkgReceipt{Receipt: pending.Receipt()}}, pending.State(), nil
}

// complaints judges those that are in the folder. Each ends the ceremony: it
// has a culprit, the accused or the accuser.
func (t *dkgTable) complaints() error {
	for i, name := range t.Names() {
		if !t.inbox.Has(dkgReceipts, name) {
			continue
		}
		openings, err := t.openings()
		if err != nil {
			return err
		}
		var b dkgReceipt
		if err := t.inbox.Body(dkgReceipts, name, &b); err != nil {
			return &dkg.CheatError{Index: t.indexes[i], What: "sent a message that is not in its form"}
		}
		if b.Accused == "" {
			continue
		}
		for j, accused := range t.Names() {
			if accused == b.Accused {
				return t.protocol.Judge(t.indexes[i], t.indexes[j], openings[t.indexes[j]], b.Deal)
			}
		}
		return &dkg.CheatError{Index: t.indexes[i], What: "complains of somebody who takes no part"}
	}
	return nil
}

// named gives the parties in an error their names, and the error its code.
func (t *dkgTable) named(err error) error {
	var texts []string
	code := exit.Failed
	var walk func(error)
	walk = func(err error) {
		switch e := err.(type) {
		case *dkg.CheatError:
			texts, code = append(texts, t.nameOf(e.Index)+" "+t.withNames(e.What)), exit.NotVerified
		case *dkg.DisputeError:
			texts = append(texts, t.dispute(e))
			if code == exit.Failed {
				code = exit.BadShare
			}
		case interface{ Unwrap() []error }:
			for _, err := range e.Unwrap() {
				walk(err)
			}
		}
	}
	walk(err)
	if texts == nil {
		return err
	}
	return exit.Errorf(code, "%s", strings.Join(texts, "; ")).
		Hinted("nothing was made; keep the files, and begin anew without who is named")
}

var partyNumber = regexp.MustCompile(`party [0-9]+`)

// withNames puts names in the place of numbers.
func (t *dkgTable) withNames(text string) string {
	return partyNumber.ReplaceAllStringFunc(text, func(party string) string {
		i, err := cogen.ParseIndex(strings.TrimPrefix(party, "party "))
		if err != nil {
			return party
		}
		return t.nameOf(i)
	})
}

func (t *dkgTable) dispute(e *dkg.DisputeError) string {
	var names []string
	for _, i := range e.Tellers {
		names = append(names, t.nameOf(i))
	}
	tellers := strings.Join(names, ", ")
	if e.About.IsZero() {
		return tellers + " has seen other messages than are here: somebody has sent out two"
	}
	return fmt.Sprintf("%s says that %s pledged something else than is here; the files round1-* that %[2]s signed show who lies", tellers, t.nameOf(e.About))
}

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

func (a *app) dkgVerify() *cobra.Command {
	var (
		who    partyFlags
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "verify DIR [--seed SEED]",
		Short: "Verify afterwards that your share is one of the key",
		Long: `Check all public files of the ceremony in DIR once more, and print the key and the
public side of each share. With --seed it is also verified that the share in DIR/key.dare
is one of this key.`,
		Example: `  meshkey dkg verify vault --seed bob.seed
  meshkey dkg verify vault --json`,
		Args: oneArg("DIR"),
		RunE: func(_ *cobra.Command, args []string) error {
			t, err := a.dkgDesk(args[0], who)
			if err != nil {
				return err
			}
			defer t.leave()
			report, err := t.verify()
			if err != nil {
				return t.named(err)
			}
			if asJSON {
				return a.printJSON(report)
			}
			report.print(a.out)
			for _, s := range report.Shares {
				fmt.Fprintf(a.out, "Share %-5s %s %s\n", s.Index, s.Fingerprint, s.Name)
			}
			if report.Verified {
				a.voice.Say("Your share is one of this key.")
			}
			return nil
		},
	}
	who.flags(cmd)
	jsonFlag(cmd, &asJSON)
	return cmd
}

func (t *dkgTable) verify() (*dkgReport, error) {
	if err := t.complaints(); err != nil {
		return nil, err
	}
	if err := t.inbox.Complete(dkgReceipts); err != nil {
		return nil, t.missing(err)
	}
	openings, err := t.openings()
	if err != nil {
		return nil, err
	}
	commitment, err := t.protocol.Commitment(openings)
	if err != nil {
		return nil, err
	}
	report, err := t.dkgReport(commitment)
	if err != nil || t.self == nil {
		return report, err
	}
	share, err := t.openShare()
	if err != nil {
		return nil, err
	}
	defer share.Wipe()
	if share.Index() != t.index || !share.Commitment().Equal(commitment) {
		return nil, exit.Errorf(exit.NotVerified, "%s holds a share of another key", t.path(keyFile))
	}
	report.Index, report.File, report.Verified = share.Index().String(), t.path(keyFile), true
	return report, nil
}
