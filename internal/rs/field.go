// Package rs is Reed–Solomon coding over small binary fields, with errors and
// erasures: the check letters of a printed row are a code over GF(32), the
// blocks of a QR symbol are codes over GF(256).
//
// # Security
//
// Symbols are used as indexes into tables, so time depends on them. The texts
// that are coded here have been typed, printed or photographed already.
package rs

// Field is GF(2^m), 2 ≤ m ≤ 8, with the element 2 as generator of its
// multiplicative group. Elements are the integers below 2^m, read as
// polynomials over GF(2) with bit i as the coefficient of x^i.
type Field struct {
	order int    // of the multiplicative group: 2^m − 1
	exp   []byte // exp[i] = 2^i for 0 ≤ i < 2·order, so that sums of two logarithms need no reduction
	log   []int  // log[0] is not used
}

// NewField makes GF(2^m) modulo polynomial, whose bit m must be set: 0x25 is
// x⁵+x²+1. It panics unless the element 2 generates the whole group.
func NewField(m int, polynomial int) *Field {
	if m < 2 || m > 8 || polynomial>>m != 1 {
		panic("rs: no such field")
	}
	f := &Field{order: 1<<m - 1}
	f.exp = make([]byte, 2*f.order)
	f.log = make([]int, f.order+1)
	x := 1
	for i := range f.order {
		if x == 1 && i > 0 {
			panic("rs: the element 2 does not generate the field")
		}
		f.exp[i], f.exp[i+f.order] = byte(x), byte(x)
		f.log[x] = i
		if x <<= 1; x > f.order {
			x ^= polynomial
		}
	}
	return f
}

// The fields in use.
var (
	GF32  = NewField(5, 0x25)  // x⁵+x²+1: check letters
	GF256 = NewField(8, 0x11d) // x⁸+x⁴+x³+x²+1: QR symbols (ISO/IEC 18004, 7.5.2)
)

func (f *Field) mul(a, b byte) byte {
	if a == 0 || b == 0 {
		return 0
	}
	return f.exp[f.log[a]+f.log[b]]
}

// div returns a/b; b is not zero.
func (f *Field) div(a, b byte) byte {
	if a == 0 {
		return 0
	}
	return f.exp[f.log[a]+f.order-f.log[b]]
}

// alpha returns 2^i for any i ≥ 0.
func (f *Field) alpha(i int) byte { return f.exp[i%f.order] }

// eval is Horner's rule; p[0] is the coefficient of the highest power.
func (f *Field) eval(p []byte, x byte) byte {
	var y byte
	for _, c := range p {
		y = f.mul(y, x) ^ c
	}
	return y
}
