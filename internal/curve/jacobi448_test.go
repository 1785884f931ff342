package curve

import (
	"math/big"
	"math/rand/v2"
	"testing"

	fp "github.com/cloudflare/circl/math/fp448"

	"meshkey/internal/oracle"
)

// Against math/big.
func TestIsSquare448(t *testing.T) {
	r := rand.NewChaCha8([32]byte{3})
	p := oracle.X448().P
	for i := range 3000 {
		var x fp.Elt
		switch {
		case i < 300:
			x[0], x[1] = byte(i), byte(i>>8)
		case i < 600:
			x[i%56] = byte(i / 3)
		default:
			_, _ = r.Read(x[:])
		}
		if i%7 == 0 {
			fp.Neg(&x, &x)
		}
		if got, want := isSquare448VarTime(&x), big.Jacobi(oracle.FromLittleEndian(x[:]), p) == 1; got != want {
			t.Errorf("%x is a square: %v", x, got)
		}
	}
}
