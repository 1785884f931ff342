package print

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"meshkey/internal/letters"
)

// catalogue holds all words of a sheet in one language, and catalogues are the
// files of the folder words: a file XX.json more is a language more. {name}
// stands for what differs from sheet to sheet; TestCatalogues tells which names
// each text takes.
type catalogue struct {
	// Name is the language's name for itself.
	Name string
	// Months are the twelve, as they stand in a date.
	Months []string
	// Date is how a day is written; DateFirst is the same for the first of a
	// month.
	Date, DateFirst string

	// Title is the headline. Sheet and SheetAdded are its number, SheetAdded for
	// one that was made later than its set.
	Title, Sheet, SheetAdded string
	// Holder stands before the holder's name.
	Holder string
	// WhatAddress, WhatAccount and WhatSecret are the first sentence: for an
	// account with an address, for one without, and for some other secret.
	WhatAddress, WhatAccount, WhatSecret string
	// Need… are the second sentence: any Need of Of, all of them, any Need of a
	// set that sheets have been added to, or this one alone. Recover… are the same
	// in a few words.
	NeedSome, NeedAll, NeedAdded, NeedOne             string
	RecoverSome, RecoverAll, RecoverAdded, RecoverOne string

	// What a holder has to do: a heading and a few sentences each. KeepOne is
	// for a sheet that is enough alone.
	Keep, KeepText, KeepOne string
	Asked, AskedText        string
	Photo, PhotoText        string
	// Call stands before CallName and CallNumber, the lines to write on.
	Call, CallName, CallNumber string

	// Secret is the word above the secret code, SecretNote what it means, and
	// SecretText what the code and the letters are for. SecretSet and SecretOne
	// say how the secret comes back.
	Secret, SecretNote, SecretText string
	SecretSet, SecretOne           string
	// Check stands above the check letters.
	Check string

	// Public is the word above the public code; PublicNote and PublicText as
	// above.
	Public, PublicNote, PublicText string
	// The names of what is public.
	Account, Address, Service, Set, Made, Recover string
	// Sealed says in place of Recover…, and with it, that no sheet can be added.
	Sealed string

	// Without is the heading of the small print; the Do… texts are its
	// paragraphs. DoSeed and DoAccount are for accounts, DoBytes in place of both for
	// any other secret, DoPublic for a sheet with a public code.
	Without                                        string
	DoShare, DoBytes, DoSeed, DoAccount, DoLetters string
	DoPublic                                       string

	// NotReal marks a sheet made for practice; NotRealText says so in a sentence.
	NotReal, NotRealText string

	// Page2 says what a second page is, Page2Back on which side of the paper it
	// belongs.
	Page2, Page2Back string
	// Closed stands outside on a folded sheet, ClosedNote when it may be opened.
	// The Fold… texts stand at the lines to fold along.
	Closed, ClosedNote    string
	FoldFirst, FoldSecond string

	// Dictation is the headline of the page to read aloud, DictationText how to
	// do that.
	Dictation, DictationText string
	// Spelling is what is said for A to Z and 2 to 7.
	Spelling []string
}

//go:embed words/*.json
var wordFiles embed.FS

var catalogues = sync.OnceValue(func() map[string]*catalogue {
	entries, err := wordFiles.ReadDir("words")
	if err != nil {
		panic("print: no words: " + err.Error())
	}
	all := map[string]*catalogue{}
	for _, e := range entries {
		data, err := wordFiles.ReadFile(path.Join("words", e.Name()))
		if err != nil {
			panic("print: no words: " + err.Error())
		}
		d := json.NewDecoder(bytes.NewReader(data))
		d.DisallowUnknownFields()
		c := new(catalogue)
		if err := d.Decode(c); err != nil || len(c.Months) != 12 || len(c.Spelling) != len(letters.Alphabet) {
			panic(fmt.Sprintf("print: the words of %s: %v", e.Name(), err))
		}
		all[strings.TrimSuffix(e.Name(), ".json")] = c
	}
	return all
})

// Languages are the tags of the languages that sheets can be made in (RFC 5646),
// in alphabetical order.
func Languages() []string { return slices.Sorted(maps.Keys(catalogues())) }

// wordsOf finds the words of a language; none is English.
func wordsOf(language string) (*catalogue, error) {
	if language == "" {
		language = "en"
	}
	c, ok := catalogues()[strings.ToLower(language)]
	if !ok {
		return nil, fmt.Errorf("print: there is no sheet in language %q; there are %s", language, strings.Join(Languages(), ", "))
	}
	return c, nil
}

// date writes a day as the language does.
func (c *catalogue) date(t time.Time) string {
	t = t.UTC()
	form := c.Date
	if t.Day() == 1 {
		form = c.DateFirst
	}
	return fill(form, "{day}", strconv.Itoa(t.Day()), "{month}", c.Months[t.Month()-1], "{year}", strconv.Itoa(t.Year()))
}

// fill replaces names in braces; pairs are name, value, name, value, …
func fill(text string, pairs ...string) string { return strings.NewReplacer(pairs...).Replace(text) }
