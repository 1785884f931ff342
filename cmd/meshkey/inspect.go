package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/line"
	"meshkey/cmd/internal/seedfile"
	"meshkey/cmd/internal/terminal"
	"meshkey/internal/dare"
	"meshkey/internal/secret"
	"meshkey/mesh"
	"meshkey/profile"
	"meshkey/record"
	"meshkey/recovery"
	"meshkey/scan"
	"meshkey/udf"
)

func (a *app) inspectCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "inspect FILE...",
		GroupID: groupTools,
		Short:   "Say what a file or sheet is, and what is public about it",
		Long: `Say what something is and print what is public about it, never what is secret: a share,
a seed, a certificate, a sheet (as photograph, scan, PDF or text), a profile, an envelope,
an encrypted seed file, a fingerprint or another text of the Mesh. - is standard input.`,
		Example: `  meshkey inspect photo.jpg
  meshkey inspect alice.seed alice.seed.profile
  meshkey inspect - < share.txt`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return exit.Errorf(exit.Usage, "FILE is missing").Hinted("%s", cmd.UseLine())
			}
			return line.RefuseSecrets(args)
		},
		RunE: func(_ *cobra.Command, args []string) error {
			report := inspection{Files: []things{}}
			var failed error
			for _, name := range args {
				found, err := a.inspect(name)
				if err != nil {
					if failed = err; len(args) > 1 {
						a.voice.Error(explain(err))
					}
					continue
				}
				report.Files = append(report.Files, things{sourceName(name), found})
			}
			a.answer = report
			switch {
			case failed != nil && len(args) > 1:
				failed = exit.Errorf(exit.Code(failed), "%d of %d files could not be told", len(args)-len(report.Files), len(args))
			case asJSON && failed == nil:
				return a.printJSON(report)
			}
			if !asJSON {
				report.print(a)
			}
			return failed
		},
	}
	jsonFlag(cmd, &asJSON)
	return cmd
}

// inspection is what was found in all files.
type inspection struct {
	Files []things `json:"files"`
}

func (r inspection) print(a *app) {
	for i, t := range r.Files {
		if len(r.Files) > 1 {
			fmt.Fprintf(a.out, "%s%s\n", "\n"[:min(i, 1)], terminal.Clean(t.Source))
		}
		for _, thing := range t.Found {
			thing.print(a)
		}
	}
}

// things are what was found in one file.
type things struct {
	Source string  `json:"source"`
	Found  []thing `json:"found"`
}

// thing is what something is, in a word and in words, with facts about it in
// order.
type thing struct {
	Kind, Title string
	Facts       []fact
}

type fact struct {
	Name  string
	Value any
}

func (t *thing) add(name string, value any) { t.Facts = append(t.Facts, fact{name, value}) }

