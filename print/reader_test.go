package print

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var everySheet = flag.Bool("every-sheet", false, "let zbarimg read every variant in every language, on every paper, in every format")

// need skips a test that a tool is missing for.
func need(t *testing.T, tools ...string) {
	t.Helper()
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
}

// output runs a tool.
func output(t *testing.T, tool string, args ...string) string {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.Command(tool, args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", tool, err, stderr.String())
	}
	return string(out)
}

// picture writes a sheet to a file of a format and turns it into PNGs of dpi, as
// a second maker's program would.
func picture(t *testing.T, s *Sheet, format string, dpi int) []string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "sheet")
	var b bytes.Buffer
	var err error
	switch format {
	case "pdf":
		err = s.WritePDF(&b)
	case "svg":
		err = s.WriteSVG(&b)
	case "png":
		err = s.WritePNG(&b, dpi)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name+"."+format, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	switch dots := strconv.Itoa(dpi); format {
	case "pdf":
		output(t, "pdftoppm", "-r", dots, "-png", "-gray", name+".pdf", name)
		all, err := filepath.Glob(name + "-*.png")
		if err != nil {
			t.Fatal(err)
		}
		coded := slices.IndexFunc(s.pages, func(p *page) bool {
			return !slices.ContainsFunc(p.marks, func(m mark) bool { return m.kind == symbolMark })
		})
		if coded > 0 {
			all = all[:coded] // zbarimg fails for a page without codes
		}
		return all
	case "svg":
		output(t, "rsvg-convert", "-d", dots, "-p", dots, "-o", name+".png", name+".svg")
	}
	return []string{name + ".png"}
}

// A second reader, zbarimg, reads both codes of a sheet in every format, drawn
// by other programs, at 300 and at 150 dpi.
func TestZbarReads(t *testing.T) {
	need(t, "zbarimg", "pdftoppm", "rsvg-convert")
	check := func(t *testing.T, s *Sheet, format string, dpi int) {
		read := output(t, "zbarimg", append([]string{"-q", "--raw", "-Sdisable", "-Sqrcode.enable"}, picture(t, s, format, dpi)...)...)
		texts := strings.Split(strings.TrimSuffix(read, "\n"), "\n")
		for name, want := range map[string]string{"secret": s.content.share, "public": s.content.certificate} {
			if want != "" && !slices.Contains(texts, want) {
				t.Errorf("the %s code is not read", name)
			}
		}
	}
	formats := []string{"pdf", "png", "svg"}
	if *everySheet {
		everywhere(t, kinds, func(t *testing.T, _ variant, sheets []*Sheet) {
			for _, format := range formats {
				for _, dpi := range []int{150, 300} {
					check(t, sheets[len(sheets)-1], format, dpi)
				}
			}
		})
		return
	}
	all := variants(t)
	for i, name := range []string{"quorum 8 of 15", "longest", "not real", "bare 64", "plain", "added"} {
		v := all[slices.IndexFunc(all, func(v variant) bool { return v.name == name })]
		v.Language, v.Paper = Languages()[i%4], Paper(i%2)
		kind := []string{"plain", "large", "envelope", "plain", "plain", "plain"}[i]
		format := []string{"png", "pdf", "pdf", "pdf", "png", "svg"}[i]
		dpi := []int{150, 300}[i/3]
		v.Options = as(kind, v.Options)
		t.Run(fmt.Sprint(v.name, " ", v.Language, " ", v.Paper, " ", kind, " ", format, " ", dpi), func(t *testing.T) {
			sheets, err := Sheets(v.kit, v.Options)
			if err != nil {
				t.Fatal(err)
			}
			check(t, sheets[len(sheets)-1], format, dpi)
		})
	}
}
