package dare

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"meshkey/cogen"
	"meshkey/internal/jsonb"
	"meshkey/internal/secret"
)

// SealTo reads a plaintext of any size from r and writes an envelope to w that
// any one recipient can read. size is the number of octets, or −1 if it is not
// known; another number than is there is an error. It takes a few megabytes of
// memory, whatever the size.
//
// Without opt.Text the body is binary data within JSON. After an error what was
// written is no envelope.
//
// Spec: the drafts' examples show whole envelopes in JSON. The reference writes
// files with the header and the trailer in JSON and the body in JSON-B between
// them, in one run of octets if the length is known and in several if not.
func SealTo(w io.Writer, r io.Reader, size int64, opt SealOptions) error {
	seed, salt := secret.Random(seedLen), make([]byte, saltLen)
	defer seed.Wipe()
	secret.Fill(salt)
	return sealTo(w, r, size, opt, seed, salt)
}

// sealTo is SealTo with its base seed and salt given.
func sealTo(w io.Writer, r io.Reader, size int64, opt SealOptions, seed *secret.Bytes, salt []byte) error {
	e, err := newSealed(opt, seed, salt)
	if err != nil {
		return err
	}
	k, err := newContentKeys(seed.Reveal(), salt)
	if err != nil {
		return fmt.Errorf("dare: %w", err)
	}
	defer k.wipe()
	if opt.Anonymous {
		e.Header.Enc = encChunked
		if e.Header.KeyCommitment, err = k.commitment(); err != nil {
			return fmt.Errorf("dare: %w", err)
		}
	}
	header, err := schema().Marshal(&e.Header, jsonb.JSON)
	if err != nil {
		return fmt.Errorf("dare: header: %w", err)
	}
	if len(header) > maxHeader {
		return errors.New("dare: the header is too long")
	}
	s := &sealing{e: e, keys: k, header: header, in: &ahead{r: r}, out: &bodyWriter{w: w, text: opt.Text}, size: size}
	if opt.Anonymous {
		return s.chunked()
	}
	return s.cbc(opt.Signer)
}

// sealing is a plaintext on its way into an envelope.
type sealing struct {
	e      *Envelope
	keys   *contentKeys
	header []byte
	in     *ahead
	out    *bodyWriter
	size   int64 // announced, −1 if not
	read   int64
}

var errSize = errors.New("dare: the size changed while it was read")

// count counts n octets read.
func (s *sealing) count(n int, last bool) error {
	s.read += int64(n)
	if s.size >= 0 && (s.read > s.size || last && s.read != s.size) {
		return errSize
	}
	return nil
}

// chunked writes the authenticated form.
//
// Spec: the reference takes an "enc" that it does not know for none, and would
// give out the ciphertext for the payload. It refuses what is no bare list, so
// this form is a list under a tag.
func (s *sealing) chunked() error {
	c, err := newChunks(s.keys, s.header)
	if err != nil {
		return fmt.Errorf("dare: %w", err)
	}
	length := int64(-1)
	if s.size >= 0 {
		length = s.size + tagLen*max(1, (s.size+chunkLen-1)/chunkLen)
	}
	if err := s.out.begin(`{"`+tagAuthenticated+`":`, s.header, length); err != nil {
		return err
	}
	err = flow(jobChunks*sealedLen,
		func(j *job) error {
			if err := fillChunks(s.in, j); err != nil {
				return err
			}
			return s.count(j.n-j.n/sealedLen*tagLen, j.last)
		},
		func(j *job) error {
			sealChunks(c, j)
			s.out.encode(j)
			return nil
		},
		s.out.write)
	if err != nil {
		return err
	}
	return s.out.end(nil, "]}")
}

