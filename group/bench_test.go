package group

import (
	"fmt"
	"testing"

	"meshkey/cogen"
	"meshkey/udf"
)

// BenchmarkDecrypt is one envelope of a few octets, with all answers made,
// proved, checked and combined.
func BenchmarkDecrypt(b *testing.B) {
	for _, mode := range []Mode{Serviced, Offline, Mixed} {
		need := 3
		if mode == Serviced {
			need = 1
		}
		b.Run(string(mode), func(b *testing.B) {
			w := newWorld(b, mode, need, "alice", "bob", "carol", "dave")
			sealed := seal(b, w.group(), "x", nil)
			alice, helpers := w.member("alice"), w.helpers("bob", "carol")
			for b.Loop() {
				if _, err := open(alice, sealed, helpers...); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkParse is the record of many members.
func BenchmarkParse(b *testing.B) {
	for _, mode := range []Mode{Serviced, Mixed} {
		w := newWorld(b, mode, map[Mode]int{Serviced: 1, Mixed: 10}[mode])
		c, err := w.admin.Admit(today, crowd(300)...)
		check(b, err)
		b.Run(fmt.Sprint(mode, " 300 members"), func(b *testing.B) {
			for b.Loop() {
				if _, err := Parse(c.Record, w.group().Fingerprint()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func crowd(n int) (out []Member) {
	for i := range n {
		name := fmt.Sprintf("m%d@example.com", i)
		out = append(out, Member{name, udf.FingerprintOf([]byte(name), "x"), cogen.X448().GenerateKey().PublicKey(), cogen.Ed448().GenerateKey().PublicKey()})
	}
	return out
}
