package escrow

import (
	"testing"
	"time"

	"meshkey/profile"
	"meshkey/shamir"
)

func TestNew(t *testing.T) {
	seed := profile.NewSeed()
	k, err := New(seed, shamir.Quorum{Need: 2, Of: 3}, Options{Date: time.Date(2026, 11, 22, 5, 0, 0, 0, time.UTC), Address: "alice@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(len(k.CertificateText), k.SetName, k.Date, k.Fingerprint)
}
