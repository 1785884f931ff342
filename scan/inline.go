package scan

import (
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// Short names in inline pictures. PDF 32000-1, Section 8.9.7.
var (
	longKey = map[name]string{
		"BPC": "BitsPerComponent", "CS": "ColorSpace", "D": "Decode", "DP": "DecodeParms",
		"F": "Filter", "H": "Height", "IM": "ImageMask", "W": "Width",
	}
	longFilter = map[name]string{
		"AHx": "ASCIIHexDecode", "A85": "ASCII85Decode", "LZW": "LZWDecode", "Fl": "FlateDecode",
		"RL": "RunLengthDecode", "CCF": "CCITTFaxDecode", "DCT": "DCTDecode",
	}
)

// inline paints an inline picture.
func (n *interpreter) inline(dict map[name]any, data []byte, resources types.Dict) {
	s := types.StreamDict{Dict: types.Dict{}, Raw: data}
	for k, v := range dict {
		key := string(k)
		if long, ok := longKey[k]; ok {
			key = long
		}
		s.Dict[key] = object(v)
	}
	var parameters []types.Object
	if a, ok := s.Dict["DecodeParms"].(types.Array); ok {
		parameters = a
	} else {
		parameters = []types.Object{s.Dict["DecodeParms"]}
	}
	filters, ok := s.Dict["Filter"].(types.Array)
	if !ok && s.Dict["Filter"] != nil {
		filters = types.Array{s.Dict["Filter"]}
	}
	for i, f := range filters {
		k, _ := f.(types.Name)
		if long, ok := longFilter[name(k)]; ok {
			k = types.Name(long)
		}
		p := types.PDFFilter{Name: string(k)}
		if i < len(parameters) {
			p.DecodeParms, _ = parameters[i].(types.Dict)
		}
		s.FilterPipeline = append(s.FilterPipeline, p)
	}
	n.place(s, -1, resources)
}

// object turns what the lexer gives into what the library knows.
func object(v any) types.Object {
	switch v := v.(type) {
	case float64:
		if v == float64(int32(v)) {
			return types.Integer(v)
		}
		return types.Float(v)
	case bool:
		return types.Boolean(v)
	case name:
		return types.Name(v)
	case []any:
		out := make(types.Array, len(v))
		for i, e := range v {
			out[i] = object(e)
		}
		return out
	case map[name]any:
		out := types.Dict{}
		for k, e := range v {
			out[string(k)] = object(e)
		}
		return out
	}
	return nil
}
