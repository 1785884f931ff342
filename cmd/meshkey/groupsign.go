package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/outfile"
	"meshkey/cmd/internal/terminal"
	"meshkey/group"
	"meshkey/internal/dare"
	"meshkey/internal/jsonb"
	"meshkey/profile"
	"meshkey/udf"
)

const (
	fileSigners = "signers" // who signs for a group
	endShare    = ".share"  // for one of them
)

func (a *app) groupSign() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sign",
		Short: "Sign for a group, several holders together",
		Long: `The key that signs for a group, its AdministratorSignature, is split among holders, and
any few of them sign a document together; the key is never whole again. What comes out is
signed as if one had the key: "meshkey dare verify" and every Mesh program can tell.

  deal     the administrator, once: a share for each holder
  accept   each holder, once: takes his share and checks it
  commit   each who will sign: nonces, which he keeps, and a commitment
  request  anybody: the document's digest and the commitments, for those who sign
  answer   each who signs: looks at the document, and answers
  combine  anybody: the signed document`,
		Example: `  meshkey group sign deal board --need 2 a.profile b.profile c.profile
  meshkey group sign commit board --seed a.seed --nonces a.nonces --out a.commitment
  meshkey group sign request board contract.pdf a.commitment b.commitment \
      --out contract.signing
  meshkey group sign answer board contract.signing contract.pdf --seed a.seed \
      --nonces a.nonces --out a.answer
  meshkey group sign combine board contract.signing contract.pdf a.answer b.answer \
      --out contract.dare`,
	}
	cmd.AddCommand(a.signDeal(), a.signAccept(), a.signCommit(), a.signRequest(), a.signAnswer(), a.signCombine())
	return cmd
}

// maxDocument bounds what a group signs, in octets.
const maxDocument = 32 << 20

func (a *app) signDeal() *cobra.Command {
	var (
		open            opening
		seed            string
		need            int
		replace, asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "deal GROUP PROFILE... --need N",
		Short: "Split the key that signs for a group among holders",
		Long: `Split the key that signs for the group among the holders whose signed profiles are given;
any N of them sign. Into the folder GROUP go "signers", which is public, and a file for
each holder that only he can open. As long as the seed of the group exists, its holder can
sign alone: put it on paper, and delete it.`,
		Example: `  meshkey group sign deal board --need 2 a.profile b.profile c.profile
  meshkey group sign deal board --need 2 a.profile b.profile --seed /media/stick/seed`,
		Args: several("GROUP", "PROFILE"),
		RunE: func(_ *cobra.Command, args []string) error {
			f := folder(args[0])
			if need < 1 || need > len(args)-1 {
				return exit.Errorf(exit.Usage, "%s, and %d are to sign", countOf(len(args)-1, "holder", "holders"), need).Hinted("--need 2 says that two holders sign together")
			}
			g, err := f.record(a)
			if err != nil {
				return err
			}
			holders, err := a.groupMembers(args[1:])
			if err != nil {
				return err
			}
			if seed == "" {
				seed = f.path(fileSeed)
			}
			who, err := a.ownerOf(seed, open)
			if err != nil {
				return err
			}
			defer who.wipe()
			s, shares, err := group.DealSigners(who.account, g.Profile(), need, holders)
			if err != nil {
				return err
			}
			files := outfile.New(replace)
			defer files.Discard()
			r := &dealt{Group: g.Fingerprint().String(), Need: need, Signers: f.path(fileSigners), Shares: map[string]string{}}
			files.AddBytes(r.Signers, s.Bytes())
			for i, h := range s.Holders() {
				name := f.path(fileName(h.Address) + endShare)
				r.order, r.Shares[h.Address] = append(r.order, h.Address), name
				files.AddBytes(name, shares[i])
			}
			if err := files.Stage(); err != nil {
				return err
			}
			return a.publish(files, r, asJSON)
		},
	}
	f := cmd.Flags()
	f.IntVarP(&need, "need", "t", 0, "`NUMBER` of holders who sign together")
	f.StringVar(&seed, "seed", "", "`SEED` of the group (default: the file seed in GROUP)")
	open.flags(cmd)
	f.BoolVar(&replace, "force", false, "replace what was dealt before, which goes on signing")
	jsonFlag(cmd, &asJSON)
	_ = cmd.MarkFlagRequired("need")
	return cmd
}

// dealt is what "group sign deal" tells.
type dealt struct {
	Group   string            `json:"group"`
	Need    int               `json:"need"`
	Signers string            `json:"signers"`
	Shares  map[string]string `json:"shares"` // files, by address
	order   []string
}

func (r *dealt) print(w io.Writer) {
	fmt.Fprintf(w, "Group  %s\n  signers      %s  any %d of %d\n", r.Group, r.Signers, r.Need, len(r.order))
	for _, address := range r.order {
		fmt.Fprintf(w, "  share        %s\n", terminal.Clean(r.Shares[address]))
	}
}

func (r *dealt) say(a *app) {
	a.voice.Say("Send each holder %s and his share; he takes them with: meshkey group sign accept FOLDER %s SHARE --seed SEED --fingerprint %s", r.Signers, fileSigners, r.Group)
}

// holding is what a holder of a share signs with.
type holding struct {
	open         opening
	seed, nonces string
	out          string
	replace      bool
}

func (h *holding) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&h.seed, "seed", "", "`SEED` of your account")
	h.open.flags(cmd)
	_ = cmd.MarkFlagRequired("seed")
}

