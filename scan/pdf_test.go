package scan

import (
	"bytes"
	"encoding/ascii85"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"slices"
	"strings"
	"testing"
)

// Every way in which a program may draw a symbol of squares.
func TestReadDrawn(t *testing.T) {
	var each, one, lines, strokes, masks strings.Builder
	squares(t, func(x, y int) {
		fmt.Fprintf(&each, "%d %d 1 1 re f\n", x, y)
		fmt.Fprintf(&one, "%d %d 1 1 re ", x, y)
		fmt.Fprintf(&lines, "%d %d m %d %d l %d %d l %d %d l h ", x, y, x+1, y, x+1, y+1, x, y+1)
		fmt.Fprintf(&strokes, "%d %g m %d %g l S ", x, float64(y)+0.5, x+1, float64(y)+0.5)
		fmt.Fprintf(&masks, "q 1 0 0 1 %d %d cm /Dot Do Q ", x, y)
	})
	const at = "q 3.5 0 0 3.5 200 300 cm "
	dot := func(w *pdfWriter) string {
		n := w.stream("/Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 1 /ImageMask true", []byte{0})
		return fmt.Sprintf("/XObject << /Dot %d 0 R >>", n)
	}
	for name, c := range map[string]struct {
		content string
		more    string
		with    func(w *pdfWriter) string // makes resources
	}{
		"a square each":     {content: at + each.String() + "Q"},
		"one path":          {content: at + one.String() + "f Q"},
		"one path, even":    {content: at + one.String() + "f* Q"},
		"lines":             {content: at + lines.String() + "f Q"},
		"strokes":           {content: at + "1 w " + strokes.String() + "Q"},
		"filled, stroked":   {content: at + "0.05 w " + lines.String() + "B Q"},
		"stencils":          {content: at + masks.String() + "Q", with: dot},
		"on white":          {content: "1 g 0 0 595 842 re f 0 g " + at + one.String() + "f Q"},
		"on black":          {content: "0 g 0 0 595 842 re f 1 g 150 250 300 300 re f 0 0 0 rg " + at + one.String() + "f Q"},
		"inverse":           {content: "0.1 g 0 0 595 842 re f 0 0 0 0 k " + at + one.String() + "f Q"},
		"cmyk":              {content: "0.2 0.1 0 0.9 k " + at + one.String() + "f Q"},
		"spot colour":       {content: "/Ink cs 1 scn " + at + one.String() + "f Q", with: func(*pdfWriter) string { return "/ColorSpace << /Ink [/Separation /Black /DeviceGray 9 0 R] >>" }},
		"indexed colour":    {content: "/Few cs 1 sc " + at + one.String() + "f Q", with: func(*pdfWriter) string { return "/ColorSpace << /Few [/Indexed /DeviceRGB 1 <ffffff100030>] >>" }},
		"turned":            {content: "q 2.5 2.5 -2.5 2.5 300 300 cm " + one.String() + "f Q"},
		"mirrored":          {content: "q -3.5 0 0 3.5 400 300 cm " + one.String() + "f Q"},
		"page turned":       {content: at + one.String() + "f Q", more: "/Rotate 90"},
		"page cropped":      {content: at + one.String() + "f Q", more: "/CropBox [150 250 400 500]"},
		"page far away":     {content: "q 3.5 0 0 3.5 10200 300 cm " + one.String() + "f Q", more: "/MediaBox [10000 0 10595 842]"},
		"page upside down":  {content: at + one.String() + "f Q", more: "/MediaBox [595 842 0 0]"},
		"clipped to itself": {content: "q 190 290 170 170 re W n " + at + one.String() + "f Q Q 500 0 m 600 900 l S"},
		"clip with no path": {content: "q W n " + at + one.String() + "f Q Q"},
		"faint over it":     {content: at + one.String() + "f Q q /Faint gs 0 g 0 0 595 842 re f Q", with: func(*pdfWriter) string { return "/ExtGState << /Faint << /ca 0.3 >> >>" }},
		"odd syntax":        {content: "%comment\n(a \\) string (nested)) Tj <41 42> Tj [(x) 3 [1 2] <</A/B>>] TJ /P <</MCID 0>> BDC " + at + one.String() + "f EMC Q ET ]] >> } 1 2 3 4 5 6 7 8 nonsense"},
		"too many Q":        {content: "Q Q Q " + at + one.String() + "f Q Q Q"},
		"a form": {content: at + "/F Do Q", with: func(w *pdfWriter) string {
			inner := w.stream("/Type /XObject /Subtype /Form /BBox [0 0 100 100] /Matrix [2 0 0 2 0 0]", []byte("q 0.5 0 0 0.5 0 0 cm "+one.String()+"f"))
			outer := w.stream(fmt.Sprintf("/Type /XObject /Subtype /Form /BBox [0 0 200 200] /Resources << /XObject << /G %d 0 R >> >> /Filter /FlateDecode", inner), deflate([]byte("/G Do")))
			return fmt.Sprintf("/XObject << /F %d 0 R >>", outer)
		}},
		"endless forms": {content: at + one.String() + "f Q /F Do", with: func(w *pdfWriter) string {
			n := len(w.objects) + 3
			w.stream(fmt.Sprintf("/Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F %d 0 R >> >>", n), []byte("/F Do /F Do /F Do"))
			return fmt.Sprintf("/XObject << /F %d 0 R >>", n)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w, resources := &pdfWriter{box: "150 250 450 550"}, "" // small is quick
			if c.with != nil {
				resources = c.with(w)
			}
			w.page(c.content, resources, c.more)
			wantShare(t, w.bytes())
		})
	}
}

