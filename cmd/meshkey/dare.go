package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/outfile"
	"meshkey/cmd/internal/terminal"
	"meshkey/internal/dare"
	"meshkey/internal/secret"
	"meshkey/profile"
	"meshkey/udf"
)

func (a *app) dareCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "dare",
		GroupID: groupTools,
		Short:   "Seal, open, sign and verify envelopes (DARE)",
		Long: `DARE envelopes hold what the Mesh signs and encrypts: profiles, messages, and the
application keys (SSH, mail) that an account has in escrow.`,
		Example: `  meshkey dare open ssh.dare --seed alice.seed --keys keys
  meshkey dare seal letter.txt --to bob.profile --signer alice.seed --out letter.dare
  meshkey dare verify letter.dare --signer alice.profile`,
	}
	cmd.AddCommand(a.dareSeal(), a.dareOpen(), a.dareVerify(), a.dareInspect())
	return cmd
}

func (a *app) dareSeal() *cobra.Command {
	var (
		open                opening
		to, keys            []string
		signer, out         string
		contentType         string
		anonymous, unsigned bool
		text, replace       bool
	)
	cmd := &cobra.Command{
		Use:   "seal FILE (--to PROFILE | --key KEY) (--signer SEED | --anonymous | --unsigned)",
		Short: "Encrypt a file of any size to accounts or under keys, and sign it",
		Long: `Encrypt FILE, of any size, so that each of the recipients can open it: an account, by
its signed profile, or whoever has a symmetric key (E…).

  --signer SEED  signs it with the key CommonSignature of that account: the recipient
                 knows who sent it, and any Mesh program can read it.
  --anonymous    does not sign it. Nobody but a recipient can change it, and nobody can
                 tell who sent it. Only this program reads this form.
  --unsigned     does not sign it, for other Mesh programs: whoever carries the envelope
                 can change what will be read.

The envelope is binary; --text makes one that mail and clipboard let through, a third
longer.`,
		Example: `  meshkey dare seal letter.txt --to bob.profile --signer alice.seed --out letter.dare
  meshkey dare seal disk.img --to bob.profile --anonymous --out disk.dare
  tar c album | meshkey dare seal - --key album.key --anonymous --out album.dare`,
		Args: oneArg("FILE"),
		RunE: func(_ *cobra.Command, args []string) error {
			o := dare.SealOptions{Anonymous: anonymous, Unsigned: unsigned, Text: text, Meta: dare.ContentMeta{ContentType: contentType}}
			if err := a.recipients(&o, to, keys); err != nil {
				return err
			}
			if signer != "" {
				seed, err := a.openSeed(signer, open)
				if err != nil {
					return err
				}
				defer seed.Wipe()
				account, err := seed.Account()
				if err != nil {
					return err
				}
				defer account.Wipe()
				o.Signer = account.Private(profile.CommonSignature)
			}
			return a.sealFile(args[0], o, out, replace)
		},
	}
	open.flags(cmd)
	f := cmd.Flags()
	f.StringArrayVar(&to, "to", nil, "`PROFILE` of an account that can open it; may be repeated")
	f.StringArrayVar(&keys, "key", nil, "`FILE` with a symmetric key (E…) that opens it; may be repeated")
	f.StringVar(&signer, "signer", "", "`SEED` of the account that signs")
	f.BoolVar(&anonymous, "anonymous", false, "do not sign, but let nobody change it; only this program reads it")
	f.BoolVar(&unsigned, "unsigned", false, "do not sign: whoever carries the envelope can change it")
	f.StringVar(&contentType, "type", "", "content `TYPE` to note in the header, which is public")
	f.BoolVar(&text, "text", false, "write the envelope as a text (JSON)")
	outputFlags(cmd, &out, &replace)
	cmd.MarkFlagsOneRequired("to", "key")
	cmd.MarkFlagsOneRequired("signer", "anonymous", "unsigned")
	cmd.MarkFlagsMutuallyExclusive("signer", "anonymous", "unsigned")
	return cmd
}

// sealFile seals a file of any size into another.
func (a *app) sealFile(name string, o dare.SealOptions, out string, replace bool) error {
	in, err := a.open(name)
	if err != nil {
		return err
	}
	defer in.Close()
	size := int64(-1)
	if f, ok := in.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			size = info.Size()
		}
	}
	if err := a.stream(out, replace, o.Text, func(w io.Writer) error { return dare.SealTo(w, in, size, o) }); err != nil {
		return err
	}
	switch {
	case o.Signer != nil:
		a.voice.Say("Signed by %s: who opens it can tell, and the Mesh's programs read it.", udf.KeyFingerprint(o.Signer.Algorithm(), o.Signer.PublicKey().Bytes()))
	case o.Anonymous:
		a.voice.Say("Not signed, but nobody can change it; only meshkey opens it.")
	default:
		a.voice.Warn("the envelope is not signed: whoever carries it can change what will be read")
	}
	return nil
}

// recipients reads the profiles and keys to seal to.
func (a *app) recipients(o *dare.SealOptions, to, keys []string) error {
	for _, name := range to {
		p, err := a.openProfile(name)
		if err != nil {
			return err
		}
		key := p.Key(profile.CommonEncryption)
		if key == nil {
			return exit.Errorf(exit.Failed, "%s is a %s, which has no key to seal to", sourceName(name), p.Kind())
		}
		o.Recipients = append(o.Recipients, key)
	}
	for _, name := range keys {
		key, err := a.openKey(name)
		if err != nil {
			return err
		}
		o.Keys = append(o.Keys, key)
	}
	return nil
}

