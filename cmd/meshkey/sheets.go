package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"meshkey/cmd/internal/exit"
	"meshkey/cmd/internal/outfile"
	"meshkey/escrow"
	"meshkey/internal/qr"
	"meshkey/internal/secret"
	"meshkey/print"
	"meshkey/recovery"
	"meshkey/scan"
	"meshkey/shamir"
	"meshkey/udf"
)

// sheetFlags hold how sheets look.
type sheetFlags struct {
	paper, lang string
	formats     []string
	holders     []string
	dpi         int
	notReal     bool
	measure     bool
	large       bool
	envelope    bool

	options print.Options
	made    []*print.Sheet
}

// languages are print.Languages, which are not asked for until they are needed:
// reading the catalogues takes longer than all else at the start.
const languages = "de, en, es, fr"

// formats of a sheet, by the extension of its file.
var formats = []string{"pdf", "png", "svg", "txt", dictation}

// dictation is a page to read aloud, beside the sheet or alone; its file is
// named differently, since it is no sheet.
const dictation = "dictation"

const formatHint = "--format pdf, png, svg, txt or dictation"

func (s *sheetFlags) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&s.paper, "paper", "a4", "`SIZE` of the paper: a4 or letter")
	f.StringSliceVar(&s.formats, "format", []string{"pdf"}, "`FORMAT` of the sheets: pdf, png, svg, txt, or dictation, a PDF to read aloud from; may be repeated")
	f.StringArrayVar(&s.holders, "holder", nil, "`NAME` of who keeps the next sheet; may be repeated")
	f.StringVar(&s.lang, "lang", "en", "`LANGUAGE` of the sheets: "+languages)
	f.IntVar(&s.dpi, "dpi", 300, "`DOTS` per inch of png sheets, 150 to 1200")
	f.BoolVar(&s.large, "large", false, "large print, on two pages")
	f.BoolVar(&s.envelope, "envelope", false, "sheets to be folded in three, the secret inside")
	f.BoolVar(&s.measure, "measure", false, "measure how much damage the codes survive, and say it")
	complete(cmd, "paper", "a4", "letter")
	complete(cmd, "format", formats...)
	complete(cmd, "lang", strings.Split(languages, ", ")...)
}

// check reads the flags.
func (s *sheetFlags) check(q shamir.Quorum) error {
	paper, err := print.ParsePaper(s.paper)
	if err != nil {
		return exit.Errorf(exit.Usage, "there is no paper %q", s.paper).Hinted("--paper a4 or --paper letter")
	}
	for i, format := range s.formats {
		s.formats[i] = strings.ToLower(format)
		if !slices.Contains(formats, s.formats[i]) {
			return exit.Errorf(exit.Usage, "there is no format %q", format).Hinted(formatHint)
		}
	}
	slices.Sort(s.formats)
	s.formats = slices.Compact(s.formats)
	switch {
	case len(s.formats) == 0:
		return exit.Errorf(exit.Usage, "no format is given").Hinted(formatHint)
	case !slices.Contains(print.Languages(), s.lang):
		return exit.Errorf(exit.Usage, "there are no sheets in the language %q", s.lang).Hinted("--lang takes %s", languages)
	case len(s.holders) > q.Of:
		return exit.Errorf(exit.Usage, "%d holders are named for %d sheets", len(s.holders), q.Of)
	case s.large && s.envelope:
		return exit.Errorf(exit.Usage, "--large and --envelope do not go together")
	case s.measure && !s.hasCodes():
		return exit.Errorf(exit.Usage, "there is no code to measure").Hinted("--measure goes with --format pdf, png or svg")
	case s.dpi < 150 || s.dpi > 1200:
		return exit.Errorf(exit.Usage, "--dpi takes 150 to 1200")
	}
	s.options = print.Options{Paper: paper, Language: s.lang, Holders: s.holders, Large: s.large, Envelope: s.envelope, NotReal: s.notReal}
	return nil
}

// add enters every sheet of the kit, its certificate and its record into
// files, and into the report.
func (s *sheetFlags) add(kit *escrow.Kit, dir string, files *outfile.Set, report *escrowReport) error {
	var err error
	if s.made, err = print.Sheets(kit, s.options); err != nil {
		return unprintable(err)
	}
	first := len(files.Paths())
	for i, sheet := range s.made {
		entry := sheetJSON{Index: i + 1}
		for _, format := range s.formats {
			path := filepath.Join(dir, sheet.Name()+extension(format))
			files.Add(path, s.writer(sheet, format))
			entry.Files = append(entry.Files, path)
		}
		report.Sheets = append(report.Sheets, entry)
	}
	report.Certificate = filepath.Join(dir, kit.SetName+".certificate.txt")
	files.AddBytes(report.Certificate, []byte(kit.CertificateText+"\n"))
	if kit.Record != nil {
		report.Record = filepath.Join(dir, kit.SetName+".record.dare")
		files.AddBytes(report.Record, kit.Record)
	}
	report.Files = files.Paths()[first:]
	return nil
}

