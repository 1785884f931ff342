package letters_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"meshkey/internal/letters"
	"meshkey/internal/secret/secrettest"
)

// A word is a row with its check letters, letter by letter.
type word struct {
	row, length int
	letters     []byte
}

func newWord(r *rand.Rand, row, length int) word {
	text := make([]byte, length)
	for i := range text {
		text[i] = letters.Alphabet[r.IntN(len(letters.Alphabet))]
	}
	return checked(row, string(text))
}

func checked(row int, text string) word {
	check, err := letters.Check(row, text)
	if err != nil {
		panic(err)
	}
	return word{row, len(text), []byte(text + check)}
}

func (w word) share() string { return string(w.letters[:w.length]) }

// typed is what is typed when the letters are these.
func (w word) typed(letters []byte) string {
	return string(letters[:w.length]) + "/" + string(letters[w.length:])
}

// spoil returns the letters with others in the places given: the n-th other
// one, or a question mark if n is 0.
func (w word) spoil(places []int, n []int) []byte {
	out := slices.Clone(w.letters)
	for i, p := range places {
		if out[p] = '?'; n[i] > 0 {
			v := strings.IndexByte(letters.Alphabet, w.letters[p])
			out[p] = letters.Alphabet[(v+n[i])%len(letters.Alphabet)]
		}
	}
	return out
}

// mustMend checks that a row with the given letters is read as w, with a slip
// for each place.
func (w word) mustMend(t *testing.T, bad []byte, places []int) {
	t.Helper()
	r := letters.Read(w.row, w.length, w.typed(bad))
	if r.Status != letters.Proposed || r.Row != w.row || r.Letters() != w.share() {
		t.Fatalf("row %d of %d letters, %d spoilt: %v", w.row, w.length, places, r)
	}
	var found []int
	for _, s := range r.Slips {
		at := s.Place - 1
		if s.Check {
			at += w.length
		}
		for i := range s.Typed() {
			found = append(found, at+i)
			if s.Typed()[i] != bad[at+i] || s.Printed()[i] != w.letters[at+i] {
				t.Fatalf("row %d of %d letters, %d spoilt: %v does not say what is wrong", w.row, w.length, places, r)
			}
		}
	}
	if slices.Sort(places); !slices.Equal(found, places) {
		t.Fatalf("row %d of %d letters, %d spoilt: slips at %d", w.row, w.length, places, found)
	}
}

// Every pattern of one or two wrong letters in rows of every length, with every
// wrong letter once in every place of every pair.
func TestTwoWrongLetters(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 1))
	for length := 1; length <= letters.PerRow; length++ {
		w := newWord(r, 1+length%6, length)
		for a := range w.letters {
			for value := 1; value < 32; value++ {
				w.mustMend(t, w.spoil([]int{a}, []int{value}), []int{a})
				for b := range a {
					places := []int{b, a}
					w.mustMend(t, w.spoil(places, []int{1 + (value*7+a+b)%31, value}), places)
				}
			}
		}
	}
}

// Every pattern of one to four unreadable letters, and of one wrong letter with
// one or two unreadable ones.
func TestUnreadableLetters(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(2, 2))
	for length := 1; length <= letters.PerRow; length++ {
		w := newWord(r, 1+length%6, length)
		subsets(len(w.letters), 4, func(places []int) {
			w.mustMend(t, w.spoil(places, make([]int, 4)), places)
			if len(places) > 3 {
				return
			}
			for i := range places {
				n := make([]int, 4)
				n[i] = 1 + r.IntN(31)
				w.mustMend(t, w.spoil(places, n), slices.Clone(places))
			}
		})
	}
}

// subsets calls f with all sets of 1 to most numbers below n, each rising.
func subsets(n, most int, f func([]int)) {
	var grow func(set []int, from int)
	grow = func(set []int, from int) {
		if len(set) > 0 {
			f(slices.Clone(set))
		}
		for i := from; i < n && len(set) < most; i++ {
			grow(append(set, i), i+1)
		}
	}
	grow(nil, 0)
}

// A million random patterns in reach: random rows, lengths, places and letters.
func TestRandomPatternsInReach(t *testing.T) {
	t.Parallel()
	n := 1_000_000
	if testing.Short() {
		n = 50_000
	}
	r := rand.New(rand.NewPCG(3, 3))
	for range n {
		w := newWord(r, 1+r.IntN(letters.MaxRow), 1+r.IntN(letters.PerRow))
		wrong := r.IntN(3)
		unreadable := r.IntN(5 - 2*wrong)
		places := r.Perm(len(w.letters))[:min(wrong+unreadable, len(w.letters))]
		if len(places) == 0 {
			continue
		}
		values := make([]int, len(places))
		for i := range min(wrong, len(values)) {
			values[i] = 1 + r.IntN(31)
		}
		w.mustMend(t, w.spoil(places, values), places)
	}
}

