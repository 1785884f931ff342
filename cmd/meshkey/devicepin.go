package main

import (
	"bytes"
	"fmt"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/ask"
	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/outfile"
	"meshkey/internal/secret"
	"meshkey/keyservice"
	"meshkey/profile"
	"meshkey/udf"
)

func (a *app) devicePIN() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "pin",
		Short: "Make a PIN by which a device and its account know each other",
		Long: `Make a PIN of 26 letters for one device. Whoever carries it between the device and the
account, by hand or in a file, need compare no witness: each side sees that the other has it.
So a device without a screen is connected. It is secret until then, and of no use after.`,
		Example: `  meshkey device pin --out pin
  meshkey device connect alice@example.com --service ADDRESS --out laptop --pin-file pin
  meshkey device accept alice.seed --pin-file pin --name laptop
  meshkey device complete laptop --pin-file pin`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			pin := profile.NewPIN()
			defer pin.Wipe()
			if out == "" {
				fmt.Fprintln(a.out, pin.Text())
				return nil
			}
			files := outfile.New(false)
			defer files.Discard()
			files.AddBytes(out, []byte(pin.Text()+"\n"))
			if err := files.Stage(); err != nil {
				return err
			}
			return files.Commit()
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "`FILE` to make, which only you may read (default: print it)")
	return cmd
}

// pinFlag is --pin-file.
type pinFlag struct{ file string }

func (p *pinFlag) flag(cmd *cobra.Command) {
	cmd.Flags().StringVar(&p.file, "pin-file", "", "`FILE` with the PIN that both sides have (- for standard input)")
}

// pin reads the PIN, nil if there is none. The caller wipes it.
func (p *pinFlag) pin(a *app) (*udf.Key, error) {
	if p.file == "" {
		return nil, nil
	}
	if p.file != stdin {
		ask.WarnIfOpen(a.voice, p.file)
	}
	b, err := a.read(p.file, 4096)
	if err != nil {
		return nil, err
	}
	defer secret.Wipe(b)
	pin, err := udf.ParsePIN(string(bytes.TrimSpace(b)))
	if err != nil {
		return nil, exit.Errorf(exit.Failed, "%s holds no PIN", sourceName(p.file)).Hinted("meshkey device pin makes one; it begins with A")
	}
	return pin, nil
}

// provenBy returns the device of those that wait that was told the PIN.
func provenBy(pin *udf.Key, list []keyservice.Pending) (p keyservice.Pending, err error) {
	for _, p := range list {
		if p.Request.Proves(pin) {
			return p, nil
		}
	}
	return p, exit.Errorf(exit.NotVerified, "no device that waits has this PIN").
		Hinted("meshkey device pending lists those that wait")
}
