package meshkey

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestSpecNotes keeps docs/SPEC-NOTES.md and the "// Spec:" comments in step:
// each file that is named there has such a comment, and the other way round.
func TestSpecNotes(t *testing.T) {
	doc, err := os.ReadFile("docs/SPEC-NOTES.md")
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, m := range regexp.MustCompile("`([a-z0-9/]+\\.go)`").FindAllStringSubmatch(string(doc), -1) {
		named[m[1]] = true
	}
	marked := map[string]bool{}
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		code, err := os.ReadFile(filepath.FromSlash(s.file))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(code), "// Spec:") {
			marked[s.file] = true
		}
	}
	for f := range named {
		if !marked[f] {
			t.Errorf("docs/SPEC-NOTES.md names %s, which has no Spec: comment", f)
		}
	}
	for f := range marked {
		if !named[f] {
			t.Errorf("%s has a Spec: comment, and docs/SPEC-NOTES.md does not name it", f)
		}
	}
}
