package recovery

import (
	"errors"
	"fmt"
	"testing"

	"meshkey/profile"
	"meshkey/shamir"
	"meshkey/udf"
)

// relabel gives a share another number.
func relabel(t *testing.T, s shamir.Share, index int) string {
	t.Helper()
	octets := s.Bytes()
	octets[0] = byte(s.Need()<<4 | (index - 1))
	other, err := shamir.ParseShare(octets)
	if err != nil {
		t.Fatal(err)
	}
	return udf.FormatShare(other)
}

// Whatever is wrong with a sheet is named for what it is, with a certificate,
// and without one where there are more sheets than needed.
func TestBadSheetIsNamed(t *testing.T) {
	seed := profile.NewSeed()
	k, older, foreign := newKit(t, seed, 2, 4), newKit(t, seed, 2, 4), newKit(t, profile.NewSeed(), 2, 4)
	forged, err := shamir.Split(make([]byte, 35), shamir.Quorum{Need: 2, Of: 4})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, text string
		with       []string // further texts
		anchored   Code     // by the account, with sheets to spare
		certified  Code     // by the certificate, when there are too few
	}{
		{"damaged", damage(k.shares[3], 45, 1), nil, Damaged, Uncertified},
		{"of an older set", older.shares[3], nil, OtherSet, Uncertified},
		{"of an older set, with its certificate", older.shares[3], []string{older.CertificateText}, OtherSet, OtherSet},
		{"of another account, with its certificate", foreign.shares[3], []string{foreign.CertificateText}, OtherSet, OtherSet},
		{"forged", udf.FormatShare(forged[3]), nil, OtherSet, Uncertified},
		{"misnumbered", relabel(t, k.Shares[3], 3), nil, Misnumbered, Misnumbered},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := session(t, Anchor{Account: k.Fingerprint}, append([]string{k.shares[0], c.text, k.shares[1]}, c.with...)...)
			r, err := s.Recover()
			if err != nil {
				t.Fatal(err)
			}
			defer r.Seed.Wipe()
			if len(r.Suspects) != 1 || r.Suspects[0].Code != c.anchored || r.Suspects[0].Source != "text 2" || len(r.Repairs) > 0 {
				t.Errorf("with sheets to spare: %+v", r.Suspects)
			}
			s = session(t, Anchor{Account: k.Fingerprint}, append([]string{k.CertificateText, k.shares[0], c.text}, c.with...)...)
			var suspects []Suspect
			_, err = s.Recover()
			if e := (*MismatchError)(nil); errors.As(err, &e) {
				suspects = e.Suspects
			} else if e := (*SuspectError)(nil); errors.As(err, &e) {
				suspects = e.Suspects
			} else {
				t.Fatal(err)
			}
			if len(suspects) != 1 || suspects[0].Code != c.certified || suspects[0].Source != "text 3" {
				t.Errorf("by the certificate: %v", suspects)
			}
			// Damage and a wrong number can be repaired; what is foreign cannot.
			repairs, err := s.Repairs(t.Context(), Search{})
			if err != nil || (len(repairs) == 1) != (c.name == "damaged" || c.name == "misnumbered") {
				t.Errorf("%v, %v", repairs, err)
			}
			for _, p := range repairs {
				if p.Confirmed != ByCertificate || p.Index != 4 || p.Source != "text 3" {
					t.Error(fmt.Sprint(p), p.Confirmed)
				}
			}
		})
	}
}
