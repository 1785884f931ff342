package print

import (
	"errors"
	"fmt"
	"image"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"meshkey/escrow"
	"meshkey/internal/letters"
	"meshkey/internal/qr"
	"meshkey/shamir"
	"meshkey/udf"
)

// Options say how sheets look.
type Options struct {
	Paper Paper
	// Language is one of Languages; English if empty.
	Language string
	// Holders are the people who keep the kit's shares, in order. It may be
	// shorter; a sheet without a holder has a line to write the name on.
	Holders []string
	// Large is large print, for who sees badly: a second page has what is public.
	Large bool
	// Envelope lays the sheet out to be folded in three, with the secret inside
	// and all that must be seen outside; a second page has the rest, and a pattern
	// that belongs behind the secret. Not both of them.
	Envelope bool
	// NotReal marks the sheets as made for practice, as Kit.NotReal does.
	NotReal bool
}

// Sheet has one share, on one page or, in large print and as an envelope, with a
// second page that has no secret. It holds the share's text, a secret.
type Sheet struct {
	content *content
	words   *catalogue
	pages   []*page
}

// Sheets lays out a sheet for each share of a kit, in order. A kit of shares
// only, without a certificate and an account, has sheets too: they say less.
//
// Errors are a *CharacterError for a name or address that cannot be printed, a
// *FitError for one that is too long, and plain ones for an unknown language, more
// holders than shares, or a kit whose shares are not of its quorum.
func Sheets(k *escrow.Kit, o Options) ([]*Sheet, error) {
	words, err := wordsOf(o.Language)
	if err != nil {
		return nil, err
	}
	if o.Paper < A4 || o.Paper > Letter {
		return nil, fmt.Errorf("print: there is no paper %v", o.Paper)
	}
	if o.Large && o.Envelope {
		return nil, errors.New("print: an envelope in large print has no room for itself")
	}
	if err := checkKit(k, o); err != nil {
		return nil, err
	}
	var public *qr.Symbol
	if k.CertificateText != "" {
		if public, err = qr.Encode(k.CertificateText, qr.Medium); err != nil {
			return nil, fmt.Errorf("print: the certificate: %w", err)
		}
	}
	contents := make([]*content, len(k.Shares))
	for i, share := range k.Shares {
		holder := ""
		if i < len(o.Holders) {
			holder = strings.TrimSpace(o.Holders[i])
		}
		if err := checkName("holder's name", share.Index(), holder); err != nil {
			return nil, err
		}
		c := contentOf(k, share)
		c.holder, c.notReal, c.publicCode = holder, k.NotReal || o.NotReal, public
		if c.secretCode, err = qr.Encode(c.share, qr.High); err != nil {
			return nil, fmt.Errorf("print: share %d: %w", c.index, err)
		}
		contents[i] = c
	}
	pages, err := compose(contents, words, o)
	if err != nil {
		return nil, err
	}
	sheets := make([]*Sheet, len(pages))
	for i, p := range pages {
		sheets[i] = &Sheet{contents[i], words, p}
	}
	return sheets, nil
}

func checkKit(k *escrow.Kit, o Options) error {
	if err := k.Quorum.Validate(); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	if len(k.Shares) == 0 {
		return errors.New("print: the kit has no shares")
	}
	if len(o.Holders) > len(k.Shares) {
		return fmt.Errorf("print: there are %d holders for %d shares", len(o.Holders), len(k.Shares))
	}
	for i, s := range k.Shares {
		if s.Need() != k.Quorum.Need || s.SecretLen() != k.Shares[0].SecretLen() {
			return fmt.Errorf("print: share %d of the kit is not of its set", i+1)
		}
	}
	if strings.Trim(k.SetName, letters.Alphabet) != "" || len(k.SetName) > 4 {
		return errors.New("print: the short name of the set is not four letters") // it goes into the names of files
	}
	if err := checkName("address", 0, k.Address); err != nil {
		return err
	}
	return checkName("service", 0, k.Service)
}

// maxName is how many characters a name may have before it is looked at.
const maxName = 256

// checkName sees that a name can be drawn.
func checkName(what string, sheet int, name string) error {
	position := 0
	for i, r := range name {
		position++
		_, size := utf8.DecodeRuneInString(name[i:])
		if r == utf8.RuneError && size == 1 || !unicode.IsGraphic(r) || !drawable(r) {
			return &CharacterError{what, sheet, position, r}
		}
		if position > maxName {
			return &FitError{what}
		}
	}
	return nil
}

func contentOf(k *escrow.Kit, s shamir.Share) *content {
	c := &content{
		index: s.Index(), need: k.Quorum.Need, of: k.Quorum.Of, added: s.Index() > k.Quorum.Of,
		secretLen: s.SecretLen(), share: udf.FormatShare(s),
		certificate: k.CertificateText, address: k.Address, service: k.Service,
		date: k.Date, set: k.SetName, sealed: k.Sealed,
	}
	c.rows = rowsOf(c.share)
	if !k.Fingerprint.IsZero() {
		c.fingerprint, c.typeOctet = k.Fingerprint.String(), byte(k.Fingerprint.Type())
	}
	return c
}

// Index is the number of the sheet and its share, from 1.
func (s *Sheet) Index() int { return s.content.index }

// Name is a name for the sheet's file, without an extension: "sheet-1of3-AAAQ",
// and "sheet-1of3" if the set has no short name. It holds nothing of the share
// and of nobody's name.
func (s *Sheet) Name() string {
	name := fmt.Sprintf("sheet-%dof%d", s.content.index, s.content.of)
	if s.content.set != "" {
		name += "-" + s.content.set
	}
	return name
}

// Format implements fmt.Formatter: every verb prints which sheet it is.
func (s Sheet) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "[secret sheet %d of %d]", s.content.index, s.content.of)
}

// WritePDF writes the sheet as a PDF of one page or two, some 50 kB.
func (s *Sheet) WritePDF(w io.Writer) error {
	return writePDF(w, s.pages, s.words.Title, s.content.date)
}

// WritePNG writes the sheet as a grey PNG of dpi pixels to the inch, MinDPI to
// MaxDPI. The codes are read from 150 on. A second page stands below the first.
func (s *Sheet) WritePNG(w io.Writer, dpi int) error { return stacked(s.pages).writePNG(w, dpi) }

// WriteSVG writes the sheet as an SVG 1.1 picture, in millimetres, that needs no
// fonts. A second page stands below the first.
func (s *Sheet) WriteSVG(w io.Writer) error { return stacked(s.pages).writeSVG(w, s.words.Title) }

// Image draws the sheet in greys, dpi pixels to the inch, MinDPI to MaxDPI.
func (s *Sheet) Image(dpi int) (*image.Gray, error) { return stacked(s.pages).image(dpi) }
