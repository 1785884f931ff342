package dare

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha512"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"

	"meshkey/internal/secret"
)

// firstPass reads the body to its end, once.
func (r *Reader) firstPass() error {
	if r.scan != nil {
		return nil
	}
	f := r.frame
	if r.frame = nil; f == nil {
		return errors.New("dare: the envelope could not be read before")
	}
	out := &scan{mac: newScanMAC()}
	in, hash := &ahead{r: f.body}, sha512.New()
	err := flow(cbcLen,
		func(j *job) (err error) {
			j.n, j.last, err = in.fill(j.buf)
			return err
		},
		func(j *job) error {
			j.mark = out.tag(j)
			return nil
		},
		func(j *job) error {
			out.tags = append(out.tags, j.mark)
			out.length += int64(j.n)
			hash.Write(j.buf[:j.n])
			return nil
		})
	if err != nil {
		return err
	}
	if r.env.Trailer, err = f.end(); err != nil {
		return err
	}
	if err := r.env.checkSignatures(); err != nil {
		return fmt.Errorf("dare: %w", err)
	}
	out.digest = [sha512.Size]byte(hash.Sum(nil))
	r.scan = out
	return nil
}

// secondPass reads the body again and writes to w what work makes of it. prepare
// sees the runs in order, work several at a time; no octet comes to either that
// was not read the first time.
func (r *Reader) secondPass(prepare, work func(*job) error, w io.Writer) error {
	if _, err := r.in.Seek(r.start, io.SeekStart); err != nil {
		return err
	}
	f, _, err := readFrame(r.in)
	if err != nil {
		return err
	}
	in := &ahead{r: f.body}
	return flow(cbcLen,
		func(j *job) (err error) {
			if j.n, j.last, err = in.fill(j.buf); err != nil {
				return err
			}
			if j.index >= uint64(len(r.scan.tags)) || j.last != (j.index == uint64(len(r.scan.tags))-1) {
				return errChanged
			}
			return prepare(j)
		},
		func(j *job) error {
			if got := r.scan.tag(j); subtle.ConstantTimeCompare(got[:], r.scan.tags[j.index][:]) != 1 {
				return errChanged
			}
			return work(j)
		},
		func(j *job) error {
			_, err := w.Write(j.buf[:j.n])
			return err
		})
}

var errChanged = errors.New("dare: the envelope changed while it was read")

// scan is what the first pass over a body found. Its tags are as short as a
// digest can be that nobody can aim at, since nobody knows the key, and take
// sixteen octets of memory for each run of cbcLen.
type scan struct {
	length int64
	digest [sha512.Size]byte
	mac    cipher.AEAD
	tags   [][tagLen]byte
}

// newScanMAC is GMAC under a key that lives as long as the Reader.
func newScanMAC() cipher.AEAD {
	key := secret.Random(keyLen)
	defer key.Wipe()
	block, err := aes.NewCipher(key.Reveal())
	if err != nil {
		panic("dare: " + err.Error()) // the key has the right length
	}
	mac, err := cipher.NewGCM(block)
	if err != nil {
		panic("dare: " + err.Error())
	}
	return mac
}

func (s *scan) tag(j *job) (tag [tagLen]byte) {
	s.mac.Seal(tag[:0], nonce(j.index, j.last), nil, j.buf[:j.n])
	return tag
}
