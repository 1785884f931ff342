package print

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files and the picture of the README anew")

// golden compares got with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile("testdata/"+name, []byte(got+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want := file(t, name); got != want {
		for i, line := range strings.Split(got, "\n") {
			if old := strings.Split(want, "\n"); i >= len(old) || line != old[i] {
				t.Fatalf("%s differs from line %d: %s", name, i+1, line)
			}
		}
		t.Fatalf("%s is longer", name)
	}
}

var writers = []struct {
	format string
	write  func(*Sheet, io.Writer) error
}{
	{"pdf", (*Sheet).WritePDF},
	{"png", func(s *Sheet, w io.Writer) error { return s.WritePNG(w, 100) }},
	{"svg", (*Sheet).WriteSVG},
	{"txt", (*Sheet).WriteText},
	{"dictation", (*Sheet).WriteDictation},
}

// The same kit, date and options give the same octets, in this run and in every
// other. (Where a new release of Go packs octets otherwise, write the sums anew.)
func TestReproducible(t *testing.T) {
	var sums strings.Builder
	for _, o := range []Options{
		{Holders: []string{"Sadie Example"}},
		{Holders: []string{"Zoë Weiß"}, Language: "de", Paper: Letter, NotReal: true},
		{Language: "fr", Large: true},
		{Language: "es", Envelope: true},
	} {
		for _, w := range writers {
			var first []byte
			for range 3 {
				sheets, err := Sheets(exampleKit(t), o)
				if err != nil {
					t.Fatal(err)
				}
				var b bytes.Buffer
				if err := w.write(sheets[0], &b); err != nil {
					t.Fatal(err)
				}
				if first == nil {
					first = b.Bytes()
				} else if !bytes.Equal(first, b.Bytes()) {
					t.Errorf("two %s files of one sheet differ", w.format)
				}
			}
			sum := sha256.Sum256(first)
			fmt.Fprintf(&sums, "%s %s %s\n", hex.EncodeToString(sum[:]), o.Paper, w.format)
		}
	}
	golden(t, "sha256.txt", strings.TrimSuffix(sums.String(), "\n"))
}

func TestGoldenLayout(t *testing.T) {
	for kind, name := range map[string]string{"plain": "layout.txt", "large": "large.txt", "envelope": "envelope.txt"} {
		sheets, err := Sheets(exampleKit(t), as(kind, Options{Holders: []string{"Sadie Example"}}))
		if err != nil {
			t.Fatal(err)
		}
		var dump strings.Builder
		for _, p := range sheets[0].pages {
			dump.WriteString(p.dump())
		}
		golden(t, name, strings.TrimSuffix(dump.String(), "\n"))
	}
	sheets, err := Sheets(exampleKit(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	aloud, err := sheets[0].dictation()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "dictation.txt", strings.TrimSuffix(aloud.dump(), "\n"))
}

// The picture of the README is the sheet as it is made now.
func TestPicture(t *testing.T) {
	sheets, err := Sheets(exampleKit(t), Options{NotReal: true, Holders: []string{"Sadie Example"}})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := sheets[0].WritePNG(&b, 100); err != nil {
		t.Fatal(err)
	}
	const name = "../docs/sheet.png"
	if *update {
		if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if b.Len() > 150_000 {
		t.Errorf("%s has %d octets", name, b.Len())
	}
	old, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	want, err := png.Decode(old)
	if err != nil {
		t.Fatal(err)
	}
	got, err := sheets[0].Image(100)
	if err != nil {
		t.Fatal(err)
	}
	if gray, ok := want.(*image.Gray); !ok || !bytes.Equal(gray.Pix, got.Pix) {
		t.Errorf("%s is out of date: run this test with -update", name)
	}
}
