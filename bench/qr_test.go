package bench

import (
	"bufio"
	"bytes"
	"encoding/json"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/makiuchi-d/gozxing"
	multiqr "github.com/makiuchi-d/gozxing/multi/qrcode"
	"github.com/makiuchi-d/gozxing/qrcode"
	"golang.org/x/image/draw"

	"meshkey/internal/qr"
	"meshkey/scan"
)

// What the named library costs for target P1: a sheet has a code of its own
// with a share, and one with the certificate of its set.
func BenchmarkEncode(b *testing.B) {
	certificate := "MK1:" + strings.Repeat(pageText(1), 11)[:776]
	b.Run("share-H", func(b *testing.B) {
		for b.Loop() {
			_, _ = qr.Encode(pageText(1), qr.High)
		}
	})
	b.Run("certificate-M", func(b *testing.B) {
		for b.Loop() {
			_, _ = qr.Encode(certificate, qr.Medium)
		}
	})
}

// score is how one reader did on one class of pictures.
type score struct{ got, want, wrong int }

// TestCorpus reads damaged pages, made beforehand, with scan and with the plain
// ladder of gozxing, and wants scan to read at least as many codes in each
// class. The folder has a manifest.jsonl with file, class and wanted texts.
// MESHKEY_ZXING may name a file with what ZXing-C++ read: a line of JSON for
// each picture, with file, texts and ms.
func TestCorpus(t *testing.T) {
	dir := os.Getenv("MESHKEY_CORPUS")
	if dir == "" {
		t.Skip("MESHKEY_CORPUS names no folder of damaged pages")
	}
	f, err := os.Open(filepath.Join(dir, "manifest.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	ours, ladder, peer := map[string]*score{}, map[string]*score{}, map[string]*score{}
	others := peerLines(t, os.Getenv("MESHKEY_ZXING"))
	var ms, readMS, ladderMS, peerMS []float64
	var classes []string
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var e struct {
			File, Class string
			Want        []string
		}
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatal(err)
		}
		octets, err := os.ReadFile(filepath.Join(dir, e.File))
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		img, _, err := image.Decode(bytes.NewReader(octets))
		if err != nil {
			t.Fatal(err)
		}
		decoding := time.Since(start).Seconds() * 1e3
		if ours[e.Class] == nil {
			ours[e.Class], ladder[e.Class], peer[e.Class] = &score{}, &score{}, &score{}
			classes = append(classes, e.Class)
		}
		if others != nil {
			peer[e.Class].count(others[e.File].Texts, e.Want)
			peerMS = append(peerMS, others[e.File].MS)
		}
		start = time.Now()
		texts, _ := scan.Read(bytes.NewReader(octets)) // decoding is timed too
		took := time.Since(start).Seconds() * 1e3
		ms, readMS = append(ms, took), append(readMS, took-decoding)
		var plain []string
		for _, x := range texts {
			plain = append(plain, x.Text)
		}
		ours[e.Class].count(plain, e.Want)
		start = time.Now()
		plain = plainLadder(img)
		ladderMS = append(ladderMS, time.Since(start).Seconds()*1e3)
		ladder[e.Class].count(plain, e.Want)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(classes)
	var all, allLadder, allPeer score
	t.Logf("%-20s %6s %6s %6s %6s", "class", "codes", "ours", "ladder", "zxing")
	for _, c := range classes {
		o, l, p := ours[c], ladder[c], peer[c]
		t.Logf("%-20s %6d %6d %6d %6d", c, o.want, o.got, l.got, p.got)
		if o.got < l.got {
			t.Errorf("%s: %d codes were read, the plain ladder reads %d", c, o.got, l.got)
		}
		all.add(o)
		allLadder.add(l)
		allPeer.add(p)
	}
	t.Logf("%-20s %6d %6d %6d %6d", "all", all.want, all.got, allLadder.got, allPeer.got)
	t.Logf("texts nobody wanted: %d, %d, %d", all.wrong, allLadder.wrong, allPeer.wrong)
	for name, ms := range map[string][]float64{"ours": ms, "ours, decoding not counted": readMS, "ladder, decoding not counted": ladderMS, "zxing": peerMS} {
		if len(ms) > 0 {
			slices.Sort(ms)
			t.Logf("median, 95 of 100, %s: %.0f, %.0f ms", name, ms[len(ms)/2], ms[len(ms)*95/100])
		}
	}
	if all.wrong > 0 {
		t.Errorf("%d texts were read that nobody printed", all.wrong)
	}
}

// peerLine is what another reader made of a picture.
type peerLine struct {
	File  string
	Texts []string
	MS    float64
}

// peerLines returns nil if there is no such file.
func peerLines(t *testing.T, name string) map[string]peerLine {
	if name == "" {
		return nil
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := map[string]peerLine{}
	for lines := json.NewDecoder(f); lines.More(); {
		var l peerLine
		if err := lines.Decode(&l); err != nil {
			t.Fatal(err)
		}
		out[l.File] = l
	}
	return out
}

func (s *score) count(texts, want []string) {
	for _, w := range want {
		if slices.Contains(texts, w) {
			s.got++
		}
	}
	for _, x := range texts {
		if !slices.Contains(want, x) {
			s.wrong++
		}
	}
	s.want += len(want)
}

func (s *score) add(o *score) { s.got, s.want, s.wrong = s.got+o.got, s.want+o.want, s.wrong+o.wrong }

// plainLadder is gozxing tried in several sizes with both of its thresholds,
// positive and negative, all codes first and then one, up to the first hit.
func plainLadder(img image.Image) []string {
	long := max(img.Bounds().Dx(), img.Bounds().Dy())
	for _, px := range []int{long, 1600, 1000, 2400, 700, 3200} {
		if px > 2*long {
			continue
		}
		sized := img
		if px != long {
			k := float64(px) / float64(long)
			g := image.NewGray(image.Rect(0, 0, int(float64(img.Bounds().Dx())*k), int(float64(img.Bounds().Dy())*k)))
			draw.ApproxBiLinear.Scale(g, g.Bounds(), img, img.Bounds(), draw.Src, nil)
			sized = g
		}
		source := gozxing.NewLuminanceSourceFromImage(sized)
		for _, s := range []gozxing.LuminanceSource{source, source.Invert()} {
			for _, b := range []gozxing.Binarizer{gozxing.NewHybridBinarizer(s), gozxing.NewGlobalHistgramBinarizer(s)} {
				if texts := plainRead(b); len(texts) > 0 {
					return texts
				}
			}
		}
	}
	return nil
}

func plainRead(b gozxing.Binarizer) (texts []string) {
	defer func() { _ = recover() }() // the library indexes beyond its slices on odd pictures
	hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
	bits, err := gozxing.NewBinaryBitmap(b)
	if err != nil {
		return nil
	}
	if results, err := multiqr.NewQRCodeMultiReader().DecodeMultiple(bits, hints); err == nil {
		for _, r := range results {
			if !slices.Contains(texts, r.GetText()) {
				texts = append(texts, r.GetText())
			}
		}
	}
	if len(texts) == 0 {
		if r, err := qrcode.NewQRCodeReader().Decode(bits, hints); err == nil {
			texts = append(texts, r.GetText())
		}
	}
	return texts
}
