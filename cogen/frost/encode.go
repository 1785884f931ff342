package frost

import (
	"bytes"

	"meshkey/cogen"
	"meshkey/internal/curve"
)

// Every encoding begins with a version, a kind, the code of the suite and the
// digest of the group.
const (
	version = 1

	kindNonces     = 1
	kindCommitment = 2
	kindPackage    = 3
	kindShare      = 4
)

func (g *Group) prefix(kind byte) []byte {
	return append([]byte{version, kind, g.code}, g.id[:]...)
}

// parsePrefix returns what follows the prefix.
func (g *Group) parsePrefix(kind byte, b []byte) ([]byte, error) {
	prefix := g.prefix(kind)
	rest, ok := bytes.CutPrefix(b, prefix)
	switch {
	case ok:
		return rest, nil
	case len(b) >= len(prefix) && b[0] == version && b[1] == kind:
		return nil, errGroup
	}
	return nil, errFormat
}

// indexScalar is the index as a scalar of the suite. It is an error for 0 and
// from the group order on.
func (u *suite) indexScalar(i cogen.Index) (*curve.Scalar, error) {
	b, n := i.Bytes(), u.curve.ScalarLen()
	if len(bytes.Trim(b[n:], "\x00")) > 0 || i.IsZero() {
		return nil, errIndex
	}
	x, err := u.curve.NewScalar().SetCanonical(b[:n])
	if err != nil {
		return nil, errIndex
	}
	return x, nil
}

// encodeIndex is the index as RFC 9591 has identifiers: an encoded scalar.
func (u *suite) encodeIndex(i cogen.Index) []byte {
	x, _ := u.indexScalar(i) // checked before
	return u.encodeScalar(x)
}

// decodeIndex reads what encodeIndex writes, and nothing else.
func (u *suite) decodeIndex(b []byte) (cogen.Index, *curve.Scalar, error) {
	x, err := u.decodeScalar(b)
	if err != nil {
		return cogen.Index{}, nil, errIndex
	}
	i, err := cogen.IndexOf(x.Bytes()) // which is not 0
	return i, x, err
}