// Every way in which a picture may be in a PDF.
func TestReadPlaced(t *testing.T) {
	img := code(t, share, 5)
	side := img.Rect.Dx()
	bits := oneBit(img)
	inverse := make([]byte, len(bits))
	for i, b := range bits {
		inverse[i] = ^b
	}
	var rgb, predicted, cmyk []byte
	for y := range side {
		row, last := img.Pix[y*img.Stride:][:side], byte(0)
		predicted = append(predicted, 1) // each less the one before
		for _, v := range row {
			rgb = append(rgb, v, v, 255)
			cmyk = append(cmyk, 0, 255-v, 0, 255-v)
			predicted = append(predicted, v-last)
			last = v
		}
	}
	var jpg bytes.Buffer
	if err := jpeg.Encode(&jpg, img, nil); err != nil {
		t.Fatal(err)
	}
	a85 := make([]byte, ascii85.MaxEncodedLen(len(bits)))
	a85 = append(a85[:ascii85.Encode(a85, bits)], "~>"...)
	size := fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d ", side, side)
	const whole, part = "q 240 0 0 240 80 260 cm /I Do Q", "q 200 0 0 200 100 300 cm /I Do Q"
	for name, c := range map[string]struct {
		dict string
		data []byte
	}{
		"jpeg":          {"/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode", jpg.Bytes()},
		"jpeg, packed":  {"/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter [/FlateDecode /DCTDecode]", deflate(jpg.Bytes())},
		"grey":          {"/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode", deflate(img.Pix)},
		"plain":         {"/ColorSpace /DeviceGray /BitsPerComponent 8", img.Pix},
		"rgb":           {"/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /FlateDecode", deflate(rgb)},
		"cmyk":          {"/ColorSpace /DeviceCMYK /BitsPerComponent 8 /Filter /FlateDecode", deflate(cmyk)},
		"predicted":     {fmt.Sprintf("/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode /DecodeParms << /Predictor 15 /Columns %d >>", side), deflate(predicted)},
		"one bit":       {"/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /FlateDecode", deflate(bits)},
		"one bit, turn": {"/ColorSpace /DeviceGray /BitsPerComponent 1 /Decode [1 0] /Filter /FlateDecode", deflate(inverse)},
		"indexed":       {"/ColorSpace [/Indexed /DeviceRGB 1 (\\000\\000\\000\\377\\377\\377)] /BitsPerComponent 1", bits},
		"spot colour":   {"/ColorSpace [/Separation /All /DeviceGray 9 0 R] /BitsPerComponent 1 /Filter /FlateDecode", deflate(inverse)},
		"stencil":       {"/ImageMask true /BitsPerComponent 1 /Filter /FlateDecode", deflate(bits)},
		"stencil, turn": {"/ImageMask true /BitsPerComponent 1 /Decode [1 0] /Filter /FlateDecode", deflate(inverse)},
		"ascii 85":      {"/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /ASCII85Decode", a85},
		"no colours":    {"/BitsPerComponent 8", img.Pix},
	} {
		for where, content := range map[string]string{"whole": whole, "part": part, "part, turned": "q 120 70 -70 120 190 290 cm /I Do Q"} {
			if where == "part, turned" && name != "rgb" && name != "stencil" {
				continue
			}
			t.Run(name+" "+where, func(t *testing.T) {
				w := &pdfWriter{box: "80 240 320 540"}
				n := w.stream(size+c.dict, c.data)
				w.page(content, fmt.Sprintf("/XObject << /I %d 0 R >>", n), "")
				wantShare(t, w.bytes())
			})
		}
	}
}

