package check

import (
	"errors"

	"meshkey/udf"
	"meshkey/vectors"
)

func text(c vectors.Case[vectors.Text]) error {
	var f findings
	got, err := again(c.Data.Kind, c.Data.Text)
	want := c.Result
	if want == "bits" || want == "type" { // faults of one letter, told apart in words only
		want = "letter"
	}
	f.same("failure", class(err), want)
	f.same("canonical", got, c.Data.Canonical)
	var place *udf.ParseError
	if !errors.As(err, &place) {
		place = new(udf.ParseError)
	}
	if place.Letter != c.Data.Letter || place.Row != c.Data.Row || place.Column != c.Data.Column {
		f.add("the fault is at letter %d (row %d, column %d) and should be at %d (%d, %d)",
			place.Letter, place.Row, place.Column, c.Data.Letter, c.Data.Row, c.Data.Column)
	}
	return f.err()
}

// again reads a text and writes what it read.
func again(kind, text string) (string, error) {
	switch kind {
	case "share":
		s, err := udf.ParseShare(text)
		if err != nil {
			return "", err
		}
		return udf.FormatShare(s), nil
	case "seed":
		s, err := udf.ParseSeed(text)
		if err != nil {
			return "", err
		}
		return s.Text(), nil
	case "fingerprint":
		f, err := udf.ParseFingerprint(text)
		return f.Text(f.Bits()), err
	}
	return "", errors.New("no kind of text is called " + kind)
}
