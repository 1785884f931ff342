package bench

import (
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"meshkey/internal/qr"
)

// pageKind is a way in which a scanned page is less than perfect.
type pageKind struct {
	name          string
	turn          float64 // degrees
	blur, noise   float64 // standard deviations, in pixels and in greys
	light         float64 // how much darker the far corner is
	millimetres   float64 // of the code
	width, height int     // of the picture: A4 at 300 dots an inch, or 12 megapixels
}

var pageKinds = []pageKind{
	{"clean", 0, 0, 0, 0, 50, 2480, 3508},
	{"upside-down", 180, 0, 0, 0, 50, 2480, 3508},
	{"turned-2", 2, 0, 0, 0, 50, 2480, 3508},
	{"turned-7-blurred-noisy", 7, 2, 25, 0, 50, 2480, 3508},
	{"turned-3-uneven-small", 3, 0, 4, 0.6, 25, 2480, 3508},
	{"photograph", 12, 1.5, 6, 0.4, 50, 3000, 4000},
}

const pagesEach = 10

// pageText is a text of the length of a share, made of n.
func pageText(n uint64) string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	r := rand.New(rand.NewPCG(n, 1))
	text := []byte("SA")
	for len(text) < 74 {
		if len(text)%5 == 4 {
			text = append(text, '-')
		} else {
			text = append(text, letters[r.IntN(32)])
		}
	}
	return string(text)
}

// page draws a sheet with one code, lines that look like words, and rules.
func (k pageKind) page(n uint64) *image.Gray {
	symbol, err := qr.Encode(pageText(n), qr.High)
	if err != nil {
		panic(err)
	}
	r := rand.New(rand.NewPCG(n, 2))
	const a4w, a4h = 210, 297
	words := make([]float64, 40*200) // where the ink of a line ends, in turns
	for i := range words {
		words[i] = 0.6 + r.Float64()*2.4
	}
	x0, y0 := 20+r.Float64()*(a4w-40-k.millimetres), 40+r.Float64()*(a4h-80-k.millimetres)
	ink := func(x, y float64) float64 { // in millimetres from the top left
		if u, v := (x-x0)/k.millimetres, (y-y0)/k.millimetres; u > -0.1 && u < 1.1 && v > -0.1 && v < 1.1 {
			if symbol.Dark(int(math.Floor(u*float64(symbol.Size))), int(math.Floor(v*float64(symbol.Size)))) {
				return 1
			}
			return 0
		}
		line, at := int(y/7), math.Mod(y, 7)
		if x < 20 || x > a4w-20 || y < 20 || y > a4h-20 || at > 2.4 {
			return 0
		}
		if int(x*3+math.Floor(at*3)*words[line%40])%3 != 0 || words[(line*200+int(x*1.2))%len(words)] < 1.2 {
			return 0
		}
		return 1
	}
	img := image.NewGray(image.Rect(0, 0, k.width, k.height))
	sin, cos := math.Sincos(k.turn * math.Pi / 180)
	scale := a4w / float64(k.width)
	if k.name == "photograph" {
		scale *= 1.25 // the desk shows
	}
	for y := range k.height {
		for x := range k.width {
			dx, dy := (float64(x)-float64(k.width)/2)*scale, (float64(y)-float64(k.height)/2)*scale
			px, py := dx*cos+dy*sin+a4w/2, dy*cos-dx*sin+a4h/2
			level := 245 - 225*ink(px, py)
			if px < 0 || py < 0 || px > a4w || py > a4h {
				level = 120
			}
			level *= 1 - k.light*(float64(x)/float64(k.width)+float64(y)/float64(k.height))/2
			img.Pix[y*img.Stride+x] = byte(level)
		}
	}
	k.spoil(img, r)
	return img
}

// spoil blurs, by three box filters each way, and adds noise.
func (k pageKind) spoil(img *image.Gray, r *rand.Rand) {
	if k.blur > 0 {
		w, h := img.Rect.Dx(), img.Rect.Dy()
		half := int(math.Round(math.Sqrt(4*k.blur*k.blur+1)/2 - 0.5))
		for range 3 {
			for y := range h {
				boxFilter(img.Pix[y*img.Stride:], w, 1, half)
			}
			for x := range w {
				boxFilter(img.Pix[x:], h, img.Stride, half)
			}
		}
	}
	if k.noise > 0 {
		for i, v := range img.Pix {
			img.Pix[i] = byte(min(max(float64(v)+r.NormFloat64()*k.noise, 0), 255))
		}
	}
}

func boxFilter(pix []byte, n, step, half int) {
	line := make([]int, n+2*half+1)
	for i := range line {
		line[i] = int(pix[min(max(i-half, 0), n-1)*step])
	}
	sum := 0
	for _, v := range line[:2*half+1] {
		sum += v
	}
	for i := range n {
		pix[i*step] = byte(sum / (2*half + 1))
		sum += line[min(i+2*half+1, len(line)-1)] - line[i]
	}
}

// encode writes a photograph as JPEG and a scan as PNG.
func (k pageKind) encode(w io.Writer, img *image.Gray) error {
	if k.name == "photograph" {
		return jpeg.Encode(w, img, &jpeg.Options{Quality: 88})
	}
	return png.Encode(w, img)
}

func (k pageKind) file(n uint64) string { return fmt.Sprintf("%s-%d", k.name, n) }

// pages makes the pages of the kinds in a process of its own, so that this one
// stays small: a child never shows less peak memory than its parent had.
func pages(tb testing.TB, each int, kinds ...string) string {
	tb.Helper()
	dir := tb.TempDir()
	for _, kind := range kinds {
		cmd := exec.Command(os.Args[0], "-test.run=^TestMakePages$")
		cmd.Env = append(os.Environ(), "MESHKEY_PAGES="+dir, "MESHKEY_KIND="+kind, fmt.Sprintf("MESHKEY_EACH=%d", each))
		if out, err := cmd.CombinedOutput(); err != nil {
			tb.Fatalf("making pages: %v\n%s", err, out)
		}
	}
	return dir
}

// TestMakePages is the process that pages starts.
func TestMakePages(t *testing.T) {
	dir := os.Getenv("MESHKEY_PAGES")
	if dir == "" {
		t.Skip("only started by benchmarks")
	}
	var each uint64
	if _, err := fmt.Sscan(os.Getenv("MESHKEY_EACH"), &each); err != nil {
		t.Fatal(err)
	}
	for _, k := range pageKinds {
		if k.name != os.Getenv("MESHKEY_KIND") {
			continue
		}
		for n := range each {
			f, err := os.Create(filepath.Join(dir, k.file(n)))
			if err != nil {
				t.Fatal(err)
			}
			if err := k.encode(f, k.page(n)); err != nil {
				t.Fatal(err)
			}
			if err := f.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}
