//go:build linux

package main

import (
	"bytes"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"meshkey/cmd/internal/terminal/terminaltest"
)

// person sits at a pseudo-terminal.
type person struct {
	*testing.T
	terminal *os.File // the person's side
	cmd      *exec.Cmd
	mu       sync.Mutex
	screen   bytes.Buffer
	settings *unix.Termios // of the terminal, before the command
	seen     int           // octets of it
	out      bytes.Buffer  // what does not go to the screen
}

// sit starts the command in an empty folder at a terminal of its own, to which its
// standard error goes if seen.
func sit(t *testing.T, seen bool, args ...string) *person {
	t.Helper()
	master, slave, err := terminaltest.Open()
	if err != nil {
		t.Skip("needs a pseudo-terminal")
	}
	t.Cleanup(func() { master.Close(); slave.Close() })
	settings, err := unix.IoctlGetTermios(int(master.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	p := &person{T: t, terminal: master, settings: settings, cmd: exec.Command("meshkey", args...)}
	p.cmd.Dir = t.TempDir()
	p.cmd.Env = append(os.Environ(), "TERM=xterm", "HOME="+p.cmd.Dir)
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.out
	if seen {
		p.cmd.Stderr = slave
	}
	terminaltest.Attach(p.cmd, slave)
	if signal.Ignored(os.Interrupt) { // in the background of a shell, and would be for the command
		signal.Notify(make(chan os.Signal, 1), os.Interrupt)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(5*time.Minute, func() { _ = p.cmd.Process.Kill() })
	t.Cleanup(func() { late.Stop() })
	go func() {
		b := make([]byte, 4096)
		for {
			n, err := master.Read(b)
			p.mu.Lock()
			p.screen.Write(b[:n])
			p.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	return p
}

// sees waits until the terminal shows a text, after those seen before.
func (p *person) sees(text string) {
	p.Helper()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		p.mu.Lock()
		_, after, found := strings.Cut(p.screen.String()[p.seen:], text)
		if found {
			p.seen = p.screen.Len() - len(after)
		}
		p.mu.Unlock()
		if found {
			return
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.cmd.Process.Kill()
	p.Fatalf("the terminal does not show %q but %q", text, p.screen.String())
}

func (p *person) types(text string) {
	p.Helper()
	if _, err := p.terminal.WriteString(text); err != nil {
		p.Fatal(err)
	}
}

const interruptKey = "\x03"

// An interrupt in the middle of a sheet ends the program as a signal ends it;
// the terminal is as it was, and nothing is on the disk.
func TestInterruptedTyping(t *testing.T) {
	p := sit(t, false, "recover", "--account", "MARP-HH6B-D2JW-WLQ6-RWPQ-2SLS-AI2V", "--out", "seed", "--recipient", "age1pa80fdxwd52r629asesns85x03x8maw3nmxnphuvcevx7a9783vqxyct02")
	p.sees("First sheet, row 1:")
	p.types("SAQC-YE5R-BE3C-37IF-AG43 / BXU6\n")
	p.sees("Row 1 is right.")
	p.sees("Sheet 1, row 2:")
	p.types("SGNT-3NLP-VU" + interruptKey)
	_ = p.cmd.Wait()
	if status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() || status.Signal() != syscall.SIGINT {
		t.Errorf("ended with %v", p.cmd.ProcessState)
	}
	after, err := unix.IoctlGetTermios(int(p.terminal.Fd()), unix.TCGETS)
	if err != nil || *p.settings != *after {
		t.Errorf("the terminal is not as it was: %+v, %+v, %v", p.settings, after, err)
	}
	if left, err := os.ReadDir(p.cmd.Dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if strings.Contains(p.out.String(), "SGNT") || strings.Contains(p.out.String(), "SAQC") {
		t.Error("letters on standard output or standard error")
	}
}

// An interrupt stops a long search and not the program: what was typed is still
// there.
func TestInterruptedSearch(t *testing.T) {
	p := sit(t, true, "recover", "--account", "MARP-HH6B-D2JW-WLQ6-RWPQ-2SLS-AI2V")
	p.sees("First sheet, row 1:")
	p.types("SAQC-YE5R-BE3D-37IF-AG43-SGNT-3NLP-VURL-YWEH-FTBE-J755-IN6F-ZPXR-N6O5-4AVQ\n")
	p.sees("Second sheet, row 1:")
	p.types("SAQZ-AJS7-NJMO-B6S3-4J6U-AHPD-TL5C-HEPS-523G-VBSK-FUDG-X3IR-5S2X-UGBI-YWIA\n")
	p.sees("Two letters may be wrong. To look for them can take")
	p.sees("Shall I? [y/N]")
	p.types("y\n")
	p.sees(" left") // it goes on for minutes
	p.types(interruptKey)
	p.sees("The search was stopped.")
	p.sees("Type another sheet, or one of these again.")
	p.types("SARP-IOIN-ZN5Z-H55S-YNAM-OIQT-LKOU-YUN2-C7SG-EQDQ-BIIQ-HIS6-BV55-2NTT-WL2Q\n")
	p.sees("sheet 1 (typed sheet 1): 2 letters are wrong")
	if err := p.cmd.Wait(); err != nil || !strings.Contains(p.out.String(), "Account  MARP-HH6B") {
		t.Errorf("%v: %s", err, p.out.String())
	}
}
