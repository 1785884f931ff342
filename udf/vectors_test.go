package udf_test

import (
	"math/big"
	"strings"
	"testing"

	"meshkey/vectors"
	"meshkey/vectors/check"
)

func TestVectors(t *testing.T) {
	for _, topic := range vectors.Topics() {
		if !strings.HasPrefix(topic, "udf-") {
			continue
		}
		results, err := check.Run(topic)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range results {
			if r.Status == check.Failed {
				t.Errorf("%s %s (%s): %s", r.Topic, r.Name, r.Source, r.Detail)
			}
		}
	}
}

// The primes of the RSA example are the next above what is derived.
func TestRSAPrimes(t *testing.T) {
	for c := range vectors.Each[vectors.RSA]("udf-rsa") {
		for _, v := range []vectors.RSAPrime{c.Data.P, c.Data.Q} {
			n := new(big.Int).SetBytes(v.Material)
			for !n.ProbablyPrime(20) {
				n.Add(n, big.NewInt(1))
			}
			if n.Cmp(new(big.Int).SetBytes(v.Prime)) != 0 {
				t.Errorf("%s: another prime is next", c.Name)
			}
		}
	}
}