// A picture that is all black and shows by its mask.
func TestReadMasked(t *testing.T) {
	img := code(t, share, 5)
	side := img.Rect.Dx()
	size := fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d ", side, side)
	soft := make([]byte, len(img.Pix))
	for i, v := range img.Pix {
		soft[i] = 255 - v
	}
	hard := oneBit(img) // what is 1 is masked out
	for name, mask := range map[string]func(w *pdfWriter) string{
		"soft": func(w *pdfWriter) string {
			return fmt.Sprintf("/SMask %d 0 R", w.stream(size+"/ColorSpace /DeviceGray /BitsPerComponent 8", soft))
		},
		"hard": func(w *pdfWriter) string {
			return fmt.Sprintf("/Mask %d 0 R", w.stream(size+"/ImageMask true /BitsPerComponent 1", hard))
		},
	} {
		w := &pdfWriter{}
		n := w.stream(size+"/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode "+mask(w), deflate(make([]byte, side*side)))
		w.page("q 400 0 0 400 100 100 cm /I Do Q", fmt.Sprintf("/XObject << /I %d 0 R >>", n), "")
		t.Run(name, func(t *testing.T) { wantShare(t, w.bytes()) })
	}
}

// A page scanned in strips is put together.
func TestReadStrips(t *testing.T) {
	img := code(t, share, 5)
	side, w := img.Rect.Dx(), &pdfWriter{}
	content, resources := "", ""
	for y := 0; y < side; y += 35 {
		strip := img.SubImage(image.Rect(0, y, side, y+35)).(*image.Gray)
		n := w.stream(fmt.Sprintf("/Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 1", side, strip.Rect.Dy()), oneBit(&image.Gray{Pix: strip.Pix, Stride: strip.Stride, Rect: image.Rect(0, 0, side, strip.Rect.Dy())}))
		content += fmt.Sprintf("q 595 0 0 %g 0 %g cm /S%d Do Q ", 595*float64(strip.Rect.Dy())/float64(side), 700-595*float64(y+strip.Rect.Dy())/float64(side), y)
		resources += fmt.Sprintf("/S%d %d 0 R ", y, n)
	}
	w.page(content, "/XObject << "+resources+">>", "")
	wantShare(t, w.bytes())
}

func TestReadInline(t *testing.T) {
	img := code(t, share, 2)
	side, bits := img.Rect.Dx(), oneBit(img)
	hex := fmt.Sprintf("%x>", bits)
	for name, content := range map[string]string{
		"plain":     fmt.Sprintf("BI /W %d /H %d /BPC 1 /CS /G ID %s\nEI", side, side, bits),
		"hex":       fmt.Sprintf("BI /W %d /H %d /BPC 1 /CS /G /F /AHx ID %s\nEI", side, side, hex),
		"packed":    fmt.Sprintf("BI /W %d /H %d /BPC 1 /CS /G /F [/AHx /Fl] ID %x>\nEI", side, side, deflate(bits)),
		"a stencil": fmt.Sprintf("BI /Width %d /Height %d /IM true /Filter /FlateDecode ID %s\nEI", side, side, deflate(bits)),
	} {
		t.Run(name, func(t *testing.T) {
			wantShare(t, onePage("q 300 0 0 300 100 300 cm "+content+" Q", "", ""))
		})
	}
}

