package jsonb

// Rest is embedded in the outermost ancestor of every structure. It remembers
// the members that were read in their order, those that the structure does not
// know with their values, so that what was read is written again whole. What
// is read under an older name is written under it. The zero value remembers
// nothing.
//
// A Rest does not print what it holds: fmt follows no pointer inside a
// structure.
type Rest struct{ kept *kept }

type kept struct {
	names   []string
	unknown map[string]Value
}

// Unknown lists the names of members that the structure does not know, in
// their order.
func (r *Rest) Unknown() []string {
	if r.kept == nil {
		return nil
	}
	var out []string
	for _, name := range r.kept.names {
		if _, ok := r.kept.unknown[name]; ok {
			out = append(out, name)
		}
	}
	return out
}

func (k *kept) wipe() {
	if k == nil {
		return
	}
	for _, v := range k.unknown {
		v.Wipe()
	}
	*k = kept{}
}

// Unknown is a tagged structure of a type that the schema does not have.
type Unknown struct {
	Tag   string
	Value Value // shares nothing with the input
}

func (u *Unknown) unknown() *Unknown { return u }

// Raw is a value that a structure holds without looking into it, as JSON
// text.
type Raw []byte
