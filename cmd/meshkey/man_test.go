//go:build man

package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every command has a page, with examples.
func TestManPages(t *testing.T) {
	dir := t.TempDir()
	if code := run([]string{"man", dir}, strings.NewReader(""), io.Discard, os.Stderr); code != 0 {
		t.Fatalf("code %d", code)
	}
	pages, err := filepath.Glob(filepath.Join(dir, "*.1"))
	if err != nil || len(pages) < 20 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	for _, page := range pages {
		b, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(b), "EXAMPLE") && !strings.Contains(page, "completion") {
			t.Errorf("%s has no examples", filepath.Base(page))
		}
	}
}
