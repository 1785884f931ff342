package profile_test

import (
	"testing"

	"meshkey/profile"
)

func BenchmarkFingerprint(b *testing.B) {
	seed := profile.NewSeed()
	for b.Loop() {
		if _, err := seed.Fingerprint(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAccount(b *testing.B) {
	seed := profile.NewSeed()
	for b.Loop() {
		if _, err := seed.Account(); err != nil {
			b.Fatal(err)
		}
	}
}