func extension(format string) string {
	if format == dictation {
		return "." + dictation + ".pdf"
	}
	return "." + format
}

func (s *sheetFlags) writer(sheet *print.Sheet, format string) func(io.Writer) error {
	switch format {
	case "pdf":
		return sheet.WritePDF
	case "png":
		return func(w io.Writer) error { return sheet.WritePNG(w, s.dpi) }
	case "svg":
		return sheet.WriteSVG
	case dictation:
		return sheet.WriteDictation
	default:
		return sheet.WriteText
	}
}

// writes is a function that writes octets which are not there yet.
func writes(data *[]byte) func(io.Writer) error {
	return func(w io.Writer) error { _, err := w.Write(*data); return err }
}

// unprintable makes an error of print one of the command line, where the names
// came from.
func unprintable(err error) error {
	if c, ok := errors.AsType[*print.CharacterError](err); ok {
		what := c.What
		if c.Sheet > 0 {
			what = fmt.Sprintf("%s of sheet %d", what, c.Sheet)
		}
		return exit.Errorf(exit.Usage, "the %s cannot be printed: the fonts have no picture of character %d (%U)", what, c.Position, c.Character).
			Hinted("write it in letters of the Latin, Greek or Cyrillic alphabet")
	}
	if f, ok := errors.AsType[*print.FitError](err); ok {
		return exit.Errorf(exit.Usage, "the %s is too long for the sheet", f.What)
	}
	return err
}

// readers read the sheets back, by format. Text is read as it is typed.
var readers = map[string]print.ReaderFunc{"pdf": scanTexts, "png": scanTexts, "txt": plainTexts}

// readBack reads the sheets from the disk as a scanner would, recombines every
// quorum of what it read, and sees that the codes survive some damage.
func (s *sheetFlags) readBack(kit *escrow.Kit, files *outfile.Set, report *escrowReport) error {
	written := map[string][][]byte{} // by format, in the order of the sheets
	err := files.Each(func(path string, r io.Reader) error {
		format := strings.TrimPrefix(filepath.Ext(path), ".")
		if strings.HasSuffix(path, extension(dictation)) {
			return nil // has no code
		}
		if readers[format] == nil || !slices.Contains(report.Files, path) || path == report.Certificate {
			return nil
		}
		octets, err := io.ReadAll(r)
		written[format] = append(written[format], octets)
		return err
	})
	if err != nil {
		return err
	}
	for format, octets := range written {
		err := print.ReadBack(kit, s.made, octets, readers[format])
		for _, b := range octets {
			secret.Wipe(b)
		}
		if err != nil {
			return exit.Errorf(exit.Failed, "nothing was written: what was to be printed does not read back: %w", err)
		}
		report.ReadBack += len(octets)
	}
	report.Quorums = choices(report.Of, report.Need)
	report.Margins = []print.Margin{}
	for _, format := range s.formats {
		if readers[format] == nil {
			report.unread = append(report.unread, format)
		}
	}
	if !s.hasCodes() {
		return nil
	}
	report.Margins, err = print.Measure(s.made, look, s.measure)
	if err != nil {
		return exit.Errorf(exit.Failed, "nothing was written: what was to be printed is too weak: %w", err)
	}
	report.measured = s.measure
	return nil
}

// hasCodes reports whether any format has the codes, which can be damaged.
func (s *sheetFlags) hasCodes() bool {
	return slices.ContainsFunc(s.formats, func(f string) bool { return f != "txt" && f != dictation })
}

// look reads the codes on a picture.
func look(img *image.Gray) (texts []string) {
	for _, r := range qr.Decode(context.Background(), img, nil) {
		texts = append(texts, r.Text)
	}
	return texts
}

// choices is the number of ways to take need sheets out of of.
func choices(of, need int) int {
	n := 1
	for i := range need {
		n = n * (of - i) / (i + 1)
	}
	return n
}

// scanTexts are the texts on a page.
func scanTexts(r io.Reader) ([]string, error) {
	found, err := scan.Read(r)
	var texts []string
	for _, t := range found {
		texts = append(texts, t.Text)
	}
	return texts, err
}

// plainTexts are the share and the certificate on a sheet of plain text, as
// their codes would have them.
func plainTexts(r io.Reader) (texts []string, err error) {
	octets, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	defer secret.Wipe(octets)
	for _, it := range recovery.ParseText(string(octets)) {
		switch it.Kind {
		case recovery.Certificate:
			texts = append(texts, it.Text)
		case recovery.Share:
			share, err := it.Share()
			if err != nil {
				return nil, err
			}
			texts = append(texts, udf.FormatShare(share))
			share.Wipe()
		}
	}
	return texts, nil
}
