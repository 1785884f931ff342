package print

import (
	"bytes"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"strings"

	"meshkey/escrow"
	"meshkey/internal/secret"
	"meshkey/shamir"
	"meshkey/udf"
)

// A Reader finds the texts of the codes on a page. Package scan has one; it
// is only asked for here so that neither package knows the other.
type Reader interface {
	Read(page io.Reader) (texts []string, err error)
}

// ReaderFunc makes a Reader of a function.
type ReaderFunc func(io.Reader) ([]string, error)

// Read calls f.
func (f ReaderFunc) Read(page io.Reader) ([]string, error) { return f(page) }

// Verify reads a sheet back from the octets it was written to, and returns the
// share as it was read. Both codes must be there, each exactly as it should be,
// and no share or certificate more; else the error is a *ReadBackError.
func (s *Sheet) Verify(octets []byte, r Reader) (shamir.Share, error) {
	c := s.content
	texts, err := r.Read(bytes.NewReader(octets))
	if err != nil {
		return shamir.Share{}, &ReadBackError{Sheet: c.index, Err: err}
	}
	var secretRead, publicRead bool
	for _, text := range texts {
		switch {
		case text == c.share:
			secretRead = true
		case text == c.certificate:
			publicRead = true
		case strings.HasPrefix(text, "MK1:"):
			return shamir.Share{}, &ReadBackError{Sheet: c.index, Code: "public"}
		default:
			if other, err := udf.ParseShare(text); err == nil {
				other.Wipe()
				return shamir.Share{}, &ReadBackError{Sheet: c.index, Code: "secret"}
			}
		}
	}
	if !secretRead {
		return shamir.Share{}, &ReadBackError{Sheet: c.index, Code: "secret"}
	}
	if c.certificate != "" && !publicRead {
		return shamir.Share{}, &ReadBackError{Sheet: c.index, Code: "public"}
	}
	share, err := udf.ParseShare(c.share) // which is what was read
	if err != nil {
		return shamir.Share{}, &ReadBackError{Sheet: c.index, Err: err}
	}
	return share, nil
}

// ReadBack verifies the sheets of a kit, each from the octets it was written to,
// and combines every quorum of the shares as they were read: each must give what
// the kit's own shares give.
func ReadBack(k *escrow.Kit, sheets []*Sheet, octets [][]byte, r Reader) error {
	if len(sheets) != len(k.Shares) || len(octets) != len(sheets) {
		return errors.New("print: a sheet is missing")
	}
	read := make([]shamir.Share, len(sheets))
	for i, s := range sheets {
		share, err := s.Verify(octets[i], r)
		if err != nil {
			return err
		}
		defer share.Wipe()
		if !share.Equal(k.Shares[i]) {
			return &ReadBackError{Sheet: s.Index(), Code: "secret"}
		}
		read[i] = share
	}
	if len(read) < k.Quorum.Need {
		return nil // a sheet made again alone
	}
	want, err := shamir.Combine(k.Shares)
	defer secret.Wipe(want)
	if err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return combineAll(read, k.Quorum.Need, want)
}

// combineAll combines every choice of need shares.
func combineAll(shares []shamir.Share, need int, want []byte) error {
	chosen := make([]shamir.Share, need)
	var choose func(have, from int) error
	choose = func(have, from int) error {
		if have < need {
			for i := from; i <= len(shares)-(need-have); i++ {
				chosen[have] = shares[i]
				if err := choose(have+1, i+1); err != nil {
					return err
				}
			}
			return nil
		}
		got, err := shamir.Combine(chosen)
		defer secret.Wipe(got)
		if err != nil || subtle.ConstantTimeCompare(got, want) != 1 {
			return errors.New("print: a quorum of the sheets as they were read does not give the secret back")
		}
		return nil
	}
	return choose(0, 0)
}
