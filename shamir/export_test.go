package shamir

import "meshkey/internal/field"

// SplitWith is Split with coefficients that are given, big-endian and as long
// as the secret, which is the first; ok is false if a value does not fit.
func SplitWith(coefficients [][]byte, of int) (shares []Share, ok bool) {
	prime := field.New(len(coefficients[0]))
	polynomial := make([]field.Element, len(coefficients))
	for i, c := range coefficients {
		prime.SetBytes(&polynomial[i], c)
	}
	return evaluate(&prime, polynomial, Quorum{Need: len(coefficients), Of: of})
}
