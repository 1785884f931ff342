package qr

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"regexp"
	"testing"
)

var likeShare = regexp.MustCompile(`^S[A-D][A-Z2-7]{2}(-[A-Z2-7]{4})+(-[A-Z2-7]{1,3})?$`).MatchString

// cover paints a rectangle over parts of a symbol's side.
func cover(img *image.Gray, s *Symbol, module, x, y, w, h float64, grey byte) {
	side := module * float64(s.Size)
	left, top := (float64(img.Rect.Dx())-side)/2, (float64(img.Rect.Dy())-side)/2
	for j := int(top + y*side); j < int(top+(y+h)*side); j++ {
		for i := int(left + x*side); i < int(left+(x+w)*side); i++ {
			img.Pix[j*img.Stride+i] = grey
		}
	}
}

func drawn(s *Symbol, v view) *image.Gray {
	side := int(v.module * float64(s.Size+2*QuietZone) * 1.5)
	return see(s, side, side, v)
}

func wantText(t *testing.T, img *image.Gray) {
	t.Helper()
	if got := Decode(t.Context(), img, nil, likeShare); len(got) != 1 || got[0].Text != share {
		t.Errorf("%d texts, or a wrong one", len(got))
	}
}

// A quarter of a symbol of level H may be covered by anything; at 30 of 100 a
// text must not be wrong.
func TestDecodeCovered(t *testing.T) {
	s := encode(t, share, High)
	for _, percent := range []int{20, 25, 30} {
		for _, grey := range []byte{0, 90, 170, 255} {
			t.Run(fmt.Sprintf("%d-%d", percent, grey), func(t *testing.T) {
				img := drawn(s, view{module: 5, noise: 4, turn: 2})
				side := math.Sqrt(float64(percent) / 100)
				cover(img, s, 5, 0.97-side, 0.97-side, side, side, grey)
				if percent < 30 {
					wantText(t, img)
					return
				}
				for _, r := range Decode(t.Context(), img, nil, likeShare) {
					if r.Text != share {
						t.Error("a wrong text")
					}
				}
			})
		}
	}
}

// Each of the finder patterns in turn is covered.
func TestDecodeHiddenFinder(t *testing.T) {
	s := encode(t, share, High)
	for i, at := range [][2]float64{{-0.03, -0.03}, {0.8, -0.03}, {-0.03, 0.8}} {
		for _, grey := range []byte{0, 130, 255} {
			t.Run(fmt.Sprintf("%d-%d", i, grey), func(t *testing.T) {
				img := drawn(s, view{module: 5, noise: 4})
				cover(img, s, 5, at[0], at[1], 0.22, 0.22, grey)
				wantText(t, img)
			})
		}
	}
}

// Blur of up to 0.75 of a module.
func TestDecodeBlurred(t *testing.T) {
	s := encode(t, share, High)
	for _, sigma := range []float64{0.5, 0.7} {
		t.Run(fmt.Sprint(sigma), func(t *testing.T) {
			wantText(t, drawn(s, view{module: 8, noise: 2, blur: sigma * 8}))
		})
	}
}

// Paper that was crumpled: every place is displaced, neighbours about alike.
func TestDecodeCrumpled(t *testing.T) {
	s := encode(t, share, High)
	for _, reach := range []float64{0.3, 0.4} {
		t.Run(fmt.Sprint(reach), func(t *testing.T) {
			flat := drawn(s, view{module: 6, noise: 3})
			img := image.NewGray(flat.Rect)
			w := flat.Rect.Dx()
			for y := range w {
				for x := range w {
					u, v := float64(x)/60, float64(y)/60
					i := x + int(math.Round(6*reach*math.Sin(u+2*v)))
					j := y + int(math.Round(6*reach*math.Sin(2*u-v+1)))
					img.Pix[y*w+x] = flat.Pix[min(max(j, 0), w-1)*w+min(max(i, 0), w-1)]
				}
			}
			wantText(t, img)
		})
	}
}

// Round stains, half see-through, some of them over finder patterns.
func TestDecodeStained(t *testing.T) {
	s := encode(t, share, High)
	r := rand.New(rand.NewPCG(5, 6))
	for n := range 4 {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			img := drawn(s, view{module: 5, noise: 4})
			w := img.Rect.Dx()
			for range 3 {
				cx, cy, radius := w/4+r.IntN(w/2), w/4+r.IntN(w/2), float64(w)*(0.05+0.06*r.Float64())
				light := 0.35 + 0.4*r.Float64()
				for i := range img.Pix {
					if math.Hypot(float64(i%w-cx), float64(i/w-cy)) < radius {
						img.Pix[i] = byte(float64(img.Pix[i]) * light)
					}
				}
			}
			wantText(t, img)
		})
	}
}

// Whatever is read under random damage is the text, or nothing.
func TestDecodeDamaged(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 8 {
		want := text(r, 30+r.IntN(60))
		s := encode(t, want, Level(r.IntN(4)))
		img := drawn(s, view{module: 4, noise: 60 * r.Float64()})
		for range 1 + r.IntN(4) {
			w := 0.3 * r.Float64()
			cover(img, s, 4, r.Float64()-w, r.Float64()-w, w, w, byte(r.IntN(256)))
		}
		for _, got := range Decode(t.Context(), img, nil, likeShare) {
			if got.Text != want {
				t.Error("a wrong text")
			}
		}
	}
}
