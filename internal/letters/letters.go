// Package letters adds check letters to printed rows of Base32 letters, and
// reads rows that a person has typed.
//
// A share's text has no redundancy: a wrong letter gives another secret without
// a word. On paper the text therefore stands in rows, and each row is followed
// by four letters that are no part of it. Software that knows nothing of them
// ignores them. docs/sheet.md specifies them.
//
// A row is a word of a shortened Reed–Solomon code over GF(32) with the roots
// α¹ to α⁴: the row's number, its letters, its check letters. The number is not
// printed with them; it makes swapped rows fail. Up to four unreadable letters
// of a row can be found again, or two wrong ones. Nearly always a letter left
// out, letters typed twice and neighbours in the wrong order are found too.
//
// # Security
//
// The letters of a share are secret, and so, nearly, are its check letters:
// both are Go strings, which cannot be wiped. The code's tables are looked up
// by letter, so time depends on them; the letters are about to be printed, or
// have just been typed. A [Reading] and a [Slip] give letters only through
// their methods and print places; errors hold places.
package letters

import (
	"fmt"
	"strings"

	"meshkey/internal/rs"
)

// Alphabet is the alphabet of Base32 (RFC 4648, Section 6): a letter's place,
// counted from 0, is its value.
const Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

const (
	// PerRow is how many letters a row has at most.
	PerRow = 20
	// PerCheck is how many check letters follow them.
	PerCheck = 4
	// MaxRow is the highest row number that has check letters: the number is a
	// symbol of the code.
	MaxRow = len(Alphabet) - 1
)

var code = rs.NewCode(rs.GF32, PerCheck, 1)

// LetterError tells which letter of a row is not of the alphabet, from 1.
type LetterError struct{ Letter int }

// Error implements error.
func (e *LetterError) Error() string {
	return fmt.Sprintf("letters: letter %d is not of the Base32 alphabet", e.Letter)
}

// Check returns the check letters of a row: row is its number from 1 to MaxRow,
// text its 1 to PerRow upper-case letters without hyphens. The error is a
// *LetterError if a letter is not of the alphabet. It panics if the number or
// the length is out of range.
func Check(row int, text string) (string, error) {
	if row < 1 || row > MaxRow || len(text) < 1 || len(text) > PerRow {
		panic(fmt.Sprintf("letters: no check letters for %d letters in row %d", len(text), row))
	}
	word := make([]byte, 1, 1+PerRow)
	word[0] = byte(row)
	for i := range len(text) {
		value := strings.IndexByte(Alphabet, text[i])
		if value < 0 {
			return "", &LetterError{i + 1}
		}
		word = append(word, byte(value))
	}
	return spell(code.Encode(word)), nil
}

// spell writes values as letters, and what is no value as a question mark.
func spell(values []byte) string {
	text := make([]byte, len(values))
	for i, v := range values {
		text[i] = '?'
		if int(v) < len(Alphabet) {
			text[i] = Alphabet[v]
		}
	}
	return string(text)
}
