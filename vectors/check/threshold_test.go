package check

import (
	"math/big"
	"strings"
	"testing"

	"meshkey/internal/oracle"
	"meshkey/udf"
	"meshkey/vectors"
)

// What the documents print and should not is what the notes say it is.
func TestPrintedThresholdSignatures(t *testing.T) {
	found := map[string]int{}
	for c := range vectors.Each[vectors.ThresholdSignature]("threshold-signature") {
		d, curve := c.Data, oracle.Ed25519()
		if d.Algorithm == "Ed448" {
			curve = oracle.Ed448()
		}
		same := func(what string, got *big.Int, want string) {
			t.Helper()
			if found[what]++; got.String() != want {
				t.Errorf("%s: %s is %v, printed %s", c.Name, what, got, want)
			}
		}
		number := func(h vectors.Hex) *big.Int { return oracle.FromLittleEndian(h) }

		total := number(d.Response)
		if printed, ok := c.Printed["S_i"]; ok {
			total.SetInt64(0)
			for i, text := range strings.Split(printed, ", ") {
				s := d.Signers[i]
				wrong, r := number(s.Nonce), number(s.Nonce)
				switch nonces := strings.HasSuffix(c.Name, "sigs-00"); {
				case d.Keys != nil: // the nonce in place of the key
				case nonces: // or of the share
					wrong.Mul(wrong, number(s.Weight))
				default: // the order of the other curve
					wrong.Mul(number(s.Weight), number(d.Shares[s.Index-1])).Mod(wrong, oracle.Ed25519().L)
				}
				wrong.Mul(wrong, number(d.Challenge)).Add(wrong, r).Mod(wrong, curve.L)
				same("S_i", wrong, text)
				total.Add(total, wrong).Mod(total, curve.L)
			}
			same("S", total, c.Printed["S"])
		}
		if printed, ok := c.Printed["S.B"]; ok { // of the other curve
			other := oracle.Ed25519()
			total.Mod(total, new(big.Int).Lsh(big.NewInt(1), 256))
			p := other.Mul(total, other.Base)
			x, y, _ := strings.Cut(printed, ", ")
			same("S.B", p.X, x)
			same("S.B", p.Y, y)
		}
		keys := map[string]vectors.Summand{"Aggregate": d.Key}
		for i, k := range d.Keys {
			keys[[]string{"Alice", "Bob"}[i]] = k
		}
		for name, k := range keys {
			for what, text := range c.Printed {
				if !strings.Contains(what, name) || name != "Aggregate" && strings.Contains(what, "+") {
					continue
				}
				switch key, coordinate, _ := strings.Cut(what, ", "); {
				case coordinate == "X": // X/Y = x/y
					x, _ := new(big.Int).SetString(text, 10)
					y, _ := new(big.Int).SetString(c.Printed[key+", Y"], 10)
					x.Mul(x, number(k.Y)).Sub(x, y.Mul(y, number(k.X)))
					same("X/Y", x.Mod(x, curve.P), "0")
				case strings.HasPrefix(what, "seed of"):
					found["seed"]++
					if s, err := udf.ParseSeed(k.Seed); err != nil || !strings.HasPrefix(text, s.Text()[:len(s.Text())-1]) {
						t.Errorf("%s: %s is printed %s", c.Name, k.Seed, text)
					}
				}
			}
		}
	}
	for what, want := range map[string]int{"S_i": 12, "S": 6, "S.B": 20, "X/Y": 40, "seed": 15} {
		if found[what] != want {
			t.Errorf("%d printed values of %s, want %d", found[what], what, want)
		}
	}
}
