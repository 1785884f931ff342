package recovery

import (
	"testing"

	"meshkey/profile"
)

// BenchmarkRecover reads two typed shares of three and recovers the account.
func BenchmarkRecover(b *testing.B) {
	k := newKit(b, profile.NewSeed(), 2, 3)
	text := rows(k.shares[0], " / AAAA") + rows(k.shares[2], " / AAAA")
	for b.Loop() {
		s := session(b, Anchor{Account: k.Fingerprint}, text)
		if _, err := s.Recover(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSearch finds seven good shares among fifteen, the last of 6,435
// choices.
func BenchmarkSearch(b *testing.B) {
	k := newKit(b, profile.NewSeed(), 7, 15)
	var text string
	for i, share := range k.shares {
		if i < 8 {
			share = damage(share, 20+i, 1)
		}
		text += share + "\n"
	}
	s := session(b, Anchor{Account: k.Fingerprint}, text)
	for b.Loop() {
		if _, err := s.Recover(); err != nil {
			b.Fatal(err)
		}
	}
}
