package main

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"
)

// A hidden file is not named: nobody asked for it.
func TestExplainHiddenFile(t *testing.T) {
	err := explain(fmt.Errorf("sheet.pdf: %w", &fs.PathError{Op: "write", Path: "out/.meshkey-123", Err: errors.New("no space left on device")}))
	if want := "the folder out: no space left on device"; err.Error() != want {
		t.Errorf("%q, want %q", err, want)
	}
}