// MarshalJSON writes one object: the kind, then the facts.
func (t thing) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	for i, f := range append([]fact{{"kind", t.Kind}}, t.Facts...) {
		name, err := json.Marshal(strings.ReplaceAll(f.Name, " ", "_"))
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(f.Value)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%c%s:%s", "{,"[min(i, 1)], name, value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func (t thing) print(a *app) {
	fmt.Fprintln(a.out, t.Title)
	for _, f := range t.Facts {
		if keys, ok := f.Value.(keysJSON); ok {
			printKeys(a.out, keys)
			continue
		}
		text := fmt.Sprint(f.Value)
		if list, ok := f.Value.([]string); ok {
			text = strings.Join(list, ", ")
		}
		fmt.Fprintf(a.out, "  %-14s %s\n", f.Name, terminal.Clean(text))
	}
}

// inspect says what is in a file.
func (a *app) inspect(name string) ([]thing, error) {
	data, err := a.read(name, scan.MaxFile)
	if err != nil {
		return nil, err
	}
	defer secret.Wipe(data)
	head := bytes.TrimSpace(data[:min(len(data), 1024)])
	switch {
	case seedfile.Encrypted(data):
		return []thing{inspectEncrypted(data)}, nil
	case len(head) > 0 && (head[0] == '[' || head[0] == '{'):
		t, err := inspectJSON(name, data)
		return []thing{t}, err
	}
	reading, err := scanBytes(data)
	if err != nil {
		if u, ok := errors.AsType[*scan.UnsupportedError](err); ok {
			return nil, exit.Errorf(exit.Failed, "%s: %w", sourceName(name), err).Hinted("%s", u.Hint)
		}
		return nil, exit.Errorf(exit.Failed, "%s: %w", sourceName(name), err)
	}
	var out []thing
	for _, t := range texts(reading, sourceName(name)) {
		for _, it := range recovery.ParseText(t.text) {
			found, err := inspectItem(it)
			if err != nil {
				return nil, exit.Errorf(exit.BadShare, "%s: line %d: %w", t.source, it.Line, err)
			}
			if reading.Pages > 1 {
				found.add("place", t.source)
			}
			out = append(out, found)
		}
	}
	if len(out) == 0 {
		return nil, exit.Errorf(exit.Failed, "%s holds nothing that this program knows", sourceName(name))
	}
	return out, nil
}

func inspectEncrypted(data []byte) thing {
	t := thing{Kind: "encrypted", Title: "an encrypted file (age), perhaps a seed"}
	t.add("opens with", seedfile.Locks(data))
	return t
}

// inspectJSON says what a structure of the Mesh is: a profile, another
// envelope, or something else.
func inspectJSON(name string, data []byte) (thing, error) {
	if p, err := profile.Parse(data); err == nil {
		t := thing{Kind: "profile", Title: "a signed profile (" + p.Kind() + ")"}
		t.add("account", p.Fingerprint().String())
		if p.Address() != "" {
			t.add("address", p.Address())
		}
		if p.Service() != "" {
			t.add("service", p.Service())
		}
		t.add("signature", "good: by the key that is its name")
		t.add("keys", keysJSON(p.Keys()))
		return t, nil
	}
	if e, err := dare.NewReader(bytes.NewReader(data)); err == nil {
		return inspectEnvelope(e)
	}
	if t, ok := inspectOfGroup(data); ok {
		return t, nil
	}
	if x, err := mesh.Parse(data); err == nil {
		defer mesh.Wipe(x)
		return thing{Kind: "structure", Title: "a structure of the Mesh: " + mesh.Tag(x)}, nil
	}
	return thing{}, exit.Errorf(exit.Failed, "%s holds nothing that this program knows", sourceName(name))
}

// inspectEnvelope tells the header of an envelope. Nothing vouches for it.
func inspectEnvelope(e *dare.Reader) (thing, error) {
	octets, err := e.Length()
	if err != nil {
		return thing{}, err
	}
	signers, err := e.Signers()
	if err != nil {
		return thing{}, err
	}
	t := thing{Kind: "envelope", Title: "a DARE envelope"}
	if isRecord(e) {
		t = thing{Kind: "record", Title: "a recovery record, as it says itself; meshkey dare open and meshkey recover open it"}
	}
	if meta, err := e.ContentMeta(); err == nil {
		if title := groupTitles[meta.MessageType]; title != "" {
			t.Title = title + ", as it says itself"
		}
		for _, f := range []fact{{"content", meta.ContentType}, {"message", meta.MessageType}, {"created", meta.Created}} {
			if f.Value != "" {
				t.add(f.Name, f.Value)
			}
		}
	}
	t.add("octets", octets)
	if e.Encrypted() {
		t.add("encrypted", e.Header().Enc)
		t.add("recipients", e.Recipients())
	} else {
		t.add("encrypted", "no")
	}
	switch {
	case len(signers) > 0:
		t.add("signers", signers)
		t.add("signature", "not verified; meshkey dare verify does it")
	case e.Authenticated():
		t.add("signature", "none: it is anonymous; but nobody except a recipient can have changed it")
	default:
		t.add("signature", "none: anyone who carried it could have changed it")
	}
	return t, nil
}

// inspectItem says what is public about one text.
func inspectItem(it recovery.Item) (thing, error) {
	switch it.Kind {
	case recovery.Share:
		return inspectShare(it)
	case recovery.Certificate:
		return inspectCertificate(it.Text)
	case recovery.Seed:
		return inspectSeed(it.Text)
	case recovery.Fingerprint:
		t := thing{Kind: "fingerprint", Title: "a fingerprint"}
		if f, err := udf.ParseFingerprint(it.Text); err == nil {
			t.add("text", f.Text(f.Bits()))
			t.add("letters", f.Letters())
		}
		return t, nil
	}
	return thing{Kind: "other", Title: it.Kind.String()}, nil
}

func inspectShare(it recovery.Item) (thing, error) {
	s, err := parseShare(it)
	if err != nil {
		return thing{}, err
	}
	defer s.Wipe()
	t := thing{Kind: "share", Title: "a share (secret)"}
	t.add("number", s.Index())
	t.add("needed", s.Need())
	t.add("secret octets", s.SecretLen())
	return t, nil
}

func inspectCertificate(text string) (thing, error) {
	c, err := record.ParseCertificate(text)
	if err != nil {
		return thing{}, err
	}
	t := thing{Kind: "certificate", Title: "the certificate of a set of sheets (public)"}
	t.add("account", c.Account().String())
	if c.Address() != "" {
		t.add("address", c.Address())
	}
	t.add("set", c.SetName())
	t.add("needed", c.Quorum().Need)
	t.add("made", c.Quorum().Of)
	t.add("date", c.Date().Format(time.DateOnly))
	t.add("sealed", c.Sealed())
	if c.RecordHost() != "" {
		t.add("record host", c.RecordHost())
	}
	t.add("signature", "good by its own key; whose that is, the profile or the seed can say")
	return t, nil
}

func inspectSeed(text string) (thing, error) {
	seed, err := udf.ParseSeed(text)
	if err != nil {
		return thing{}, err
	}
	defer seed.Wipe()
	t := thing{Kind: "seed", Title: "a seed (SECRET: whoever has it has all its keys)"}
	t.add("for", seed.Specifier().String())
	if account, err := profile.ParseSeed(text); err == nil {
		defer account.Wipe()
		if f, err := account.Fingerprint(); err == nil {
			t.add("account", f.String())
		}
	}
	return t, nil
}
