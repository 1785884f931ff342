package dare

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"io"

	"meshkey/internal/secret"
)

// An authenticated body is a sequence of chunks, each sealed on its own with
// AES-256-GCM, in the manner of STREAM (Hoang, Reyhanitabar, Rogaway, Vizár,
// "Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance",
// 2015): the nonce counts the chunks and marks the last one. docs/FORMATS.md,
// "Authenticated envelopes".
const (
	chunkLen  = 64 << 10
	tagLen    = 16
	sealedLen = chunkLen + tagLen
	// maxChunks bounds a body to 2⁴⁸ octets: 2⁴⁴ blocks under one key.
	maxChunks = 1 << 32
	// jobChunks is how many chunks are handled at a time. With three, the
	// octets of every job but the last divide by three, and base64 has no rest.
	jobChunks = 3
)

// newChunks makes the cipher of an authenticated body, whose key depends on
// every octet of the header as it stands in the stream.
func newChunks(k *contentKeys, header []byte) (cipher.AEAD, error) {
	digest := sha512.Sum512(header)
	key, err := k.expand("meshkey stream v1 key"+string(digest[:]), keyLen)
	if err != nil {
		return nil, err
	}
	defer secret.Wipe(key)
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// commitment fixes the base seed: the GCM tags do not, so that without it a
// sender could make one body that different recipients read differently.
func (k *contentKeys) commitment() ([]byte, error) {
	return k.expand("meshkey stream v1 commitment", keyLen)
}

// committed tells whether the header's commitment is that of k.
func (k *contentKeys) committed(h *Header) bool {
	want, err := k.commitment()
	return err == nil && subtle.ConstantTimeCompare(want, h.KeyCommitment) == 1
}

// nonce is the number of the chunk in eleven octets, big-endian, and 1 for the
// last chunk or 0.
func nonce(number uint64, last bool) []byte {
	n := make([]byte, 12)
	binary.BigEndian.PutUint64(n[3:], number)
	if last {
		n[11] = 1
	}
	return n
}

var errChunks = errors.New("dare: more than 2⁴⁸ octets")

// Within a job every chunk begins where its sealed form does. span is where the
// next chunk begins and this one, of at most size octets, ends.
func span(j *job, at, size int) (next, end int) { return at + sealedLen, min(at+size, j.n) }

// fillChunks reads the chunks of a job.
func fillChunks(in *ahead, j *job) error {
	if (j.index+1)*jobChunks > maxChunks {
		return errChunks
	}
	for at := 0; at < len(j.buf) && !j.last; at += sealedLen {
		n, last, err := in.fill(j.buf[at : at+chunkLen])
		if err != nil {
			return err
		}
		j.n, j.last = at+n, last
	}
	return nil
}

// sealChunks seals the chunks of a job in place.
func sealChunks(c cipher.AEAD, j *job) {
	number := j.index * jobChunks
	for at := 0; at <= j.n; number++ {
		next, end := span(j, at, chunkLen)
		c.Seal(j.buf[at:at], nonce(number, j.last && end == j.n), j.buf[at:end], nil)
		if at = next; end == j.n {
			break
		}
	}
	j.n += tagLen
}

// openChunks opens the chunks of a job in place, all but their tags. A last
// chunk is empty only where it is the first too, so that a plaintext is divided
// in one way.
func openChunks(c cipher.AEAD, j *job) error {
	number := j.index * jobChunks
	for at := 0; at < j.n; number++ {
		next, end := span(j, at, sealedLen)
		if end-at < tagLen || end-at == tagLen && number > 0 {
			return ErrDecrypt
		}
		if _, err := c.Open(j.buf[at:at], nonce(number, j.last && end == j.n), j.buf[at:end], nil); err != nil {
			return ErrDecrypt
		}
		at = next
	}
	if j.n == 0 {
		return ErrDecrypt
	}
	return nil
}

// drainChunks writes the plaintext of a job that was opened.
func drainChunks(w io.Writer, j *job) error {
	for at := 0; at < j.n; {
		next, end := span(j, at, sealedLen)
		if _, err := w.Write(j.buf[at : end-tagLen]); err != nil {
			return err
		}
		at = next
	}
	return nil
}
