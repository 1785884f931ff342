package qr

import (
	"image"
	"math"
	"math/rand/v2"
	"testing"
)

// view is how a symbol is seen in a picture.
type view struct {
	module      float64 // pixels
	turn        float64 // degrees
	blur, noise float64
	dark, light float64 // greys; zero values stand for 20 and 240
	mirrored    bool
}

// see draws a symbol with its quiet zone in the middle of a picture of w by h
// pixels.
func see(s *Symbol, w, h int, v view) *image.Gray {
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = 240
	}
	put(img, s, float64(w)/2, float64(h)/2, v)
	return img
}

// put draws a symbol around a point of img.
func put(img *image.Gray, s *Symbol, cx, cy float64, v view) {
	if v.dark == 0 && v.light == 0 {
		v.dark, v.light = 20, 240
	}
	w, h := img.Rect.Dx(), img.Rect.Dy()
	sin, cos := math.Sincos(v.turn * math.Pi / 180)
	const over = 3 // samples a pixel each way
	half := float64(s.Size)/2 + QuietZone
	for y := range h {
		for x := range w {
			sum, inside := 0.0, false
			for i := range over * over {
				dx := (float64(x) + (float64(i%over)+0.5)/over - cx) / v.module
				dy := (float64(y) + (float64(i/over)+0.5)/over - cy) / v.module
				a, b := dx*cos+dy*sin, dy*cos-dx*sin
				if v.mirrored {
					a = -a
				}
				inside = inside || math.Abs(a) < half && math.Abs(b) < half
				if s.Dark(int(math.Floor(a+float64(s.Size)/2)), int(math.Floor(b+float64(s.Size)/2))) {
					sum += v.dark
				} else {
					sum += v.light
				}
			}
			if inside {
				img.Pix[y*img.Stride+x] = byte(sum / over / over)
			}
		}
	}
	spoil(img, v)
}

func spoil(img *image.Gray, v view) {
	r := rand.New(rand.NewPCG(1, 2))
	w, h := img.Rect.Dx(), img.Rect.Dy()
	if v.blur > 0 {
		n := int(3*v.blur) + 1
		kernel, total := make([]float64, 2*n+1), 0.0
		for i := range kernel {
			kernel[i] = math.Exp(-float64((i-n)*(i-n)) / (2 * v.blur * v.blur))
			total += kernel[i]
		}
		for _, step := range []struct{ dx, dy int }{{1, 0}, {0, 1}} {
			from := append([]byte(nil), img.Pix...)
			for y := range h {
				for x := range w {
					sum := 0.0
					for i, k := range kernel {
						xx, yy := min(max(x+(i-n)*step.dx, 0), w-1), min(max(y+(i-n)*step.dy, 0), h-1)
						sum += k * float64(from[yy*img.Stride+xx])
					}
					img.Pix[y*img.Stride+x] = byte(sum/total + 0.5)
				}
			}
		}
	}
	if v.noise > 0 {
		for i, p := range img.Pix {
			img.Pix[i] = byte(min(max(float64(p)+r.NormFloat64()*v.noise, 0), 255))
		}
	}
}

// text is one of n characters of the alphanumeric mode.
func text(r *rand.Rand, n int) string {
	const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[r.IntN(len(letters))]
	}
	return string(b)
}

func encode(t testing.TB, text string, level Level) *Symbol {
	t.Helper()
	s, err := Encode(text, level)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
