package scan

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"strings"

	"meshkey/internal/qr"
)

// ReadFile is Read with its circumstances: the format, the number of pages and
// which of them were empty or could not be read. It fails if no text was found
// at all; when ctx is done it stops and returns its error. Each function of
// progress is called before a page of a PDF or TIFF is read, with its number
// and how many there are, 0 while that is not known.
func ReadFile(ctx context.Context, r io.Reader, progress ...func(page, pages int)) (*Reading, error) {
	in := &bounded{r: r, left: MaxFile}
	buffered := bufio.NewReaderSize(in, 1<<16)
	head, err := buffered.Peek(1024)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("scan: %w", err)
	}
	f := formatOf(head)
	if f.read == nil {
		return nil, &UnsupportedError{f.name, f.hint}
	}
	out := &Reading{Format: f.name, Pages: 1, progress: progress}
	defer func() { out.progress = nil }()
	if err := f.read(ctx, buffered, out); err != nil {
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case in.left < 0:
			return nil, &TooLargeError{"file (octets)", MaxFile + 1, MaxFile}
		}
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if len(out.Texts) > 0 {
		return out, nil
	}
	if len(out.Problems) > 0 {
		return nil, out.Problems[0].Err
	}
	return nil, &NothingFoundError{f.name, out.Pages, f.tried}
}

// bounded is a reader that fails after so many octets.
type bounded struct {
	r    io.Reader
	left int64 // negative once more was there
}

var errTooLong = errors.New("scan: the file is too long")

func (b *bounded) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, errTooLong
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return n - 1, errTooLong
	}
	return n, err
}

// begin tells that a page is about to be read.
func (out *Reading) begin(page, pages int) {
	for _, f := range out.progress {
		f(page, pages)
	}
}

// page adds the texts of a page that is a picture.
func (out *Reading) page(ctx context.Context, number int, img *image.Gray) {
	out.add(number, codes(ctx, img))
}

// add adds the codes of a page.
func (out *Reading) add(number int, codes []qr.Reading) {
	for _, c := range codes {
		out.Texts = append(out.Texts, Text{Text: c.Text, Page: number, Code: true, Margin: c.Margin})
	}
	if len(codes) == 0 {
		out.Empty = append(out.Empty, number)
	}
}

// complete tells whether no further symbol is to be expected on a page that
// holds these texts: a sheet has a share and a certificate, and with only one
// of them the search goes on. Only the first characters are looked at: a share
// begins with S and one of A to D, a certificate with MK1:. Anything else is
// somebody else's page, of which nothing is expected.
func complete(texts []string) bool {
	share, certificate := false, false
	for _, t := range texts {
		share = share || len(t) > 1 && t[0] == 'S' && 'A' <= t[1] && t[1] <= 'D'
		certificate = certificate || strings.HasPrefix(t, "MK1:")
	}
	return share == certificate
}
