package main

import (
	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cogen"
	"meshkey/internal/dare"
	"meshkey/profile"
)

func (a *app) groupEncrypt() *cobra.Command {
	var (
		open          opening
		name          string
		signer, out   string
		text, replace bool
	)
	cmd := &cobra.Command{
		Use:   "encrypt FILE --group GROUP [--signer SEED]",
		Short: "Encrypt a file of any size to a group",
		Long: `Encrypt FILE to a group, which is named by its folder, its record or its profile; nothing
secret is needed. With --signer the envelope is signed by that account, and the group's
members see by whom; a signer who is no member must be known to them by his profile.
Without, nobody can change it, and nobody can tell who sent it.`,
		Example: `  meshkey group encrypt plan.pdf --group staff --out plan.dare
  meshkey group encrypt plan.pdf --group staff.profile --signer alice.seed --out plan.dare
  tar c plans | meshkey group encrypt - --group staff --out plans.dare`,
		Args: oneArg("FILE"),
		RunE: func(_ *cobra.Command, args []string) error {
			key, err := a.groupKey(name)
			if err != nil {
				return err
			}
			o := dare.SealOptions{Recipients: []*cogen.PublicKey{key}, Anonymous: signer == "", Text: text}
			who, err := a.ownerOf(signer, open)
			if err != nil {
				return err
			}
			defer who.wipe()
			if who.account != nil {
				o.Signer = who.account.Private(profile.CommonSignature)
			}
			return a.sealFile(args[0], o, out, replace)
		},
	}
	f := cmd.Flags()
	f.StringVar(&name, "group", "", "folder, record or profile of the `GROUP`")
	f.StringVar(&signer, "signer", "", "`SEED` of the account that signs")
	open.flags(cmd)
	f.BoolVar(&text, "text", false, "write the envelope as a text (JSON)")
	outputFlags(cmd, &out, &replace)
	_ = cmd.MarkFlagRequired("group")
	return cmd
}

// groupKey is the key to encrypt to, from a folder, a record or a profile.
func (a *app) groupKey(name string) (*cogen.PublicKey, error) {
	if f := folder(name); exists(f.path(fileRecord)) {
		g, err := f.record(a)
		if err != nil {
			return nil, err
		}
		return g.Key(), nil
	}
	data, err := a.read(name, maxRecord)
	if err != nil {
		return nil, err
	}
	if g, err := parseRecord(data); err == nil {
		return g.Key(), nil
	}
	p, err := profile.Parse(data)
	if err != nil {
		return nil, badProfile(name, err)
	}
	key := p.Key(profile.CommonEncryption)
	if key == nil || p.Kind() != "ProfileGroup" {
		return nil, exit.Errorf(exit.Failed, "%s is a %s, not the profile of a group", sourceName(name), p.Kind()).
			Hinted("meshkey dare seal encrypts to persons")
	}
	return key, nil
}
