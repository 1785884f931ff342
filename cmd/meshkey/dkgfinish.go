package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/outfile"
	"meshkey/cogen/dkg"
	"meshkey/internal/ceremony"
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
			if err := t.openOld(old); err != nil {
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
