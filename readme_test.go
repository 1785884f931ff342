package meshkey

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestReadme keeps the README's programs equal to the examples that run.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	code, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	examples := regexp.MustCompile(`(?s)func Example_\w+\(\) \{\n(.*?)\t// Output:`).FindAllSubmatch(code, -1)
	if len(examples) < 2 {
		t.Fatalf("%d examples found", len(examples))
	}
	for _, e := range examples {
		want := "```go\n" + strings.ReplaceAll(strings.TrimPrefix(string(e[1]), "\t"), "\n\t", "\n") + "```\n"
		if !strings.Contains(string(readme), want) {
			t.Errorf("README.md does not show this example:\n%s", want)
		}
	}
	for _, command := range []string{"go run ./cmd/meshkey demo", "go test ./...", "$ go run ./cmd/meshkeyd init && go run ./cmd/meshkeyd serve"} {
		if !strings.Contains(string(readme), "\n    "+command+"\n") {
			t.Errorf("README.md has lost its command %q", command)
		}
	}
}
