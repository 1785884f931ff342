package main

import (
	"fmt"
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
		open          opening
		to, keys      []string
		signer, out   string
		contentType   string
		bare, replace bool
	)
	cmd := &cobra.Command{
		Use:   "seal FILE (--to PROFILE | --key KEY) (--signer SEED | --unsigned)",
		Short: "Encrypt a file to accounts or under keys, and sign it",
		Long: `Encrypt FILE so that each of the recipients can open it: an account, by its signed
profile, or whoever has a symmetric key (E…). The envelope is signed with the key
CommonSignature of the account whose seed is given. Unsigned envelopes can be changed by
anyone who carries them; who wants one says --unsigned.`,
		Example: `  meshkey dare seal letter.txt --to bob.profile --signer alice.seed --out letter.dare
  meshkey dare seal photo.jpg --key album.key --unsigned --out photo.dare`,
		Args: oneArg("FILE"),
		RunE: func(_ *cobra.Command, args []string) error {
			o := dare.SealOptions{Unsigned: bare, Meta: dare.ContentMeta{ContentType: contentType}}
			if err := a.recipients(&o, to, keys); err != nil {
				return err
			}
			if !bare {
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
			data, err := a.read(args[0], maxContent)
			if err != nil {
				return err
			}
			defer secret.Wipe(data)
			e, err := dare.Seal(data, o)
			if err != nil {
				return err
			}
			return a.write(out, e.Bytes(), replace)
		},
	}
	open.flags(cmd)
	f := cmd.Flags()
	f.StringArrayVar(&to, "to", nil, "`PROFILE` of an account that can open it; may be repeated")
	f.StringArrayVar(&keys, "key", nil, "`FILE` with a symmetric key (E…) that opens it; may be repeated")
	f.StringVar(&signer, "signer", "", "`SEED` of the account that signs")
	f.BoolVar(&bare, "unsigned", false, "do not sign: anyone who carries the envelope can change it")
	f.StringVar(&contentType, "type", "", "content `TYPE` to note in the header, which is public")
	outputFlags(cmd, &out, &replace)
	cmd.MarkFlagsOneRequired("to", "key")
	cmd.MarkFlagsOneRequired("signer", "unsigned")
	cmd.MarkFlagsMutuallyExclusive("signer", "unsigned")
	return cmd
}

// maxContent bounds what is sealed or opened, in octets.
const maxContent = 32 << 20

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

// openEnvelope reads an envelope.
func (a *app) openEnvelope(name string) (*dare.Envelope, error) {
	data, err := a.read(name, dare.MaxSize)
	if err != nil {
		return nil, err
	}
	e, err := dare.Parse(data)
	if err != nil {
		return nil, exit.Errorf(exit.Failed, "%s is no envelope: %w", sourceName(name), err)
	}
	return e, nil
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
			e, err := a.openEnvelope(args[0])
			if err != nil {
				return err
			}
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
func verify(e *dare.Envelope, keys []profile.NamedKey) (string, error) {
	if !e.Signed() {
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
		return "", exit.Errorf(exit.NotVerified, "the envelope is signed by %s, which is no key of this account", strings.Join(e.Signers(), ", "))
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
			e, err := a.openEnvelope(args[0])
			if err != nil {
				return err
			}
			t := inspectEnvelope(e)
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
