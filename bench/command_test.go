package bench

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

// seedText is the seed of the escrow example in the Mesh's guide, which is
// public.
const seedText = "ZAAQ-FKAT-PL72-4IHW-GIKY-IG5T-2IJG-JHC2-PMI7-44XR-HSBH-TKZI-WPNZ-F2XT"

// escrowed writes that seed on sheets with the command and returns their
// folder.
func escrowed(b *testing.B, meshkey string, args ...string) string {
	b.Helper()
	dir := b.TempDir()
	seed := filepath.Join(dir, "seed")
	if err := os.WriteFile(seed, []byte(seedText+"\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	spend(b, meshkey, append([]string{"escrow", seed, "--out", filepath.Join(dir, "sheets")}, args...)...)
	return filepath.Join(dir, "sheets")
}

// Target P3, reported: the whole command that puts a seed on five sheets, PDF,
// against five runs of qrencode, which makes a code and nothing else. The
// command's sheets have two codes and a page of words each, are read back from
// the disk, and all ten quorums are tried.
func BenchmarkEscrowCommand(b *testing.B) {
	if _, err := exec.LookPath("qrencode"); err != nil {
		b.Skip("qrencode is not installed")
	}
	meshkey := program(b, "..", "./cmd/meshkey")
	dir := b.TempDir()
	seed := filepath.Join(dir, "seed")
	if err := os.WriteFile(seed, []byte(seedText+"\n"), 0o600); err != nil {
		b.Fatal(err)
	}
	runs := 0
	compareProcesses(b, limits{},
		func() usage {
			runs++
			return spend(b, meshkey, "escrow", seed, "--quorum", "3of5", "--out", filepath.Join(dir, strconv.Itoa(runs)))
		},
		func() (sum usage) {
			for range 5 {
				u := spend(b, "qrencode", "-l", "H", "-o", filepath.Join(dir, "code.png"), seedText)
				sum.cpu += u.cpu
				sum.peak = max(sum.peak, u.peak)
			}
			return sum
		})
}

// The whole command that brings an account back from two of three sheets, as
// PDF, against zbarimg reading the same two pages as pictures.
func BenchmarkRecoverCommand(b *testing.B) {
	needZbar(b)
	meshkey := program(b, "..", "./cmd/meshkey")
	sheets := escrowed(b, meshkey, "--quorum", "2of3", "--format", "pdf,png")
	pdfs, _ := filepath.Glob(filepath.Join(sheets, "*.pdf"))
	pngs, _ := filepath.Glob(filepath.Join(sheets, "*.png"))
	compareProcesses(b, limits{},
		func() usage {
			return spend(b, meshkey, "recover", pdfs[0], pdfs[2], "--account", "MARP-HH6B-D2JW-WLQ6-RWPQ-2SLS-AI2V")
		},
		func() usage { return spend(b, "zbarimg", append(zbar, pngs[0], pngs[2])...) })
}

// Targets Q1 and Q2 on a real sheet: the whole command that checks it, both
// codes read and the share held against its certificate, against zbarimg, which
// reads the codes. The limits of memory are 0.27 and 0.19.
func BenchmarkCheckCommand(b *testing.B) {
	needZbar(b)
	meshkey := program(b, "..", "./cmd/meshkey")
	sheets := escrowed(b, meshkey, "--quorum", "2of3", "--format", "png")
	pages, _ := filepath.Glob(filepath.Join(sheets, "*.png"))
	compareProcesses(b, limits{0.18, 0.11},
		func() usage { return spend(b, meshkey, "check", pages[0]) },
		func() usage { return spend(b, "zbarimg", append(zbar, pages[0])...) })
}