// signer takes up the share in a folder.
func (h *holding) signer(a *app, f folder) (*group.Signer, func(), error) {
	s, err := f.signers(a)
	if err != nil {
		return nil, nil, err
	}
	who, err := a.ownerOf(h.seed, h.open)
	if err != nil {
		return nil, nil, err
	}
	signer, err := openSignerShare(a, f, s, who.account, "")
	if err != nil {
		who.wipe()
		return nil, nil, err
	}
	return signer, func() { signer.Wipe(); who.wipe() }, nil
}

// openSignerShare opens the share of the holder whose account it is, from a file
// or else from the folder.
func openSignerShare(a *app, f folder, s *group.Signers, account *profile.Account, file string) (*group.Signer, error) {
	for _, h := range s.Holders() {
		if !h.Udf.Matches(account.Fingerprint()) {
			continue
		}
		if file == "" {
			file = f.path(fileName(h.Address) + endShare)
		}
		b, err := a.read(file, maxEnvelope)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, exit.Errorf(exit.Failed, "%s is not there", file).Hinted("meshkey group sign accept takes what the administrator sends")
		}
		if err != nil {
			return nil, err
		}
		id, err := group.AccountIdentity(account, h.Address)
		if err != nil {
			return nil, err
		}
		return s.Open(b, id)
	}
	return nil, exit.Errorf(exit.Refused, "the account %s is not one of those who sign for the group", account.Fingerprint())
}

// signers reads who signs for a group, whom the folder vouches for.
func (f folder) signers(a *app) (*group.Signers, error) {
	b, err := a.read(f.path(fileSigners), maxEnvelope)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, exit.Errorf(exit.Failed, "%s has no file %q", string(f), fileSigners).Hinted("meshkey group sign accept takes what the administrator sends")
	}
	if err != nil {
		return nil, err
	}
	s, err := parseSigners(b, "")
	if err != nil {
		return nil, about(f.path(fileSigners), err)
	}
	return s, nil
}

// parseSigners reads them for the group with a fingerprint, or for the one that
// they say themselves.
func parseSigners(b []byte, fingerprint string) (*group.Signers, error) {
	if fingerprint != "" {
		want, err := udf.ParseFingerprint(fingerprint)
		if err != nil {
			return nil, exit.Errorf(exit.Usage, "--fingerprint: %w", err)
		}
		return group.ParseSigners(b, want)
	}
	f, err := groupNamed(b, "GroupSigners")
	if err != nil {
		return nil, err
	}
	return group.ParseSigners(b, f)
}

// groupNamed is the fingerprint of the profile in a structure of a group.
func groupNamed(b []byte, tag string) (f udf.Fingerprint, err error) {
	e, err := dare.Parse(b)
	if err != nil {
		return f, err
	}
	v, err := jsonb.Parse(e.Body)
	if err != nil {
		return f, err
	}
	r, _ := v.Member(tag)
	r, ok := r.Member("EnvelopedProfileGroup")
	if !ok {
		return f, exit.Errorf(exit.Failed, "no %s", tag)
	}
	text, err := r.Marshal(jsonb.JSON)
	if err != nil {
		return f, err
	}
	p, err := profile.Parse(text)
	if err != nil {
		return f, err
	}
	return p.Fingerprint(), nil
}

func (a *app) signAccept() *cobra.Command {
	var (
		h           holding
		fingerprint string
		replace     bool
	)
	cmd := &cobra.Command{
		Use:   "accept GROUP SIGNERS SHARE --seed SEED --fingerprint M…",
		Short: "Take your share of the key that signs for a group",
		Long: `Take into your folder GROUP, which is made if it is not there, who signs for the group and
your share. It is checked that the share is one of the group's key, and the one with your
number. Have the administrator tell you the fingerprint in another way than the files came.`,
		Example: `  meshkey group sign accept board signers a@example.com.share --seed a.seed \
      --fingerprint MARP-…
  meshkey group sign accept board mail/signers mail/a@example.com.share --seed a.seed \
      --fingerprint MARP-…`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 3 {
				return exit.Errorf(exit.Usage, "a folder, the file signers and your share are needed").Hinted("%s", cmd.UseLine())
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			f := folder(args[0])
			b, err := a.read(args[1], maxEnvelope)
			if err != nil {
				return err
			}
			s, err := parseSigners(b, fingerprint)
			if err != nil {
				return err
			}
			who, err := a.ownerOf(h.seed, h.open)
			if err != nil {
				return err
			}
			defer who.wipe()
			signer, err := openSignerShare(a, f, s, who.account, args[2])
			if err != nil {
				return err
			}
			signer.Wipe()
			share, err := a.read(args[2], maxEnvelope)
			if err != nil {
				return err
			}
			files := outfile.New(replace)
			defer files.Discard()
			files.AddBytes(f.path(fileSigners), b)
			files.AddBytes(f.path(fileName(signer.Address())+endShare), share)
			if err := files.Stage(); err != nil {
				return err
			}
			if err := files.Commit(); err != nil {
				return err
			}
			a.voice.Say("Your share is one of the group's key; %d of %d holders sign together.", s.Need(), len(s.Holders()))
			return nil
		},
	}
	h.flags(cmd)
	cmd.Flags().StringVar(&fingerprint, "fingerprint", "", "the group's `FINGERPRINT` (M…)")
	cmd.Flags().BoolVar(&replace, "force", false, "replace what was dealt before")
	_ = cmd.MarkFlagRequired("fingerprint")
	return cmd
}
