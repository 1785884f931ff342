package dare

import (
	"crypto/aes"
	"crypto/subtle"
	"encoding/binary"
	"errors"

	"meshkey/internal/secret"
)

// wrapIV is the initial value of RFC 3394, section 2.2.3.1.
const wrapIV = 0xa6a6a6a6a6a6a6a6

var errWrap = errors.New("dare: a wrapped key is malformed")

// wrap wraps key, a multiple of 8 octets and at least 16, under kek. RFC 3394,
// section 2.2.1. The result has 8 octets more.
func wrap(kek, key []byte) ([]byte, error) {
	block, err := aes.NewCipher(kek)
	if err != nil || len(key) < 16 || len(key)%8 != 0 {
		return nil, errWrap
	}
	out := make([]byte, 8+len(key))
	copy(out[8:], key)
	var b [aes.BlockSize]byte
	binary.BigEndian.PutUint64(b[:], wrapIV)
	n := uint64(len(key) / 8)
	for t := uint64(1); t <= 6*n; t++ {
		r := out[8+8*((t-1)%n):][:8]
		copy(b[8:], r)
		block.Encrypt(b[:], b[:])
		copy(r, b[8:])
		binary.BigEndian.PutUint64(b[:], binary.BigEndian.Uint64(b[:])^t)
	}
	copy(out, b[:8])
	secret.Wipe(b[:])
	return out, nil
}

// unwrap undoes wrap and returns a fresh slice. RFC 3394, section 2.2.2. ok is
// false, and there is no key, if wrapped was not made under kek.
func unwrap(kek, wrapped []byte) (key []byte, ok bool) {
	block, err := aes.NewCipher(kek)
	if err != nil || len(wrapped) < 24 || len(wrapped)%8 != 0 {
		return nil, false
	}
	out := append(make([]byte, 0, len(wrapped)), wrapped[8:]...)
	var b, want [aes.BlockSize]byte
	copy(b[:], wrapped[:8])
	n := uint64(len(out) / 8)
	for t := 6 * n; t >= 1; t-- {
		r := out[8*((t-1)%n):][:8]
		copy(b[8:], r)
		binary.BigEndian.PutUint64(b[:], binary.BigEndian.Uint64(b[:])^t)
		block.Decrypt(b[:], b[:])
		copy(r, b[8:])
	}
	binary.BigEndian.PutUint64(want[:], wrapIV)
	ok = subtle.ConstantTimeCompare(b[:8], want[:8]) == 1
	secret.Wipe(b[:])
	if !ok {
		secret.Wipe(out)
		return nil, false
	}
	return out, true
}
