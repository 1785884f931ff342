package bench

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var zbar = []string{"-q", "--raw", "-Sdisable", "-Sqrcode.enable"}

func needZbar(tb testing.TB) {
	if _, err := exec.LookPath("zbarimg"); err != nil {
		tb.Skip("zbarimg is not installed (Debian package zbar-tools)")
	}
}

// Targets Q1 and Q2: reading a page, processor time and memory of the whole
// process, against zbarimg. The must and stretch of memory are 0.27 and 0.19. A
// photograph of 12 megapixels is measured beside them.
func BenchmarkReadPage(b *testing.B) {
	needZbar(b)
	ours := program(b, ".", "./readcodes")
	for kind, l := range map[string]limits{"clean": {0.18, 0.11}, "turned-2": {0.18, 0.11}, "photograph": {}} {
		b.Run(kind, func(b *testing.B) {
			file := filepath.Join(pages(b, 1, kind), kind+"-0")
			compareProcesses(b, l,
				func() usage { return spend(b, ours, file) },
				func() usage {
					return spend(b, "sh", append([]string{"-c", `zbarimg "$@" || test $? = 4`, "zbarimg"}, append(zbar, file)...)...)
				}) // 4: nothing was found
		})
	}
}

// Target Q3: of five kinds of pages, ten each, at least 48 are read.
func BenchmarkPagesRead(b *testing.B) {
	needZbar(b)
	ours := program(b, ".", "./readcodes")
	for b.Loop() {
		got, theirs := 0, 0
		for _, k := range pageKinds[:5] {
			dir := pages(b, pagesEach, k.name)
			for n := range uint64(pagesEach) {
				file := filepath.Join(dir, k.file(n))
				if out, _ := exec.Command(ours, file).Output(); strings.Contains(string(out), pageText(n)) {
					got++
				}
				if out, _ := exec.Command("zbarimg", append(zbar, file)...).Output(); strings.Contains(string(out), pageText(n)) {
					theirs++
				}
			}
		}
		b.ReportMetric(float64(got), "pages")
		b.ReportMetric(float64(theirs), "zbarimg-pages")
		b.ReportMetric(48, "must-pages")
		if got < 48 {
			b.Errorf("%d pages of 50 were read, want 48", got)
		}
	}
}
