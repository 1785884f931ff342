package main

import (
	"bytes"
	"errors"
	"io/fs"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/outfile"
	"meshkey/group"
	"meshkey/internal/jsonb"
	"meshkey/internal/secret"
)

func (a *app) signCommit() *cobra.Command {
	var h holding
	cmd := &cobra.Command{
		Use:   "commit GROUP --seed SEED --nonces FILE --out COMMITMENT",
		Short: "Begin to sign: make nonces and a commitment",
		Long: `Make nonces, which stay with you in the file given with --nonces, and the commitment to
them, for whoever puts the signing together. It can be done before the document exists.

Nonces sign once: "meshkey group sign answer" deletes them. Keep no copy of that file, in no
backup: whoever makes you sign with it a second time has your share.`,
		Example: `  meshkey group sign commit board --seed a.seed --nonces a.nonces --out a.commitment
  meshkey group sign commit board --seed a.seed --nonces spare.nonces --out spare.commitment`,
		Args: oneArg("GROUP"),
		RunE: func(_ *cobra.Command, args []string) error {
			signer, wipe, err := h.signer(a, folder(args[0]))
			if err != nil {
				return err
			}
			defer wipe()
			nonces, commitment, err := signer.Commit()
			if err != nil {
				return err
			}
			files := outfile.New(false)
			defer files.Discard()
			files.AddBytes(h.nonces, nonces)
			if h.out != "" && h.out != stdin {
				files.AddBytes(h.out, commitment)
			}
			if err := files.Stage(); err != nil {
				return err
			}
			if err := files.Commit(); err != nil {
				return err
			}
			if h.out == "" || h.out == stdin {
				return a.write(h.out, commitment, false)
			}
			return nil
		},
	}
	h.flags(cmd)
	cmd.Flags().StringVar(&h.nonces, "nonces", "", "`FILE` to keep the nonces in, once")
	cmd.Flags().StringVar(&h.out, "out", "", "`COMMITMENT` to write (default: standard output)")
	_ = cmd.MarkFlagRequired("nonces")
	return cmd
}

func (a *app) signRequest() *cobra.Command {
	var (
		out     string
		replace bool
	)
	cmd := &cobra.Command{
		Use:   "request GROUP DOCUMENT COMMITMENT... --out SIGNING",
		Short: "Ask holders to sign a document",
		Long: `Put a signing together: the digest of DOCUMENT and the commitments of those who will sign,
each under its holder's signature. It goes to all of them, with the document.`,
		Example: `  meshkey group sign request board contract.pdf a.commitment b.commitment \
      --out contract.signing
  meshkey group sign request board contract.pdf *.commitment --out contract.signing`,
		Args: several("GROUP", "DOCUMENT"),
		RunE: func(_ *cobra.Command, args []string) error {
			s, err := folder(args[0]).signers(a)
			if err != nil {
				return err
			}
			document, err := a.read(args[1], maxDocument)
			if err != nil {
				return err
			}
			commitments, err := a.readAll(args[2:])
			if err != nil {
				return err
			}
			g, err := s.NewSigning(document, commitments...)
			if err != nil {
				return err
			}
			b, err := g.Bytes()
			if err != nil {
				return err
			}
			return a.write(out, b, replace)
		},
	}
	outputFlags(cmd, &out, &replace)
	return cmd
}

// signing reads a signing and its document.
func (a *app) signing(f folder, name, document string) (*group.Signers, *group.Signing, []byte, error) {
	s, err := f.signers(a)
	if err != nil {
		return nil, nil, nil, err
	}
	b, err := a.read(name, maxEnvelope)
	if err != nil {
		return nil, nil, nil, err
	}
	g, err := s.ParseSigning(bytes.TrimSpace(b))
	if err != nil {
		return nil, nil, nil, about(sourceName(name), err)
	}
	text, err := a.read(document, maxDocument)
	return s, g, text, err
}

