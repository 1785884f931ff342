package recovery

import (
	"errors"
	"fmt"
	"strings"

	"meshkey/record"
	"meshkey/shamir"
	"meshkey/udf"
)

// Code names the reason for which a share is suspect. It does not change.
type Code string

// The reasons.
const (
	Unreadable  Code = "unreadable"   // its text is not that of a share
	Damaged     Code = "damaged"      // some of its letters are wrong
	Misnumbered Code = "misnumbered"  // its first letters are: it is another share of the set
	OtherSet    Code = "other-set"    // it is of another set, or badly damaged
	OtherNeed   Code = "other-need"   // it asks for another number of shares than the rest
	OtherLength Code = "other-length" // it is longer or shorter than the rest
	Contradicts Code = "contradicts"  // there are different shares of this number
	Uncertified Code = "uncertified"  // the certificate does not know it: damaged, or of another set
	Disagrees   Code = "disagrees"    // all the others agree
	Misspelt    Code = "misspelt"     // a row does not fit its check letters
)

// A Suspect is a share that something is wrong with.
type Suspect struct {
	Index  int    // as its header has it, or 0 if that cannot be read
	Source string // as it was given
	Code   Code
	Reason string // in words, without the number and the source
	Row    int    // of the first wrong letter, if one is known, or 0
	Letter int    // of the first wrong letter in that row, or 0
}

// String is the suspect in a sentence. To a person a share is a sheet.
func (s Suspect) String() string {
	name := "a sheet"
	if s.Index > 0 {
		name = fmt.Sprintf("sheet %d", s.Index)
	}
	if s.Source != "" {
		name += " (" + s.Source + ")"
	}
	return name + ": " + s.Reason
}

func (o *offer) suspect(code Code, format string, args ...any) Suspect {
	return Suspect{Index: o.share.Index(), Source: o.source, Code: code, Reason: fmt.Sprintf(format, args...)}
}

func unreadable(err error, it Item, source string) Suspect {
	s := Suspect{Index: it.Index(), Source: source, Code: Unreadable, Reason: reason(err)}
	if e := (*TextError)(nil); errors.As(err, &e) {
		s.Reason, s.Row, s.Letter = e.Place()+e.Reason, e.Row, e.Letter
	}
	return s
}

// reason is an error's text without the package's name.
func reason(err error) string {
	_, text, found := strings.Cut(err.Error(), ": ")
	if !found {
		return err.Error()
	}
	return text
}

// byCertificate is what a certificate has against a share that it does not
// know.
func (o *offer) byCertificate(e *record.MisfitError) Suspect {
	if e.Number != 0 {
		return o.misnumbered(e.Number)
	}
	return o.suspect(Uncertified, "the certificate of set %s does not know it: it is damaged or of another set", e.Set)
}

func (o *offer) misnumbered(number int) Suspect {
	return o.suspect(Misnumbered, "its first letters are wrong: it is sheet %d", number)
}

// foreign is a share that a certificate places in a set that is not the one
// recovered.
func (o *offer) foreign(c *certificate, account udf.Fingerprint) Suspect {
	if !c.Account().Matches(account) {
		return o.suspect(OtherSet, "it is of another account, %s", c.Account())
	}
	return o.suspect(OtherSet, "it is of another set of the account, %s", c.SetName())
}

// against compares a share with what the good shares say must stand there, and
// tells damage from a share of another set: of a share with up to two thirds of
// its letters wrong a third is right, which no other set's share has.
func (s *Session) against(o *offer, good []shamir.Share, account udf.Fingerprint) Suspect {
	if o.share.Need() == good[0].Need() && o.share.SecretLen() == good[0].SecretLen() {
		if right, err := shamir.Recreate(good, o.share.Index()); err == nil {
			defer right.Wipe()
			if wrong := differing(o.share, right); len(wrong) <= maxWrong(o.share) {
				return o.damaged(wrong)
			}
		}
	}
	if number := renumber(o.share, good); number != 0 {
		return o.misnumbered(number)
	}
	for _, c := range s.certificates {
		if c.Knows(o.share) {
			return o.foreign(c, account)
		}
	}
	return o.unlike(good[0])
}

// unlike says how a share differs from one of another group, or, if it does not,
// that it is not of the set.
func (o *offer) unlike(rest shamir.Share) Suspect {
	switch a, b := letterCount(o.share), letterCount(rest); {
	case a != b:
		return o.suspect(OtherLength, "it has %d letters, the others have %d", a, b)
	case o.share.Need() != rest.Need():
		return o.suspect(OtherNeed, "it says that %d sheets are needed, the others say %d", o.share.Need(), rest.Need())
	}
	return o.suspect(OtherSet, "it does not belong to the others: it is of another set or badly damaged")
}

// damaged says where a share is wrong; wrong holds the places of its wrong
// letters, from 0, at least one.
func (o *offer) damaged(wrong []int) Suspect {
	row, letter := o.place(wrong[0])
	s := o.suspect(Damaged, "%s wrong, the first is row %d, letter %d", count(len(wrong), "letter is", "letters are"), row, letter)
	if len(wrong) == 1 {
		s.Reason = fmt.Sprintf("row %d, letter %d is wrong", row, letter)
	}
	s.Row, s.Letter = row, letter
	return s
}

func count(n int, one, many string) string {
	if n == 1 {
		return "one " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// place turns the place of a letter into row and letter, from 1: in the rows
// that were typed, or in those that a sheet has.
func (o *offer) place(at int) (row, letter int) {
	if len(o.rows) < 2 {
		return at/rowLetters + 1, at%rowLetters + 1
	}
	for i, r := range o.rows {
		n := r.count()
		if at < n {
			return i + 1, at + 1
		}
		at -= n
	}
	return len(o.rows), at + 1
}

// letterCount is the number of letters in the text of a share: of its type, its
// header and its value.
func letterCount(s shamir.Share) int { return (8*(2+s.SecretLen()) + 4) / 5 }

func maxWrong(s shamir.Share) int { return letterCount(s) * 2 / 3 }

// differing are the places, from 0, at which the texts of two shares of one
// length differ.
func differing(s, t shamir.Share) (places []int) {
	a, b := values(udf.FormatShare(s), maxLetters), values(udf.FormatShare(t), maxLetters)
	for i := range a {
		if a[i] != b[i] {
			places = append(places, i)
		}
	}
	return places
}

// renumber finds the number under which the value of s is one of the set that
// good is of, or 0.
func renumber(s shamir.Share, good []shamir.Share) int {
	if s.SecretLen() != good[0].SecretLen() {
		return 0
	}
	for x := 1; x <= shamir.MaxOf; x++ {
		right, err := shamir.Recreate(good, x)
		if err != nil {
			continue
		}
		wrong := differing(s, right)
		right.Wipe()
		if len(wrong) > 0 && wrong[len(wrong)-1] < headerLetters {
			return x
		}
	}
	return 0
}

// headerLetters are the first letters of a share, which hold its type and its
// header; the last of them holds bits of the value too.
const headerLetters = 4
