package qr

import (
	"image"
	"math/rand/v2"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"golang.org/x/image/draw"
)

// noise is a picture of some symbol in uneven light with noise, of odd sizes.
func noise(t testing.TB, w, h int, seed uint64) plane {
	img := see(encode(t, "SAQC-YE5R", High), w, h, view{module: 3.3, turn: float64(seed) * 11, noise: float64(seed%3) * 20})
	r := rand.New(rand.NewPCG(seed, 1))
	for i, v := range img.Pix {
		img.Pix[i] = byte(int(v) * (50 + i%img.Stride*50/img.Stride) / (100 + r.IntN(2)))
	}
	return planeOf(img)
}

func TestHalve(t *testing.T) {
	for _, size := range [][2]int{{2, 2}, {7, 9}, {64, 3}, {101, 40}} {
		p := newPlane(size[0], size[1])
		for i := range p.pix {
			p.pix[i] = byte(i * 37)
		}
		q := p.halve()
		for y := range q.h {
			for x := range q.w {
				sum := int(p.row(2 * y)[2*x]) + int(p.row(2 * y)[2*x+1]) + int(p.row(2*y + 1)[2*x]) + int(p.row(2*y + 1)[2*x+1])
				if got, want := int(q.row(y)[x]), (sum+2)/4; got != want {
					t.Fatalf("%v: pixel %d, %d is %d, want %d", size, x, y, got, want)
				}
			}
		}
	}
}

func TestHalveWhite(t *testing.T) {
	p := newPlane(16, 2)
	for i := range p.pix {
		p.pix[i] = 255
	}
	for _, v := range p.halve().pix {
		if v != 255 {
			t.Fatalf("white becomes %d", v)
		}
	}
}

func TestScale(t *testing.T) {
	p := noise(t, 203, 151, 2)
	for _, size := range [][2]int{{100, 75}, {203, 151}, {310, 220}, {1, 1}} {
		got := p.scale(size[0], size[1])
		want := image.NewGray(image.Rect(0, 0, size[0], size[1]))
		from := &image.Gray{Pix: p.pix, Stride: p.stride, Rect: image.Rect(0, 0, p.w, p.h)}
		draw.ApproxBiLinear.Scale(want, want.Rect, from, from.Rect, draw.Src, nil)
		for i, v := range got.pix {
			if d := int(v) - int(want.Pix[i]); d < -2 || d > 2 {
				t.Fatalf("%v: pixel %d is %d, want %d", size, i, v, want.Pix[i])
			}
		}
	}
}

// The thresholds are those of the library, done faster.
func TestThresholds(t *testing.T) {
	for seed := range uint64(6) {
		p := noise(t, 200+int(seed)*13, 150+int(seed)*7, seed)
		source := gozxing.NewLuminanceSourceFromImage(&image.Gray{Pix: p.pix, Stride: p.stride, Rect: image.Rect(0, 0, p.w, p.h)})
		same := func(name string, got *gozxing.BitMatrix, b gozxing.Binarizer) {
			want, err := b.GetBlackMatrix()
			if (err != nil) != (got == nil) {
				t.Errorf("%s, seed %d: %v, library: %v", name, seed, got != nil, err)
			}
			if err != nil || got == nil {
				return
			}
			for y := range p.h {
				for x := range p.w {
					if got.Get(x, y) != want.Get(x, y) {
						t.Fatalf("%s, seed %d: pixel %d, %d differs", name, seed, x, y)
					}
				}
			}
		}
		same("local", p.local(), gozxing.NewHybridBinarizer(source))
		same("global", p.global(), gozxing.NewGlobalHistgramBinarizer(source))
	}
}

// A picture cut out of a larger one is not copied.
func TestPlaneOfPart(t *testing.T) {
	s := encode(t, "SAQC-YE5R", High)
	img := see(s, 300, 300, view{module: 5})
	part := img.SubImage(image.Rect(40, 40, 260, 260)).(*image.Gray)
	p := planeOf(part)
	if p.w != 220 || p.h != 220 || &p.pix[0] != &img.Pix[40*img.Stride+40] {
		t.Error("the part was copied or misplaced")
	}
	if texts := Decode(t.Context(), part, nil); len(texts) != 1 {
		t.Errorf("%d texts in the part", len(texts))
	}
}
