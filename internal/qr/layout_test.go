package qr

import (
	mathbits "math/bits"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing/qrcode/decoder"
)

// digits of about the capacity of a version at level Quartile, and their symbol.
func fitting(t *testing.T, version int) (string, *Symbol) {
	t.Helper()
	v, err := decoder.Version_GetVersionForNumber(version)
	if err != nil {
		t.Fatal(err)
	}
	blocks := v.GetECBlocksForLevel(decoder.ErrorCorrectionLevel_Q)
	octets := v.GetTotalCodewords() - blocks.GetTotalECCodewords()
	want := strings.Repeat("1234567890", 400)[:(8*octets-20)*3/10]
	return want, encode(t, want, Quartile)
}

// The function patterns of all versions are where a symbol made by someone else
// has them, and every module not of the layout's codewords is one.
func TestLayouts(t *testing.T) {
	for version := 1; version <= 40; version++ {
		_, s := fitting(t, version)
		l := newLayout(version)
		if s.Version != version || s.Size != l.size {
			t.Fatalf("version %d: the symbol has %d", version, s.Version)
		}
		data := 0
		for i, k := range l.kind {
			switch dark := s.Dark(i%l.size, i/l.size); {
			case k == forData:
				data++
			case k == isDark && !dark, k == isLight && dark:
				t.Fatalf("version %d: column %d, row %d", version, i%l.size, i/l.size)
			}
		}
		if rest := data - 8*l.version.GetTotalCodewords(); rest < 0 || rest > 7 || len(l.order) != data {
			t.Errorf("version %d: %d modules for data", version, data)
		}
		seen := map[int32]bool{}
		for _, at := range l.order {
			if seen[at] || l.kind[at] != forData {
				t.Fatalf("version %d: a module carries two bits, or none", version)
			}
			seen[at] = true
		}
	}
}

// seenAs are the modules of a symbol, all certain.
func seenAs(s *Symbol) modules {
	m := modules{s.Size, make([]float32, s.Size*s.Size)}
	for i := range m.dark {
		m.dark[i] = -1
		if s.Dark(i%s.Size, i/s.Size) {
			m.dark[i] = 1
		}
	}
	return m
}

// Symbols of all versions made by someone else read without any correction.
func TestDecodeModules(t *testing.T) {
	for version := 1; version <= 40; version++ {
		want, s := fitting(t, version)
		for name, m := range map[string]modules{"": seenAs(s), "mirrored ": seenAs(s).transposed()} {
			r, ok := decodeModules(newLayout(version), m, nil)
			if !ok || r.Text != want || r.Margin != 1 {
				t.Errorf("%sversion %d: margin %g", name, version, r.Margin)
			}
		}
	}
}

// ISO/IEC 18004, Annex C.3: level M with mask 101 is 100000011001110. Any two
// format words differ in at least 7 bits.
func TestFormatWords(t *testing.T) {
	if w := formatWord(0b00_101); w != 0b100000011001110 {
		t.Errorf("%015b", w)
	}
	for a := range 32 {
		for b := range a {
			if d := mathbits.OnesCount(uint(formatWord(a) ^ formatWord(b))); d < 7 {
				t.Errorf("%05b and %05b differ in %d bits", a, b, d)
			}
		}
	}
}

// Whatever is read of a symbol with random damage is its text, or nothing.
func TestDamagedModules(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	read, all := 0, 0
	for n := range 150 {
		level := Level(n % 4)
		want := text(r, 20+r.IntN(120))
		s := encode(t, want, level)
		l := newLayout(s.Version)
		part := r.Float64() * 0.2
		m := seenAs(s)
		for i := range m.dark {
			if r.Float64() < part { // open, or a guess in which there is some trust
				m.dark[i] = float32(r.Float64()*2-1) * float32(n%3) / 2
			}
		}
		all++
		got, ok := decodeModules(l, m, nil)
		if ok {
			read++
			if got.Text != want {
				t.Errorf("level %d, %.0f of 100 modules: a wrong text", level, part*100)
			}
		}
	}
	if read < all/10 || read > all*9/10 {
		t.Errorf("%d of %d were read: the damage shows nothing", read, all)
	}
}

// Erasures alone are restored up to the redundancy less what must be left.
func TestMargin(t *testing.T) {
	s := encode(t, share, High)
	l := newLayout(s.Version)
	last := 1.0
	for erased := range 200 {
		m := seenAs(s)
		for _, at := range l.order[:8*erased] {
			m.dark[at] = 0
		}
		r, ok := decodeModules(l, m, nil)
		if !ok {
			if last > 0.5 {
				t.Errorf("%d codewords covered: not read, though %g of the redundancy was left", erased, last)
			}
			return
		}
		if r.Text != share || r.Margin > last {
			t.Fatalf("%d codewords covered: margin %g after %g", erased, r.Margin, last)
		}
		last = r.Margin
	}
	t.Error("read out of nothing")
}