// Three wrong letters and more look repairable in about one row of four, and a
// repair never gives the row that was printed: it is a proposal and no more.
func TestBeyondReach(t *testing.T) {
	t.Parallel()
	n := 10_000
	if testing.Short() {
		n = 3_000
	}
	r := rand.New(rand.NewPCG(4, 4))
	for wrong := 3; wrong <= 6; wrong++ {
		proposed, other, right := 0, 0, 0
		for range n {
			w := newWord(r, 1+r.IntN(3), letters.PerRow)
			places := r.Perm(len(w.letters))[:wrong]
			values := make([]int, wrong)
			for i := range values {
				values[i] = 1 + r.IntN(31)
			}
			switch got := letters.Read(w.row, w.length, w.typed(w.spoil(places, values))); {
			case got.Status == letters.Accepted && wrong < 5:
				t.Fatalf("%d wrong letters are accepted: the code's distance is 5", wrong)
			case got.Status == letters.OtherRow:
				other++
			case got.Status == letters.Proposed && got.Letters() == w.share():
				right++
			case got.Status == letters.Proposed:
				proposed++
			}
		}
		share := float64(proposed) / float64(n)
		t.Logf("%d wrong: %.4f proposed, %.4f as another row, %.4f right", wrong, share, float64(other)/float64(n), float64(right)/float64(n))
		if share < 0.20 || share > 0.30 {
			t.Errorf("%d wrong letters: %.3f of the rows get a proposal, not one in four", wrong, share)
		}
		if float64(other) > 0.01*float64(n) {
			t.Errorf("%d wrong letters: %d of %d rows are taken for other rows", wrong, other, n)
		}
	}
}

func TestAsPrinted(t *testing.T) {
	for _, text := range []string{
		"SAQC-YE5R-BE3C-37IF-AG43 / BXU6",
		"1: SAQC-YE5R-BE3C-37IF-AG43 / BXU6",
		"saqc ye5r be3c 37if ag43 bxu6",
		"SAQCYE5RBE3C371FAG43BXU6",
		"  SAQC–YE5R−BE3C\u00a037IF\u00adAG43 /BXU6\r\n",
		"S A Q C Y E 5 R B E 3 C 3 7 I F A G 4 3 / B X U 6",
		"SAQC-YE5R-8E3C-37IF-AG43 / 8XU6",
	} {
		for _, length := range []int{0, 20} {
			r := letters.Read(1, length, text)
			if r.Status != letters.Accepted || r.Row != 1 || len(r.Slips) > 0 || r.Letters() != "SAQCYE5RBE3C37IFAG43" || r.Count != 24 {
				t.Errorf("%q of %d letters: %v, %d letters", text, length, r, r.Count)
			}
		}
	}
	for _, text := range []string{"3E5C-NT44-Y / SEW4", "3e5cnt44ysew4", "2: 3E5C-NT44-Y SEW4"} {
		for _, length := range []int{0, 9} {
			if r := letters.Read(2, length, text); r.Status != letters.Accepted || r.Letters() != "3E5CNT44Y" {
				t.Errorf("%q of %d letters: %v", text, length, r)
			}
		}
	}
}

