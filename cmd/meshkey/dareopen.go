package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/outfile"
	"meshkey/internal/dare"
	"meshkey/internal/keyfile"
	"meshkey/mesh"
	"meshkey/profile"
	"meshkey/udf"
)

func (a *app) dareOpen() *cobra.Command {
	var (
		open                        opening
		seed, key, signer, out, dir string
		replace                     bool
	)
	cmd := &cobra.Command{
		Use:   "open ENVELOPE... (--seed SEED | --key KEY)",
		Short: "Decrypt an envelope, or get escrowed keys back as key files",
		Long: `Decrypt an envelope of any size with a key of the account whose seed is given, or with
a symmetric key. If it is signed, its signature is verified first: by the profile given
as --signer, or else by the account's own keys. If it is anonymous, nobody but another
recipient can have changed it; if it is unsigned, anybody can. Which it is, is said.

After an error nothing is left in --out FILE. What went to standard output until then
is a beginning, and not to be used.

With --keys DIR the envelopes hold application keys that were escrowed to the account
(SSH, mail), and each becomes a key file there that other programs read. An entry of a
catalog, with such envelopes in it, can be given as it is.

Of a recovery record (SET.record.dare) it is said what is in it; --keys DIR writes the
keys in it, --out FILE the account's signed profile.`,
		Example: `  meshkey dare open letter.dare --seed alice.seed --signer bob.profile
  meshkey dare open ssh.dare mail.dare --seed alice.seed --keys keys
  meshkey dare open QXJK.record.dare --seed alice.seed --keys keys
  meshkey dare open photo.dare --key album.key --out photo.jpg`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			who, err := a.ownerOf(seed, open)
			if err != nil {
				return err
			}
			defer who.wipe()
			account := who.account
			if dir != "" {
				return a.openEscrowed(args, who, dir, replace)
			}
			if len(args) > 1 {
				return exit.Errorf(exit.Usage, "one envelope at a time, unless they hold keys (--keys DIR)")
			}
			e, in, err := a.openEnvelope(args[0])
			if err != nil {
				return err
			}
			defer in.Close()
			if account != nil && isRecord(e) { // which its account alone signs, whatever --signer says
				whole, err := e.Whole()
				if err != nil {
					return err
				}
				r, err := openRecord(whole.Bytes(), who.seed, account)
				if err != nil {
					return err
				}
				return a.tellRecord(args[0], r, account, out, replace)
			}
			return a.openSealed(e, account, key, signer, out, replace)
		},
	}
	open.flags(cmd)
	f := cmd.Flags()
	f.StringVar(&seed, "seed", "", "`SEED` of the account it is sealed to")
	f.StringVar(&key, "key", "", "`FILE` with the symmetric key (E…) it is sealed under")
	f.StringVar(&signer, "signer", "", "`PROFILE` of the account that signed")
	f.StringVar(&dir, "keys", "", "`DIR` to write escrowed keys into, as key files")
	outputFlags(cmd, &out, &replace)
	cmd.MarkFlagsOneRequired("seed", "key")
	cmd.MarkFlagsMutuallyExclusive("seed", "key")
	cmd.MarkFlagsMutuallyExclusive("keys", "key")
	cmd.MarkFlagsMutuallyExclusive("keys", "out")
	return cmd
}

// owner is whose seed is given: the seed and its account, or nils.
type owner struct {
	seed    *profile.Seed
	account *profile.Account
}

func (o owner) wipe() {
	if o.account != nil {
		o.account.Wipe()
		o.seed.Wipe()
	}
}

// ownerOf opens a seed file, if its name is not empty.
func (a *app) ownerOf(name string, open opening) (o owner, err error) {
	if name == "" {
		return o, nil
	}
	if o.seed, err = a.openSeed(name, open); err != nil {
		return o, err
	}
	if o.account, err = o.seed.Account(); err != nil {
		o.seed.Wipe()
	}
	return o, err
}

// openSealed verifies and decrypts one envelope.
func (a *app) openSealed(e *dare.Reader, account *profile.Account, keyName, signer, out string, replace bool) error {
	if err := a.verifySigner(e, account, signer); err != nil {
		return err
	}
	key, err := a.keyFor(e, account, keyName)
	if err != nil {
		return err
	}
	if err := a.stream(out, replace, false, func(w io.Writer) error { return e.Open(w, key) }); err != nil {
		return err
	}
	if e.Authenticated() {
		a.voice.Say("The envelope is anonymous: nobody but a recipient can have changed it, and it does not tell who sent it.")
	}
	return nil
}

