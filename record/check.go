package record

import (
	"bytes"
	"crypto/sha512"
	"fmt"

	"meshkey/internal/secret"
	"meshkey/shamir"
)

// A MisfitError says why a share is not one of the certificate's set.
type MisfitError struct {
	Set   string // short name of the set
	Index int    // of the share, as its header has it
	Fault Fault
	// Number is the share's true index when Fault is Misnumbered, else 0.
	Number int
}

// Fault is a reason for which a share does not fit a certificate.
type Fault int

// The faults of a share.
const (
	// Unknown: no commitment fits; the share is damaged or of another set.
	Unknown Fault = iota + 1
	// Misnumbered: the header is wrong, the rest is that of share Number.
	Misnumbered
	// OtherNeed: the share says that another number of shares is needed.
	OtherNeed
	// Beyond: the certificate does not cover a share of this index.
	Beyond
)

// Error implements error.
func (e *MisfitError) Error() string {
	switch e.Fault {
	case Misnumbered:
		return fmt.Sprintf("record: the first letters of share %d are wrong: it is share %d of set %s", e.Index, e.Number, e.Set)
	case OtherNeed:
		return fmt.Sprintf("record: share %d is damaged or not of set %s: the set needs another number of shares", e.Index, e.Set)
	case Beyond:
		return fmt.Sprintf("record: share %d is damaged or not of set %s: the set has no share of this number", e.Index, e.Set)
	default:
		return fmt.Sprintf("record: share %d is damaged or not of set %s", e.Index, e.Set)
	}
}

// Check tells whether s is one of the shares the certificate commits to; if it
// is not, the error is a *[MisfitError]. It judges one share alone and needs no
// other.
func (c *Certificate) Check(s shamir.Share) error {
	if c.Knows(s) {
		return nil
	}
	e := &MisfitError{Set: c.SetName(), Index: s.Index(), Fault: Unknown}
	switch number := c.renumber(s); {
	case number != 0:
		e.Fault, e.Number = Misnumbered, number
	case s.Need() != c.Quorum().Need:
		e.Fault = OtherNeed
	case s.Index() > c.covers():
		e.Fault = Beyond
	}
	return e
}

// Knows reports whether s is one of the shares the certificate commits to.
func (c *Certificate) Knows(s shamir.Share) bool {
	octets := s.Bytes()
	defer secret.Wipe(octets)
	return c.KnowsOctets(octets)
}

// KnowsOctets is Knows for the octets of a share, as shamir.Share.Bytes returns
// them. A search for slips asks it millions of times.
func (c *Certificate) KnowsOctets(share []byte) bool {
	if len(share) == 0 || int(share[0]>>4) != c.Quorum().Need {
		return false
	}
	x := int(share[0]&15) + 1
	if x > c.covers() {
		return false
	}
	sum := commit(c.body.Salt, share)
	return bytes.Equal(sum[:], c.body.Commitments[(x-1)*commitmentLen:x*commitmentLen])
}

// KnowsSet reports whether all that the certificate commits to are the shares
// of one set, of which Need are given: each is made again and compared.
func (c *Certificate) KnowsSet(shares []shamir.Share) bool {
	for x := 1; x <= c.covers(); x++ {
		s, err := shamir.Recreate(shares, x)
		if err != nil {
			return false
		}
		known := c.Knows(s)
		s.Wipe()
		if !known {
			return false
		}
	}
	return true
}

// renumber finds the index at which the value of s fits under a right header,
// or 0.
func (c *Certificate) renumber(s shamir.Share) int {
	octets := s.Bytes()
	defer secret.Wipe(octets)
	for x := 1; x <= c.covers(); x++ {
		octets[0] = byte(c.Quorum().Need<<4 | (x - 1))
		t, err := shamir.ParseShare(octets)
		if err != nil {
			continue
		}
		ok := c.Knows(t)
		t.Wipe()
		if ok {
			return x
		}
	}
	return 0
}

const (
	commitmentContext = "meshkey share v1"
	shareType         = 144 // the type octet of a share's binary UDF
)

// commitment is the first 16 octets of SHA-512 over context ‖ salt ‖ x ‖ the
// share's binary UDF.
func commitment(salt []byte, s shamir.Share) []byte {
	octets := s.Bytes()
	defer secret.Wipe(octets)
	sum := commit(salt, octets)
	return sum[:]
}

// commit is commitment for a share's octets, without allocating.
func commit(salt, share []byte) [commitmentLen]byte {
	var space [len(commitmentContext) + 16 + 2 + 1 + shamir.MaxSecret]byte
	message := append(append(space[:0], commitmentContext...), salt...)
	message = append(append(message, share[0]&15+1, shareType), share...)
	defer secret.Wipe(message)
	sum := sha512.Sum512(message)
	return [commitmentLen]byte(sum[:])
}
