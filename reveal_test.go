package meshkey

import (
	"flag"
	"fmt"
	"go/ast"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what is found over the pinned list")

const pinned = "testdata/reveal.txt"

// TestReveal pins every place where a secret leaves its box: the functions
// that call Reveal, and how often. A new one is a decision, so the list in
// testdata is changed by hand, or with -update and a look at the difference.
func TestReveal(t *testing.T) {
	var found []string
	for _, s := range sources(t) {
		if s.test || s.pkg == "internal/secret" || covers(testOnly, s.pkg) {
			continue
		}
		for _, d := range s.ast.Decls {
			name, n := "(package level)", 0
			if f, ok := d.(*ast.FuncDecl); ok {
				name = f.Name.Name
			}
			ast.Inspect(d, func(node ast.Node) bool {
				if sel, ok := node.(*ast.SelectorExpr); ok && sel.Sel.Name == "Reveal" {
					n++
				}
				return true
			})
			if n > 0 {
				found = append(found, fmt.Sprintf("%s %s %d", s.file, name, n))
			}
		}
	}
	slices.Sort(found)
	got := strings.Join(found, "\n") + "\n"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(pinned, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(pinned)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the places where secrets leave their box have changed; if each new one is meant, run\n\tgo test . -run TestReveal -update\n--- found\n%s--- pinned in %s\n%s", got, pinned, want)
	}
}