// openKey reads a symmetric key.
func (a *app) openKey(name string) (*udf.Key, error) {
	text, err := a.read(name, 4096)
	if err != nil {
		return nil, err
	}
	defer secret.Wipe(text)
	key, err := udf.ParseKey(string(text))
	if err != nil {
		return nil, exit.Errorf(exit.Failed, "%s holds no symmetric key: %w", sourceName(name), err)
	}
	return key, nil
}

// outputFlags are --out and --force.
func outputFlags(cmd *cobra.Command, out *string, replace *bool) {
	cmd.Flags().StringVar(out, "out", "", "`FILE` to write the result into (default: standard output)")
	cmd.Flags().BoolVar(replace, "force", false, "replace FILE if it is there")
}

// write writes a result to a file, or to standard output. Octets that are no
// text do not go to a terminal.
func (a *app) write(name string, data []byte, replace bool) error {
	if name != "" && name != stdin {
		return outfile.Write(name, data, replace)
	}
	f, isFile := a.out.(*os.File)
	if isFile && terminal.IsTerminal(f) && name == "" && terminal.Clean(string(data)) != string(data) {
		return exit.Errorf(exit.Usage, "the result is no text, and the terminal would not survive it").
			Hinted("--out FILE writes it to a file; --out - insists")
	}
	_, err := a.out.Write(data)
	return err
}

// stream writes a result of any size to a file, which is there in the end whole
// or not at all, or to standard output. Only a text goes to a terminal.
func (a *app) stream(name string, replace, text bool, write func(io.Writer) error) error {
	if name != "" && name != stdin {
		files := outfile.New(replace)
		defer files.Discard()
		var failed error // without the name of the file that it is not about
		files.Add(name, func(w io.Writer) error {
			failed = write(w)
			return failed
		})
		if err := files.Stage(); err != nil {
			if failed != nil && !is[*fs.PathError](failed) {
				return failed
			}
			return err
		}
		return files.Commit()
	}
	f, isFile := a.out.(*os.File)
	if isFile && terminal.IsTerminal(f) && name == "" && !text {
		return exit.Errorf(exit.Usage, "the result is no text, and the terminal would not survive it").
			Hinted("--out FILE writes it to a file; --out - insists")
	}
	w := &counter{w: a.out}
	err := write(w)
	if err != nil && w.n > 0 {
		a.voice.Warn("what was written to standard output until then is not whole: throw it away")
	}
	return err
}

// counter counts what is written.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.n += int64(n)
	return n, err
}

// openEnvelope opens a file with an envelope of any size. The caller closes it.
func (a *app) openEnvelope(name string) (*dare.Reader, io.Closer, error) {
	in, err := a.open(name)
	if err != nil {
		return nil, nil, err
	}
	r, err := dare.NewReader(in)
	if err == nil {
		return r, in, nil
	}
	in.Close()
	if errors.Is(err, dare.ErrPipe) {
		return nil, nil, exit.Errorf(exit.Failed, "%s: %w", sourceName(name), err).Hinted("write it to a file first, and give that")
	}
	return nil, nil, exit.Errorf(exit.Failed, "%s is no envelope: %w", sourceName(name), err)
}

func (a *app) dareVerify() *cobra.Command {
	var signer string
	cmd := &cobra.Command{
		Use:   "verify ENVELOPE --signer PROFILE",
		Short: "Verify that an account signed an envelope",
		Long: `Verify that a key of the account whose profile is given signed the envelope as it is.
The profile must be one that you trust: compare its fingerprint.`,
		Example: `  meshkey dare verify letter.dare --signer alice.profile`,
		Args:    oneArg("ENVELOPE"),
		RunE: func(_ *cobra.Command, args []string) error {
			p, err := a.openProfile(signer)
			if err != nil {
				return err
			}
			e, in, err := a.openEnvelope(args[0])
			if err != nil {
				return err
			}
			defer in.Close()
			name, err := verify(e, p.Keys())
			if err != nil {
				return err
			}
			fmt.Fprintf(a.out, "signed by %s of %s\n", name, p.Fingerprint())
			return nil
		},
	}
	cmd.Flags().StringVar(&signer, "signer", "", "`PROFILE` of the account that is said to have signed")
	_ = cmd.MarkFlagRequired("signer")
	return cmd
}

// verify finds the key that signed an envelope and returns its name.
func verify(e *dare.Reader, keys []profile.NamedKey) (string, error) {
	signers, err := e.Signers()
	if err != nil {
		return "", err
	}
	if len(signers) == 0 {
		return "", exit.Errorf(exit.NotVerified, "the envelope is not signed")
	}
	var last error
	for _, k := range keys {
		if !k.Algorithm.IsSignature() {
			continue
		}
		err := e.Verify(k.Public)
		if err == nil {
			return k.Name, nil
		}
		if last == nil || !isOtherSigner(err) {
			last = err
		}
	}
	if last == nil || isOtherSigner(last) {
		return "", exit.Errorf(exit.NotVerified, "the envelope is signed by %s, which is no key of this account", strings.Join(signers, ", "))
	}
	return "", exit.Errorf(exit.NotVerified, "%w", last)
}

func (a *app) dareInspect() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "inspect ENVELOPE",
		Short:   "Print what is public about an envelope",
		Example: `  meshkey dare inspect letter.dare`,
		Args:    oneArg("ENVELOPE"),
		RunE: func(_ *cobra.Command, args []string) error {
			e, in, err := a.openEnvelope(args[0])
			if err != nil {
				return err
			}
			defer in.Close()
			t, err := inspectEnvelope(e)
			if err != nil {
				return err
			}
			if asJSON {
				return a.printJSON(t)
			}
			t.print(a)
			return nil
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}
