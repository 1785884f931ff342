package print

import (
	"strings"
	"time"

	"meshkey/internal/letters"
	"meshkey/internal/qr"
)

// content is all that one sheet tells, before it has a language and a place.
type content struct {
	index, need, of int
	// added is whether the sheet was made later than its set.
	added     bool
	secretLen int // octets

	share string // bare, as in the secret code
	rows  []row

	certificate string // MK1:…, or empty
	fingerprint string // or empty: then the secret is no account's
	typeOctet   byte   // of the fingerprint

	address, service, holder string
	date                     time.Time // or zero
	set                      string    // short name, or empty
	sealed, notReal          bool

	secretCode, publicCode *qr.Symbol // publicCode is nil without a certificate
}

// row is a printed row of a share.
type row struct {
	number      int
	text, check string // text with hyphens
}

// rowsOf puts a share's text in rows with check letters.
func rowsOf(share string) []row {
	plain := strings.ReplaceAll(share, "-", "")
	var rows []row
	for n := 1; plain != ""; n++ {
		head := plain[:min(letters.PerRow, len(plain))]
		plain = plain[len(head):]
		check, err := letters.Check(n, head)
		if err != nil {
			panic("print: the text of a share is not Base32") // udf.FormatShare wrote it
		}
		rows = append(rows, row{n, inFours(head), check})
	}
	return rows
}

// inFours puts a hyphen after every fourth letter but the last.
func inFours(text string) string {
	var b strings.Builder
	for i := range len(text) {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(text[i])
	}
	return b.String()
}