// cbc writes the form of the Mesh, with a trailer if there is a signer.
func (s *sealing) cbc(signer *cogen.PrivateKey) error {
	key, iv, err := s.keys.encryption()
	if err != nil {
		return fmt.Errorf("dare: %w", err)
	}
	defer secret.Wipe(key)
	block, err := aes.NewCipher(key)
	if err != nil {
		return fmt.Errorf("dare: %w", err)
	}
	length := int64(-1)
	if s.size >= 0 {
		length = (s.size/aes.BlockSize + 1) * aes.BlockSize
	}
	if err := s.out.begin("", s.header, length); err != nil {
		return err
	}
	mode, hash := cipher.NewCBCEncrypter(block, iv), sha512.New()
	err = flow(cbcLen+aes.BlockSize,
		func(j *job) (err error) {
			if j.n, j.last, err = s.in.fill(j.buf[:cbcLen]); err != nil {
				return err
			}
			if err := s.count(j.n, j.last); err != nil {
				return err
			}
			if j.last {
				pad(j)
			}
			mode.CryptBlocks(j.buf[:j.n], j.buf[:j.n])
			return nil
		},
		func(j *job) error {
			s.out.encode(j)
			return nil
		},
		func(j *job) error {
			// Hashing is the slowest of all: it goes on while the disk writes.
			hashed := make(chan struct{})
			go func() {
				hash.Write(j.buf[:j.n])
				close(hashed)
			}()
			defer func() { <-hashed }()
			return s.out.write(j)
		})
	if err != nil {
		return err
	}
	if signer == nil {
		return s.out.end(nil, "]")
	}
	if err := s.e.signDigest(hash.Sum(nil), s.keys, []*cogen.PrivateKey{signer}); err != nil {
		return err
	}
	return s.out.end(s.e.Trailer, "]")
}

// cbcLen is how many octets of a body in CBC are handled at a time: whole
// blocks, and no rest in base64.
const cbcLen = 192 << 10

// pad adds the padding of PKCS #7.
func pad(j *job) {
	n := aes.BlockSize - j.n%aes.BlockSize
	for range n {
		j.buf[j.n] = byte(n)
		j.n++
	}
}

// bodyWriter writes an envelope around a body that comes in jobs.
type bodyWriter struct {
	w     io.Writer
	text  bool
	parts bool // the length is not known
}

func (b *bodyWriter) begin(before string, header []byte, length int64) error {
	head := append([]byte(before+"["), header...)
	head = append(head, ',')
	switch {
	case b.text:
		head = append(head, '"')
	case length >= 0:
		head = appendRun(head, codeData, uint64(length))
	default:
		b.parts = true
	}
	_, err := b.w.Write(head)
	return err
}

// appendRun begins a run of binary data in JSON-B.
func appendRun(dst []byte, code byte, n uint64) []byte {
	if n < 1<<32 {
		return binary.BigEndian.AppendUint32(append(dst, code|2), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(dst, code|3), n)
}

// encode makes the text of a job, if the body is one.
func (b *bodyWriter) encode(j *job) {
	if b.text {
		j.text = base64.RawURLEncoding.AppendEncode(j.text[:0], j.buf[:j.n])
	}
}

func (b *bodyWriter) write(j *job) error {
	if b.text {
		_, err := b.w.Write(j.text)
		return err
	}
	if b.parts {
		code := byte(codeDataPart)
		if j.last {
			code = codeData
		}
		if _, err := b.w.Write(appendRun(nil, code, uint64(j.n))); err != nil {
			return err
		}
	}
	_, err := b.w.Write(j.buf[:j.n])
	return err
}

func (b *bodyWriter) end(trailer *Trailer, closing string) error {
	var tail []byte
	if b.text {
		tail = append(tail, '"')
	}
	if trailer != nil {
		t, err := schema().Marshal(trailer, jsonb.JSON)
		if err != nil {
			return fmt.Errorf("dare: trailer: %w", err)
		}
		tail = append(append(tail, ','), t...)
	}
	_, err := b.w.Write(append(tail, closing...))
	return err
}
