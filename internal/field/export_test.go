package field

// Limbs is e as it is held.
func (e *Element) Limbs() []uint64 { return e.limb[:] }

// SetLimbs sets the lowest limbs of e and clears the others.
func (e *Element) SetLimbs(l []uint64) {
	e.limb = [maxLimbs]uint64{}
	copy(e.limb[:], l)
}

// Reduce is reduce.
func (p *Prime) Reduce(e *Element) { p.reduce(e) }

// Integers returns w and d.
func (w *Weights) Integers() (words []int64, d int64) { return w.w[:w.count], -w.w[w.count] }
