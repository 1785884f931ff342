package scan

// Work is counted in pixels decoded or painted over.
const (
	workSearch = 32 << 20 // a search for symbols, beside the pixels of the picture
	workOctets = 2        // octets unpacked that are as much work as a pixel
	workRun    = 2        // an octet of a content stream carried out
)

// work is what may still be done for a file. Limits of one page do not bound
// 200 of them: a picture of one colour is small in a file, and so is a page
// that shows another's pictures once more.
type work struct {
	left, max int64 // in pixels; left is negative once it is used up
}

// workOn is the work that a file of so many octets is worth.
func workOn(octets int) work {
	most := min(MaxWork, BaseWork+WorkPerOctet*int64(octets))
	return work{most, most}
}

// spend takes n pixels. It fails once there are not so many, and ever after.
func (w *work) spend(n int64) error {
	if w.left >= 0 {
		w.left -= n
	}
	return w.err()
}

// err tells whether the work is used up.
func (w *work) err() error {
	if w.left >= 0 {
		return nil
	}
	return &TooLargeError{"work on all pages of the file (pixels)", w.max - w.left, w.max}
}
