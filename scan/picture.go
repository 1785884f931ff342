package scan

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	"golang.org/x/image/webp"
)

// decoder is how pictures of one format are decoded.
type decoder struct {
	format string
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
	// extra is how many octets a pixel are needed beside those of the result;
	// head is what config has read. nil stands for none.
	extra func(head []byte, c image.Config) int64
}

var (
	pngDecoder  = decoder{"PNG", png.DecodeConfig, png.Decode, nil}
	jpegDecoder = decoder{"JPEG", jpeg.DecodeConfig, jpeg.Decode, coefficients}
	gifDecoder  = decoder{"GIF", gif.DecodeConfig, gif.Decode, nil}
	bmpDecoder  = decoder{"BMP", bmp.DecodeConfig, bmp.Decode, nil}
	tiffDecoder = decoder{"TIFF", tiff.DecodeConfig, tiff.Decode, nil}
	webpDecoder = decoder{"WebP", webp.DecodeConfig, webp.Decode, nil}
)

func readPNG(ctx context.Context, r io.Reader, out *Reading) error {
	return pngDecoder.read(ctx, r, out)
}
func readJPEG(ctx context.Context, r io.Reader, out *Reading) error {
	return jpegDecoder.read(ctx, r, out)
}
func readGIF(ctx context.Context, r io.Reader, out *Reading) error {
	return gifDecoder.read(ctx, r, out)
}
func readBMP(ctx context.Context, r io.Reader, out *Reading) error {
	return bmpDecoder.read(ctx, r, out)
}

// read adds the texts of a file that is one picture.
func (d *decoder) read(ctx context.Context, r io.Reader, out *Reading) error {
	img, err := d.grey(r)
	if err != nil {
		return err
	}
	out.page(ctx, 1, img)
	return nil
}

// grey decodes a picture whose size is within the bounds.
func (d *decoder) grey(r io.Reader) (*image.Gray, error) {
	var head bytes.Buffer
	img, err := d.bounded(r, &head)
	var large *TooLargeError
	switch {
	case errors.As(err, &large):
		return nil, err
	case unsupported(err):
		return nil, &UnsupportedError{"this kind of " + d.format, hintPicture}
	case err != nil:
		return nil, &DamagedError{d.format, err}
	}
	return greyOf(img), nil
}

// unsupported tells whether a decoder says that it lacks something, not that
// the picture is broken.
func unsupported(err error) bool {
	var p png.UnsupportedError
	var j jpeg.UnsupportedError
	var t tiff.UnsupportedError
	return errors.As(err, &p) || errors.As(err, &j) || errors.As(err, &t) || errors.Is(err, bmp.ErrUnsupported)
}

// pixels is how many a picture says it has: 0 if it is too large or broken,
// which is not decoded.
func (d *decoder) pixels(b []byte) int64 {
	c, err := d.config(bytes.NewReader(b))
	if err != nil || fits(c.Width, c.Height, 1) != nil {
		return 0
	}
	return int64(c.Width) * int64(c.Height)
}

func (d *decoder) bounded(r io.Reader, head *bytes.Buffer) (img image.Image, err error) {
	// Decoders are many and old and their input comes from strangers: a panic
	// in one must not end a recovery half done.
	defer func() {
		if recover() != nil {
			img, err = nil, errors.New("the decoder failed")
		}
	}()
	c, err := d.config(io.TeeReader(r, head))
	if err != nil {
		return nil, err
	}
	octets := depth(c.ColorModel)
	if d.extra != nil {
		octets += d.extra(head.Bytes(), c)
	}
	if err := fits(c.Width, c.Height, octets); err != nil {
		return nil, err
	}
	return d.decode(io.MultiReader(head, r))
}

// fits tells whether a picture of so many octets a pixel is within the bounds.
func fits(w, h int, octets int64) error {
	pixels := int64(w) * int64(h)
	switch {
	case w < 1 || h < 1:
		return errors.New("it has no pixels")
	case w > MaxPixels || h > MaxPixels || pixels > MaxPixels:
		return &TooLargeError{"picture (pixels)", pixels, MaxPixels}
	case pixels*octets > MaxMemory:
		return &TooLargeError{"picture (octets in memory)", pixels * octets, MaxMemory}
	}
	return nil
}

