package bench

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// program builds a command of this module, or of the one above, as it is
// released: without C.
func program(b testing.TB, dir, pkg string) string {
	b.Helper()
	out := filepath.Join(b.TempDir(), filepath.Base(pkg))
	cmd := exec.Command("go", "build", "-o", out, pkg)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("building %s: %v\n%s", pkg, err, text)
	}
	return out
}

// usage is what a process took.
type usage struct {
	cpu  time.Duration // user and system
	peak int64         // resident memory, in KiB
}

// spend runs a process to its end. A process never shows less peak memory than
// this one has, since it begins as its copy.
func spend(b *testing.B, name string, args ...string) usage {
	b.Helper()
	cmd := exec.Command(name, args...)
	if text, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%s: %v\n%s", name, err, text)
	}
	return usage{cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss}
}

// compareProcesses runs ours and base turn by turn and reports the median of
// the ratios of their CPU times beside the limits, and of their peak memories.
func compareProcesses(b *testing.B, l limits, ours, base func() usage) {
	var ratios, memory, ms, mib []float64
	for b.Loop() {
		u, v := ours(), base()
		ratios = append(ratios, float64(u.cpu)/float64(v.cpu))
		memory = append(memory, float64(u.peak)/float64(v.peak))
		ms = append(ms, u.cpu.Seconds()*1e3)
		mib = append(mib, float64(u.peak)/1024)
	}
	b.ReportMetric(median(ms), "cpu-ms")
	b.ReportMetric(median(mib), "peak-MiB")
	b.ReportMetric(median(memory), "×base-peak")
	b.ReportMetric(median(ratios), "×base")
	b.ReportMetric(l.must, "must")
	b.ReportMetric(l.stretch, "stretch")
}

const hello = `package main

import "fmt"

func main() { fmt.Println("hello") }
`

// Target P4: the start of the command against that of a Go program which
// prints a word.
func BenchmarkStart(b *testing.B) {
	dir := b.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "hello.go"), []byte(hello), 0o600); err != nil {
		b.Fatal(err)
	}
	meshkey, small := program(b, "..", "./cmd/meshkey"), program(b, dir, "hello.go")
	compareProcesses(b, limits{3.0, 2.4},
		func() usage { return spend(b, meshkey, "version") },
		func() usage { return spend(b, small) })
}
