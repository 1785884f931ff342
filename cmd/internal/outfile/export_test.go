package outfile

import "errors"

// WithoutLinks is a file system without hard links, until done is called.
func WithoutLinks() (done func()) {
	was := link
	link = func(_, _ string) error { return errors.ErrUnsupported }
	return func() { link = was }
}
