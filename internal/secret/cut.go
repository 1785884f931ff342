package secret

import "iter"

// Cut boxes b in consecutive slices of size octets, numbered from 0, without
// copying it; the caller gives b away. Each box is wiped on its own, though
// the memory of b is free only when none is left. It panics if size does not
// divide len(b).
func Cut(b []byte, size int) iter.Seq2[int, Bytes] {
	if size < 1 || len(b)%size != 0 {
		panic("secret: octets cannot be cut evenly")
	}
	return func(yield func(int, Bytes) bool) {
		slices := make([][]byte, len(b)/size)
		for i := range slices {
			slices[i] = b[i*size : (i+1)*size : (i+1)*size]
			if !yield(i, Bytes{&slices[i]}) {
				return
			}
		}
	}
}
