package print

import (
	"slices"
	"strings"
	"testing"

	"meshkey/internal/letters"
)

// In every language the words are all different, also without marks on letters,
// and each begins with its letter, if it is one.
func TestSpelling(t *testing.T) {
	plain := strings.NewReplacer("É", "E", "é", "e", "ç", "c", "ó", "o", "á", "a", "ü", "u", "ö", "o")
	for language, c := range catalogues() {
		words := slices.Clone(c.Spelling)
		for i, word := range words {
			if letter := letters.Alphabet[i]; letter >= 'A' && word[0] != letter {
				t.Errorf("%s: %c is %s", language, letter, word)
			}
			words[i] = plain.Replace(strings.ToLower(word))
		}
		slices.Sort(words)
		if n := len(slices.Compact(words)); n != len(letters.Alphabet) {
			t.Errorf("%s: %d words", language, n)
		}
	}
}

// What is read aloud, from the top, is the share with its check letters.
func TestDictation(t *testing.T) {
	for _, language := range Languages() {
		sheets, err := Sheets(exampleKit(t), Options{Language: language})
		if err != nil {
			t.Fatal(err)
		}
		p, err := sheets[1].dictation()
		if err != nil {
			t.Fatal(err)
		}
		var heard, want strings.Builder
		for _, m := range p.marks {
			if i := slices.Index(sheets[1].words.Spelling, m.text); i >= 0 {
				heard.WriteByte(letters.Alphabet[i])
			}
		}
		for _, r := range sheets[1].content.rows {
			want.WriteString(strings.ReplaceAll(r.text, "-", "") + r.check)
		}
		if heard.String() != want.String() {
			t.Errorf("%s: another share is heard", language)
		}
	}
}
