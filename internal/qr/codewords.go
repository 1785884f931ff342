package qr

import (
	"cmp"
	"slices"

	"github.com/makiuchi-d/gozxing/qrcode/decoder"

	"meshkey/internal/rs"
)

// How much redundancy must be left unused, in check codewords of every block:
// each one makes a wrong text 256 times less likely. A text of a shape that
// the caller knows proves itself.
const (
	spare      = 6
	spareKnown = 2
)

// maxCombined bounds the combinations of readings of the blocks of a symbol.
const maxCombined = 200

// codeword is one octet of a symbol as it was seen.
type codeword struct {
	value byte
	trust float32 // 0 to 1: that of its least certain module
}

// blockReading is one way to correct a block.
type blockReading struct {
	data []byte
	cost float32 // how much trust the corrections contradict
	used int     // check codewords used up: 2 an error, 1 an erasure
}

// decodeModules reads a symbol, or its mirror image, whose modules are seen
// more or less surely.
func decodeModules(l *layout, m modules, shapes []Shape) (Reading, bool) {
	mirror := m.transposed()
	here, there := formats(m), formats(mirror)
	if there[0].score > here[0].score {
		m, mirror, here, there = mirror, m, there, here
	}
	const close, tries = 12, 3 // of at most 30
	for _, f := range here[:tries] {
		if f.score < here[0].score-close {
			break
		}
		if r, ok := decodeAs(l, m, f.data, shapes); ok {
			return r, true
		}
	}
	if there[0].score > here[0].score-close/2 {
		return decodeAs(l, mirror, there[0].data, shapes)
	}
	return Reading{}, false
}

// decodeAs reads a symbol whose format is known.
func decodeAs(l *layout, m modules, format int, shapes []Shape) (Reading, bool) {
	level, err := decoder.ErrorCorrectionLevel_ForBits(uint(format >> 3))
	if err != nil {
		return Reading{}, false
	}
	layout := l.version.GetECBlocksForLevel(level)
	check := layout.GetECCodewordsPerBlock()
	code := rs.NewCode(rs.GF256, check, 0)
	blocks, data := deal(l.codewords(m, format&7), layout)
	readings := make([][]blockReading, len(blocks))
	for i, b := range blocks {
		if readings[i] = correct(code, b, data[i]); len(readings[i]) == 0 {
			return Reading{}, false
		}
	}
	// The likeliest reading of every block first, then the combinations.
	pick := make([]int, len(blocks))
	for range maxCombined {
		var octets []byte
		used := 0
		for i, k := range pick {
			octets = append(octets, readings[i][k].data...)
			used = max(used, readings[i][k].used)
		}
		if text, ok := segments(octets, l.version, level); ok && believed(text, check-used, shapes) {
			return Reading{Text: text, Margin: 1 - float64(used)/float64(check)}, true
		}
		i := 0
		for ; i < len(pick); i++ {
			if pick[i]++; pick[i] < len(readings[i]) {
				break
			}
			pick[i] = 0
		}
		if i == len(pick) {
			break
		}
	}
	return Reading{}, false
}

// believed tells whether a text that left so many check codewords unused is
// right beyond doubt.
func believed(text string, left int, shapes []Shape) bool {
	if left >= spare {
		return true
	}
	return left >= spareKnown && slices.ContainsFunc(shapes, func(fits Shape) bool { return fits(text) })
}

// codewords reads the bits of all codewords. ISO/IEC 18004, Section 7.7.3.
func (l *layout) codewords(m modules, mask int) []codeword {
	words := make([]codeword, l.version.GetTotalCodewords())
	for i := range words {
		w := codeword{trust: 1}
		for _, at := range l.order[8*i : 8*i+8] {
			v := m.dark[at]
			w.value <<= 1
			if v > 0 != masked(mask, int(at)%l.size, int(at)/l.size) {
				w.value |= 1
			}
			w.trust = min(w.trust, max(v, -v))
		}
		words[i] = w
	}
	return words
}

// deal sorts the codewords into their blocks and tells how many of each are
// data. ISO/IEC 18004, Section 7.6.
func deal(words []codeword, layout *decoder.ECBlocks) (blocks [][]codeword, data []int) {
	for _, b := range layout.GetECBlocks() {
		for range b.GetCount() {
			data = append(data, b.GetDataCodewords())
		}
	}
	blocks = make([][]codeword, len(data))
	for i := range slices.Max(data) {
		for b := range blocks {
			if i < data[b] {
				blocks[b] = append(blocks[b], words[0])
				words = words[1:]
			}
		}
	}
	for i, w := range words {
		b := i % len(blocks)
		blocks[b] = append(blocks[b], w)
	}
	return blocks, data
}

// correct lists the ways to correct a block, the likeliest first: with its
// least certain codewords erased, none at first and then ever more of them.
// This is Forney's generalized minimum distance decoding (1966). A way that
// leaves too little redundancy is none.
func correct(code *rs.Code, block []codeword, data int) []blockReading {
	order := make([]int, len(block))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(block[a].trust, block[b].trust) })
	var out []blockReading
	word := make([]byte, len(block))
	for erased := 0; erased <= code.Check()-spareKnown; erased += 2 {
		for i, w := range block {
			word[i] = w.value
		}
		changed, err := code.Decode(word, order[:erased])
		if err != nil {
			continue
		}
		r := blockReading{data: word[:data], used: erased}
		for _, i := range changed {
			r.cost += block[i].trust
			if !slices.Contains(order[:erased], i) {
				r.used += 2
			}
		}
		if r.used > code.Check()-spareKnown {
			continue
		}
		k := slices.IndexFunc(out, func(o blockReading) bool { return slices.Equal(o.data, r.data) })
		if k < 0 {
			k, r.data = len(out), slices.Clone(r.data)
			out = append(out, r)
		}
		out[k].used = min(out[k].used, r.used)
		if out[k].used <= min(erased, code.Check()-spare) {
			break // surely right, and it takes no fewer
		}
	}
	slices.SortStableFunc(out, func(a, b blockReading) int { return cmp.Compare(a.cost, b.cost) })
	return out
}

// segments decodes the text of the data codewords. ISO/IEC 18004, Section 7.4.
func segments(octets []byte, version *decoder.Version, level decoder.ErrorCorrectionLevel) (text string, ok bool) {
	// The library was written for a language that throws.
	defer func() {
		if recover() != nil {
			text, ok = "", false
		}
	}()
	r, err := decoder.DecodedBitStreamParser_Decode(octets, version, level, nil)
	if err != nil {
		return "", false
	}
	return r.GetText(), r.GetText() != ""
}
