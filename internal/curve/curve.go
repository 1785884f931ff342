// Package curve is the four curves of the Mathematical Mesh.
package curve

import "filippo.io/edwards25519"

// A Curve is one of the four.
type Curve struct {
	name        string
	order       *order
	cofactorLog int
	base        element
	form        form
}

// String returns the name of the curve's use: X25519, X448, Ed25519, Ed448.
func (c *Curve) String() string { return c.name }

var (
	curveX25519 = &Curve{"X25519", order25519, 3, &point25519{*edwards25519.NewGeneratorPoint()},
		form{prime25519, true, true, liftX25519, affineX25519}}
	curveEd25519 = &Curve{"Ed25519", order25519, 3, &point25519{*edwards25519.NewGeneratorPoint()},
		form{prime25519, false, false, liftEd25519, affineEd25519}}
	curveX448 = &Curve{"X448", order448, 2, &x448.base,
		form{prime448, true, true, liftX448, affineX448}}
	curveEd448 = &Curve{"Ed448", order448, 2, &ed448.base,
		form{prime448, true, false, liftEd448, affineEd448}}
)

// X25519 returns curve25519 of RFC 7748.
func X25519() *Curve { return curveX25519 }

// X448 returns curve448 of RFC 7748.
func X448() *Curve { return curveX448 }

// Ed25519 returns edwards25519 of RFC 8032.
func Ed25519() *Curve { return curveEd25519 }

// Ed448 returns edwards448 of RFC 8032.
func Ed448() *Curve { return curveEd448 }
