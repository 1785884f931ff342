// Package scan reads what is on paper: photographs, scans, PDF files and typed
// text become texts, one for each QR symbol or typed line.
//
// It says nothing of what the texts mean. It only looks at how a text begins,
// to know when a page may hold more than was found.
//
// # Security
//
// The texts may be secrets. They are Go strings, which cannot be wiped, and the
// pictures they come from lie in ordinary memory until it is collected and
// used again: keep the process short. What is read is hostile input: files,
// pictures, pages and unpacked streams are bounded before they are decoded (the
// constants named Max…), and a panic of a decoder becomes an error. No error
// holds anything of what was read.
package scan

import (
	"context"
	"io"
)

// Text is one text that was found.
type Text struct {
	Text string
	// Page is where it stood, from 1; a photograph or a text file has one page.
	Page int
	// Code tells a text that came out of a QR symbol from one that was typed.
	Code bool
	// Line is the line of a typed text, from 1, and 0 for a code.
	Line int
	// Margin is how much of a code's redundancy was not needed to read it, from
	// 1 for a spotless one down to 0; 0 for a typed text.
	Margin float64
}

// Reading is all that one file gave.
type Reading struct {
	// Format is what the file is: "PNG", "JPEG", "PDF", "text", …
	Format string
	// Pages is the number of pages: 1 unless the file is a PDF or TIFF.
	Pages int
	Texts []Text
	// Empty are the pages, from 1, on which no text was found.
	Empty []int
	// Problems are pages, some of them Empty, that could not be read whole.
	Problems []Problem

	progress []func(page, pages int) // while it is being read
}

// Problem is a page that could not be read whole and why.
type Problem struct {
	Page int
	Err  error
}

// Read returns the texts of a picture, PDF or text file, in the order of its
// pages. It is ReadFile without the circumstances: pages without a text are
// passed over, and so are pages that cannot be read if others can.
func Read(r io.Reader) ([]Text, error) {
	reading, err := ReadFile(context.Background(), r)
	if err != nil {
		return nil, err
	}
	return reading.Texts, nil
}
