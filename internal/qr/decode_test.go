package qr

import (
	"context"
	"fmt"
	"image"
	"math/rand/v2"
	"slices"
	"testing"
)

const share = "SAQC-YE5R-BE3C-37IF-AG43-SGNT-3NLP-VURL-YWEH-FTBE-J755-IN6F-ZPXR-N6O5-3AVQ"

// certificate has as many characters as the certificate of a set.
func certificate() string { return "MK1:" + text(rand.New(rand.NewPCG(7, 8)), 786) }

func texts(rs []Reading) (out []string) {
	for _, r := range rs {
		out = append(out, r.Text)
	}
	return out
}

func TestDecodeViews(t *testing.T) {
	s := encode(t, share, High)
	for name, v := range map[string]view{
		"plain":              {module: 4},
		"large":              {module: 17},
		"small":              {module: 2},
		"turned 7":           {module: 5, turn: 7},
		"turned 45":          {module: 5, turn: 45},
		"turned 133":         {module: 5, turn: 133},
		"upside down":        {module: 4, turn: 180},
		"noisy":              {module: 10, noise: 60},
		"turned, noisy":      {module: 10, turn: 20, noise: 40},
		"blurred":            {module: 8, blur: 3.5},
		"faded":              {module: 5, dark: 190, light: 235, noise: 3},
		"negative":           {module: 5, dark: 230, light: 15},
		"mirrored":           {module: 5, mirrored: true},
		"turned, mirrored":   {module: 5, turn: 30, mirrored: true},
		"dark as a cellar":   {module: 5, dark: 2, light: 40},
		"twelve megapixels'": {module: 24, turn: 3, noise: 15},
	} {
		t.Run(name, func(t *testing.T) {
			side := int(v.module * float64(s.Size+2*QuietZone) * 1.6)
			got := Decode(t.Context(), see(s, side, side, v), nil)
			if len(got) != 1 || got[0].Text != share {
				t.Errorf("%d texts, none of them right", len(got))
			}
		})
	}
}

// A large symbol has its size from its timing patterns; the size of its eyes
// is too coarse for that where modules are small.
func TestDecodeLarge(t *testing.T) {
	want := certificate()
	s := encode(t, want, Medium)
	for _, module := range []float64{2.3, 2.66, 3.1, 3.99, 5.3, 8} {
		side := int(module * float64(s.Size+2*QuietZone) * 1.1)
		for _, turn := range []float64{0, 4} {
			got := Decode(t.Context(), see(s, side, side, view{module: module, turn: turn}), nil)
			if len(got) != 1 || got[0].Text != want {
				t.Errorf("module %g, turned %g: not read", module, turn)
			}
		}
	}
}

// both says that a share and a certificate belong together.
func both(texts []string) bool { return len(texts) >= 2 }

// sheet is a page with a share and a certificate at so many pixels a
// millimetre.
func sheet(t testing.TB, scale float64) (*image.Gray, []string) {
	img := image.NewGray(image.Rect(0, 0, int(210*scale), int(297*scale)))
	for i := range img.Pix {
		img.Pix[i] = 240
	}
	want := []string{share, certificate()}
	a, b := encode(t, want[0], High), encode(t, want[1], Medium)
	put(img, a, 50*scale, 70*scale, view{module: 50 * scale / float64(a.Size)})
	put(img, b, 150*scale, 230*scale, view{module: 60 * scale / float64(b.Size)})
	return img, want
}

// A page is searched on for its second code, at 100 to 300 dots an inch.
func TestDecodeSearchesOn(t *testing.T) {
	for _, dpi := range []float64{100, 150, 200} {
		img, want := sheet(t, dpi/25.4)
		if got := texts(Decode(t.Context(), img, both)); !slices.Equal(got, want) {
			t.Errorf("%g dots an inch: %d codes read, or in the wrong order", dpi, len(got))
		}
	}
}

