//go:build unix

package outfile_test

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"meshkey/cmd/internal/outfile"
)

// A program that is ended half-way leaves nothing, and dies of the signal that
// ended it.
func TestSignal(t *testing.T) {
	if dir := os.Getenv("STAGE_IN"); dir != "" {
		s := outfile.New(true)
		s.Undo(func() { _ = os.Remove(filepath.Join(dir, "entry")) })
		if err := os.WriteFile(filepath.Join(dir, "entry"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		s.AddBytes(filepath.Join(dir, "sub", "a"), []byte("new"))
		s.AddBytes(filepath.Join(dir, "kept"), []byte("new"))
		if err := s.Stage(); err != nil {
			t.Fatal(err)
		}
		os.Stdout.WriteString("ready\n")
		select {}
	}
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT} {
		if signal.Ignored(sig) {
			t.Logf("%v is ignored, as a program in the background or under nohup inherits it", sig)
			continue
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "kept"), []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(os.Args[0], "-test.run=^TestSignal$")
		cmd.Env = append(os.Environ(), "STAGE_IN="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		var said strings.Builder
		cmd.Stderr = &said
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
			t.Fatalf("%q, %v", line, err)
		}
		if len(listing(t, dir)) != 5 {
			t.Errorf("while staged: %v", listing(t, dir))
		}
		if err := cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		err = cmd.Wait()
		status, ok := errors.AsType[*exec.ExitError](err)
		want := sig
		if sig == syscall.SIGQUIT {
			want = syscall.SIGTERM // no stacks and registers are printed
		}
		if !ok || status.Sys().(syscall.WaitStatus).Signal() != want {
			t.Errorf("%v: ended by %v", sig, err)
		}
		if said.String() != "" {
			t.Errorf("%v: printed %q", sig, said.String())
		}
		same(t, dir, map[string]string{"kept": "old"})
	}
}
