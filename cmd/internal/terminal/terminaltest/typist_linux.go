package terminaltest

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

// Open makes a pseudo-terminal: the side of the person, and the program's.
func Open() (person, program *os.File, err error) {
	if person, err = os.OpenFile("/dev/ptmx", os.O_RDWR, 0); err != nil {
		return nil, nil, err
	}
	fd := int(person.Fd())
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	}
	if err != nil {
		person.Close()
		return nil, nil, err
	}
	return person, program, nil
}

// Attach has the command run at a terminal of its own, of which that is the
// program's side.
func Attach(cmd *exec.Cmd, program *os.File) {
	cmd.ExtraFiles = []*os.File{program}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 3}
}

// Typist is the script command "exec typist FILE program …": it runs the rest at a
// terminal at which somebody types what is in the file, and ends as it ends. What the
// terminal showed to the end is then in the file "screen" of the script's folder.
//
// The command ttyin of scripts may miss the last of it, or all.
func Typist() {
	typed, err := os.ReadFile(os.Args[1])
	check(err)
	person, program, err := Open()
	check(err)
	cmd := exec.Command(os.Args[2], os.Args[3:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	Attach(cmd, program)
	check(cmd.Start())
	check(program.Close())
	const endOfFile = 4 // Ctrl-D
	go func() { _, _ = person.Write(append(typed, endOfFile)) }()
	screen, err := io.ReadAll(person)
	if !errors.Is(err, syscall.EIO) { // nobody has the program's side any more
		check(err)
	}
	ended := cmd.Wait()
	check(os.WriteFile(filepath.Join(os.Getenv("WORK"), "screen"), screen, 0o600))
	if status, ok := errors.AsType[*exec.ExitError](ended); ok {
		os.Exit(status.ExitCode())
	}
	check(ended)
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