// Codes in sight are read even if the caller asks for no more.
func TestDecodeSeveral(t *testing.T) {
	img := image.NewGray(image.Rect(0, 0, 900, 900))
	for i := range img.Pix {
		img.Pix[i] = 240
	}
	var want []string
	for i := range 9 {
		want = append(want, fmt.Sprintf("SAQC-%d", i))
		put(img, encode(t, want[i], High), 150+300*float64(i%3), 150+300*float64(i/3)+float64(i), view{module: 5, turn: float64(i) * 3})
	}
	if got := texts(Decode(t.Context(), img, nil)); !slices.Equal(got, want) {
		t.Errorf("%d of %d codes, or in the wrong order", len(got), len(want))
	}
}

func TestDecodeNothing(t *testing.T) {
	for _, img := range []*image.Gray{
		image.NewGray(image.Rectangle{}),
		image.NewGray(image.Rect(0, 0, 1, 1)),
		image.NewGray(image.Rect(0, 0, 3, 2000)),
		image.NewGray(image.Rect(0, 0, 39, 39)),
		image.NewGray(image.Rect(5, 5, 800, 600)),
		{Pix: noise(t, 700, 500, 2).pix[:600*400], Stride: 600, Rect: image.Rect(0, 0, 600, 400)},
	} {
		if got := Decode(t.Context(), img, nil); len(got) != 0 {
			t.Errorf("%v: %d texts out of nothing", img.Rect, len(got))
		}
	}
}

func TestDecodeStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	img, _ := sheet(t, 4)
	if got := Decode(ctx, img, both); len(got) > 1 {
		t.Errorf("%d texts after the end", len(got))
	}
}

// A picture full of eyes must not take for ever. Each eye is taken for the
// corner of many symbols.
func TestDecodeManyEyes(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a while")
	}
	img := image.NewGray(image.Rect(0, 0, 1500, 1500))
	for y := range 1500 {
		for x := range 1500 {
			u, v := x/2%9, y/2%9
			if d := max(abs(u-4), abs(v-4)); d != 2 && d < 4 {
				continue
			}
			img.Pix[y*img.Stride+x] = 255
		}
	}
	if got := Decode(t.Context(), img, nil); len(got) != 0 {
		t.Errorf("%d texts", len(got))
	}
}

// Stripes look like the middle of an eye in every row, and the check upwards
// is a long way.
func TestDecodeStripes(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a while")
	}
	img := image.NewGray(image.Rect(0, 0, 3000, 3000))
	for y := range 3000 {
		for x := range 3000 {
			if u := x % 8; u == 1 || u == 5 || u == 7 {
				img.Pix[y*img.Stride+x] = 255
			}
		}
	}
	if got := Decode(t.Context(), img, nil); len(got) != 0 {
		t.Errorf("%d texts", len(got))
	}
}

func abs(n int) int { return max(n, -n) }

func FuzzDecode(f *testing.F) {
	small := see(encode(f, "SAQC", High), 90, 90, view{module: 3})
	f.Add(90, small.Pix)
	f.Add(7, []byte("\x00\xff\x00\xff"))
	f.Fuzz(func(t *testing.T, w int, pix []byte) {
		if w < 1 || w > 300 || len(pix) > 1<<16 {
			return
		}
		h := len(pix) / w
		Decode(t.Context(), &image.Gray{Pix: pix, Stride: w, Rect: image.Rect(0, 0, w, h)}, nil)
	})
}

func BenchmarkDecode(b *testing.B) {
	img, _ := sheet(b, 300/25.4)
	b.ResetTimer()
	for b.Loop() {
		Decode(b.Context(), img, both)
	}
}

// Pictures too narrow for any symbol, of all lengths, hold none.
func TestNarrow(t *testing.T) {
	for _, long := range []int{1, 20, 300, 1500, 6000, 12000} {
		for _, short := range []int{1, 2, 7, 20, 21, 43} {
			for _, size := range [][2]int{{long, short}, {short, long}} {
				g := image.NewGray(image.Rect(0, 0, size[0], size[1]))
				for i := range g.Pix {
					g.Pix[i] = byte(i * 37)
				}
				if texts := Decode(t.Context(), g, nil); len(texts) > 0 {
					t.Errorf("%v: %d texts", size, len(texts))
				}
			}
		}
	}
}
