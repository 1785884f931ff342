// Package exittest helps scripts to look at exit codes.
package exittest

import (
	"errors"
	"os"
	"os/exec"
	"strconv"
)

// Code is the script command "exec code N program …": it runs the rest and
// succeeds if that ends with exit code N.
func Code() {
	want, err := strconv.Atoi(os.Args[1])
	if err != nil {
		panic(err)
	}
	cmd := exec.Command(os.Args[2], os.Args[3:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	err = cmd.Run()
	got := 0
	if status, ok := errors.AsType[*exec.ExitError](err); ok {
		got = status.ExitCode()
	} else if err != nil {
		panic(err)
	}
	if got != want {
		println("exit code", got, "instead of", want)
		os.Exit(1)
	}
}
