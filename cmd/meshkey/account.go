package main

import (
	"bytes"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/outfile"
	"meshkey/cmd/internal/seedfile"
	"meshkey/cmd/internal/terminal"
	"meshkey/internal/secret"
	"meshkey/profile"
	"meshkey/shamir"
)

func (a *app) accountCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "account",
		GroupID: groupMain,
		Short:   "Create an account, look at one, escrow it, recover it",
		Long: `An account of the Mesh is its master seed: every key of it is derived from those
32 octets. Its name is the fingerprint of the key that signs its profile (MARP-…).`,
		Example: `  meshkey account create alice@example.com --out alice.seed --quorum 2of3 --sheets sheets
  meshkey account show alice.seed`,
	}
	cmd.AddCommand(a.accountCreate(), a.accountShow(), a.accountPublish(), a.accountDelete(), a.escrowCommand(""), a.recoverCommand(""))
	return cmd
}

func (a *app) accountCreate() *cobra.Command {
	var (
		lock          locking
		o             escrowing
		out, dir      string
		bare, replace bool
		asJSON        bool
		invitation    string
	)
	cmd := &cobra.Command{
		Use:   "create [ADDRESS] --out FILE (--quorum 2of3 --sheets DIR | --no-escrow)",
		Short: "Create an account and put its seed on paper",
		Long: `Create an account: draw a master seed, write it encrypted to FILE and the signed
profile, which is public, to FILE.profile, and put the seed on sheets of paper.

The seed is encrypted with a passphrase that is asked for, or to an age recipient,
or under a key in the system's key ring. An account without sheets is lost with the
computer; who wants that says --no-escrow.

With --service https://… the account is registered at that service, which keeps its
recovery record; the sheets name the service, and "meshkey recover" fetches it there.`,
		Example: `  meshkey account create alice@example.com --out alice.seed --quorum 2of3 --sheets sheets
  meshkey account create --out alice.seed --keyring --quorum 3of5 --sheets sheets --lang de
  meshkey account create --out alice.seed --recipient age1… --no-escrow
  meshkey account create alice@example.com --out alice.seed --quorum 2of3 --sheets sheets \
      --service https://keys.example.com/#MBIJ-QPWF-7LDP-T5QF-PN7W-4NP7-N3FN`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.address = args[0]
			}
			q, err := o.prepareCreation(out, dir, bare)
			if err != nil {
				return err
			}
			if err := lock.check(); err != nil {
				return err
			}
			if o.keeper != nil {
				if err := a.prepareService(&o, invitation); err != nil {
					return err
				}
			}
			return a.create(&o, &lock, q, out, dir, replace, asJSON)
		},
	}
	f := cmd.Flags()
	f.StringVar(&out, "out", "", "`FILE` to write the encrypted seed into")
	lock.flags(cmd)
	o.quorumFlags.flags(cmd)
	f.StringVar(&dir, "sheets", "", "`DIR` to write the sheets into")
	f.BoolVar(&bare, "no-escrow", false, "make no sheets: without FILE and its key the account is lost")
	o.flags(cmd)
	invitationFlag(cmd, &invitation)
	f.BoolVar(&replace, "force", false, "replace FILE and FILE.profile if they are there")
	jsonFlag(cmd, &asJSON)
	cmd.MarkFlagsMutuallyExclusive("no-escrow", "sheets")
	cmd.MarkFlagsMutuallyExclusive("no-escrow", "quorum")
	return cmd
}

// prepareCreation checks the flags of "account create".
func (o *escrowing) prepareCreation(out, dir string, bare bool) (shamir.Quorum, error) {
	switch {
	case out == "":
		return shamir.Quorum{}, exit.Errorf(exit.Usage, "where does the seed go?").Hinted("--out FILE names the file, which will be encrypted")
	case bare:
		o.date = time.Now()
		return shamir.Quorum{}, o.checkTexts()
	case dir == "" && !o.given():
		return shamir.Quorum{}, exit.Errorf(exit.Usage, "an account that is nowhere on paper is lost with this computer").
			Hinted("--quorum 2of3 --sheets DIR makes sheets; --no-escrow does without")
	}
	return o.prepare(dir)
}

// creation is what "account create" gave.
type creation struct {
	Account string        `json:"account"`
	Address string        `json:"address"`
	Seed    string        `json:"seedFile"`
	Profile string        `json:"profile"`
	Escrow  *escrowReport `json:"escrow,omitempty"`
	Service *published    `json:"service,omitempty"`
	Keys    keysJSON      `json:"keys"`
}

