package main

import (
	"encoding/hex"
	"fmt"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/seedfile"
	"meshkey/cogen"
	"meshkey/internal/secret"
	"meshkey/udf"
)

func (a *app) keyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "key",
		GroupID: groupTools,
		Short:   "Work with single keys, nonces and shares",
		Long: `The low-level tools: nonces, symmetric keys, seeds and shares of any secret, in
the texts of the Mesh (UDF). What they print on standard output is secret, except
nonces, fingerprints and public keys.`,
		Example: `  meshkey key secret
  meshkey key share --quorum 3of5
  meshkey key derive account.seed --algorithm X448 --label CompleteAccountEncrypt`,
	}
	cmd.AddCommand(a.keyNonce(), a.keySecret(), a.keyShare(), a.keyRecover(), a.keyDerive(), a.keyEARL())
	return cmd
}

// bitsFlag is the size of a random value.
type bitsFlag struct{ bits int }

func (b *bitsFlag) flag(cmd *cobra.Command, usual int) {
	cmd.Flags().IntVar(&b.bits, "bits", usual, "`SIZE` in bits, 128 to 512, in steps of 8")
}

// random draws as many octets.
func (b *bitsFlag) random() (*secret.Bytes, error) {
	if b.bits < 128 || b.bits > 512 || b.bits%8 != 0 {
		return nil, exit.Errorf(exit.Usage, "--bits takes 128 to 512, in steps of 8")
	}
	return secret.Random(b.bits / 8), nil
}

// key draws a symmetric key.
func (b *bitsFlag) key() (*udf.Key, error) {
	octets, err := b.random()
	if err != nil {
		return nil, err
	}
	defer octets.Wipe()
	return udf.NewKey(octets.Reveal())
}

func (a *app) keyNonce() *cobra.Command {
	var bits bitsFlag
	cmd := &cobra.Command{
		Use:   "nonce",
		Short: "Print a random nonce (N…)",
		Example: `  meshkey key nonce
  meshkey key nonce --bits 256`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			octets, err := bits.random()
			if err != nil {
				return err
			}
			text, err := udf.FormatNonce(octets.Reveal())
			if err == nil {
				fmt.Fprintln(a.out, text)
			}
			return err
		},
	}
	bits.flag(cmd, 128)
	return cmd
}

func (a *app) keySecret() *cobra.Command {
	var bits bitsFlag
	cmd := &cobra.Command{
		Use:   "secret",
		Short: "Print a random symmetric key (E…)",
		Example: `  meshkey key secret
  meshkey key secret --bits 256`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			key, err := bits.key()
			if err == nil {
				defer key.Wipe()
				fmt.Fprintln(a.out, key.Text())
			}
			return err
		},
	}
	bits.flag(cmd, 128)
	return cmd
}

func (a *app) keyDerive() *cobra.Command {
	var (
		open             opening
		algorithm, label string
		salted, reveal   bool
		asJSON           bool
	)
	cmd := &cobra.Command{
		Use:   "derive SEED --algorithm NAME --label TEXT",
		Short: "Derive a key from a seed and print its public half",
		Long: `Derive the key that a seed gives under a label, and print its fingerprint and
public half. SEED is a file with a seed (Z…) of any kind, in clear text or encrypted,
or - for standard input.`,
		Example: `  meshkey key derive alice.seed --algorithm X448 --label CompleteAccountEncrypt
  meshkey key derive device.seed --algorithm Ed448 --label BaseDeviceProfile --json`,
		Args: oneArg("SEED"),
		RunE: func(_ *cobra.Command, args []string) error {
			alg, err := cogen.ParseAlgorithm(algorithm)
			if err != nil {
				return exit.Errorf(exit.Usage, "there is no algorithm %q", algorithm).Hinted("there are X25519, X448, Ed25519 and Ed448")
			}
			seed, err := a.openAnySeed(args[0], open)
			if err != nil {
				return err
			}
			defer seed.Wipe()
			key, err := deriveKey(seed, alg, label, salted)
			if err != nil {
				return err
			}
			defer key.Wipe()
			return a.printDerived(key, reveal, asJSON)
		},
	}
	open.flags(cmd)
	cmd.Flags().StringVar(&algorithm, "algorithm", "", "`NAME` of the algorithm: X25519, X448, Ed25519 or Ed448")
	cmd.Flags().StringVar(&label, "label", "", "`TEXT` that names the key, such as CompleteAccountEncrypt")
	cmd.Flags().BoolVar(&salted, "salted", false, "derive as the drafts before 2020 did (the label as salt)")
	cmd.Flags().BoolVar(&reveal, "reveal", false, "print the private half too")
	jsonFlag(cmd, &asJSON)
	complete(cmd, "algorithm", "X25519", "X448", "Ed25519", "Ed448")
	_ = cmd.MarkFlagRequired("algorithm")
	_ = cmd.MarkFlagRequired("label")
	return cmd
}

