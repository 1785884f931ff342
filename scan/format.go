package scan

import (
	"bytes"
	"context"
	"io"
)

// format is a kind of file, known by how it begins.
type format struct {
	name string
	is   func(head []byte) bool
	// read adds what r holds to out. nil means that the format is not read,
	// and hint says what to do.
	read func(ctx context.Context, r io.Reader, out *Reading) error
	hint string
	// tried says what was done to find something.
	tried string
}

const triedCodes = "several sizes, local and global thresholds, the negative, mirrored"

const (
	hintPicture  = "Save or export it as JPEG or PNG, or photograph the sheet again."
	hintHEIC     = "On the telephone choose Settings, Camera, Formats, Most Compatible and photograph the sheet again, or export the picture as JPEG."
	hintDocument = "Save it as PDF or as plain text."
)

// formats in the order they are tried; text comes last.
var formats = []format{
	{name: "empty file", is: func(h []byte) bool { return len(h) == 0 }, hint: "The file has no content: copy it again."},
	{name: "PNG", is: begins("\x89PNG\r\n\x1a\n"), read: readPNG, tried: triedCodes},
	{name: "JPEG", is: begins("\xff\xd8\xff"), read: readJPEG, tried: triedCodes},
	{name: "GIF", is: begins("GIF87a", "GIF89a"), read: readGIF, tried: triedCodes},
	{name: "BMP", is: begins("BM????\x00\x00\x00\x00"), read: readBMP, tried: triedCodes},
	{name: "TIFF", is: begins("II*\x00", "MM\x00*"), read: readTIFF, tried: triedCodes},
	{name: "WebP", is: begins("RIFF????WEBP"), read: readWebP, tried: triedCodes},
	{name: "PDF", is: func(h []byte) bool { return bytes.Contains(h, []byte("%PDF-")) }, read: readPDF, tried: "pages and the pictures in them, " + triedCodes},
	{name: "HEIC", is: brand("heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"), hint: hintHEIC},
	{name: "AVIF", is: brand("avif", "avis"), hint: hintPicture},
	{name: "video", is: begins("????ftyp"), hint: "Take a photograph instead of a film."},
	{name: "JPEG 2000", is: begins("\x00\x00\x00\x0cjP  ", "\xff\x4f\xff\x51"), hint: hintPicture},
	{name: "JPEG XL", is: begins("\xff\x0a", "\x00\x00\x00\x0cJXL "), hint: hintPicture},
	{name: "DjVu", is: begins("AT&TFORM"), hint: hintDocument},
	{name: "Photoshop", is: begins("8BPS"), hint: hintPicture},
	{name: "Word or OpenDocument, or another archive", is: begins("PK\x03\x04", "\xd0\xcf\x11\xe0"), hint: hintDocument},
	{name: "compressed file", is: begins("\x1f\x8b", "BZh", "\xfd7zXZ", "(\xb5\x2f\xfd", "7z\xbc\xaf"), hint: "Unpack it first."},
	{name: "age-encrypted file", is: begins("age-encryption.org/", "-----BEGIN AGE"), hint: "It is an encrypted file: decrypt it first."},
	{name: "Rich Text", is: begins("{\\rtf"), hint: hintDocument},
	{name: "PostScript", is: begins("%!PS"), hint: "Convert it to PDF."},
	{name: "SVG", is: markup("<svg"), hint: "Open it in a browser and print it to a PDF file."},
	{name: "HTML", is: markup("<html", "<!doctype html"), hint: "Open it in a browser and print it to a PDF file, or save it as plain text."},
	{name: "text", is: isText, read: readText, tried: "lines that are not blank"},
}

// formatOf knows a file by its first octets, 1024 of them or the whole file.
func formatOf(head []byte) format {
	for _, f := range formats {
		if f.is(head) {
			return f
		}
	}
	return format{name: "a file of unknown format", hint: "Give a picture (JPEG, PNG, WebP, TIFF), a PDF or a text file."}
}

// begins looks for one of several beginnings; ? stands for any octet.
func begins(with ...string) func([]byte) bool {
	return func(head []byte) bool {
		for _, w := range with {
			if len(head) < len(w) {
				continue
			}
			same := true
			for i := range len(w) {
				same = same && (w[i] == '?' || w[i] == head[i])
			}
			if same {
				return true
			}
		}
		return false
	}
}

// brand looks for the names in the first box of an ISO base media file.
func brand(names ...string) func([]byte) bool {
	return func(head []byte) bool {
		if len(head) < 16 || string(head[4:8]) != "ftyp" {
			return false
		}
		for _, n := range names {
			if string(head[8:12]) == n {
				return true
			}
		}
		return false
	}
}

// markup looks for a tag in a file that begins like XML or HTML.
func markup(tags ...string) func([]byte) bool {
	return func(head []byte) bool {
		head = bytes.ToLower(bytes.TrimLeft(head, "\xef\xbb\xbf \t\r\n"))
		if !bytes.HasPrefix(head, []byte("<")) {
			return false
		}
		for _, t := range tags {
			if bytes.Contains(head, []byte(t)) {
				return true
			}
		}
		return false
	}
}
