package oracle

import "math/big"

// SharingPrime searches the smallest prime above 2^(8n), which secrets of n
// octets are shared over.
func SharingPrime(n int) *big.Int {
	p := new(big.Int).Lsh(big.NewInt(1), uint(8*n))
	for p.Add(p, big.NewInt(1)); !p.ProbablyPrime(20); p.Add(p, big.NewInt(1)) {
	}
	return p
}

// Evaluate is c[0] + c[1]·x + c[2]·x² + … modulo p.
func Evaluate(p *big.Int, c []*big.Int, x int) *big.Int {
	sum, power := new(big.Int), big.NewInt(1)
	for _, a := range c {
		sum.Add(sum, new(big.Int).Mul(a, power))
		power.Mul(power, big.NewInt(int64(x)))
	}
	return sum.Mod(sum, p)
}

// Interpolate is the value at a place of the polynomial of least degree that
// has the values y at the indexes x, modulo p.
func Interpolate(p *big.Int, x []int, y []*big.Int, at int) *big.Int {
	sum := new(big.Int)
	for i := range x {
		n, d := new(big.Int).Set(y[i]), big.NewInt(1)
		for j := range x {
			if j != i {
				n.Mul(n, big.NewInt(int64(at-x[j])))
				d.Mul(d, big.NewInt(int64(x[i]-x[j])))
			}
		}
		d.Mod(d, p)
		sum.Add(sum, n.Mul(n, d.ModInverse(d, p)))
	}
	return sum.Mod(sum, p)
}