func (a *app) signAnswer() *cobra.Command {
	var h holding
	cmd := &cobra.Command{
		Use:   "answer GROUP SIGNING DOCUMENT --seed SEED --nonces FILE --out ANSWER",
		Short: "Sign a document with your share",
		Long: `Sign DOCUMENT, which you have looked at, with your share. It must be the one that the
signing is for. The nonces are deleted, durably, before the answer is written: if that
fails, nothing is answered, and if the answer is lost, commit anew.`,
		Example: `  meshkey group sign answer board contract.signing contract.pdf --seed a.seed \
      --nonces a.nonces --out a.answer
  meshkey group sign answer board contract.signing contract.pdf --seed b.seed \
      --nonces b.nonces > b.answer`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 3 {
				return exit.Errorf(exit.Usage, "a folder, a signing and its document are needed").Hinted("%s", cmd.UseLine())
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			return h.answer(a, folder(args[0]), args[1], args[2])
		},
	}
	h.flags(cmd)
	cmd.Flags().StringVar(&h.nonces, "nonces", "", "`FILE` with the nonces of your commitment, which is deleted")
	outputFlags(cmd, &h.out, &h.replace)
	_ = cmd.MarkFlagRequired("nonces")
	return cmd
}

func (h *holding) answer(a *app, f folder, signing, document string) error {
	_, g, text, err := a.signing(f, signing, document)
	if err != nil {
		return err
	}
	if v, err := jsonb.Parse(text); err == nil && len(v.Members()) == 1 {
		a.voice.Warn("%s is a structure of the Mesh, %q: with the group's signature under it programs obey it", sourceName(document), v.Members()[0].Name)
	}
	nonces, err := a.read(h.nonces, maxEnvelope)
	if errors.Is(err, fs.ErrNotExist) {
		return exit.Errorf(exit.Failed, "the nonces in %s are not there: they sign once, and are deleted then", h.nonces).
			Hinted("meshkey group sign commit makes others, with another commitment")
	}
	if err != nil {
		return err
	}
	defer secret.Wipe(nonces)
	signer, wipe, err := h.signer(a, f)
	if err != nil {
		return err
	}
	defer wipe()
	answer, err := signer.Sign(g, text, nonces)
	if err != nil {
		return err
	}
	if h.out != "" && h.out != stdin { // what would fail anyway fails while there are nonces
		files := outfile.New(h.replace)
		files.AddBytes(h.out, nil)
		if err := files.Check(); err != nil {
			return err
		}
	}
	if err := spend(h.nonces); err != nil {
		return err
	}
	return a.write(h.out, answer, h.replace)
}

func (a *app) signCombine() *cobra.Command {
	var (
		contentType, out string
		replace          bool
	)
	cmd := &cobra.Command{
		Use:   "combine GROUP SIGNING DOCUMENT ANSWER... --out ENVELOPE",
		Short: "Make the signed document of the answers",
		Long: `Make an envelope of DOCUMENT with the group's signature, from the answers of all whom the
signing asks. If one of them is wrong nothing is written, and it is said whose it is.`,
		Example: `  meshkey group sign combine board contract.signing contract.pdf a.answer b.answer \
      --out contract.dare
  meshkey dare verify contract.dare --signer board/profile`,
		Args: several("GROUP", "SIGNING"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) < 3 {
				return exit.Errorf(exit.Usage, "DOCUMENT is missing").Hinted("%s", cmd.UseLine())
			}
			_, g, text, err := a.signing(folder(args[0]), args[1], args[2])
			if err != nil {
				return err
			}
			answers, err := a.readAll(args[3:])
			if err != nil {
				return err
			}
			b, err := g.Combine(text, contentType, answers...)
			if err != nil {
				return err
			}
			return a.write(out, b, replace)
		},
	}
	cmd.Flags().StringVar(&contentType, "type", "", "content `TYPE` to note in the header, which is public")
	outputFlags(cmd, &out, &replace)
	return cmd
}