// deriveKey derives in the form of the Mesh, or in the older one.
func deriveKey(seed *udf.Seed, alg cogen.Algorithm, label string, salted bool) (*cogen.PrivateKey, error) {
	if !salted {
		return seed.Key(alg, label)
	}
	octets, err := seed.PrivateValueSalted(udf.SpecifierOf(alg), label)
	if err != nil {
		return nil, err
	}
	defer secret.Wipe(octets)
	return alg.NewPrivateKey(octets)
}

func (a *app) printDerived(key *cogen.PrivateKey, reveal, asJSON bool) error {
	public := key.PublicKey()
	out := struct {
		keyJSON
		Private string `json:"private,omitempty"`
	}{keyJSON: keyJSON{
		Algorithm:   key.Algorithm().String(),
		Fingerprint: udf.KeyFingerprint(key.Algorithm(), public.Bytes()).String(),
		Public:      hex.EncodeToString(public.Bytes()),
	}}
	if reveal {
		octets := key.Bytes()
		defer secret.Wipe(octets)
		out.Private = hex.EncodeToString(octets)
	}
	if asJSON {
		return a.printJSON(out)
	}
	fmt.Fprintf(a.out, "%s %s\npublic %s\n", out.Algorithm, out.Fingerprint, out.Public)
	if reveal {
		fmt.Fprintf(a.out, "private %s\n", out.Private)
	}
	return nil
}

// openAnySeed opens a seed file of any kind.
func (a *app) openAnySeed(name string, o opening) (*udf.Seed, error) {
	data, err := a.read(name, seedfile.MaxFile)
	if err != nil {
		return nil, err
	}
	defer secret.Wipe(data)
	text, err := a.unlock(name, data, o)
	if err != nil {
		return nil, err
	}
	defer text.Wipe()
	seed, err := udf.ParseSeed(string(text.Reveal()))
	if err != nil {
		return nil, notASeed(name, err)
	}
	return seed, nil
}

func (a *app) keyEARL() *cobra.Command {
	var (
		bits   bitsFlag
		host   string
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "earl [KEY] --host DOMAIN",
		Short: "Make an encrypted locator (udf://…) and say where it points",
		Long: `Make an EARL: a locator whose text decrypts what it points to. It is as secret as
the key in it. KEY is a file with a symmetric key (E…), or - for standard input;
without it a fresh key is made.`,
		Example: `  meshkey key earl --host example.com
  meshkey key secret | meshkey key earl - --host example.com`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			key, err := a.earlKey(args, &bits)
			if err != nil {
				return err
			}
			defer key.Wipe()
			earl, err := udf.ParseEARL("udf://" + host + "/" + key.Text())
			if err != nil {
				return exit.Errorf(exit.Usage, "%q is no domain", host)
			}
			locator := key.Locator().Text(udf.LocatorBits)
			if asJSON {
				return a.printJSON(map[string]string{"earl": earl.Text(), "locator": locator, "url": earl.URL()})
			}
			fmt.Fprintf(a.out, "%s\nlocator %s\nurl %s\n", earl.Text(), locator, earl.URL())
			return nil
		},
	}
	bits.flag(cmd, 160)
	cmd.Flags().StringVar(&host, "host", "", "`DOMAIN` of the server that has the content")
	jsonFlag(cmd, &asJSON)
	_ = cmd.MarkFlagRequired("host")
	return cmd
}

func (a *app) earlKey(args []string, bits *bitsFlag) (*udf.Key, error) {
	if len(args) == 0 {
		return bits.key()
	}
	text, err := a.read(args[0], 4096)
	if err != nil {
		return nil, err
	}
	defer secret.Wipe(text)
	key, err := udf.ParseKey(string(text))
	if err != nil {
		return nil, exit.Errorf(exit.Failed, "%s holds no symmetric key: %w", sourceName(args[0]), err)
	}
	return key, nil
}
