// Package curve is the arithmetic of the Mathematical Mesh's four curves:
// scalars, points, and the octets that stand for them. The group ristretto255
// is there too, for signatures.
//
// curve25519 and curve448 are those of RFC 7748, edwards25519 and edwards448
// those of RFC 8032; they are named after their uses, X25519, X448, Ed25519
// and Ed448. A Point has both coordinates on all four, since only whole points
// can be added; for the Montgomery curves the Mesh writes them as u and a sign
// of v (draft-hallambaker-threshold-06). The package knows nothing of keys or
// protocols.
//
// # Torsion
//
// The groups have 8·L or 4·L elements, and scalars are integers modulo the
// prime L, so that (a+b)·P = a·P + b·P holds in the subgroup of order L only;
// ristretto255 has no other elements.
// ScalarMult multiplies every point exactly, by the one integer in [0, L) that
// stands for its scalar. Outside that subgroup the result therefore depends on
// whether a sum of shares, or a clamped scalar, was reduced on the way.
//
// Decode refuses points of small order and lets the others through. Whoever
// multiplies a point that came from outside refuses it unless IsTorsionFree,
// as keys do, or calls MultByCofactor first and means h·P throughout.
//
// # Security
//
// Operations on scalars and points, and encoding, take the same time for all
// values, only lengths and numbers of arguments show. The exceptions are for
// public values: decoding, IsTorsionFree, and what has a name that ends in
// VarTime. MulEncoded and MulChecked show the scalars 0 and -1. What the time
// rests on is the constant time of the multiplication instruction and of the
// libraries below, circl's fp25519 and fp448, filippo.io/edwards25519 and
// go-ristretto.
//
// Points and scalars are plain memory. Scalar has a Wipe; copies in registers
// and on the stack, and points, stay until they are overwritten.
package curve

// A Curve is one of the five. Curves are compared with ==.
type Curve struct {
	name       string
	order      *order
	cofactor   int // the logarithm to base 2
	base       element
	montgomery bool
	form       form
}

var (
	curveX25519 = &Curve{
		name: "X25519", order: order25519, cofactor: 3, montgomery: true,
		base: base25519(), form: form{
			prime: prime25519, signOctet: true, small: smallX25519,
			lift: liftX25519, affine: affineX25519, ladder: ladder25519, join: joinX25519,
		},
	}
	curveX448 = &Curve{
		name: "X448", order: order448, cofactor: 2, montgomery: true,
		base: baseX448(), form: form{
			prime: prime448, signOctet: true, small: smallX448,
			lift: liftX448, affine: affineX448, ladder: ladder448, join: joinX448,
		},
	}
	curveEd25519 = &Curve{
		name: "Ed25519", order: order25519, cofactor: 3,
		base: base25519(), form: form{
			prime: prime25519, small: smallEd25519,
			lift: liftEd25519, affine: affineEd25519,
		},
	}
	curveEd448 = &Curve{
		name: "Ed448", order: order448, cofactor: 2,
		base: baseEd448(), form: form{
			prime: prime448, signOctet: true, small: smallEd448,
			lift: liftEd448, affine: affineEd448,
		},
	}
	curveRistretto255 = &Curve{
		name: "ristretto255", order: order25519, cofactor: 0,
		base: baseRistretto(), form: form{
			prime: prime25519, small: smallRistretto,
			lift: liftRistretto, affine: encodeRistretto,
		},
	}
)

// X25519 returns curve25519 of RFC 7748, Section 4.1.
func X25519() *Curve { return curveX25519 }

// X448 returns curve448 of RFC 7748, Section 4.2.
func X448() *Curve { return curveX448 }

// Ed25519 returns edwards25519 of RFC 8032, Section 5.1.
func Ed25519() *Curve { return curveEd25519 }

// Ed448 returns edwards448 of RFC 8032, Section 5.2.
func Ed448() *Curve { return curveEd448 }

// Ristretto255 returns the group of RFC 9496, Section 4. It has L elements, so
// there is no torsion in it, and its elements have no coordinates. Its scalars
// are those of X25519 and Ed25519.
func Ristretto255() *Curve { return curveRistretto255 }

// String returns X25519, X448, Ed25519, Ed448 or ristretto255.
func (c *Curve) String() string { return c.name }
