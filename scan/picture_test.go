package scan

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/color/palette"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"slices"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

// Every kind of picture that Go can write.
func TestReadPictures(t *testing.T) {
	grey := code(t, share, 5)
	r := grey.Rect
	black, white, clear := color.Black, color.White, color.Transparent
	pictures := map[string]image.Image{
		"grey":           grey,
		"grey 16":        repaint(grey, image.NewGray16(r), black, white),
		"rgba":           repaint(grey, image.NewRGBA(r), color.RGBA{20, 30, 90, 255}, color.RGBA{255, 240, 200, 255}),
		"nrgba":          repaint(grey, image.NewNRGBA(r), black, clear),
		"rgba 64":        repaint(grey, image.NewRGBA64(r), black, white),
		"nrgba 64":       repaint(grey, image.NewNRGBA64(r), black, clear),
		"palette":        repaint(grey, image.NewPaletted(r, palette.Plan9), black, white),
		"one bit":        repaint(grey, image.NewPaletted(r, color.Palette{white, black}), black, white),
		"one bit, clear": repaint(grey, image.NewPaletted(r, color.Palette{clear, black}), black, clear),
		"cmyk":           repaint(grey, image.NewCMYK(r), color.CMYK{0, 0, 0, 255}, color.CMYK{20, 0, 10, 0}),
	}
	encoders := map[string]func(io.Writer, image.Image) error{
		"PNG": png.Encode,
		"TIFF": func(w io.Writer, m image.Image) error {
			return tiff.Encode(w, m, &tiff.Options{Compression: tiff.Deflate})
		},
		"BMP":  bmp.Encode,
		"GIF":  func(w io.Writer, m image.Image) error { return gif.Encode(w, m, nil) },
		"JPEG": func(w io.Writer, m image.Image) error { return jpeg.Encode(w, m, nil) },
	}
	for name, img := range pictures {
		for format, encode := range encoders {
			if format != "PNG" && slices.Contains([]string{"nrgba", "nrgba 64", "one bit, clear"}, name) {
				continue // what is clear comes out black
			}
			t.Run(format+" "+name, func(t *testing.T) {
				var b bytes.Buffer
				if err := encode(&b, img); err != nil {
					t.Fatal(err)
				}
				wantShare(t, b.Bytes())
			})
		}
	}
}

// Kinds of pictures that Go cannot write.
func TestReadForeign(t *testing.T) {
	for _, name := range []string{"progressive.jpg", "cmyk.jpg", "interlaced.png", "lossy.webp", "transparent.webp", "lossy-transparent.webp"} {
		t.Run(name, func(t *testing.T) { wantShare(t, testdata(t, name)) })
	}
}

func TestReadQualities(t *testing.T) {
	img := code(t, share, 6)
	for _, quality := range []int{3, 10, 30, 60, 100} {
		var b bytes.Buffer
		if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
			t.Fatal(err)
		}
		wantShare(t, b.Bytes())
	}
}

func TestReadTIFFPages(t *testing.T) {
	reading, err := ReadFile(t.Context(), bytes.NewReader(testdata(t, "two-pages.tif")))
	if err != nil {
		t.Fatal(err)
	}
	if reading.Pages != 2 || len(reading.Texts) != 2 || !isShare(reading.Texts[1], 2) {
		t.Errorf("%d pages, %d texts", reading.Pages, len(reading.Texts))
	}
}

// A TIFF whose pages go round in a circle ends.
func TestReadTIFFCircle(t *testing.T) {
	b := testdata(t, "two-pages.tif")
	first := binary.LittleEndian.Uint32(b[4:])
	next := first + 2 + 12*uint32(binary.LittleEndian.Uint16(b[first:]))
	second := binary.LittleEndian.Uint32(b[next:])
	last := second + 2 + 12*uint32(binary.LittleEndian.Uint16(b[second:]))
	binary.LittleEndian.PutUint32(b[last:], first)
	reading, err := ReadFile(t.Context(), bytes.NewReader(b))
	if err != nil || reading.Pages != 2 {
		t.Errorf("%v, %v", reading, err)
	}
}

