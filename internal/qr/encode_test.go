package qr

import (
	"context"
	"errors"
	"image/png"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A share of 2 of 3 is stored in the alphanumeric mode, or its symbol would
// have more modules than these.
func TestEncodeVersions(t *testing.T) {
	share := strings.Repeat("SAQC-", 14) + "YE5R"
	for _, c := range []struct {
		text          string
		level         Level
		version, size int
	}{
		{share, Low, 3, 29},
		{share, Medium, 4, 33},
		{share, Quartile, 5, 37},
		{share, High, 6, 41},
		{strings.Repeat("SAQC-", 7)[:34], High, 3, 29},
		{strings.Repeat("A%B:", 200)[:790], Medium, 18, 89},
	} {
		s := encode(t, c.text, c.level)
		if s.Version != c.version || s.Size != c.size {
			t.Errorf("%d characters at level %d: version %d of %d modules, want %d of %d", len(c.text), c.level, s.Version, s.Size, c.version, c.size)
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	if _, err := Encode("", High); err == nil {
		t.Error("an empty text was encoded")
	}
	long := strings.Repeat("SECRET", 800)
	_, err := Encode(long, High)
	if !errors.Is(err, ErrTooLong) {
		t.Errorf("a text of %d characters: %v", len(long), err)
	}
	if err != nil && strings.Contains(err.Error(), "SECRET") {
		t.Error("the error holds the text")
	}
}

func TestDark(t *testing.T) {
	s := encode(t, "SAQC", High)
	if !s.Dark(0, 0) || !s.Dark(s.Size-1, 0) || !s.Dark(0, s.Size-1) || s.Dark(s.Size-8, s.Size-8) && s.Dark(7, 7) {
		t.Error("the eyes are not where they belong")
	}
	for _, p := range [][2]int{{-1, 0}, {0, -1}, {s.Size, 0}, {0, s.Size}} {
		if s.Dark(p[0], p[1]) {
			t.Errorf("module %v outside the symbol is dark", p)
		}
	}
}

// What is encoded is decoded, for texts of all lengths and all levels.
func TestRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for n := range 24 {
		want := text(r, 1+n*35)
		s := encode(t, want, Level(n%4))
		side := 4 * (s.Size + 2*QuietZone)
		got := Decode(context.Background(), see(s, side, side, view{module: 4}), nil)
		if len(got) != 1 || got[0].Text != want {
			t.Errorf("%d characters, version %d: %d texts, none of them right", len(want), s.Version, len(got))
		}
	}
}

// A reader that is not ours agrees.
func TestEncodeZbar(t *testing.T) {
	if _, err := exec.LookPath("zbarimg"); err != nil {
		t.Skip("zbarimg is not installed (Debian package zbar-tools)")
	}
	r := rand.New(rand.NewPCG(5, 6))
	for n := range 8 {
		want := strings.TrimSpace(text(r, 20+n*100))
		s := encode(t, want, Level(n%4))
		side := 4 * (s.Size + 2*QuietZone)
		file := filepath.Join(t.TempDir(), "symbol.png")
		f, err := os.Create(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(f, see(s, side, side, view{module: 4})); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("zbarimg", "-q", "--raw", "-Sdisable", "-Sqrcode.enable", file).Output()
		if got := strings.TrimSpace(string(out)); err != nil || got != want {
			t.Errorf("version %d: zbarimg reads %d of %d characters (%v)", s.Version, len(got), len(want), err)
		}
	}
}
