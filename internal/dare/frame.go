package dare

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"meshkey/internal/jsonb"
)

// maxHeader is the greatest length of a header or trailer in a stream, in
// octets.
const maxHeader = 1 << 18

// Tags of envelopes.
const (
	tagEnvelope      = "DareEnvelope"
	tagAuthenticated = "AuthenticatedEnvelope" // of ours: a body under encChunked
)

var errEnds = errors.New("dare: the envelope ends early")

// frame reads an envelope piece by piece: first the header, then the body, as
// an io.Reader, then the trailer.
type frame struct {
	in     *bufio.Reader
	tag    string
	header []byte // as it stands in the stream
	body   io.Reader
}

// readFrame reads up to the start of the body.
func readFrame(r io.Reader) (*frame, *Header, error) {
	f := &frame{in: bufio.NewReaderSize(r, maxHeader)}
	if err := f.open(); err != nil {
		return nil, nil, err
	}
	v, err := f.value(&f.header)
	if err != nil {
		return nil, nil, fmt.Errorf("dare: header: %w", err)
	}
	header := &Header{}
	if err := schema().Decode(v, header); err != nil {
		return nil, nil, fmt.Errorf("dare: header: %w", err)
	}
	if len(header.Recipients) > MaxRecipients {
		return nil, nil, errors.New("dare: too many recipients")
	}
	if err := f.take(','); err != nil && err != errOther {
		return nil, nil, err
	}
	c, err := f.peek()
	if err != nil {
		return nil, nil, err
	}
	switch {
	case c == '"':
		_, _ = f.in.Discard(1)
		f.body = &textBody{in: f.in}
	case c >= codeData && c < codeData+8:
		f.body = &dataBody{in: f.in}
	default:
		return nil, nil, errors.New("dare: no body")
	}
	return f, header, nil
}

// open reads the bracket, and the tag if there is one.
func (f *frame) open() error {
	b, err := f.in.Peek(maxTag)
	if err != nil && err != io.EOF {
		return err
	}
	if f.tag = tagOf(b); f.tag != "" {
		_, _ = f.in.Discard(bytes.IndexByte(b, ':') + 1)
	}
	if f.take('[') != nil {
		return errors.New("dare: no list of header, body and trailer")
	}
	return nil
}

// maxTag is within how many octets a tag stands, with the blanks around it.
const maxTag = 128

// tagOf is the tag with which a stream begins, or nothing.
func tagOf(b []byte) string {
	for _, tag := range []string{tagEnvelope, tagAuthenticated} {
		rest, ok := b, true
		for _, token := range []string{"{", `"` + tag + `"`, ":"} {
			if rest, ok = bytes.CutPrefix(rest[blanks(rest):], []byte(token)); !ok {
				break
			}
		}
		if ok {
			return tag
		}
	}
	return ""
}

func blanks(b []byte) int { return len(b) - len(bytes.TrimLeft(b, " \t\r\n")) }

// errOther is returned by take if something else comes.
var errOther = errors.New("dare: something else than is due")

// take reads c and the blanks before it.
func (f *frame) take(c byte) error {
	next, err := f.peek()
	if err != nil {
		return err
	}
	if next != c {
		return errOther
	}
	_, _ = f.in.Discard(1)
	return nil
}

// peek skips blanks and tells what comes.
func (f *frame) peek() (byte, error) {
	for {
		b, err := f.in.Peek(1)
		if err == io.EOF {
			return 0, errEnds
		}
		if err != nil {
			return 0, err
		}
		if blanks(b) == 0 {
			return b[0], nil
		}
		_, _ = f.in.Discard(1)
	}
}

// value reads an object, and keeps it as it stands in raw.
func (f *frame) value(raw *[]byte) (jsonb.Value, error) {
	b, err := f.in.Peek(maxHeader)
	if err != nil && err != io.EOF {
		return jsonb.Value{}, err
	}
	v, n, err := jsonb.ParseFirst(slices.Clone(b))
	if err != nil {
		if len(b) == maxHeader {
			err = fmt.Errorf("more than %d octets, or %w", maxHeader, err)
		}
		return jsonb.Value{}, err
	}
	*raw = slices.Clone(b[:n])
	_, _ = f.in.Discard(n)
	return v, nil
}

// end reads what follows the body, to the end of the stream. The trailer is nil
// if there is none.
func (f *frame) end() (*Trailer, error) {
	var trailer *Trailer
	if err := f.take(','); err != nil && err != errOther {
		return nil, err
	}
	c, err := f.peek()
	if err != nil {
		return nil, err
	}
	if c == '{' {
		var raw []byte
		v, err := f.value(&raw)
		if err != nil {
			return nil, fmt.Errorf("dare: trailer: %w", err)
		}
		trailer = &Trailer{}
		if err := schema().Decode(v, trailer); err != nil {
			return nil, fmt.Errorf("dare: trailer: %w", err)
		}
	}
	closing := "]"
	if f.tag != "" {
		closing = "]}"
	}
	for _, c := range []byte(closing) {
		if err := f.take(c); err != nil {
			return nil, fmt.Errorf("dare: trailer: %w", err)
		}
	}
	switch _, err := f.peek(); {
	case err == nil:
		return nil, errors.New("dare: something after the end of the envelope")
	case err != errEnds:
		return nil, err
	}
	return trailer, nil
}

// Codes of binary data in JSON-B. The two low bits say how many octets of
// length follow: 1, 2, 4 or 8.
const (
	codeData     = 0x88 // the last or only run of octets
	codeDataPart = 0x8c // more follow
)