// pngOf is the head of a PNG of some size, with an empty body.
func pngOf(w, h uint32, depth, colour byte) []byte {
	b := []byte("\x89PNG\r\n\x1a\n")
	chunk := func(kind string, data []byte) {
		b = binary.BigEndian.AppendUint32(b, uint32(len(data)))
		from := len(b)
		b = append(append(b, kind...), data...)
		b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[from:]))
	}
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	chunk("IHDR", append(head, depth, colour, 0, 0, 0))
	chunk("IDAT", nil)
	return b
}

// Pictures are refused before they are decoded.
func TestReadTooLarge(t *testing.T) {
	webp := testdata(t, "lossy-transparent.webp") // its canvas stays small
	frame := bytes.Index(webp, []byte("VP8 "))
	binary.LittleEndian.PutUint32(webp[frame+8+6:], 0x3fff3fff)
	progressive := testdata(t, "progressive.jpg")
	sof := bytes.Index(progressive, []byte{0xff, 0xc2})
	binary.BigEndian.PutUint32(progressive[sof+5:], 10_000<<16|10_000)
	for name, file := range map[string][]byte{
		"many pixels":        pngOf(1<<20, 1<<20, 8, 0),
		"deep pixels":        pngOf(10_000, 10_000, 16, 6),
		"WebP frame":         webp,
		"JPEG coefficients":  progressive,
		"GIF":                []byte("GIF89a\xff\xff\xff\xff\x00\x00\x00;"),
		"more than the file": bytes.Repeat([]byte("SAQC\n"), MaxText/5+1),
	} {
		allocated := testing.AllocsPerRun(1, func() {
			_, err := Read(bytes.NewReader(file))
			var large *TooLargeError
			if !errors.As(err, &large) || large.Size <= large.Max {
				t.Errorf("%s: %v", name, err)
			}
		})
		if allocated > 1000 {
			t.Errorf("%s: %.0f allocations", name, allocated)
		}
	}
}

// endless is a file without an end.
type endless struct{ head io.Reader }

func (e endless) Read(p []byte) (int, error) {
	if n, err := e.head.Read(p); err == nil {
		return n, nil
	}
	return len(p), nil
}

func TestReadEndless(t *testing.T) {
	for _, head := range []string{"%PDF-1.4\n", "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR", "II*\x00\x08\x00\x00\x00", "RIFF\xff\xff\xff\x00WEBPVP8 "} {
		_, err := Read(endless{bytes.NewReader([]byte(head))})
		if err == nil {
			t.Errorf("%q: no error", head)
		}
	}
	_, err := Read(endless{bytes.NewReader([]byte("%PDF-1.4\n"))})
	var large *TooLargeError
	if !errors.As(err, &large) || large.Max != MaxFile {
		t.Errorf("an endless PDF: %v", err)
	}
}

func TestReadDamaged(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, code(t, share, 4)); err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string][]byte{
		"PNG":  b.Bytes()[:b.Len()/2],
		"JPEG": testdata(t, "progressive.jpg")[:3000],
		"WebP": testdata(t, "lossy.webp")[:1000],
		"TIFF": []byte("II*\x00\x08\x00"),
	} {
		_, err := Read(bytes.NewReader(file))
		var damaged *DamagedError
		if !errors.As(err, &damaged) || damaged.Format != name {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReadNothing(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 300, 300))); err != nil {
		t.Fatal(err)
	}
	_, err := Read(&b)
	var nothing *NothingFoundError
	if !errors.As(err, &nothing) || nothing.Format != "PNG" || nothing.Pages != 1 || nothing.Tried == "" {
		t.Errorf("%v", err)
	}
}

func FuzzReadPicture(f *testing.F) {
	for _, name := range []string{"progressive.jpg", "interlaced.png", "lossy-transparent.webp", "transparent.webp", "two-pages.tif"} {
		f.Add(testdata(f, name))
	}
	f.Add(pngOf(3, 3, 8, 0))
	f.Fuzz(func(t *testing.T, file []byte) {
		if format := formatOf(file[:min(len(file), 1024)]); format.name == "PDF" {
			return
		}
		if c, _, err := image.DecodeConfig(bytes.NewReader(file)); err == nil && c.Width*c.Height > 1<<18 {
			return // within the bounds, but slow
		}
		reading, err := ReadFile(t.Context(), bytes.NewReader(file))
		if (err == nil) != (reading != nil && len(reading.Texts) > 0) {
			t.Errorf("%v, %v", reading, err)
		}
	})
}
