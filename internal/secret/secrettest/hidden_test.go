package secrettest

import (
	"bytes"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"testing"
)

func TestShows(t *testing.T) {
	secret := []byte("\x01\x02\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8\x03\x04")
	for _, out := range [][]byte{
		secret, fmt.Appendf(nil, "%X", secret), fmt.Appendf(nil, "{%v}", secret), fmt.Appendf(nil, "%#v", secret),
		[]byte("in between: " + hex.EncodeToString(secret[2:10])),
		[]byte(base64.StdEncoding.EncodeToString(append([]byte("x"), secret...))),
		[]byte(base64.URLEncoding.EncodeToString(append([]byte("xy"), secret...))),
		[]byte(base32.StdEncoding.EncodeToString(append([]byte("0123"), secret...))),
	} {
		if !shows(out, secret) {
			t.Errorf("%q hides it", out)
		}
	}
	for _, out := range [][]byte{nil, bytes.Repeat([]byte{0x80}, 100), []byte("\xf8\xf9\xfa\xfb\xfc\xfd\xfe\xff"), []byte("1, 2, 255")} {
		if shows(out, secret) {
			t.Errorf("%q shows it", out)
		}
	}
}
