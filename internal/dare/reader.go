package dare

import (
	"bufio"
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"io"

	"meshkey/cogen"
	"meshkey/internal/secret"
)

// Reader opens an envelope of any size with a few megabytes of memory, and with
// sixteen octets more for each 192 KiB of what has to be read twice.
//
// An envelope that [SealOptions].Anonymous made is opened in one pass: each
// chunk is authenticated before it is given out. Any other is read twice, since
// its signature stands at its end: first it is verified, then it is read again
// and opened. That what is given out is what was verified, although the file
// may change in between, is checked run by run, before each is given out.
type Reader struct {
	in    io.ReadSeeker // nil for what is read once
	start int64         // of the envelope in it
	frame *frame        // whose body is not yet read; nil after a pass
	env   Envelope      // without its body
	scan  *scan         // what the first pass found, nil before it
}

// NewReader reads the header of the envelope in r. What must be read twice is
// kept in memory, MaxSize octets at most, if r cannot seek.
func NewReader(r io.Reader) (*Reader, error) {
	out := &Reader{}
	if s, ok := r.(io.ReadSeeker); ok {
		if start, err := s.Seek(0, io.SeekCurrent); err == nil { // a pipe is a file that cannot
			out.in, out.start = s, start
		}
	}
	if out.in == nil {
		in := bufio.NewReaderSize(r, maxHeader)
		head, err := in.Peek(maxTag)
		if err != nil && err != io.EOF {
			return nil, err
		}
		if r = in; tagOf(head) != tagAuthenticated {
			b, err := io.ReadAll(io.LimitReader(in, MaxSize+1))
			switch {
			case err != nil:
				return nil, err
			case len(b) > MaxSize:
				return nil, ErrPipe
			}
			out.in = bytes.NewReader(b)
			r = out.in
		}
	}
	f, header, err := readFrame(r)
	if err != nil {
		return nil, err
	}
	out.frame, out.env.Header = f, *header
	return out, out.check()
}

// check refuses headers that do not go with the tag.
func (r *Reader) check() error {
	h := &r.env.Header
	if r.frame.tag != tagAuthenticated {
		if h.Enc == encChunked {
			return errors.New("dare: an authenticated envelope without its tag")
		}
		return nil
	}
	if h.Enc != encChunked || h.Dig != "" || len(h.Signatures) > 0 {
		return errors.New("dare: an authenticated envelope of a kind that is not known")
	}
	return nil
}

// Authenticated tells whether nobody but the sender and those who can read the
// envelope can have changed it, though not who sent it.
func (r *Reader) Authenticated() bool { return r.env.Header.Enc == encChunked }

// Encrypted tells whether the body is encrypted.
func (r *Reader) Encrypted() bool { return r.env.Encrypted() }

// Header is what comes before the body.
func (r *Reader) Header() *Header { return &r.env.Header }

// Recipients are the names of the keys the envelope is sealed to.
func (r *Reader) Recipients() []string { return r.env.Recipients() }

// Signers are the names of the keys in the signatures, good or not; none if it
// is not signed. For that the whole is read, but where it is Authenticated.
func (r *Reader) Signers() ([]string, error) {
	if r.Authenticated() {
		return nil, nil
	}
	if err := r.firstPass(); err != nil {
		return nil, err
	}
	return r.env.Signers(), nil
}

// ContentMeta reads what the header says of the content. It is bound to the body
// if the envelope is Authenticated; else nothing vouches for it.
func (r *Reader) ContentMeta() (*ContentMeta, error) { return r.env.ContentMeta() }

// Length is how many octets the body has as it was sent. The whole is read; an
// Authenticated envelope cannot be opened afterwards.
func (r *Reader) Length() (int64, error) {
	if err := r.firstPass(); err != nil {
		return 0, err
	}
	return r.scan.length, nil
}

// Whole reads the envelope whole, as Parse does. It cannot read one that is
// Authenticated.
func (r *Reader) Whole() (*Envelope, error) {
	if r.Authenticated() {
		return nil, errors.New("dare: an authenticated envelope is a stream")
	}
	if _, err := r.in.Seek(r.start, io.SeekStart); err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(r.in, MaxSize+1))
	if err != nil {
		return nil, err
	}
	return Parse(b)
}

