package qr

import (
	"math"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode/detector"
)

// grids samples the symbol whose eyes are e in the ways that are worth a try,
// and gives each to try until that succeeds. The library's own way comes
// first: it counts modules by the size of the eyes, which for large symbols is
// out by a version or two. Then the versions that the timing patterns speak
// for, with and without the alignment pattern, for which something else may
// have been taken.
func grids(m *gozxing.BitMatrix, e *detector.FinderPatternInfo, try func(*gozxing.BitMatrix) bool) {
	if r, err := detector.NewDetector(m).ProcessFinderPatternInfo(e); err == nil && try(r.GetBits()) {
		return
	}
	for _, size := range timed(m, e) {
		if size == 0 {
			continue
		}
		corner := alignment(m, e, size)
		if corner != nil && sample(m, e, corner, size, try) {
			return
		}
		if sample(m, e, nil, size, try) {
			return
		}
	}
}

func sample(m *gozxing.BitMatrix, e *detector.FinderPatternInfo, corner *detector.AlignmentPattern, size int, try func(*gozxing.BitMatrix) bool) bool {
	t := detector.Detector_createTransform(e.GetTopLeft(), e.GetTopRight(), e.GetBottomLeft(), corner, size)
	bits, err := detector.Detector_sampleGrid(m, t, size)
	return err == nil && try(bits)
}

// frame finds the middle of a module of a symbol of some size, seen without
// perspective.
type frame struct {
	x, y, ux, uy, vx, vy float64
}

func newFrame(e *detector.FinderPatternInfo, size int) frame {
	n := float64(size - 7) // modules between the middles of two eyes
	x, y := e.GetTopLeft().GetX(), e.GetTopLeft().GetY()
	return frame{x, y,
		(e.GetTopRight().GetX() - x) / n, (e.GetTopRight().GetY() - y) / n,
		(e.GetBottomLeft().GetX() - x) / n, (e.GetBottomLeft().GetY() - y) / n}
}

func (f frame) at(column, row int) (x, y int) {
	u, v := float64(column-3), float64(row-3)
	return int(f.x + u*f.ux + v*f.vx), int(f.y + u*f.uy + v*f.vy)
}

// timed finds the two sizes whose timing patterns, the dark and light modules
// in turn between the eyes, show best; 0 for none.
func timed(m *gozxing.BitMatrix, e *detector.FinderPatternInfo) (best [2]int) {
	var score [2]float64
	for size := 21; size <= 177; size += 4 {
		f, right := newFrame(e, size), 0
		for i := 7; i < size-7; i++ {
			dark := i%2 == 0
			if m.Get(f.at(i, 6)) == dark {
				right++
			}
			if m.Get(f.at(6, i)) == dark {
				right++
			}
		}
		switch s := float64(right) / float64(2*(size-14)); {
		case s < 0.7:
		case s > score[0]:
			score[0], score[1], best[0], best[1] = s, score[0], size, best[0]
		case s > score[1]:
			score[1], best[1] = s, size
		}
	}
	return best
}

// alignment looks for the alignment pattern at the corner without an eye,
// ever further from where it should be.
func alignment(m *gozxing.BitMatrix, e *detector.FinderPatternInfo, size int) *detector.AlignmentPattern {
	if size == 21 {
		return nil
	}
	f := newFrame(e, size)
	module := (math.Hypot(f.ux, f.uy) + math.Hypot(f.vx, f.vy)) / 2
	x, y := f.at(size-7, size-7)
	for reach := 4.0; reach <= 16; reach *= 2 {
		r := int(reach * module)
		left, top := max(0, x-r), max(0, y-r)
		w, h := min(m.GetWidth()-1, x+r)-left, min(m.GetHeight()-1, y+r)-top
		if float64(min(w, h)) < 3*module {
			continue
		}
		if p, err := detector.NewAlignmentPatternFinder(m, left, top, w, h, module, nil).Find(); err == nil {
			return p
		}
	}
	return nil
}
