package scan

import (
	"bytes"
	"cmp"
	"compress/zlib"
	"fmt"
	"image"
	"strings"
	"testing"

	"meshkey/internal/qr"
)

// pdfWriter makes a PDF by hand. Objects 1 and 2 are the catalog and the page
// tree.
type pdfWriter struct {
	objects []string // from number 3 on
	pages   []int
	root    string // more entries for the page tree
	box     string // of pages that have none; A4 if empty
}

// add gives an object's number.
func (w *pdfWriter) add(format string, args ...any) int {
	w.objects = append(w.objects, fmt.Sprintf(format, args...))
	return len(w.objects) + 2
}

func (w *pdfWriter) stream(dict string, data []byte) int {
	return w.add("<< %s /Length %d >>\nstream\n%s\nendstream", dict, len(data), data)
}

func deflate(data []byte) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, _ = z.Write(data)
	_ = z.Close()
	return b.Bytes()
}

// page adds a page with more entries.
func (w *pdfWriter) page(content, resources, more string) {
	c := w.stream("/Filter /FlateDecode", deflate([]byte(content)))
	if !strings.Contains(more, "/MediaBox") {
		more += fmt.Sprintf(" /MediaBox [%s]", cmp.Or(w.box, "0 0 595 842"))
	}
	w.pages = append(w.pages, w.add("<< /Type /Page /Parent 2 0 R /Contents %d 0 R /Resources << %s >> %s >>", c, resources, more))
}

func (w *pdfWriter) bytes() []byte {
	kids := ""
	for _, p := range w.pages {
		kids += fmt.Sprintf("%d 0 R ", p)
	}
	all := append([]string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d %s >>", kids, len(w.pages), w.root),
	}, w.objects...)
	var b bytes.Buffer
	b.WriteString("%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
	var offsets []int
	for i, o := range all {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(all)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(all)+1, at)
	return b.Bytes()
}

// onePage is a PDF of one page.
func onePage(content, resources, more string) []byte {
	w := &pdfWriter{}
	w.page(content, resources, more)
	return w.bytes()
}

// squares calls f for each dark module of the share's symbol, with its corner
// in modules, y upwards, and the number of modules on a side.
func squares(t testing.TB, f func(x, y int)) int {
	s, err := qr.Encode(share, qr.High)
	if err != nil {
		t.Fatal(err)
	}
	for y := range s.Size {
		for x := range s.Size {
			if s.Dark(x, y) {
				f(x, s.Size-1-y)
			}
		}
	}
	return s.Size
}

// oneBit packs a picture into bits, dark ones 0.
func oneBit(img *image.Gray) []byte {
	var out []byte
	for y := range img.Rect.Dy() {
		row := make([]byte, (img.Rect.Dx()+7)/8)
		for x := range img.Rect.Dx() {
			if img.GrayAt(x, y).Y > 127 {
				row[x/8] |= 0x80 >> (x % 8)
			}
		}
		out = append(out, row...)
	}
	return out
}
