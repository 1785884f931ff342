package udf

import (
	"meshkey/internal/secret"
	"meshkey/shamir"
)

// maxShare is a type octet, a header octet and the longest value.
const maxShare = 2 + shamir.MaxSecret

// ParseShare reads the text of a share, S and A to D first.
// draft-hallambaker-mesh-udf-13, section 4.5. The share text has no
// redundancy: a wrong letter that is a letter is not noticed here, but for one
// in the last place whose low bits are not zero. Other errors are of type
// *ParseError, or shamir's for a header that no share has.
func ParseShare(text string) (shamir.Share, error) {
	b, err := parse(text, maxShare, "share", TypeShare)
	if err != nil {
		return shamir.Share{}, err
	}
	defer secret.Wipe(b)
	return shamir.ParseShare(b[1:])
}

// FormatShare writes the text of s, which is as secret as s.
func FormatShare(s shamir.Share) string {
	y := s.Bytes()
	defer secret.Wipe(y)
	b := append(make([]byte, 0, maxShare), byte(TypeShare))
	b = append(b, y...)
	defer secret.Wipe(b)
	return format(b)
}
