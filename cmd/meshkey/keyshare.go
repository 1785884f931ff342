package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/line"
	"meshkey/internal/secret"
	"meshkey/recovery"
	"meshkey/shamir"
	"meshkey/udf"
)

func (a *app) keyShare() *cobra.Command {
	var (
		bits   bitsFlag
		quorum quorumFlags
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "share [SECRET] --quorum 2of3",
		Short: "Split a secret into shares",
		Long: `Split a secret into shares and print them. SECRET is a file with a symmetric key (E…)
or a seed (Z…), or - for standard input; without it a fresh key is made and printed too.
To put the seed of an account on paper, use meshkey escrow.`,
		Example: `  meshkey key share --quorum 3of5
  meshkey key share backup.key -t 2 -n 3`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			q, err := quorum.quorum()
			if err != nil {
				return err
			}
			octets, fresh, err := a.secretToShare(args, &bits)
			if err != nil {
				return err
			}
			defer octets.Wipe()
			shares, err := shamir.Split(octets.Reveal(), q)
			if err != nil {
				return err
			}
			var texts []string
			for _, s := range shares {
				texts = append(texts, udf.FormatShare(s))
				s.Wipe()
			}
			if asJSON {
				return a.printJSON(sharesJSON{fresh, q.Need, q.Of, texts})
			}
			if fresh != "" {
				fmt.Fprintf(a.out, "Secret: %s\n", fresh)
			}
			for _, text := range texts {
				fmt.Fprintf(a.out, "Share: %s\n", text)
			}
			return nil
		},
	}
	quorum.flags(cmd)
	bits.flag(cmd, 128)
	jsonFlag(cmd, &asJSON)
	return cmd
}

type sharesJSON struct {
	Secret string   `json:"secret,omitempty"` // if it is a fresh one
	Need   int      `json:"need"`
	Of     int      `json:"of"`
	Shares []string `json:"shares"`
}

// secretToShare are the octets of the secret in a file, or of a fresh key with
// its text.
//
// Of a key its octets are shared, of a seed its type octet too: so the Mesh has
// it.
func (a *app) secretToShare(args []string, bits *bitsFlag) (octets *secret.Bytes, fresh string, err error) {
	if len(args) == 0 {
		key, err := bits.key()
		if err != nil {
			return nil, "", err
		}
		defer key.Wipe()
		return secret.Take(key.Octets()), key.Text(), nil
	}
	text, err := a.read(args[0], 4096)
	if err != nil {
		return nil, "", err
	}
	defer secret.Wipe(text)
	if key, err := udf.ParseKey(string(text)); err == nil {
		defer key.Wipe()
		return secret.Take(key.Octets()), "", nil
	}
	seed, err := udf.ParseSeed(string(text))
	if err != nil {
		return nil, "", exit.Errorf(exit.Failed, "%s holds neither a symmetric key (E…) nor a seed (Z…)", sourceName(args[0]))
	}
	defer seed.Wipe()
	return secret.Take(seed.Octets()), "", nil
}

func (a *app) keyRecover() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "recover [FILE|-]...",
		Short: "Combine shares into the secret they were made from",
		Long: `Combine shares and print the secret: a seed (Z…) if it is one, else a symmetric key
(E…). Files are photographs, scans or text, as for meshkey recover; - is standard input.
There is nothing to compare the secret with. If there are more shares than needed, all
must agree; if not, a wrong letter gives a wrong secret.`,
		Example: `  meshkey key recover shares.txt
  meshkey key share --quorum 2of3 | meshkey key recover -`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return exit.Errorf(exit.Usage, "FILE is missing").Hinted("meshkey key %s", cmd.Use)
			}
			return line.RefuseSecrets(args)
		},
		RunE: func(_ *cobra.Command, args []string) error {
			var shares []shamir.Share
			defer func() {
				for _, s := range shares {
					s.Wipe()
				}
			}()
			for _, name := range args {
				more, err := a.sharesIn(name)
				shares = append(shares, more...)
				if err != nil {
					return err
				}
			}
			octets, err := shamir.Combine(shares)
			if err != nil {
				return a.why(err)
			}
			defer secret.Wipe(octets)
			text, err := secretText(octets)
			if err != nil {
				return err
			}
			if spare := distinct(shares) - shares[0].Need(); spare > 0 {
				a.voice.Say("All %d shares agree, %d more than needed.", distinct(shares), spare)
			} else {
				a.voice.Warn("there was nothing to compare the secret with: a single wrong letter gives another one")
			}
			if asJSON {
				return a.printJSON(map[string]string{"secret": text})
			}
			fmt.Fprintln(a.out, text)
			return nil
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

// sharesIn are the shares in a file.
func (a *app) sharesIn(name string) (shares []shamir.Share, err error) {
	texts, err := a.scan(name)
	if err != nil {
		return nil, err
	}
	for _, t := range texts {
		for _, it := range recovery.ParseText(t.text) {
			if it.Kind != recovery.Share {
				continue
			}
			s, err := parseShare(it)
			if err != nil {
				return shares, exit.Errorf(exit.BadShare, "%s: line %d: %w", t.source, it.Line, err)
			}
			shares = append(shares, s)
		}
	}
	return shares, nil
}

// parseShare reads the share that an item of a text spells.
func parseShare(it recovery.Item) (shamir.Share, error) {
	var rows []string
	for _, r := range it.Rows {
		rows = append(rows, r.Letters)
	}
	return udf.ParseShare(strings.Join(rows, "\n"))
}

func distinct(shares []shamir.Share) int {
	seen := map[int]bool{}
	for _, s := range shares {
		seen[s.Index()] = true
	}
	return len(seen)
}

// secretText writes a recovered secret: as a seed if it is one, else as a key.
func secretText(octets []byte) (string, error) {
	if seed, err := udf.SeedFromOctets(octets); err == nil && seed.Specifier().Known() {
		defer seed.Wipe()
		return seed.Text(), nil
	}
	key, err := udf.NewKey(octets)
	if err != nil {
		return "", errors.New("the secret is of no kind that has a text")
	}
	defer key.Wipe()
	return key.Text(), nil
}
