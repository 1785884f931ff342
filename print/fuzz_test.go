package print

import (
	"errors"
	"io"
	"testing"
)

// Whatever the names are, a sheet is either refused with an error that says why
// or is printed within its margins.
func FuzzNames(f *testing.F) {
	for _, seed := range [][3]string{
		{"Sadie Example", "alice@example.com", "example.com"}, {"", "", ""}, {"a\u00a0b  c", "{need}", "{address}"},
		{"\xff", "\u202e", "\n"}, {"WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW", " ", "\u00a0"},
	} {
		for n := range 3 {
			f.Add(seed[0], seed[1], seed[2], 1+16*n)
		}
	}
	k := exampleKit(f)
	f.Fuzz(func(t *testing.T, holder, address, service string, n int) {
		kit := *k
		kit.Address, kit.Service, kit.Shares = address, service, kit.Shares[:1]
		o := Options{Holders: []string{holder}, Language: Languages()[uint(n)%4], Paper: Paper(uint(n) / 4 % 2), NotReal: uint(n)/8%2 == 1}
		o = as(kinds[uint(n)/16%3], o)
		sheets, err := Sheets(&kit, o)
		var character *CharacterError
		var long *FitError
		if err != nil {
			if !errors.As(err, &character) && !errors.As(err, &long) {
				t.Fatal(err)
			}
			return
		}
		for _, p := range sheets[0].pages {
			for _, m := range p.marks {
				if x0, y0, x1, y1 := m.extent(); x0 < 12 || y0 < 12 || x1 > p.width-12 || y1 > p.height-12 {
					t.Errorf("in the margin: %v", m)
				}
			}
		}
		for _, w := range writers {
			if w.format == "png" {
				continue // the slowest, and tested by the others' marks
			}
			if err := w.write(sheets[0], io.Discard); err != nil {
				t.Errorf("%s: %v", w.format, err)
			}
		}
	})
}
