package escrow

import (
	"errors"
	"fmt"
	"slices"

	"meshkey/record"
	"meshkey/shamir"
	"meshkey/udf"
)

// A SealedError says that a sheet cannot be made, because the set was sealed
// when it was made. It is a rule and not a lock: the numbers of any Need shares
// give every other share, and only programs that keep the rule stop here.
type SealedError struct {
	Set       string // short name
	Index, Of int    // asked for; how many sheets the set has
}

// Error implements error.
func (e *SealedError) Error() string {
	return fmt.Sprintf("escrow: set %s is sealed: it has %d sheets, and sheet %d must not be made", e.Set, e.Of, e.Index)
}

// Replace makes a share of a set again, such as that of a lost sheet, from Need
// others, and returns it as a kit of this one share under the set's old
// certificate. The share of a worn sheet, if it is among those given, is made
// again without others. The secret is never computed.
//
// The new share is the old one: who holds the lost sheet can still use it.
//
// The error is a *[record.MisfitError] for a share given, or made, that the
// certificate does not know, a *[SealedError], or one of [shamir.Recreate]'s.
func Replace(shares []shamir.Share, c *record.Certificate, index int) (*Kit, error) {
	if of := c.Quorum().Of; c.Sealed() && index > of && index <= maxShares {
		return nil, &SealedError{c.SetName(), index, of}
	}
	if len(shares) == 0 {
		return nil, &shamir.TooFewError{Need: c.Quorum().Need}
	}
	for _, s := range shares {
		if err := c.Check(s); err != nil {
			return nil, err
		}
	}
	made, err := remake(shares, index)
	if err != nil {
		return nil, err
	}
	k := &Kit{
		Shares: []shamir.Share{made}, Quorum: c.Quorum(), Certificate: c, CertificateText: c.Text(),
		Fingerprint: c.Account(), Address: c.Address(), Date: c.Date(), SetName: c.SetName(), Sealed: c.Sealed(),
	}
	if err := c.Check(made); err != nil {
		k.Wipe()
		return nil, fmt.Errorf("escrow: the share that was made is not the one the certificate knows: %w", err)
	}
	return k, nil
}

// Extend makes a further share of a set, with an index above Of, as Replace
// makes a lost one. Need stays what it is. Whether the index was given out
// before, nobody can tell: then it is the same share, and not one more.
func Extend(shares []shamir.Share, c *record.Certificate, index int) (*Kit, error) {
	switch of := c.Quorum().Of; {
	case of == maxShares:
		return nil, fmt.Errorf("escrow: set %s has %d sheets, and there can be no more", c.SetName(), of)
	case index <= of:
		return nil, fmt.Errorf("escrow: sheet %d is one of the %d that set %s was made with", index, of, c.SetName())
	}
	return Replace(shares, c, index)
}

// ReplaceUnverified makes the share with an index as Replace does, where no
// certificate exists. Shares beyond those needed must agree with the others; if
// there are none, one wrong letter in any of the shares given makes a sheet
// that is worthless, and nobody can see it. account, of the secret's, is printed
// and not checked; it may be zero.
func ReplaceUnverified(shares []shamir.Share, of, index int, account udf.Fingerprint) (*Kit, error) {
	if len(shares) == 0 {
		return nil, &shamir.TooFewError{}
	}
	q := shamir.Quorum{Need: shares[0].Need(), Of: of}
	if err := q.Validate(); err != nil {
		return nil, err
	}
	// All that are given must agree, even if the one asked for is among them.
	made, err := shamir.Recreate(shares, index)
	if err != nil {
		return nil, err
	}
	if err := checkRemade(shares, made); err != nil {
		made.Wipe()
		return nil, err
	}
	return &Kit{Shares: []shamir.Share{made}, Quorum: q, Fingerprint: account}, nil
}

// remake returns the share with an index: a copy if it is among those given.
func remake(shares []shamir.Share, index int) (shamir.Share, error) {
	at := slices.IndexFunc(shares, func(s shamir.Share) bool { return s.Index() == index })
	if at >= 0 {
		return udf.ParseShare(udf.FormatShare(shares[at]))
	}
	made, err := shamir.Recreate(shares, index)
	if err != nil {
		return made, err
	}
	if err := checkRemade(shares, made); err != nil {
		made.Wipe()
		return shamir.Share{}, err
	}
	return made, nil
}

// checkRemade goes the way back: with the new share in the place of each of the
// others, that other comes out again.
func checkRemade(shares []shamir.Share, made shamir.Share) error {
	for i, s := range shares {
		others := append(slices.Delete(slices.Clone(shares), i, i+1), made)
		again, err := shamir.Recreate(others, s.Index())
		if err != nil || !again.Equal(s) {
			return errors.New("escrow: the share that was made does not give the others back")
		}
		again.Wipe()
	}
	return nil
}
