package meshkey_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"meshkey/escrow"
	"meshkey/print"
	"meshkey/profile"
	"meshkey/scan"
	"meshkey/shamir"
	"meshkey/udf"
)

// TestPaper has every sheet of a large set drawn by other people's programs,
// on both papers, in every format, at 300 and at 150 dots an inch, and both
// codes read by zbarimg and by our own scan. Without MESHKEY_TEST_ALL it takes
// every seventh of these pages.
func TestPaper(t *testing.T) {
	for tool, from := range map[string]string{"zbarimg": "zbar-tools", "pdftoppm": "poppler-utils", "rsvg-convert": "librsvg2-bin"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed (Debian package %s)", tool, from)
		}
	}
	seed := profile.NewSeed()
	defer seed.Wipe()
	kit, err := escrow.New(seed, shamir.Quorum{Need: 7, Of: 15}, escrow.Options{Date: time.Now(), Address: "alice@example.com", Service: "example.com"})
	if err != nil {
		t.Fatal(err)
	}
	all := os.Getenv("MESHKEY_TEST_ALL") != ""
	page := 0
	for _, paper := range []print.Paper{print.A4, print.Letter} {
		sheets, err := print.Sheets(kit, print.Options{Paper: paper})
		if err != nil {
			t.Fatal(err)
		}
		for i, sheet := range sheets {
			for _, format := range []string{"pdf", "png", "svg"} {
				for _, dpi := range []int{300, 150} {
					if page++; !all && page%7 != 0 {
						continue
					}
					t.Run(fmt.Sprint(paper, " sheet ", sheet.Index(), " ", format, " ", dpi), func(t *testing.T) {
						t.Parallel()
						want := []string{udf.FormatShare(kit.Shares[i]), kit.CertificateText}
						picture := draw(t, sheet, format, dpi)
						out, err := exec.Command("zbarimg", "-q", "--raw", "-Sdisable", "-Sqrcode.enable", picture).Output()
						if err != nil {
							t.Fatal("zbarimg: ", err)
						}
						sees(t, "zbarimg", strings.Split(strings.TrimSuffix(string(out), "\n"), "\n"), want)
						b, err := os.ReadFile(picture)
						if err != nil {
							t.Fatal(err)
						}
						texts, err := scan.Read(bytes.NewReader(b))
						if err != nil {
							t.Fatal(err)
						}
						var read []string
						for _, text := range texts {
							read = append(read, text.Text)
						}
						sees(t, "scan", read, want)
					})
				}
			}
		}
	}
}

func sees(t *testing.T, who string, read, want []string) {
	t.Helper()
	for i, code := range []string{"secret", "public"} {
		if !slices.Contains(read, want[i]) {
			t.Errorf("%s does not read the %s code", who, code)
		}
	}
}

// draw writes a sheet in a format and has another program make a picture of
// it, but for PNG, which is one.
func draw(t *testing.T, sheet *print.Sheet, format string, dpi int) (picture string) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "sheet")
	var b bytes.Buffer
	var err error
	var program *exec.Cmd
	switch dots := strconv.Itoa(dpi); format {
	case "pdf":
		err = sheet.WritePDF(&b)
		program = exec.Command("pdftoppm", "-r", dots, "-png", "-gray", "-singlefile", name+".pdf", name)
	case "svg":
		err = sheet.WriteSVG(&b)
		program = exec.Command("rsvg-convert", "-d", dots, "-p", dots, "-o", name+".png", name+".svg")
	case "png":
		err = sheet.WritePNG(&b, dpi)
	}
	if err == nil {
		err = os.WriteFile(name+"."+format, b.Bytes(), 0o600)
	}
	if err == nil && program != nil {
		err = program.Run()
	}
	if err != nil {
		t.Fatal(err)
	}
	return name + ".png"
}
