package udf

import (
	"fmt"

	"meshkey/cogen"
)

// Specifier says what the keys derived from a seed are for; two octets follow
// the type octet of every seed. The highest two bits limit the use of the
// keys; no published seed sets them. draft-hallambaker-mesh-udf-13,
// section 4.4.
type Specifier uint16

// The specifiers of seeds.
const (
	SpecifierAny     Specifier = 0
	SpecifierX25519  Specifier = 1
	SpecifierX448    Specifier = 2
	SpecifierEd25519 Specifier = 3
	SpecifierEd448   Specifier = 4
	SpecifierP256    Specifier = 5
	SpecifierP384    Specifier = 6
	SpecifierP521    Specifier = 7
	SpecifierRSA2048 Specifier = 8
	SpecifierRSA3072 Specifier = 9
	SpecifierRSA4096 Specifier = 10

	// Spec: before November 2020 the number 256 stood for the profile of a
	// master key. The draft gives 257 to activations of devices; published ones
	// have 259. So a seed is taken for what it says, whatever it came with.
	MeshProfileDevice     Specifier = 256
	MeshActivationDevice  Specifier = 257
	MeshProfileAccount    Specifier = 258 // of a person or of a group
	MeshActivationAccount Specifier = 259
	MeshProfileService    Specifier = 260
	MeshActivationService Specifier = 261
)

const useShift = 14

var specifierNames = map[Specifier]string{
	SpecifierAny: "Any", SpecifierX25519: "X25519", SpecifierX448: "X448",
	SpecifierEd25519: "Ed25519", SpecifierEd448: "Ed448",
	SpecifierP256: "P-256", SpecifierP384: "P-384", SpecifierP521: "P-521",
	SpecifierRSA2048: "RSA-2048", SpecifierRSA3072: "RSA-3072", SpecifierRSA4096: "RSA-4096",
	MeshProfileDevice: "MeshProfileDevice", MeshActivationDevice: "MeshActivationDevice",
	MeshProfileAccount: "MeshProfileAccount", MeshActivationAccount: "MeshActivationAccount",
	MeshProfileService: "MeshProfileService", MeshActivationService: "MeshActivationService",
}

// Known reports whether s is one of the constants, with any limit of use.
func (s Specifier) Known() bool { return specifierNames[s.kind()] != "" }

// kind is s without the limit of use.
func (s Specifier) kind() Specifier { return s & (1<<useShift - 1) }

// String names the specifier, and the limit of use in brackets if there is one.
func (s Specifier) String() string {
	name := specifierNames[s.kind()]
	if name == "" {
		name = fmt.Sprintf("Specifier(%d)", uint16(s.kind()))
	}
	return name + [...]string{"", " (encrypt)", " (sign)", " (authenticate)"}[s>>useShift]
}

// SpecifierOf is the specifier of seeds for keys of one algorithm. It panics if
// a is not one of cogen's.
func SpecifierOf(a cogen.Algorithm) Specifier {
	switch a {
	case cogen.X25519():
		return SpecifierX25519
	case cogen.X448():
		return SpecifierX448
	case cogen.Ed25519():
		return SpecifierEd25519
	case cogen.Ed448():
		return SpecifierEd448
	}
	panic("udf: no specifier for this algorithm")
}