// What people do to a row, as text and as it should be understood. The slips
// are places, what was typed, what is printed.
func TestSlips(t *testing.T) {
	const row = "SAQC-YE5R-BE3C-37IF-AG43"
	for _, c := range []struct {
		name, text string
		length     int
		status     letters.Status
		slips      string
	}{
		{"one wrong letter", "SAQC-YE5R-BE3C-37IF-AG4B / BXU6", 20, letters.Proposed, "letter 20 wrong B 3"},
		{"a wrong check letter", row + " / BXV6", 20, letters.Proposed, "check letter 3 wrong V U"},
		{"unreadable", "SA?C-YE5R-BE3C-??IF-AG43 / BXU6", 20, letters.Proposed, "letter 3 unreadable ? Q, letter 13 unreadable ? 3, letter 14 unreadable ? 7"},
		{"a character that is none", "SAQC-YE5R-BE3C-97IF-AG43 / BXÜ6", 20, letters.Proposed, "letter 13 unreadable 9 3, check letter 3 unreadable Ü U"},
		{"neighbours", "SAQC-EY5R-BE3C-37IF-AG43 / BXU6", 20, letters.Proposed, "letter 5 swapped with the next EY YE"},
		{"neighbours and a wrong letter", "SAQC-EY5R-BE3C-37IF-AG43 / BXU5", 20, letters.Proposed, "letter 5 swapped with the next EY YE, check letter 4 wrong 5 6"},
		{"neighbours and an unreadable letter", "SAQC-EY5R-BE3C-37IF-AG43 / BXU?", 20, letters.Proposed, "letter 5 swapped with the next EY YE, check letter 4 unreadable ? 6"},
		{"a letter left out", "SAQC-YE5R-BE3C-7IF-AG43 / BXU6", 20, letters.Proposed, "letter 13 left out  3"},
		{"left out, length not known", "SAQC-YE5R-BE3C-7IF-AG43 / BXU6", 0, letters.Proposed, "letter 13 left out  3"},
		{"left out, no slash", "SAQC-YE5R-BE3C-7IF-AG43 BXU6", 0, letters.Proposed, "letter 13 left out  3"},
		{"left out and unreadable", "S?QC-YE5R-BE3C-7IF-AG43 / BXU6", 20, letters.Proposed, "letter 2 unreadable ? A, letter 13 left out  3"},
		{"two letters left out", "SAQC-YE5R-BE3C-IF-AG43 / BXU6", 20, letters.Proposed, "letter 13 left out  37"},
		{"a check letter left out", row + " / BU6", 20, letters.Proposed, "check letter 2 left out  X"},
		{"check letters torn off", row + " / BX", 20, letters.Proposed, "check letter 3 unreadable ? U, check letter 4 unreadable ? 6"},
		{"torn off, and a wrong letter", "SAQC-YE5R-BE3C-37IF-AG4B / BXU", 20, letters.Proposed, "letter 20 wrong B 3, check letter 4 unreadable ? 6"},
		{"a letter doubled", "SAQC-YE5R-BBE3C-37IF-AG43 / BXU6", 20, letters.Proposed, "letter 9 too many from here B "},
		{"doubled, length not known", "SAQC-YE5R-BBE3C-37IF-AG43 BXU6", 0, letters.Proposed, "letter 9 too many from here B "},
		{"doubled, and a wrong letter", "SAQD-YE5R-BBE3C-37IF-AG43 / BXU6", 20, letters.Proposed, "letter 4 wrong D C, letter 9 too many from here B "},
		{"a group doubled", "SAQC-YE5R-YE5R-BE3C-37IF-AG43 / BXU6", 20, letters.Proposed, "letter 5 too many from here YE5R "},
		{"the last check letter doubled", row + " / BXU66", 20, letters.Proposed, "check letter 4 too many from here 6 "},
		{"no check letters", row, 20, letters.Unchecked, ""},
		{"no check letters, length not known", row, 0, letters.Unchecked, ""},
		{"no check letters, a slash", row + " /", 20, letters.Unchecked, ""},
		{"no check letters, unreadable", "SAQC-YE?R-BE3C-37IF-AG43", 20, letters.Unchecked, "letter 7 unreadable ? "},
		{"five unreadable", "?????E5RBE3C37IFAG43 / BXU6", 20, letters.Damaged, "letter 1 unreadable ? , letter 2 unreadable ? , letter 3 unreadable ? , letter 4 unreadable ? , letter 5 unreadable ? "},
		{"a group left out", "SAQC-YE5R-BE3C-AG43 / BXU6", 20, letters.Miscounted, ""},
		{"no check letters, too short", "SAQC-YE5R-BE3C-37IF-AG4", 20, letters.Miscounted, ""},
		{"no check letters, too long", row + "A", 20, letters.Miscounted, ""},
		{"only check letters", "/ BXU6", 20, letters.Miscounted, ""},
		{"nothing", " - ", 0, letters.Miscounted, ""},
		{"two rows", row + "SGNT-3NLP-VURL-YWEH-FTBE / 2ZGI", 0, letters.Miscounted, ""},
	} {
		r := letters.Read(1, c.length, c.text)
		var slips []string
		for _, s := range r.Slips {
			slips = append(slips, fmt.Sprintf("%v %s %s", s, s.Typed(), s.Printed()))
		}
		if got := strings.Join(slips, ", "); r.Status != c.status || got != c.slips {
			t.Errorf("%s: %v, %q", c.name, r.Status, got)
		}
		if r.Status == letters.Proposed && r.Letters() != strings.ReplaceAll(row, "-", "") {
			t.Errorf("%s: other letters are proposed", c.name)
		}
	}
	r := letters.Read(1, 20, "SA?C-YE5R-BE3C-37IF-AG43")
	if r.Letters() != "SA?CYE5RBE3C37IFAG43" {
		t.Error("an unchecked row does not keep what cannot be read")
	}
}

