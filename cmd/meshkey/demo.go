package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/outfile"
	"meshkey/internal/secret"
	"meshkey/profile"
	"meshkey/recovery"
	"meshkey/shamir"
	"meshkey/udf"
)

func (a *app) demoCommand() *cobra.Command {
	var dir, paper, lang string
	cmd := &cobra.Command{
		Use:     "demo",
		GroupID: groupMain,
		Short:   "Rehearse everything with a throw-away account",
		Long: `Rehearse a loss with an account that is made for it and forgotten afterwards: create
it, put it on three sheets that are marked NOT REAL, lose the computer, bring the
account back from two sheets, and see what a wrong letter does. It takes seconds. With
--dir the sheets stay, to be printed and photographed.`,
		Example: `  meshkey demo
  meshkey demo --dir rehearsal`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			where, forget, err := rehearsalFolder(dir)
			if err != nil {
				return err
			}
			defer forget()
			d := &demo{app: a, dir: where, keep: dir != ""}
			d.o.paper, d.o.lang = paper, lang
			return d.run()
		},
	}
	f := cmd.Flags()
	f.StringVar(&dir, "dir", "", "`DIR` to leave the sheets in (default: they are deleted)")
	f.StringVar(&paper, "paper", "a4", "`SIZE` of the paper: a4 or letter")
	f.StringVar(&lang, "lang", "en", "`LANGUAGE` of the sheets: "+languages)
	return cmd
}

// rehearsalFolder is the folder the sheets go into, and what removes it.
func rehearsalFolder(dir string) (string, func(), error) {
	if dir != "" {
		return dir, func() {}, nil
	}
	temp, err := os.MkdirTemp("", "meshkey-demo-")
	if err != nil {
		return "", nil, err
	}
	remove := func() { _ = os.RemoveAll(temp) }
	settled := exit.Undo(remove)
	return temp, func() { remove(); settled() }, nil
}

// demo is one rehearsal.
type demo struct {
	*app
	dir  string
	keep bool
	o    escrowing

	account udf.Fingerprint
	report  *escrowReport
	step    int
}

// say begins a step in plain words.
func (d *demo) say(title, text string) {
	d.step++
	fmt.Fprintf(d.out, "\n%d. %s\n%s\n", d.step, title, text)
}

func (d *demo) tell(format string, args ...any) { fmt.Fprintf(d.out, "   > "+format+"\n", args...) }

func (d *demo) run() error {
	started := time.Now()
	fmt.Fprintln(d.out, "A rehearsal. The account is made for it and forgotten afterwards.")
	if err := d.escrow(); err != nil {
		return err
	}
	if err := d.recover(); err != nil {
		return err
	}
	if err := d.slip(); err != nil {
		return err
	}
	if d.keep {
		fmt.Fprintf(d.out, "\nThe sheets are in %s. Print them, photograph two, and try:\n   meshkey recover photo1.jpg photo2.jpg --account %s\n", d.dir, d.account)
	}
	fmt.Fprintf(d.out, "\nThe rehearsal went well (%.1f s). Now for real:\n", time.Since(started).Seconds())
	fmt.Fprintln(d.out, "   meshkey account create you@example.com --out you.seed --quorum 2of3 --sheets sheets")
	return nil
}

