package scan

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// readText adds each line that is not blank. The text is UTF-8 or UTF-16, with
// or without a byte order mark; octets that are neither are taken for Latin-1.
// A line ends with LF, CR LF or CR; nothing else is cut off, since spaces may
// mean something.
func readText(_ context.Context, r io.Reader, out *Reading) error {
	b, err := io.ReadAll(io.LimitReader(r, MaxText+1))
	if err != nil {
		return err
	}
	if len(b) > MaxText {
		return &TooLargeError{"text file (octets)", MaxText + 1, MaxText}
	}
	text := strings.ReplaceAll(decodeText(b), "\r\n", "\n")
	line := 0
	for l := range strings.SplitSeq(strings.ReplaceAll(text, "\r", "\n"), "\n") {
		line++
		if strings.TrimSpace(l) != "" {
			out.Texts = append(out.Texts, Text{Text: l, Page: 1, Line: line})
		}
	}
	if len(out.Texts) == 0 {
		out.Empty = []int{1}
	}
	return nil
}

// isText tells whether a file that begins with head is text: it has no control
// characters but those of layout.
func isText(head []byte) bool {
	for _, c := range decodeText(head) {
		if c < ' ' && !strings.ContainsRune("\t\n\v\f\r", c) || c == 0x7f {
			return false
		}
	}
	return true
}

func decodeText(b []byte) string {
	if t, ok := bytes.CutPrefix(b, []byte("\xef\xbb\xbf")); ok {
		b = t
	}
	if order := utf16Order(b); order != nil {
		units := make([]uint16, len(b)/2)
		for i := range units {
			units[i] = order.Uint16(b[2*i:])
		}
		return strings.TrimPrefix(string(utf16.Decode(units)), "\ufeff")
	}
	var s strings.Builder
	for len(b) > 0 {
		c, n := utf8.DecodeRune(b)
		if c == utf8.RuneError && n == 1 {
			c = rune(b[0])
		}
		s.WriteRune(c)
		b = b[n:]
	}
	return s.String()
}

// utf16Order is the byte order of text in UTF-16, nil if it is none: by its
// mark, or because every other octet of its beginning is zero.
func utf16Order(b []byte) binary.ByteOrder {
	var zeros [2]int
	for i, c := range b[:min(len(b), 64)&^1] {
		if c == 0 {
			zeros[i%2]++
		}
	}
	half := min(len(b), 64) / 2
	switch {
	case bytes.HasPrefix(b, []byte("\xff\xfe")), half > 1 && zeros[0] == 0 && zeros[1] == half:
		return binary.LittleEndian
	case bytes.HasPrefix(b, []byte("\xfe\xff")), half > 1 && zeros[1] == 0 && zeros[0] == half:
		return binary.BigEndian
	}
	return nil
}