func (c *creation) print(w io.Writer) {
	fmt.Fprintf(w, "Account  %s\n", c.Account)
	if c.Address != "" {
		fmt.Fprintf(w, "Address  %s\n", terminal.Clean(c.Address))
	}
	fmt.Fprintf(w, "Seed     %s, encrypted\n", c.Seed)
	fmt.Fprintf(w, "Profile  %s, public\n", c.Profile)
	if c.Escrow != nil {
		c.Escrow.printSheets(w)
	}
}

func (c *creation) say(a *app) {
	if c.Service != nil {
		c.Service.say(a)
	}
	if c.Escrow == nil {
		a.voice.Warn("this account is not on paper; meshkey escrow %s --quorum 2of3 --out DIR makes up for it", c.Seed)
		return
	}
	c.Escrow.say(a)
}

// create makes an account. Everything is written in one step, or nothing.
func (a *app) create(o *escrowing, lock *locking, q shamir.Quorum, out, dir string, replace, asJSON bool) error {
	seed := profile.NewSeed()
	defer seed.Wipe()
	account, err := seed.Account()
	if err != nil {
		return err
	}
	defer account.Wipe()
	if o.profile, err = account.Profile(profile.Details{Address: o.address, Service: o.serviceName(), Created: time.Now()}); err != nil {
		return err
	}
	report := &creation{
		Account: account.Fingerprint().String(), Address: o.address,
		Seed: out, Profile: out + ".profile", Keys: account.Keys(),
	}
	files := outfile.New(replace)
	defer files.Discard()
	files.AddBytes(report.Profile, o.profile.Bytes())
	if o.keeper != nil {
		files.AddBytes(out+endService, []byte(o.keeper.String()+"\n"))
	}
	var sealed []byte
	files.Add(report.Seed, writes(&sealed))
	if err := files.Check(); err != nil {
		return err
	}
	if sealed, err = lock.close(a, seed, files); err != nil {
		return err
	}
	if q.Of > 0 {
		a.advise(q)
		report.Escrow, err = a.makeSheets(seed, q, o, dir, files)
	} else {
		err = files.Stage()
	}
	if err != nil {
		return err
	}
	if o.keeper == nil {
		return a.publish(files, report, asJSON)
	}
	return a.settleAccount(files, report, owner{seed, account}, o, asJSON)
}

func (a *app) accountShow() *cobra.Command {
	var (
		open   opening
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "show SEED|PROFILE",
		Short: "Print the name of an account and its public keys",
		Long: `Print what is public about an account: its fingerprint, its address, its keys. From
a signed profile these are the keys it publishes, after its signature is verified; from
a seed, all that are derived from it.`,
		Example: `  meshkey account show alice.seed
  meshkey account show alice.seed.profile --json`,
		Args: oneArg("SEED or PROFILE"),
		RunE: func(_ *cobra.Command, args []string) error {
			view, err := a.viewAccount(args[0], open)
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(view)
			}
			view.print(a)
			return nil
		},
	}
	open.flags(cmd)
	jsonFlag(cmd, &asJSON)
	return cmd
}

// accountView is what is public about an account.
type accountView struct {
	Account string   `json:"account"`
	Address string   `json:"address"`
	Kind    string   `json:"kind"` // of the profile, or "seed"
	Keys    keysJSON `json:"keys"`
}

func (v *accountView) print(a *app) {
	fmt.Fprintf(a.out, "Account  %s\n", v.Account)
	if v.Address != "" {
		fmt.Fprintf(a.out, "Address  %s\n", terminal.Clean(v.Address))
	}
	printKeys(a.out, v.Keys)
}

func (a *app) viewAccount(name string, open opening) (*accountView, error) {
	data, err := a.read(name, maxEnvelope)
	if err != nil {
		return nil, err
	}
	defer secret.Wipe(data)
	if head := bytes.TrimSpace(data); len(head) > 0 && (head[0] == '[' || head[0] == '{') {
		p, err := profile.Parse(data)
		if err != nil {
			return nil, badProfile(name, err)
		}
		return &accountView{p.Fingerprint().String(), p.Address(), p.Kind(), p.Keys()}, nil
	}
	if len(data) > seedfile.MaxFile {
		return nil, exit.Errorf(exit.Failed, "%s is neither a seed nor a profile", sourceName(name))
	}
	seed, err := a.seedIn(name, data, open)
	if err != nil {
		return nil, err
	}
	defer seed.Wipe()
	account, err := seed.Account()
	if err != nil {
		return nil, err
	}
	defer account.Wipe()
	return &accountView{account.Fingerprint().String(), "", "seed", account.Keys()}, nil
}
