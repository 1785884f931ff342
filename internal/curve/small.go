package curve

import "strings"

// What is shown of the points of small order, all of which Decode refuses: u
// of those of order 2, 4 and 8, and y of those of order 1, 2, 4 and 8, with
// either sign where there are two.
var (
	smallX25519 = octets(
		zeros(32), "01"+zeros(31),
		"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
		"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157")
	smallEd25519 = octets(
		"01"+zeros(31), "ec"+strings.Repeat("ff", 30)+"7f", zeros(32),
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")
	smallX448      = octets(zeros(56), minusOne448)
	smallEd448     = octets("01"+zeros(55), minusOne448, zeros(56))
	smallRistretto = octets(zeros(32))
)

var minusOne448 = strings.Repeat("fe"+strings.Repeat("ff", 27), 2)

func zeros(n int) string { return strings.Repeat("00", n) }

func octets(hexadecimal ...string) (out []string) {
	for _, s := range hexadecimal {
		out = append(out, string(unhex(s)))
	}
	return out
}
