package bench

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/go-pdf/fpdf"
	rscqr "rsc.io/qr"

	"meshkey/escrow"
	"meshkey/internal/qr"
	"meshkey/print"
	"meshkey/profile"
	"meshkey/scan"
	"meshkey/shamir"
	"meshkey/udf"
)

func printKit(b *testing.B) *escrow.Kit {
	b.Helper()
	seed := profile.NewSeed()
	defer seed.Wipe()
	kit, err := escrow.New(seed, shamir.Quorum{Need: 3, Of: 5}, escrow.Options{Address: "alice@example.com", Date: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		b.Fatal(err)
	}
	return kit
}

// Targets P2 and P3, reported: five sheets as PDF from a kit, against five plain
// pages with a heading, the share's code as a PNG, and its text. What ours has
// more of is the second code, 3,000 letters of words, and fonts of its own; the
// lines after the first tell what each part costs.
func BenchmarkPrint(b *testing.B) {
	kit := printKit(b)
	must := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	sheets := func() []*print.Sheet {
		all, err := print.Sheets(kit, print.Options{})
		must(err)
		return all
	}
	base := func() { plainPages(b, kit) }
	b.Run("five-sheets", func(b *testing.B) {
		compare(b, limits{}, func() {
			for _, s := range sheets() {
				must(s.WritePDF(io.Discard))
			}
		}, base)
	})
	b.Run("codes", func(b *testing.B) {
		compare(b, limits{}, func() {
			for _, s := range kit.Shares {
				_, err := qr.Encode(udf.FormatShare(s), qr.High)
				must(err)
			}
			_, err := qr.Encode(kit.CertificateText, qr.Medium)
			must(err)
		}, base)
	})
	b.Run("codes-and-layout", func(b *testing.B) { compare(b, limits{}, func() { sheets() }, base) })
	all := sheets()
	b.Run("write", func(b *testing.B) {
		compare(b, limits{}, func() {
			for _, s := range all {
				must(s.WritePDF(io.Discard))
			}
		}, base)
	})
	reader := print.ReaderFunc(func(r io.Reader) ([]string, error) {
		found, err := scan.Read(r)
		texts := make([]string, len(found))
		for i, f := range found {
			texts[i] = f.Text
		}
		return texts, err
	})
	b.Run("five-sheets-read-back", func(b *testing.B) {
		compare(b, limits{}, func() {
			all := sheets()
			pages := make([][]byte, len(all))
			for i, s := range all {
				var page bytes.Buffer
				must(s.WritePDF(&page))
				pages[i] = page.Bytes()
			}
			must(print.ReadBack(kit, all, pages, reader))
		}, base)
	})
	b.Run("png-300", func(b *testing.B) {
		for b.Loop() {
			must(all[0].WritePNG(io.Discard, 300))
		}
	})
	b.Run("svg", func(b *testing.B) {
		for b.Loop() {
			must(all[0].WriteSVG(io.Discard))
		}
	})
}

// plainPages is the plainest program that prints shares: fpdf with a built-in
// font and rsc.io/qr.
func plainPages(b *testing.B, kit *escrow.Kit) {
	pdf := fpdf.New("P", "mm", "A4", "")
	for _, s := range kit.Shares {
		text := udf.FormatShare(s)
		code, err := rscqr.Encode(text, rscqr.H)
		if err != nil {
			b.Fatal(err)
		}
		pdf.AddPage()
		pdf.SetFont("Helvetica", "", 20)
		pdf.Cell(100, 10, "Recovery sheet")
		name := text[:9]
		pdf.RegisterImageOptionsReader(name, fpdf.ImageOptions{ImageType: "PNG"}, bytes.NewReader(code.PNG()))
		pdf.ImageOptions(name, 20, 40, 52, 52, false, fpdf.ImageOptions{}, 0, "")
		pdf.SetFont("Courier", "", 14)
		pdf.SetXY(20, 110)
		pdf.MultiCell(120, 8, strings.ReplaceAll(text, "-", " "), "", "", false)
	}
	if err := pdf.Output(io.Discard); err != nil {
		b.Fatal(err)
	}
}
