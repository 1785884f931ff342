package dare

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"io"
	"slices"
)

// textBody reads a body in base64url.
type textBody struct {
	in      *bufio.Reader
	letters []byte // read; fewer than four are kept from one time to the next
	decoded []byte // where they are decoded
	out     []byte // of decoded, not yet given out
	ended   bool
}

func (t *textBody) Read(b []byte) (int, error) {
	for len(t.out) == 0 {
		if t.ended {
			return 0, io.EOF
		}
		if err := t.more(); err != nil {
			return 0, err
		}
	}
	n := copy(b, t.out)
	t.out = t.out[n:]
	return n, nil
}

// more decodes what is buffered.
func (t *textBody) more() error {
	if _, err := t.in.Peek(1); err != nil {
		return ended(err)
	}
	b, _ := t.in.Peek(t.in.Buffered())
	used := len(b)
	if i := bytes.IndexByte(b, '"'); i >= 0 {
		b, used, t.ended = b[:i], i+1, true
	}
	t.letters = append(t.letters, b...)
	_, _ = t.in.Discard(used)
	for _, c := range []byte(" \t\r\n") {
		if bytes.IndexByte(t.letters, c) >= 0 {
			t.letters = slices.DeleteFunc(t.letters, func(d byte) bool { return c == d })
		}
	}
	whole := len(t.letters)
	if !t.ended {
		whole -= whole % 4
	}
	n := base64url.DecodedLen(whole)
	t.decoded = slices.Grow(t.decoded[:0], n)[:n]
	if _, err := base64url.Decode(t.decoded, t.letters[:whole]); err != nil {
		return errors.New("dare: body: no base64url without padding")
	}
	t.out = t.decoded
	t.letters = append(t.letters[:0], t.letters[whole:]...)
	return nil
}

// ended names an end that is not due.
func ended(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return errEnds
	}
	return err
}

var base64url = base64.RawURLEncoding.Strict()

// dataBody reads a body in JSON-B, in one run of octets or several.
type dataBody struct {
	in   *bufio.Reader
	left uint64 // octets of this run
	last bool   // it is the last
}

func (d *dataBody) Read(b []byte) (int, error) {
	for d.left == 0 {
		if d.last {
			return 0, io.EOF
		}
		if err := d.next(); err != nil {
			return 0, err
		}
	}
	n, err := d.in.Read(b[:min(uint64(len(b)), d.left)])
	d.left -= uint64(n)
	return n, ended(err)
}

func (d *dataBody) next() error {
	c, err := d.in.ReadByte()
	if err != nil {
		return ended(err)
	}
	if c < codeData || c >= codeData+8 {
		return errors.New("dare: body: data in several runs without the last")
	}
	d.last = c < codeDataPart
	var size [8]byte
	if _, err := io.ReadFull(d.in, size[8-(1<<(c&3)):]); err != nil {
		return ended(err)
	}
	d.left = binary.BigEndian.Uint64(size[:])
	return nil
}