func TestOtherRow(t *testing.T) {
	for _, c := range []struct {
		row   int
		text  string
		want  int
		slips int
	}{
		{1, "SGNT-3NLP-VURL-YWEH-FTBE / 2ZGI", 2, 0},
		{2, "SAQC-YE5R-BE3C-37IF-AG43 / BXU6", 1, 0},
		{1, "J755-IN6F-ZPXR-N6O5-3AVQ Y64Q", 3, 0},
		{1, "SGNT-3NLP-VURL-YWEH-FTBF / 2ZGI", 2, 1},
		{3, "SGNT-3N?P-VURL-YW?H-FTBE / 2ZGI", 2, 2},
		{1, "3E5C-NT44-Y / SEW4", 2, 0},
	} {
		for _, length := range []int{0, len(strings.ReplaceAll(c.text, "-", "")) - 4 - strings.Count(c.text, " / ")*3 - strings.Count(c.text, "Q Y")} {
			if r := letters.Read(c.row, length, c.text); r.Status != letters.OtherRow || r.Row != c.want || len(r.Slips) != c.slips {
				t.Errorf("row %d of a sheet, typed as row %d of %d letters: %v", c.want, c.row, length, r)
			}
		}
	}
	// A row that would fit as the ninth fits by accident.
	ninth := checked(9, "SAQCYE5RBE3C37IFAG43")
	if r := letters.Read(1, 20, ninth.typed(ninth.letters)); r.Status != letters.Damaged {
		t.Errorf("a ninth row: %v", r)
	}
}

// One letter left out, letters doubled, neighbours in the wrong order: every
// place of random rows. Where the check letters leave two possibilities there is
// no proposal, so a wrong one is rare.
func TestSlipsEverywhere(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 5))
	type count struct{ all, right, wrong int }
	counts := map[string]*count{}
	try := func(kind string, w word, length int, text string) {
		c := counts[kind]
		if c == nil {
			c = &count{}
			counts[kind] = c
		}
		c.all++
		switch got := letters.Read(w.row, length, text); {
		case got.Status == letters.Proposed && got.Letters() == w.share():
			c.right++
		case got.Status == letters.Proposed || got.Status == letters.Accepted:
			c.wrong++
		}
	}
	rounds := 100
	if testing.Short() {
		rounds = 10
	}
	for range rounds {
		for _, length := range []int{1, 9, 20} {
			w := newWord(r, 1+r.IntN(3), length)
			for i := range w.letters {
				dropped := string(slices.Delete(slices.Clone(w.letters), i, i+1))
				try("dropped", w, length, dropped)
				doubled := string(slices.Insert(slices.Clone(w.letters), i, w.letters[i]))
				try("doubled", w, length, doubled)
				for run := 2; run <= 4 && i+run <= len(w.letters); run++ {
					try("run doubled", w, length, string(slices.Insert(slices.Clone(w.letters), i, w.letters[i:i+run]...)))
				}
				if i > 0 && w.letters[i] != w.letters[i-1] {
					swapped := slices.Clone(w.letters)
					swapped[i], swapped[i-1] = swapped[i-1], swapped[i]
					try("swapped", w, length, w.typed(swapped))
				}
				if length == 20 {
					try("dropped, length not known", w, 0, dropped)
					try("doubled, length not known", w, 0, doubled)
				}
			}
		}
	}
	for kind, c := range counts {
		t.Logf("%s: %d of %d right, %d wrong", kind, c.right, c.all, c.wrong)
		if float64(c.right) < 0.99*float64(c.all) || float64(c.wrong) > 0.01*float64(c.all) {
			t.Errorf("%s: %d of %d right, %d wrong", kind, c.right, c.all, c.wrong)
		}
	}
}

func TestReadPanics(t *testing.T) {
	for _, c := range [][2]int{{0, 1}, {32, 1}, {1, -1}, {1, 21}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("no panic for row %d of %d letters", c[0], c[1])
				}
			}()
			letters.Read(c[0], c[1], "")
		}()
	}
}

