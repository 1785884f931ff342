package check

import (
	"errors"
	"fmt"
	"math/bits"

	"meshkey/internal/field"
	"meshkey/shamir"
	"meshkey/udf"
	"meshkey/vectors"
)

func prime(c vectors.Case[vectors.Prime]) error {
	if c.Data.Octets < 1 || c.Data.Octets > field.MaxOctets {
		return fmt.Errorf("no prime for %d octets", c.Data.Octets)
	}
	p := field.New(c.Data.Octets)
	if p.Offset() != c.Data.Offset {
		return fmt.Errorf("offset is %d and should be %d", p.Offset(), c.Data.Offset)
	}
	return nil
}

func shares(c vectors.Case[vectors.Shares]) error {
	var f findings
	d := c.Data
	read := parseShares(&f, d.Shares)
	if f.err() != nil {
		return f.err()
	}
	if c.Result != vectors.OK {
		_, err := shamir.Combine(read)
		f.same("failure", class(err), c.Result)
		return f.err()
	}
	f.octets("first coefficient", d.Secret, d.Coefficients[0])
	evaluated(&f, d, read)
	combined(&f, read, d.Need, d.Secret)
	recreated(&f, read, d.Need)
	if d.Text[0] == 'Z' {
		if s := seed(&f, d.Text); s != nil {
			f.octets("text", s.Octets(), d.Secret)
		}
	} else {
		symmetric(&f, d.Text, d.Secret)
	}
	return f.err()
}

// parseShares reads texts of shares and writes them again.
func parseShares(f *findings, texts []string) []shamir.Share {
	var out []shamir.Share
	for _, text := range texts {
		s, err := udf.ParseShare(text)
		if f.failed("share", err) {
			continue
		}
		f.same("share written again", udf.FormatShare(s), text)
		out = append(out, s)
	}
	return out
}

// evaluated checks the shares against the polynomial.
func evaluated(f *findings, d vectors.Shares, shares []shamir.Share) {
	p := field.New(len(d.Secret))
	coefficients := make([]field.Element, len(d.Coefficients))
	for i, b := range d.Coefficients {
		if len(b) != p.Octets() {
			f.add("coefficient %d has %d octets", i, len(b))
			return
		}
		p.SetBytes(&coefficients[i], b)
	}
	if len(coefficients) != d.Need {
		f.add("%d coefficients where %d shares are needed", len(coefficients), d.Need)
	}
	for i, s := range shares {
		y := make([]byte, p.Octets())
		var value field.Element
		p.Evaluate(&value, coefficients, i+1)
		if !p.FillBytes(y, &value) {
			f.add("share %d does not fit", i+1)
		}
		f.octets("share", s.Bytes(), append(vectors.Hex{byte(d.Need<<4 | i)}, y...))
	}
}

// combined checks that every need of the shares, and all of them, give the
// secret.
func combined(f *findings, shares []shamir.Share, need int, secret vectors.Hex) {
	for set := range uint(1) << len(shares) {
		var some []shamir.Share
		for i, s := range shares {
			if set>>i&1 == 1 {
				some = append(some, s)
			}
		}
		got, err := shamir.Combine(some)
		switch n := bits.OnesCount(set); {
		case n < need && class(err) != "too-few":
			f.add("%d shares are enough", n)
		case n >= need && !f.failed("shares", err):
			f.octets("secret", got, secret)
		}
	}
}

// recreated checks that the other shares give each share back.
func recreated(f *findings, shares []shamir.Share, need int) {
	for i, s := range shares {
		others := append(append([]shamir.Share(nil), shares[:i]...), shares[i+1:]...)
		if len(others) < need {
			continue
		}
		again, err := shamir.Recreate(others, i+1)
		if !f.failed("share made again", err) && !again.Equal(s) {
			f.add("share %d made again is another", i+1)
		}
	}
}

// class names the class of a failure as the vectors do.
func class(err error) string {
	var (
		few      *shamir.TooFewError
		conflict *shamir.ConflictError
		mixed    *shamir.MixedError
		large    *shamir.RangeError
		quorum   *shamir.QuorumError
		length   *shamir.LengthError
		place    *udf.ParseError
	)
	switch {
	case err == nil:
		return vectors.OK
	case errors.As(err, &few):
		return "too-few"
	case errors.As(err, &conflict):
		return "conflict"
	case errors.As(err, &mixed):
		return "mixed"
	case errors.As(err, &large):
		return "range"
	case errors.As(err, &quorum):
		return "header"
	case errors.As(err, &length), errors.As(err, &place) && place.Letter == 0:
		return "length"
	case errors.As(err, &place):
		return "letter"
	}
	return err.Error()
}