// escrow creates an account and puts it on sheets.
func (d *demo) escrow() error {
	seed := profile.NewSeed()
	defer seed.Wipe()
	var err error
	if d.account, err = seed.Fingerprint(); err != nil {
		return err
	}
	d.say("A new account.", "   It is 32 random octets, its seed; every key of it is derived from them.\n   Its public name is its fingerprint.")
	d.tell("account %s", d.account)

	d.say("Onto paper.", "   The seed is split into three shares, and each goes on a sheet of its own. Any two\n   sheets bring the account back; one alone tells nothing. What was written is read\n   back before the command is content.")
	q := shamir.Quorum{Need: 2, Of: 3}
	d.o.text, d.o.address, d.o.notReal = "2of3", "rehearsal@example.com", true
	d.o.formats, d.o.dpi, d.o.holders = []string{"pdf", "png", "txt"}, 300, []string{"Anna", "Ben", "Clara"}
	if _, err := d.o.prepare(d.dir); err != nil {
		return err
	}
	files := outfile.New(false)
	defer files.Discard()
	if d.report, err = d.makeSheets(seed, q, &d.o, d.dir, files); err != nil {
		return err
	}
	if err := files.Commit(); err != nil {
		return err
	}
	for _, s := range d.report.Sheets {
		d.tell("%s", filepath.Base(s.Files[0]))
	}
	d.tell("read back %d files, tried all %d pairs of sheets", d.report.ReadBack, d.report.Quorums)
	return nil
}

// recover brings the account back from two sheets: one scanned, one as a
// picture.
func (d *demo) recover() error {
	d.say("The computer is lost.", "   The seed is wiped. Ben's sheet has burnt, too. Anna has scanned hers (PDF), Clara\n   has sent a picture of hers (PNG).")
	session, err := recovery.New(recovery.Anchor{Account: d.account})
	if err != nil {
		return err
	}
	defer session.Wipe()
	for _, name := range []string{d.report.Sheets[0].Files[0], d.report.Sheets[2].Files[1]} {
		texts, err := d.scan(name)
		if err != nil {
			return err
		}
		for _, t := range texts {
			for _, outcome := range session.AddText(t.text, name) {
				if got := outcome.Accepted; outcome.Err == nil && got.Kind == recovery.Share {
					d.tell("%d of %d: sheet %d of set %s accepted", got.Progress.Have, got.Progress.Need, got.Index, got.Set)
				}
			}
		}
	}
	result, err := session.Recover()
	if err != nil {
		return err
	}
	defer result.Seed.Wipe()
	d.say("The account is back.", "   The shares were combined, and the fingerprint was computed anew from the seed.")
	d.tell("account %s", result.Account)
	if !result.Account.Matches(d.account) || !result.Verified {
		return exit.Errorf(exit.WrongAccount, "this is not the account the rehearsal began with")
	}
	d.tell("the same as in step 1")
	return nil
}

// slip shows what a single wrong letter does.
func (d *demo) slip() error {
	d.say("A slip.", "   All three sheets are typed by hand, and one letter of sheet 2 is wrong. A share has\n   no check of its own: without the fingerprint, nobody would notice.")
	session, err := recovery.New(recovery.Anchor{Account: d.account})
	if err != nil {
		return err
	}
	defer session.Wipe()
	for i, s := range d.report.Sheets {
		text, err := d.typed(s.Files[2])
		if err != nil {
			return err
		}
		if i == 1 {
			text = wrongLetter(text)
		}
		session.AddText(text, fmt.Sprintf("typed sheet %d", i+1))
	}
	result, err := session.Recover()
	if err != nil {
		return err
	}
	defer result.Seed.Wipe()
	if len(result.Suspects) != 1 {
		return errors.New("the wrong letter was not found")
	}
	d.tell("%s", result.Suspects[0])
	d.tell("the other two give the account all the same")
	return nil
}

// typed is the share on a sheet in plain text.
func (d *demo) typed(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		return "", err
	}
	defer secret.Wipe(b)
	for _, it := range recovery.ParseText(string(b)) {
		if it.Kind == recovery.Share {
			s, err := parseShare(it)
			if err != nil {
				return "", err
			}
			defer s.Wipe()
			return udf.FormatShare(s), nil
		}
	}
	return "", errors.New("a sheet in plain text has no share")
}

// wrongLetter replaces the eighteenth letter of a share.
func wrongLetter(share string) string {
	const at = 21 // three hyphens and more stand before it
	other := "A"
	if strings.HasPrefix(share[at:], other) {
		other = "B"
	}
	return share[:at] + other + share[at+1:]
}
