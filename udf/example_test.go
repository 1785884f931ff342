package udf_test

import (
	"errors"
	"fmt"

	"meshkey/cogen"
	"meshkey/udf"
)

// A share is read as it was typed. If it cannot be, the error says where to
// look, and does not repeat what stands there.
func ExampleParseShare() {
	share, err := udf.ParseShare("sayg 3pve 7hn5 ovlb may7 3e5c nt44 y")
	fmt.Println(share, err)

	_, err = udf.ParseShare("SAYG-3PVE-7HN5-OVLB\nMAY7-3E9C-NT44-Y")
	var place *udf.ParseError
	if errors.As(err, &place) {
		fmt.Println("row", place.Row, "letter", place.Column)
	}
	// Output:
	// share 1 (3 needed) <nil>
	// row 2 letter 7
}

// Fingerprints are compared to the precision of the shorter one.
func ExampleFingerprint_Matches() {
	long := udf.FingerprintOf([]byte("UDF Data Value"), "text/plain")
	short, err := udf.ParseFingerprint("MDDK-7N6A-727A-JZNO-STRX")
	fmt.Println(long, short.Matches(long), err)
	// Output: MDDK-7N6A-727A-JZNO-STRX-XKS7-DJAF true <nil>
}

// An account is named after the signature key that its seed gives.
func ExampleSeed_Key() {
	seed, err := udf.ParseSeed("ZAAQ-FKAT-PL72-4IHW-GIKY-IG5T-2IJG-JHC2-PMI7-44XR-HSBH-TKZI-WPNZ-F2XT")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer seed.Wipe()
	key, err := seed.Key(cogen.Ed448(), "CompleteAccountProfile")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer key.Wipe()
	fmt.Println(seed, seed.Specifier(), udf.KeyFingerprint(key.Algorithm(), key.PublicKey().Bytes()))
	// Output: [secret] MeshProfileAccount MARP-HH6B-D2JW-WLQ6-RWPQ-2SLS-AI2V
}

// An EARL tells where its content is, and decrypts it.
func ExampleParseEARL() {
	earl, err := udf.ParseEARL("udf://example.com/EADA-YKC5-WSUK-AACN-WRRO-MJOQ-PVSK-SM")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(earl.URL())
	// Output: https://example.com/.well-known/mmm-udf/MDQK-2L7C-OD5I-QJNG-ZJ3Y-OHAH-GMTW-USRH-ENGL-SG23-APAP-YH7I-ZIFA-J3UQ
}
