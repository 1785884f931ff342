package dare

import (
	"bytes"
	"encoding/hex"
	"testing"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// RFC 3394, section 4.
func TestKeyWrapRFC(t *testing.T) {
	for _, c := range []struct{ kek, key, want string }{
		{"000102030405060708090a0b0c0d0e0f", "00112233445566778899aabbccddeeff", "1fa68b0a8112b447aef34bd8fb5a7b829d3e862371d2cfe5"},
		{"000102030405060708090a0b0c0d0e0f1011121314151617", "00112233445566778899aabbccddeeff0001020304050607", "031d33264e15d33268f24ec260743edce1c6c7ddee725a936ba814915c6762d2"},
		{"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "00112233445566778899aabbccddeeff000102030405060708090a0b0c0d0e0f", "28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21"},
	} {
		kek, key, want := unhex(t, c.kek), unhex(t, c.key), unhex(t, c.want)
		got, err := wrap(kek, key)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("wrapped %x, want %x, %v", got, want, err)
		}
		if back, ok := unwrap(kek, want); !ok || !bytes.Equal(back, key) {
			t.Errorf("unwrapped %x", back)
		}
		for i := range want {
			bad := bytes.Clone(want)
			bad[i] ^= 1
			if back, ok := unwrap(kek, bad); ok || back != nil {
				t.Errorf("octet %d may be changed", i)
			}
		}
		kek[0] ^= 1
		if _, ok := unwrap(kek, want); ok {
			t.Error("unwrapped under another key")
		}
	}
}

func TestKeyWrapSizes(t *testing.T) {
	kek := make([]byte, 32)
	for n := range 50 {
		if _, err := wrap(kek, make([]byte, n)); (err == nil) != (n >= 16 && n%8 == 0) {
			t.Errorf("%d octets: %v", n, err)
		}
		if _, ok := unwrap(kek, make([]byte, n)); ok {
			t.Errorf("%d zero octets are a wrapped key", n)
		}
	}
	if _, err := wrap(kek[:31], make([]byte, 32)); err == nil {
		t.Error("a key of 31 octets wraps")
	}
}

// padding agrees with the plain rule for every last octet and every spoilt one.
func TestPadding(t *testing.T) {
	rule := func(b []byte) bool {
		n := int(b[15])
		if n < 1 || n > 16 {
			return false
		}
		for _, c := range b[16-n:] {
			if int(c) != n {
				return false
			}
		}
		return true
	}
	for last := range 256 {
		for spoilt := range 17 {
			b := bytes.Repeat([]byte{byte(last)}, 16)
			if spoilt < 15 {
				b[spoilt] ^= 0x80
			}
			n, good := padding(b)
			if (good == 1) != rule(b) || good == 1 && n != last {
				t.Errorf("%x: %d, %d", b, n, good)
			}
		}
	}
}

func TestCBC(t *testing.T) {
	key, iv := bytes.Repeat([]byte{7}, 32), bytes.Repeat([]byte{9}, 16)
	for n := range 50 {
		plaintext := bytes.Repeat([]byte{16}, n)
		ciphertext, err := encryptCBC(key, iv, plaintext)
		if err != nil || len(ciphertext) != n/16*16+16 {
			t.Fatalf("%d octets become %d, %v", n, len(ciphertext), err)
		}
		if back, ok := decryptCBC(key, iv, ciphertext); !ok || !bytes.Equal(back, plaintext) {
			t.Errorf("%d octets come back as %x", n, back)
		}
		for cut := range len(ciphertext) {
			if cut%16 != 0 || cut == 0 {
				if _, ok := decryptCBC(key, iv, ciphertext[:cut]); ok {
					t.Errorf("cut to %d octets it decrypts", cut)
				}
			}
		}
	}
}
