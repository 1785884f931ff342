package dkg

import (
	"bytes"
	"fmt"
	"slices"

	"meshkey/cogen"
	"meshkey/internal/curve"
)

// roster returns the parties in ascending order. It is an error if one comes
// twice, or has an index that the curve has no scalar for.
func (s *suite) roster(parties []cogen.Index) ([]cogen.Index, error) {
	if len(parties) == 0 || len(parties) > MaxParties {
		return nil, fmt.Errorf("dkg: a ceremony has 1 to %d parties", MaxParties)
	}
	out := slices.Clone(parties)
	slices.SortFunc(out, compareIndexes)
	for k, i := range out {
		switch {
		case !s.isIndex(i):
			return nil, fmt.Errorf("dkg: %v is no index on %v", i, s.curve)
		case k > 0 && i == out[k-1]:
			return nil, fmt.Errorf("dkg: index %v comes twice", i)
		}
	}
	return out, nil
}

func compareIndexes(i, j cogen.Index) int {
	a, b := i.Bytes(), j.Bytes()
	slices.Reverse(a)
	slices.Reverse(b)
	return bytes.Compare(a, b)
}

// isIndex tells whether i is from 1 to below the group order.
func (s *suite) isIndex(i cogen.Index) bool {
	b, n := i.Bytes(), s.curve.ScalarLen()
	_, err := s.curve.NewScalar().SetCanonical(b[:n])
	return err == nil && !i.IsZero() && bytes.Equal(b[n:], make([]byte, len(b)-n))
}

// scalar is an index that isIndex as a scalar.
func (s *suite) scalar(i cogen.Index) *curve.Scalar {
	return s.curve.NewScalar().SetWide(i.Bytes())
}

// indexes returns the octets of indexes, one after the other.
func (s *suite) indexes(of []cogen.Index) []byte {
	var out []byte
	for _, i := range of {
		out = append(out, s.scalar(i).Bytes()...)
	}
	return out
}
