package print

import (
	"fmt"
	"strings"
)

// Paper is a size of paper, upright.
type Paper int

// The papers there are.
const (
	A4     Paper = iota // 210 × 297 mm, ISO 216
	Letter              // 8½ × 11 in
)

var papers = [...]struct {
	name          string
	width, height float64 // points, as PDF counts
}{
	A4:     {"A4", 595.28, 841.89},
	Letter: {"Letter", 612, 792},
}

// ParsePaper reads the name of a paper, in any case.
func ParsePaper(name string) (Paper, error) {
	for p := range papers {
		if strings.EqualFold(name, papers[p].name) {
			return Paper(p), nil
		}
	}
	return 0, fmt.Errorf("print: there is no paper %q; there are A4 and Letter", name)
}

// String is the paper's name.
func (p Paper) String() string {
	if p < 0 || int(p) >= len(papers) {
		return fmt.Sprintf("Paper(%d)", int(p))
	}
	return papers[p].name
}
