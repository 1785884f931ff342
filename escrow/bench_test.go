package escrow

import (
	"testing"

	"meshkey/profile"
	"meshkey/shamir"
)

// BenchmarkNew splits, certifies and combines every quorum again.
func BenchmarkNew(b *testing.B) {
	for _, q := range []shamir.Quorum{{Need: 2, Of: 3}, {Need: 3, Of: 5}, {Need: 8, Of: 15}} {
		b.Run(q.String(), func(b *testing.B) {
			seed := profile.NewSeed()
			for b.Loop() {
				if _, err := New(seed, q, Options{Date: today}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
