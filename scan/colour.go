package scan

import "github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

// space is a colour space, as far as it matters for telling dark from light.
// PDF 32000-1, Section 8.6.
type space struct {
	n     int    // components
	ink   bool   // components are inks: 0 is paper
	table []byte // of an indexed space: a grey for each value
}

var (
	deviceGray = space{n: 1}
	deviceRGB  = space{n: 3}
	deviceCMYK = space{n: 4, ink: true}
)

// space reads a colour space, which may be a name in resources. Unknown ones,
// and patterns, have no components.
func (d *document) space(o types.Object, resources types.Dict, depth int) space {
	if depth > 3 {
		return space{}
	}
	o = d.get(o)
	if n, ok := o.(types.Name); ok {
		switch string(n) {
		case "DeviceGray", "CalGray", "G":
			return deviceGray
		case "DeviceRGB", "CalRGB", "RGB":
			return deviceRGB
		case "DeviceCMYK", "CMYK":
			return deviceCMYK
		}
		if o = d.dict(resources["ColorSpace"])[string(n)]; o == nil {
			return space{}
		}
		return d.space(o, nil, depth+1)
	}
	a, _ := o.(types.Array)
	if len(a) == 0 {
		return space{}
	}
	switch kind := d.name(a[0]); {
	case len(a) == 1, kind == "CalGray", kind == "CalRGB":
		return d.space(a[0], nil, depth+1)
	case kind == "ICCBased":
		switch d.count(d.dict(a[1])["N"], 0) {
		case 1:
			return deviceGray
		case 3:
			return deviceRGB
		case 4:
			return deviceCMYK
		}
	case kind == "Lab":
		return space{n: 3}
	case kind == "Separation":
		return space{n: 1, ink: true}
	case kind == "DeviceN":
		return space{n: min(len(d.array(a[1])), 32), ink: true}
	case (kind == "Indexed" || kind == "I") && len(a) == 4:
		return d.indexed(d.space(a[1], resources, depth+1), a[3])
	}
	return space{}
}

// indexed makes the table of an indexed space: a string or stream of colours
// of base, one after another.
func (d *document) indexed(base space, o types.Object) space {
	var colours []byte
	switch o := d.get(o).(type) {
	case types.HexLiteral:
		colours, _ = o.Bytes()
	case types.StringLiteral:
		colours, _ = types.Unescape(o.Value())
	case types.StreamDict:
		colours, _ = d.unpack(o, 1<<16)
	}
	if base.n == 0 || base.table != nil {
		return space{}
	}
	s := space{n: 1}
	for ; len(colours) >= base.n && len(s.table) < 256; colours = colours[base.n:] {
		s.table = append(s.table, base.level(colours[:base.n]))
	}
	for len(s.table) < 256 {
		s.table = append(s.table, 255)
	}
	return s
}

// level is the grey of a colour whose components are 0 to 255; of an indexed
// space it is the grey of an entry of the table.
func (s space) level(c []byte) byte {
	switch {
	case s.table != nil:
		return s.table[c[0]]
	case s.ink && s.n == 4:
		return inked(c[0], c[1], c[2], c[3])
	case s.ink:
		level := uint32(255)
		for _, v := range c {
			level = level * (255 - uint32(v)) / 255
		}
		return byte(level)
	case s.n == 3:
		return luma(c[0], c[1], c[2])
	}
	return c[0]
}
