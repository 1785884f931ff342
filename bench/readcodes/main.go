// Command readcodes prints the texts of pictures, one a line: what a program
// needs at least to read a sheet. Its time and memory are what is measured.
package main

import (
	"fmt"
	"os"

	"meshkey/scan"
)

func main() {
	for _, name := range os.Args[1:] {
		if err := read(name); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func read(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	texts, err := scan.Read(f)
	if err != nil {
		return err
	}
	for _, t := range texts {
		fmt.Println(t.Text)
	}
	return nil
}
