package record

import (
	"encoding/hex"
	"errors"
	"testing"

	"meshkey/shamir"
)

func TestCommitments(t *testing.T) {
	f := example(t)
	for i, s := range f.shares {
		if got := hex.EncodeToString(commitment(exampleSalt, s)); got != exampleCommitments[i] {
			t.Errorf("share %d: %s, not %s", i+1, got, exampleCommitments[i])
		}
	}
}

func check(t *testing.T, c *Certificate, octets []byte) *MisfitError {
	t.Helper()
	s, err := shamir.ParseShare(octets)
	if err != nil {
		t.Fatal(err)
	}
	err = c.Check(s)
	if err == nil {
		return nil
	}
	var misfit *MisfitError
	if !errors.As(err, &misfit) || misfit.Index != s.Index() || misfit.Set != "AAAQ" {
		t.Fatalf("%v", err)
	}
	return misfit
}

// Any octet changed is noticed, and a changed header is told from a changed
// value.
func TestCheck(t *testing.T) {
	f := example(t)
	c := f.certify(t)
	for _, s := range f.shares {
		if e := check(t, c, s.Bytes()); e != nil {
			t.Error(e)
		}
		for i := range s.Bytes() {
			for bit := range 8 {
				octets := s.Bytes()
				octets[i] ^= 1 << bit
				if octets[0]>>4 == 0 {
					continue // no share needs none
				}
				e := check(t, c, octets)
				if e == nil {
					t.Fatalf("share %d passes with bit %d of octet %d changed", s.Index(), bit, i)
				}
				if header := e.Fault == Misnumbered && e.Number == s.Index(); header != (i == 0) {
					t.Errorf("share %d, octet %d: %v", s.Index(), i, e)
				}
			}
		}
	}
}

func TestLaterShares(t *testing.T) {
	f := example(t)
	open, sealed := f.certify(t), (*Certificate)(nil)
	f.set.Sealed = true
	sealed = f.certify(t)
	if open.Sealed() || !sealed.Sealed() {
		t.Error("sealed and open are not told apart")
	}
	for x := 4; x <= 15; x++ {
		s, err := shamir.Recreate(f.shares, x)
		if err != nil {
			t.Fatal(err)
		}
		if e := check(t, open, s.Bytes()); e != nil {
			t.Error(e)
		}
		if e := check(t, sealed, s.Bytes()); e == nil || e.Fault != Beyond {
			t.Errorf("share %d and a sealed set: %v", x, e)
		}
	}
}

func TestOtherSet(t *testing.T) {
	f := example(t)
	c := f.certify(t)
	for need, fault := range map[int]Fault{2: Unknown, 3: OtherNeed} {
		others, err := shamir.Split(make([]byte, 35), shamir.Quorum{Need: need, Of: 3})
		if err != nil {
			t.Fatal(err)
		}
		if e := check(t, c, others[1].Bytes()); e == nil || e.Fault != fault {
			t.Errorf("a share of another set that needs %d: %v", need, e)
		}
	}
}

func TestKnowsSet(t *testing.T) {
	f := example(t)
	c := f.certify(t)
	f.set.Sealed = true
	sealed := f.certify(t)
	if !c.KnowsSet(f.shares[1:]) || !sealed.KnowsSet(f.shares) {
		t.Error("a set is not known to its certificate")
	}
	others, err := shamir.Split(make([]byte, 35), shamir.Quorum{Need: 2, Of: 3})
	if err != nil {
		t.Fatal(err)
	}
	if c.KnowsSet(others) || c.KnowsSet(f.shares[:1]) || c.KnowsSet([]shamir.Share{f.shares[0], others[1]}) {
		t.Error("another set is known")
	}
	// One false commitment, under a good signature, is enough.
	b := c.body
	b.Commitments = append([]byte(nil), b.Commitments...)
	b.Commitments[14*commitmentLen] ^= 1
	forged, err := ReadCertificate(resign(t, f, encode(&b)))
	if err != nil {
		t.Fatal(err)
	}
	if forged.KnowsSet(f.shares) {
		t.Error("a false commitment to share 15 goes unnoticed")
	}
}