func TestHidden(t *testing.T) {
	const row = "SAQCYE5RBE3C37IFAG43"
	r := letters.Read(1, 20, "YE5RYE5R"+row[:4]+row[8:]+"/BXU6")
	secrettest.CheckHidden(t, r, []byte(r.Letters()))
	r = letters.Read(1, 20, row[:12]+row[8:]+"/BXU6")
	secrettest.CheckHidden(t, r, []byte(row))
	secrettest.CheckHidden(t, &r, []byte(row))
	if shown := fmt.Sprintf("%v", r); shown != "row 1: repair proposed; letter 9 too many from here" {
		t.Errorf("a reading prints as %q", shown)
	}
	long := letters.Slip{Kind: letters.Wrong, Place: 3}
	if got := fmt.Sprintf("%+v", long); got != "letter 3 wrong" {
		t.Errorf("a slip prints as %q", got)
	}
}

// No text makes Read panic or read beyond its bound; what it gives as the row's
// letters fits the check letters.
func FuzzRead(f *testing.F) {
	for _, text := range []string{
		"SAQC-YE5R-BE3C-37IF-AG43 / BXU6", "SA?C-YE5R / BX", "3E5C-NT44-Y SEW4", "1: /", "////", "Ä?\xff",
		"SAQC-YE5R-YE5R-BE3C-37IF-AG43 / BXU6", strings.Repeat("?", 100), "/9", strings.Repeat("A", 24) + "/A",
	} {
		f.Add(byte(1), byte(20), text)
		f.Add(byte(3), byte(0), text)
	}
	f.Fuzz(func(t *testing.T, row, length byte, text string) {
		number, n := 1+int(row)%letters.MaxRow, int(length)%(letters.PerRow+1)
		r := letters.Read(number, n, text)
		again := letters.Read(number, n, text)
		if fmt.Sprint(r) != fmt.Sprint(again) || r.Letters() != again.Letters() {
			t.Fatal("read twice, a text gives two readings")
		}
		if r.Count > 64 || len(r.Letters()) > 64 || len(r.Slips) > 64 {
			t.Fatalf("%d letters are counted", r.Count)
		}
		if n > 0 && r.Status < letters.Damaged && len(r.Letters()) != n {
			t.Fatalf("%d letters where %d are asked for: %v", len(r.Letters()), n, r)
		}
		switch r.Status {
		case letters.Accepted, letters.Proposed, letters.OtherRow:
			w := checked(r.Row, r.Letters())
			if got := letters.Read(r.Row, w.length, w.typed(w.letters)); got.Status != letters.Accepted {
				t.Fatalf("the letters of %v are read as %v", r, got)
			}
			if (r.Row != number) != (r.Status == letters.OtherRow) || r.Status == letters.Accepted && len(r.Slips) > 0 || r.Status == letters.Proposed && len(r.Slips) == 0 {
				t.Fatalf("row %d: %v", number, r)
			}
			mustExplain(t, r, w, text)
		}
	})
}

// mustExplain checks that the slips turn the row as typed into the row as
// proposed.
func mustExplain(t *testing.T, r letters.Reading, w word, text string) {
	t.Helper()
	wrong := 0
	for _, s := range r.Slips {
		switch at := s.Place - 1; {
		case s.Kind == letters.Extra:
			if s.Typed() == "" || s.Printed() != "" {
				t.Fatalf("%v", r)
			}
		default:
			if s.Check {
				at += w.length
			}
			if got := string(w.letters[at : at+len(s.Printed())]); got != s.Printed() || got == "" {
				t.Fatalf("%v: what is proposed there is not in the row", r)
			}
		}
		switch s.Kind {
		case letters.Unreadable:
			wrong++
		default:
			wrong += 2
		}
	}
	if wrong > 6 {
		t.Fatalf("%v of %q: too much is changed", r, text)
	}
}

func BenchmarkRead(b *testing.B) {
	for name, text := range map[string]string{
		"right":      "SAQC-YE5R-BE3C-37IF-AG43 / BXU6",
		"two wrong":  "SAQC-YE5R-BE3C-37IF-AG4B / BXU7",
		"left out":   "SAQC-YE5R-BE3C-7IF-AG43 / BXU6",
		"hopeless":   "SAQC-YE5R-BE3C-YYYY-YYYE / BXU6",
		"unverified": "SAQC-YE5R-BE3C-37IF-AG43",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				letters.Read(1, 20, text)
			}
		})
	}
}

func ExampleRead() {
	r := letters.Read(2, 20, "sgnt 3nlp vurl ywhe ftbe / 2zgi")
	fmt.Println(r)
	for _, slip := range r.Slips {
		fmt.Println(slip.Typed(), "→", slip.Printed())
	}
	// Output:
	// row 2: repair proposed; letter 15 swapped with the next
	// he → EH
}