// keyFor is the key that opens an envelope, nil for one that is not encrypted.
func (a *app) keyFor(e *dare.Reader, account *profile.Account, keyName string) (dare.Key, error) {
	if !e.Encrypted() {
		return nil, nil
	}
	if keyName != "" {
		key, err := a.openKey(keyName)
		if err != nil {
			return nil, err
		}
		return dare.SymmetricKey(key), nil
	}
	for _, kid := range e.Recipients() {
		f, err := udf.ParseFingerprint(kid)
		if err != nil {
			continue
		}
		if _, key := account.Find(f); key != nil {
			return dare.PrivateKey(key), nil
		}
	}
	return nil, exit.Errorf(exit.WrongAccount, "the envelope is not sealed to a key of the account %s", account.Fingerprint())
}

// verifySigner verifies a signed envelope, and says what holds for another.
func (a *app) verifySigner(e *dare.Reader, account *profile.Account, signer string) error {
	signers, err := e.Signers()
	if err != nil {
		return err
	}
	var keys []profile.NamedKey
	switch {
	case signer != "":
		p, err := a.openProfile(signer)
		if err != nil {
			return err
		}
		keys = p.Keys()
	case e.Authenticated():
		return nil // opening is what shows it
	case len(signers) == 0:
		a.voice.Warn("the envelope is not signed: anyone who carried it could have changed what it says")
		return nil
	case account != nil:
		keys = account.Keys()
	default:
		return exit.Errorf(exit.Usage, "the envelope is signed; by whom?").Hinted("give the signer's profile with --signer PROFILE")
	}
	name, err := verify(e, keys)
	if wrong, ok := errors.AsType[*exit.Error](err); ok && signer == "" {
		return wrong.Hinted("if somebody else signed it, give his profile with --signer PROFILE")
	}
	if err != nil {
		return err
	}
	a.voice.Say("The signature is good: key %s.", name)
	return nil
}

// openEscrowed opens envelopes with escrowed keys and writes them as key files,
// all or none.
func (a *app) openEscrowed(names []string, who owner, dir string, replace bool) error {
	files := outfile.New(replace)
	defer files.Discard()
	unsigned := 0
	for _, name := range names {
		envelopes, err := a.envelopesIn(name, who)
		if err != nil {
			return err
		}
		for _, envelope := range envelopes {
			escrowed, err := who.account.OpenEscrowed(envelope)
			if err != nil {
				return exit.Errorf(codeOf(err), "%s: %w", sourceName(name), err)
			}
			defer mesh.Wipe(escrowed.Key)
			if !escrowed.Signed {
				unsigned++
			}
			file, err := keyfile.New(escrowed.Key)
			if err != nil {
				return exit.Errorf(exit.Failed, "%s: %w", sourceName(name), err)
			}
			defer file.Wipe()
			path := filepath.Join(dir, file.Fingerprint.String())
			if slices.Contains(files.Paths(), path+".pem") {
				continue // the same key again
			}
			files.AddBytes(path+".pem", file.PEM.Reveal())
			if file.SSH != "" {
				files.AddBytes(path+".pub", []byte(file.SSH+"\n"))
			}
			a.voice.Say("%s key %s", file.Algorithm, file.Fingerprint)
		}
	}
	if err := files.Stage(); err != nil {
		return err
	}
	if err := files.Commit(); err != nil {
		return err
	}
	if unsigned > 0 {
		a.voice.Warn("%s not signed: compare the fingerprints with what you know of the keys", countOf(unsigned, "of the envelopes was", "of the envelopes were"))
	}
	for _, path := range files.Paths() {
		fmt.Fprintln(a.out, path)
	}
	return nil
}

// envelopesIn are the envelopes in a file: one, or those that a recovery record
// or an entry of a catalog of applications has in escrow.
func (a *app) envelopesIn(name string, who owner) ([][]byte, error) {
	data, err := a.read(name, maxEnvelope)
	if err != nil {
		return nil, err
	}
	if isRecordFile(data) {
		r, err := openRecord(data, who.seed, who.account)
		if err != nil {
			return nil, exit.Errorf(codeOf(err), "%s: %w", sourceName(name), err)
		}
		describeRecord(r).print(a.out)
		return r.Escrowed, nil
	}
	entry, err := mesh.Parse(data)
	if err != nil {
		return [][]byte{data}, nil // no entry: an envelope has no tag, or one of its own
	}
	var escrowed []mesh.Envelope
	switch e := entry.(type) {
	case *mesh.CatalogedApplicationSsh:
		escrowed = e.EnvelopedEscrow
	case *mesh.CatalogedApplicationMail:
		escrowed = e.EnvelopedEscrow
	case *mesh.CatalogedApplication:
		escrowed = e.EnvelopedEscrow
	default:
		return [][]byte{data}, nil
	}
	if len(escrowed) == 0 {
		return nil, exit.Errorf(exit.Failed, "%s is a %s and has no key in escrow", sourceName(name), mesh.Tag(entry))
	}
	var out [][]byte
	for _, e := range escrowed {
		out = append(out, []byte(e))
	}
	return out, nil
}

// isOtherSigner tells "signed by somebody else" from "signed wrongly".
func isOtherSigner(err error) bool { return is[*dare.SignerError](err) }