// depth is how many octets a pixel of a decoded picture takes.
func depth(m color.Model) int64 {
	switch m {
	case color.GrayModel:
		return 1
	case color.Gray16Model:
		return 2
	case color.YCbCrModel:
		return 3
	case color.RGBA64Model, color.NRGBA64Model:
		return 8
	}
	if _, ok := m.(color.Palette); ok {
		return 1
	}
	return 4
}

// coefficients is what a JPEG needs beside its pixels: four octets for each
// sample of a progressive picture, and the planes of one of four colours.
func coefficients(head []byte, c image.Config) int64 {
	var octets int64
	if c.ColorModel == color.CMYKModel || c.ColorModel == color.RGBAModel {
		octets = 4
	}
	if progressive(head) {
		octets += 4 * depth(c.ColorModel)
	}
	return octets
}

// progressive looks for the frame header among a JPEG's first segments.
func progressive(jpeg []byte) bool {
	for at := 2; at+4 <= len(jpeg) && jpeg[at] == 0xff; {
		switch marker := jpeg[at+1]; marker {
		case 0xff: // filling
			at++
		case 0xc0, 0xc1:
			return false
		case 0xc2:
			return true
		default:
			at += 2 + int(binary.BigEndian.Uint16(jpeg[at+2:]))
		}
	}
	return true // not found: expect the worst
}

// readWebP bounds the frames themselves: the size in the header of an extended
// file is that of the canvas only.
func readWebP(ctx context.Context, r io.Reader, out *Reading) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	for rest := b[min(len(b), 12):]; len(rest) >= 8+10; {
		body := rest[8:]
		var w, h int
		switch string(rest[:4]) {
		case "VP8 ":
			w, h = int(binary.LittleEndian.Uint16(body[6:])&0x3fff), int(binary.LittleEndian.Uint16(body[8:])&0x3fff)
		case "VP8L":
			v := binary.LittleEndian.Uint32(body[1:])
			w, h = int(v&0x3fff)+1, int(v>>14&0x3fff)+1
		case "ANIM":
			return &UnsupportedError{"animated WebP", hintPicture}
		}
		if w > 0 && h > 0 {
			if err := fits(w, h, 8); err != nil {
				return err
			}
		}
		size := int64(binary.LittleEndian.Uint32(rest[4:]))
		size += size & 1
		if size > int64(len(body)) {
			break
		}
		rest = body[size:]
	}
	return webpDecoder.read(ctx, bytes.NewReader(b), out)
}

// readTIFF reads every page: the decoder knows only the first, so it is shown
// the file with the header pointing to each page in turn.
func readTIFF(ctx context.Context, r io.Reader, out *Reading) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if len(b) < 8 {
		return &DamagedError{Format: "TIFF"}
	}
	var order binary.ByteOrder = binary.LittleEndian
	if b[0] == 'M' {
		order = binary.BigEndian
	}
	out.Pages = 0
	w, seen := workOn(len(b)), map[uint32]bool{}
	for at := order.Uint32(b[4:]); at != 0 && !seen[at]; {
		seen[at] = true
		if out.Pages++; out.Pages > MaxPages {
			return &TooLargeError{"number of pages", int64(out.Pages), MaxPages}
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		order.PutUint32(b[4:], at)
		out.begin(out.Pages, 0)
		var img *image.Gray
		err := w.spend(workSearch + 2*tiffDecoder.pixels(b)) // it is decoded and searched
		if err == nil {
			img, err = tiffDecoder.grey(bytes.NewReader(b))
		}
		if err == nil {
			out.page(ctx, out.Pages, img)
		} else {
			out.Empty = append(out.Empty, out.Pages)
			out.Problems = append(out.Problems, Problem{out.Pages, err})
		}
		// A directory is a count, twelve octets an entry, and the next one's place.
		if int64(at)+2 > int64(len(b)) {
			break
		}
		next := int64(at) + 2 + 12*int64(order.Uint16(b[at:]))
		if next+4 > int64(len(b)) {
			break
		}
		at = order.Uint32(b[next:])
	}
	return nil
}