// PDF files of other programs.
func TestReadPDFs(t *testing.T) {
	for _, name := range []string{"cairo.pdf", "ghostscript.pdf", "linearized.pdf", "fax.pdf", "permissions.pdf"} {
		t.Run(name, func(t *testing.T) { wantShare(t, testdata(t, name)) })
	}
}

// Pages have numbers, and those without a code are named.
func TestReadPages(t *testing.T) {
	var one strings.Builder
	squares(t, func(x, y int) { fmt.Fprintf(&one, "%d %d 1 1 re ", x, y) })
	drawn := "q 3.5 0 0 3.5 200 300 cm " + one.String() + "f Q"
	w := &pdfWriter{root: "/Resources << >>"}
	w.page("", "", "")
	w.page(drawn, "", "")
	w.page("0.5 g 100 100 200 300 re f", "", "")
	w.page(drawn, "", "/Contents [99 0 R]")
	reading, err := ReadFile(t.Context(), bytes.NewReader(w.bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if reading.Format != "PDF" || reading.Pages != 4 || !slices.Equal(reading.Empty, []int{1, 3, 4}) || len(reading.Texts) != 1 || reading.Texts[0].Page != 2 {
		t.Errorf("%d pages, empty %v, %d texts", reading.Pages, reading.Empty, len(reading.Texts))
	}
}

func TestReadPDFRefuses(t *testing.T) {
	image := func(filter string) []byte {
		w := &pdfWriter{}
		n := w.stream("/Subtype /Image /Width 900 /Height 900 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter "+filter, []byte("nonsense"))
		w.page("q 595 0 0 842 0 0 cm /I Do Q", fmt.Sprintf("/XObject << /I %d 0 R >>", n), "")
		return w.bytes()
	}
	for want, file := range map[string][]byte{
		"encrypted PDF":                                         testdata(t, "encrypted.pdf"),
		"a JPEG 2000 picture in the PDF":                        image("/JPXDecode"),
		"a JBIG2 picture in the PDF":                            image("/JBIG2Decode"),
		"a picture of fax group 3, two-dimensional, in the PDF": image("/CCITTFaxDecode /DecodeParms << /K 4 /Columns 900 >>"),
	} {
		_, err := Read(bytes.NewReader(file))
		var unsupported *UnsupportedError
		if !errors.As(err, &unsupported) || unsupported.Format != want || unsupported.Hint == "" {
			t.Errorf("%s: %v", want, err)
		}
	}
	for name, file := range map[string][]byte{
		"head alone": []byte("%PDF-1.7\n"),
		"half":       testdata(t, "cairo.pdf")[:2000],
		"no pages":   (&pdfWriter{}).bytes(),
		"jpeg":       image("/DCTDecode"),
		"flate":      image("/FlateDecode"),
	} {
		_, err := Read(bytes.NewReader(file))
		var damaged *DamagedError
		if !errors.As(err, &damaged) || strings.Contains(err.Error(), "nonsense") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What small files may unpack to is bounded.
func TestReadPDFBombs(t *testing.T) {
	if testing.Short() {
		t.Skip("unpacks much")
	}
	zeros := deflate(make([]byte, 80<<20))
	twice := deflate(zeros)
	page := func(dict string, data []byte) []byte {
		w := &pdfWriter{}
		c := w.stream(dict, data)
		w.pages = append(w.pages, w.add("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R >>", c))
		return w.bytes()
	}
	many := &pdfWriter{}
	for range MaxPages + 1 {
		many.page("", "", "")
	}
	deep := &pdfWriter{}
	deep.page(strings.Repeat("[", 1<<20)+strings.Repeat("<<", 1<<20), "", "")
	loop := &pdfWriter{root: "/Kids [2 0 R 2 0 R]"}
	big := &pdfWriter{}
	n := big.stream("/Subtype /Image /Width 100000 /Height 100000 /ColorSpace /DeviceRGB /BitsPerComponent 16", nil)
	big.page("q 595 0 0 842 0 0 cm /I Do Q", fmt.Sprintf("/XObject << /I %d 0 R >>", n), "")
	paint := &pdfWriter{}
	paint.page(strings.Repeat("0 0 m 595 842 l 0 842 l f ", 100_000), "", "")
	overlap := &pdfWriter{}
	for range 3000 {
		overlap.add("<< /Length 60000000 >>\nstream\n\nendstream")
	}
	overlap.page("", "", "")
	for name, file := range map[string][]byte{
		"content":         page("/Filter /FlateDecode", zeros),
		"content, twice":  page("/Filter [/FlateDecode /FlateDecode]", twice),
		"many pages":      many.bytes(),
		"deep nesting":    deep.bytes(),
		"pages in a loop": loop.bytes(),
		"large picture":   big.bytes(),
		"much painting":   paint.bytes(),
		"overlapping":     append(overlap.bytes(), make([]byte, 4<<20)...),
		"a huge page":     onePage("0 0 1e30 1e30 re f", "", "/MediaBox [-1e30 -1e30 1e30 1e30]"),
		"a thin page":     onePage("0 0 1e6 1 re f", "", "/MediaBox [0 0 1000000 1]"),
	} {
		t.Run(name, func(t *testing.T) {
			if texts, err := Read(bytes.NewReader(file)); err == nil {
				t.Errorf("%d texts", len(texts))
			}
		})
	}
}

// The PDF library must not look for a configuration of its own, nor make one.
func TestReadPDFLeavesNothing(t *testing.T) {
	home := t.TempDir()
	for _, name := range []string{"HOME", "XDG_CONFIG_HOME", "TMPDIR", "AppData"} {
		t.Setenv(name, home)
	}
	wantShare(t, testdata(t, "linearized.pdf"))
	if files, err := os.ReadDir(home); err != nil || len(files) > 0 {
		t.Errorf("%d files were made (%v)", len(files), err)
	}
}

func FuzzReadPDF(f *testing.F) {
	for _, name := range []string{"cairo.pdf", "ghostscript.pdf", "linearized.pdf", "fax.pdf", "encrypted.pdf", "permissions.pdf"} {
		f.Add(testdata(f, name))
	}
	f.Add(onePage("q 1 0 0 1 0 0 cm 0 0 9 9 re f BI /W 1 /H 1 /BPC 8 /CS /G ID x\nEI Q", "", ""))
	f.Fuzz(func(t *testing.T, file []byte) {
		reading, err := ReadFile(t.Context(), bytes.NewReader(append([]byte("%PDF-1.5\n"), file...)))
		if (err == nil) != (reading != nil && len(reading.Texts) > 0) {
			t.Errorf("%v, %v", reading, err)
		}
	})
}

// FuzzContent carries out content streams alone, where a mutation changes more
// than a checksum.
func FuzzContent(f *testing.F) {
	f.Add([]byte("q 3 0 0 3 9 9 cm 0 0 1 1 re 2 2 m 3 3 l 4 4 5 5 6 6 c 1 1 2 2 v 1 2 3 4 y h W n B* Q"))
	f.Add([]byte("BI /W 8 /H 2 /IM true /F /AHx ID 00ff>\nEI /DeviceCMYK cs 0 0 0 1 sc [1 2 <</A [3]>>] TJ"))
	f.Fuzz(func(t *testing.T, content []byte) {
		c := newCanvas(40, 40)
		d := newDocument(nil, 0)
		d.budget = 1 << 20
		r := &renderer{document: d, canvas: c}
		d.draw(t.Context(), sheet{}, content, matrix{1, 0, 0, -1, 0, 40}, box{0, 0, 40, 40}, r)
	})
}
