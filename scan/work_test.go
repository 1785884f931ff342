package scan

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"slices"
	"testing"

	"golang.org/x/image/tiff"
)

// readingOf reads a PDF and tells what work it was.
func readingOf(t *testing.T, file []byte) (*Reading, int64) {
	t.Helper()
	d, err := openPDF(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	pages, err := d.pages()
	if err != nil {
		t.Fatal(err)
	}
	out := &Reading{}
	if err := d.readAll(t.Context(), pages, out); err != nil {
		t.Fatal(err)
	}
	return out, d.max - d.left
}

// shared is a PDF of pages that show one picture; content makes them differ.
func shared(t *testing.T, pages int, content func(page int) string) []byte {
	img := code(t, share, 5)
	w := &pdfWriter{box: "0 0 240 240"}
	n := w.stream(fmt.Sprintf("/Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode", img.Rect.Dx(), img.Rect.Dy()), deflate(img.Pix))
	for i := range pages {
		w.page(content(i), fmt.Sprintf("/XObject << /I %d 0 R >>", n), "")
	}
	return w.bytes()
}

// A picture, and a page, is read once, and its texts are given for each page.
func TestWorkOnce(t *testing.T) {
	const whole = "q 240 0 0 240 0 0 cm /I Do Q"
	_, one := readingOf(t, shared(t, 1, func(int) string { return whole }))
	for name, content := range map[string]func(page int) string{
		"same page":     func(int) string { return whole },
		"same picture":  func(page int) string { return fmt.Sprintf("%s %% %d", whole, page) },
		"same, covered": func(page int) string { return fmt.Sprintf("%s 1 g %d 0 1 1 re f", whole, page) },
	} {
		t.Run(name, func(t *testing.T) {
			reading, all := readingOf(t, shared(t, 20, content))
			if len(reading.Texts) != 20 || len(reading.Empty) != 0 || len(reading.Problems) != 0 {
				t.Fatalf("%d texts, empty %v, problems %v", len(reading.Texts), reading.Empty, reading.Problems)
			}
			for i, text := range reading.Texts {
				if !isShare(text, i+1) {
					t.Errorf("text %d is not the share of its page", i)
				}
			}
			if most := one + one/4; name != "same, covered" && all > most {
				t.Errorf("work %d, at most %d", all, most)
			}
		})
	}
}

// Pages after the work is used up are named, and what was read is given.
func TestWorkEnds(t *testing.T) {
	const pages, few = 12, 4
	file := shared(t, pages, func(page int) string {
		if page == 0 {
			return "q 240 0 0 240 0 0 cm /I Do Q"
		}
		return fmt.Sprintf("%d %d 9 9 re f", page, page)
	})
	d, err := openPDF(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	d.work = work{few*workSearch + workSearch/2, few*workSearch + workSearch/2}
	all, err := d.pages()
	if err != nil {
		t.Fatal(err)
	}
	out := &Reading{}
	if err := d.readAll(t.Context(), all, out); err != nil {
		t.Fatal(err)
	}
	if out.Pages != pages || len(out.Texts) != 1 || !isShare(out.Texts[0], 1) {
		t.Errorf("%d pages, %d texts", out.Pages, len(out.Texts))
	}
	if len(out.Problems) != pages-few {
		t.Fatalf("%d problems", len(out.Problems))
	}
	for i, p := range out.Problems {
		var large *TooLargeError
		if p.Page != few+1+i || !slices.Contains(out.Empty, p.Page) || !errors.As(p.Err, &large) || large.Max != d.max || large.Size <= d.max {
			t.Errorf("page %d: %v", p.Page, p.Err)
		}
	}
}

// Small files that show much are worth no more than the work on any file.
func TestWorkSmallFiles(t *testing.T) {
	const side = 2000
	black := deflate(make([]byte, side*side/8))
	for name, file := range map[string][]byte{
		"a picture on many pages": func() []byte {
			w := &pdfWriter{}
			n := w.stream("/Subtype /Image /Width 9000 /Height 9000 /ColorSpace /DeviceGray /BitsPerComponent 1", nil)
			for i := range MaxPages {
				w.page(fmt.Sprintf("%% %d\nq 595 0 0 842 0 0 cm /I Do Q", i), fmt.Sprintf("/XObject << /I %d 0 R >>", n), "")
			}
			return w.bytes()
		}(),
		"many pictures on a page": func() []byte {
			w := &pdfWriter{}
			content, resources := "", ""
			for i := range 100 {
				n := w.stream(fmt.Sprintf("/Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /FlateDecode", side, side), black)
				resources += fmt.Sprintf("/I%d %d 0 R ", i, n)
				content += fmt.Sprintf("/I%d Do ", i)
			}
			w.page(content, "/XObject << "+resources+">>", "")
			return w.bytes()
		}(),
	} {
		t.Run(name, func(t *testing.T) {
			d, err := openPDF(t.Context(), file)
			if err != nil {
				t.Fatal(err)
			}
			// A quarter is enough for the first: its picture is read once.
			d.work = work{BaseWork / 4, BaseWork / 4}
			pages, err := d.pages()
			if err != nil {
				t.Fatal(err)
			}
			out := &Reading{}
			if err := d.readAll(t.Context(), pages, out); err != nil {
				t.Fatal(err)
			}
			if over := len(out.Problems) > 0; over != (len(pages) == 1) {
				t.Errorf("%d pages, %d problems", len(pages), len(out.Problems))
			}
		})
	}
}

// The number of each page is told before it is read.
func TestWorkProgress(t *testing.T) {
	var told []int
	file := shared(t, 3, func(int) string { return "q 240 0 0 240 0 0 cm /I Do Q" })
	_, err := ReadFile(t.Context(), bytes.NewReader(file), func(page, pages int) { told = append(told, page, pages) })
	if err != nil || !slices.Equal(told, []int{1, 3, 2, 3, 3, 3}) {
		t.Errorf("%v, %v", told, err)
	}
}

// A TIFF whose pages are all the same pixels is bounded too.
func TestWorkTIFF(t *testing.T) {
	var b bytes.Buffer
	if err := tiff.Encode(&b, image.NewGray(image.Rect(0, 0, 64, 64)), nil); err != nil {
		t.Fatal(err)
	}
	file := b.Bytes()
	at := binary.LittleEndian.Uint32(file[4:])
	first := slices.Clone(file[at:])
	const pages = 60
	for i := range pages - 1 { // each directory points to the next
		next := uint32(len(file))
		end := at + 2 + 12*uint32(binary.LittleEndian.Uint16(file[at:]))
		binary.LittleEndian.PutUint32(file[end:], next)
		file, at = append(file, first...), next
		if i == pages-2 {
			binary.LittleEndian.PutUint32(file[at+2+12*uint32(binary.LittleEndian.Uint16(file[at:])):], 0)
		}
	}
	out := &Reading{}
	if err := readTIFF(t.Context(), bytes.NewReader(file), out); err != nil {
		t.Fatal(err)
	}
	var large *TooLargeError
	if n := len(out.Problems); out.Pages != pages || n < pages/4 || n > pages-20 || !errors.As(out.Problems[0].Err, &large) {
		t.Errorf("%d pages, %d problems", out.Pages, n)
	}
}

// A file of ordinary scans is worth the work on it, up to the most pages.
func TestWorkOrdinary(t *testing.T) {
	const (
		pixels = 2480 * 3508 // A4 at 300 dots an inch, grey
		octets = 40_000      // as JPEG or fax, with a symbol on it
		page   = workSearch + 2*pixels + octets
	)
	for _, pages := range []int{1, 20, MaxPages} {
		if w := workOn(pages * octets); w.max < int64(pages)*page {
			t.Errorf("%d pages: %d, want %d", pages, w.max, int64(pages)*page)
		}
	}
}
