package meshkey

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// rows is the architecture: a package imports only packages of a lower row,
// and packages of one row never import each other. What lies below a name
// that ends in "/..." shares its row and its rights.
var rows = [][]string{
	0:  {"internal/secret", "internal/rs", "vectors"},
	1:  {"internal/letters", "internal/qr", "internal/field"},
	2:  {"internal/curve"},
	3:  {"shamir"},
	4:  {"cogen/..."},
	5:  {"udf", "internal/jsonb"},
	6:  {"mesh", "internal/dare"},
	7:  {"profile", "record", "internal/ceremony", "internal/keyfile"},
	8:  {"escrow", "recovery", "group"},
	9:  {"print", "scan", "keyservice/api"},
	10: {"keyservice/...", "vectors/check"},
	11: {"cmd/..."},
}

// testOnly are packages that only tests import.
var testOnly = []string{"internal/oracle", "internal/secret/secrettest", "keyservice/store/storetest", "keyservice/keyservicetest"}

// doors names, for each outside module, the only packages that import it.
// Modules that no code but tests imports are not listed.
var doors = map[string][]string{
	"github.com/cloudflare/circl":      {"internal/curve"},
	"filippo.io/edwards25519":          {"internal/curve"},
	"github.com/bwesterb/go-ristretto": {"internal/curve"},
	"filippo.io/bigmod":                {"internal/field"},
	"github.com/skip2/go-qrcode":       {"internal/qr"},
	"github.com/makiuchi-d/gozxing":    {"internal/qr"},
	"github.com/signintech/gopdf":      {"print"},
	"golang.org/x/image":               {"print", "scan"},
	"golang.org/x/sys":                 {"internal/secret", "cmd/..."},
	"github.com/pdfcpu/pdfcpu":         {"scan"},
	"github.com/fxamacker/cbor/v2":     {"record"},
	"filippo.io/age":                   {"cmd/..."},
	"github.com/zalando/go-keyring":    {"cmd/..."},
	"golang.org/x/term":                {"cmd/..."},
	"github.com/spf13/cobra":           {"cmd/..."},
	"github.com/spf13/pflag":           {"cmd/..."},
	"go.etcd.io/bbolt":                 {"keyservice/store"},
	"github.com/jackc/pgx/v5":          {"keyservice/store"},
}

// effects names, for each package of the standard library that touches the
// world or leaks, the only packages that import it.
var effects = map[string][]string{
	"crypto/rand":   {"internal/secret"},
	"math/rand":     {},
	"math/rand/v2":  {},
	"math/big":      {"internal/keyfile"}, // crypto/rsa takes its numbers in no other form
	"unsafe":        {},
	"os":            {"keyservice/store", "cmd/..."}, // the store's journal
	"os/exec":       {"cmd/..."},
	"os/signal":     {"cmd/..."},
	"syscall":       {"cmd/..."},
	"path/filepath": {"keyservice/store", "cmd/..."},
	"net":           {"keyservice/...", "cmd/..."},
	"net/http":      {"keyservice/...", "cmd/..."},
	"log":           {},
}

// clock are the packages that may ask what time it is.
var clock = []string{"cmd/...", "keyservice/..."}

type source struct {
	file string // slash-separated, from the root of the module
	pkg  string // folder of file; "" for the root
	test bool
	ast  *ast.File
}

func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); name == "testdata" || name == "bench" || (strings.HasPrefix(name, ".") && name != ".") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(file, ".go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			return err
		}
		file = filepath.ToSlash(file)
		pkg := path.Dir(file)
		if pkg == "." {
			pkg = ""
		}
		out = append(out, source{file, pkg, strings.HasSuffix(file, "_test.go"), f})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 5 {
		t.Fatalf("only %d Go files found", len(out))
	}
	return out
}

// covers tells whether pkg is in list, where "a/..." stands for a and all
// below it.
func covers(list []string, pkg string) bool {
	return slices.ContainsFunc(list, func(name string) bool {
		root, tree := strings.CutSuffix(name, "/...")
		return pkg == root || tree && strings.HasPrefix(pkg, root+"/")
	})
}

func rowOf(pkg string) int {
	return slices.IndexFunc(rows, func(row []string) bool { return covers(row, pkg) })
}

// sameTree tells whether both packages lie in one tree "a/..." of the table.
func sameTree(p, q string) bool {
	for _, row := range rows {
		for _, name := range row {
			if strings.HasSuffix(name, "/...") && covers([]string{name}, p) && covers([]string{name}, q) {
				return true
			}
		}
	}
	return false
}

func imports(f *ast.File) []string {
	var out []string
	for _, i := range f.Imports {
		p, _ := strconv.Unquote(i.Path.Value)
		out = append(out, p)
	}
	return out
}

func TestLayers(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || s.pkg == "" || covers(testOnly, s.pkg) {
			continue
		}
		row := rowOf(s.pkg)
		if row < 0 {
			t.Errorf("%s: package %s has no row in the table", s.file, s.pkg)
			continue
		}
		for _, p := range imports(s.ast) {
			p, ours := strings.CutPrefix(p, "meshkey/")
			if !ours || sameTree(s.pkg, p) {
				continue
			}
			switch below := rowOf(p); {
			case covers(testOnly, p):
				t.Errorf("%s imports %s, which is for tests", s.file, p)
			case below < 0:
				t.Errorf("%s imports %s, which has no row in the table", s.file, p)
			case below >= row:
				t.Errorf("%s (row %d) imports %s (row %d)", s.file, row, p, below)
			}
		}
	}
}

// A program that calls a key service does not link one.
func TestClientIsLight(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || s.pkg != "keyservice" && s.pkg != "keyservice/api" && s.pkg != "keyservice/receipt" {
			continue
		}
		for _, p := range imports(s.ast) {
			if strings.HasPrefix(p, "meshkey/keyservice/") && p != "meshkey/keyservice/api" && p != "meshkey/keyservice/receipt" {
				t.Errorf("%s imports %s", s.file, p)
			}
		}
	}
}

func TestDoors(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || covers(testOnly, s.pkg) {
			continue
		}
		for _, p := range imports(s.ast) {
			first, _, _ := strings.Cut(p, "/")
			if !strings.Contains(first, ".") {
				continue // of the standard library, or ours
			}
			found := false
			for module, who := range doors {
				if p == module || strings.HasPrefix(p, module+"/") {
					found = true
					if !covers(who, s.pkg) {
						t.Errorf("%s imports %s, whose door is %v", s.file, p, who)
					}
				}
			}
			if !found {
				t.Errorf("%s imports %s, which has no door", s.file, p)
			}
		}
	}
}

func TestEffects(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || covers(testOnly, s.pkg) {
			continue
		}
		for _, p := range imports(s.ast) {
			if who, limited := effects[p]; limited && !covers(who, s.pkg) {
				t.Errorf("%s imports %s, which is for %v", s.file, p, who)
			}
		}
		ast.Inspect(s.ast, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			x, ok := sel.X.(*ast.Ident)
			if ok && x.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "After", "Tick"}, sel.Sel.Name) && !covers(clock, s.pkg) {
				t.Errorf("%s asks for the time (time.%s), which is for %v", s.file, sel.Sel.Name, clock)
			}
			return true
		})
	}
}
