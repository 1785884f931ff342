package scan

import (
	"context"
	"image"
	"regexp"

	"meshkey/internal/qr"
)

// codes reads the symbols on a page.
func codes(ctx context.Context, img *image.Gray) []qr.Reading {
	return qr.Decode(ctx, img, complete, likeShare.MatchString)
}

// likeShare is the form of a share as sheets have it: groups of four letters of
// Base32. Of ten octets of a symbol that were read wrongly, by chance one in
// 2^20 would have it. A certificate has no form that strict.
var likeShare = regexp.MustCompile(`^S[A-D][A-Z2-7]{2}(-[A-Z2-7]{4}){4,}(-[A-Z2-7]{0,3})?$`)

// textsOf lists the texts of codes.
func textsOf(codes []qr.Reading) []string {
	out := make([]string, len(codes))
	for i, c := range codes {
		out[i] = c.Text
	}
	return out
}
