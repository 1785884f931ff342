package scan

import (
	"context"
	"errors"
	"io"
)

// ReadFile is Read with its circumstances. It stops early when ctx is done.
func ReadFile(ctx context.Context, r io.Reader) (*Reading, error) {
	return nil, errors.New("scan: not yet")
}