// Verify checks that signer signed the body. From then on Open gives out what
// it holds. Errors are those of Envelope.Verify.
func (r *Reader) Verify(signer *cogen.PublicKey) error {
	if r.Authenticated() {
		return ErrUnsigned
	}
	if err := r.firstPass(); err != nil {
		return err
	}
	if !r.env.Signed() {
		return ErrUnsigned
	}
	return r.env.verifyDigest(r.scan.digest, signer)
}

// Open decrypts the body with key and writes it to w, or writes it as it is if
// it is not encrypted and key is nil. A signed envelope must have been
// verified, and its signer's witness must show that he knew what he signed. An
// envelope that is neither signed nor Authenticated may have been changed by
// anyone, and the caller must say so.
//
// It can be called once. After an error w has got a part at most of what the
// envelope holds, which must be thrown away. Errors are those of Envelope.Open,
// those of w, and what is wrong with the envelope's form.
func (r *Reader) Open(w io.Writer, key Key) error {
	if r.Authenticated() {
		return r.openChunked(w, key)
	}
	if err := r.firstPass(); err != nil {
		return err
	}
	if r.env.Signed() && r.env.verified == nil {
		return ErrUnverified
	}
	if !r.Encrypted() {
		// Nothing signs the word in the header that says "sealed".
		if h := &r.env.Header; key != nil || len(h.Recipients) > 0 || h.Salt != nil {
			return errors.New("dare: the envelope is not encrypted, or what says so was cut out of it")
		}
		none := func(*job) error { return nil }
		return r.secondPass(none, none, w)
	}
	return r.openCBC(w, key)
}

func (r *Reader) openChunked(w io.Writer, key Key) error {
	f := r.frame
	if f == nil {
		return errors.New("dare: the envelope was read already")
	}
	r.frame = nil
	if err := r.env.readable(encChunked); err != nil {
		return err
	}
	k, err := r.contentKeys(key)
	if err != nil {
		return err
	}
	defer k.wipe()
	if !k.committed(&r.env.Header) {
		return ErrDecrypt
	}
	c, err := newChunks(k, f.header)
	if err != nil {
		return fmt.Errorf("dare: %w", err)
	}
	in := &ahead{r: f.body}
	err = flow(jobChunks*sealedLen,
		func(j *job) (err error) {
			if (j.index+1)*jobChunks > maxChunks {
				return errChunks
			}
			j.n, j.last, err = in.fill(j.buf)
			return err
		},
		func(j *job) error { return openChunks(c, j) },
		func(j *job) error { return drainChunks(w, j) })
	if err != nil {
		return err
	}
	trailer, err := f.end()
	if err == nil && trailer != nil {
		err = errors.New("dare: a trailer where there is none")
	}
	return err
}

// contentKeys finds the base seed and derives from it.
func (r *Reader) contentKeys(key Key) (*contentKeys, error) {
	seed, err := r.env.unlock(key)
	if err != nil {
		return nil, err
	}
	defer seed.Wipe()
	k, err := newContentKeys(seed.Reveal(), r.env.Header.Salt)
	if err != nil {
		return nil, ErrDecrypt
	}
	return k, nil
}

// openCBC decrypts in the second pass. Each run of blocks needs of the one
// before it the last ciphertext block only, so they are decrypted side by side.
func (r *Reader) openCBC(w io.Writer, key Key) error {
	if err := r.env.readable(encA256CBC); err != nil {
		return err
	}
	k, err := r.contentKeys(key)
	if err != nil {
		return err
	}
	defer k.wipe()
	aesKey, iv, err := k.encryption()
	if err != nil {
		return ErrDecrypt
	}
	defer secret.Wipe(aesKey)
	block, err := aes.NewCipher(aesKey)
	if err != nil {
		return ErrDecrypt
	}
	chain := [aes.BlockSize]byte(iv)
	return r.secondPass(
		func(j *job) error {
			if j.n == 0 || j.n%aes.BlockSize != 0 {
				return ErrDecrypt
			}
			j.mark, chain = chain, [aes.BlockSize]byte(j.buf[j.n-aes.BlockSize:j.n])
			return nil
		},
		func(j *job) error {
			cipher.NewCBCDecrypter(block, j.mark[:]).CryptBlocks(j.buf[:j.n], j.buf[:j.n])
			if j.last {
				n, good := padding(j.buf[j.n-aes.BlockSize : j.n])
				if good != 1 {
					return ErrDecrypt
				}
				j.n -= n
			}
			return nil
		}, w)
}
