package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// journalSuffix makes the journal's name of the file's.
const journalSuffix = ".journal"

// journalLimit is how long a journal grows, in octets, before what it has is
// written into the file: long enough that this is seldom, short enough that it
// does not hold anybody up. No journal is longer than maxJournal.
var journalLimit = 512 << 10

const maxJournal = 1 << 24

// ErrJournal is a file whose last changes are in a journal that is not beside it.
var ErrJournal = errors.New("store: the file was not closed, and its journal is not there")

// A journal is a file with the changes that were made since the embedded store's
// own file was written, each transaction a frame:
//
//	4 octets, the length of the changes
//	the changes: each the length of table and key, those, the length of the value
//	plus one or 0 if it was deleted, the value; lengths in 4 octets
//	32 octets, the SHA-256 of the sum before and all above
//
// The sum before the first frame is a random seed that the store's file has. So
// writing another seed there empties the journal, whatever its file has; and no
// frame is taken for one that was not written after the one before it, whole.
//
// The first frame has no changes. It is within one sector of the disk, which is
// written as a whole or not, so it always tells which seed what follows was written
// with: that of the store's file, or, if nothing was written since, the one before.
// A journal that has neither is another file's, or of another time.
type journal struct {
	disk   disk
	name   string
	file   journalFile // nil until there is one
	seed   []byte      // nil if nothing is to be written before the file has one
	mark   []byte      // the seed that its file begins with, nil for a new one
	failed bool        // what is in its file may not be what was written
	sum    [sha256.Size]byte
	size   int // where the next frame goes
}

// start empties the journal.
func (j *journal) start(seed []byte) {
	j.seed, j.size, j.failed = seed, 0, false
	copy(j.sum[:], seed)
}

// create makes the journal's file, so that it stays. It is a new one, whatever is
// there: what is in memory of a file that could not be written cannot be trusted, and
// another process may have one of that name open for a store that was moved away.
func (j *journal) create() error {
	j.close()
	if err := j.disk.remove(j.name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := j.disk.open(j.name, os.O_RDWR|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return err
	}
	if err := j.disk.syncFolder(filepath.Dir(j.name)); err != nil {
		return errors.Join(err, f.Close())
	}
	j.file = f
	return nil
}

// remove takes the journal's file away, if it is still the one there.
func (j *journal) remove() {
	if j.file == nil {
		return
	}
	ours, err := j.file.Stat()
	if err != nil {
		return
	}
	if there, err := os.Lstat(j.name); err == nil && os.SameFile(ours, there) {
		j.close() // some systems remove no open file
		_ = j.disk.remove(j.name)
	}
}

// load opens the journal's file and calls yield with the changes that it has. before
// is the seed before the journal's own, empty if the file was new then, nil if that is
// not known.
func (j *journal) load(before []byte, yield func(entry)) error {
	f, err := j.disk.open(j.name, os.O_RDWR)
	if errors.Is(err, fs.ErrNotExist) {
		return ErrJournal
	}
	if err != nil {
		return err
	}
	j.file = f
	// What another process was about to make durable when it ended is seen from
	// now on, so it has to stay.
	if err := f.Sync(); err != nil {
		return err
	}
	b, err := io.ReadAll(io.NewSectionReader(f, 0, maxJournal))
	if err != nil {
		return err
	}
	ours := before == nil || len(b) == 0 || begins(b, j.seed) || begins(b, before) || len(before) == 0 && unwritten(b)
	if !ours {
		return fmt.Errorf("%w: what is there is of another file, or of another time", ErrJournal)
	}
	for {
		frame, sum := nextFrame(b[j.size:], j.sum)
		if frame == nil {
			return nil
		}
		entries, err := parseEntries(frame[4 : len(frame)-sha256.Size])
		if err != nil {
			return err
		}
		for _, e := range entries {
			yield(e)
		}
		j.size, j.sum = j.size+len(frame), sum
	}
}

// begins tells whether the first frame of b was written with the seed.
func begins(b, seed []byte) bool {
	var sum [sha256.Size]byte
	copy(sum[:], seed)
	frame, _ := nextFrame(b, sum)
	return len(seed) == len(sum) && frame != nil
}

// unwritten tells whether the first frame was not written: a file may have got its
// length before.
func unwritten(b []byte) bool {
	return len(b) < firstLen || len(bytes.TrimLeft(b[:firstLen], "\x00")) == 0
}

// fits tells whether a frame of some length may be appended.
func (j *journal) fits(n int) bool {
	return j.seed != nil && !j.failed && j.size+n <= journalLimit
}

// append writes a frame and makes it durable. After a failure nothing is appended any
// more: what the disk has then, nobody knows, and what memory has of the file may
// be something else, however often it is made durable.
func (j *journal) append(entries []entry) error {
	var b []byte
	sum := j.sum
	if j.size == 0 {
		b, sum = appendFrame(nil, sum, nil)
	}
	b, sum = appendFrame(b, sum, entries)
	_, err := j.file.WriteAt(b, int64(j.size))
	if err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		j.failed = true
		return err
	}
	j.sum, j.size, j.mark = sum, j.size+len(b), j.seed
	return nil
}

// close closes the file.
func (j *journal) close() {
	if j.file != nil {
		_ = j.file.Close()
	}
	*j = journal{disk: j.disk, name: j.name}
}

// firstLen is how long a frame without changes is.
const firstLen = 4 + sha256.Size

// appendFrame appends a frame to b, and returns its sum.
func appendFrame(b []byte, before [sha256.Size]byte, entries []entry) ([]byte, [sha256.Size]byte) {
	start := len(b)
	b = binary.BigEndian.AppendUint32(b, uint32(frameLen(entries)-firstLen))
	b = appendEntries(b, entries)
	sum := frameSum(before, b[start:])
	return append(b, sum[:]...), sum
}

// frameLen is how long the frame of changes is.
func frameLen(entries []entry) int {
	n := firstLen
	for _, e := range entries {
		n += 8 + len(e.key) + len(e.value)
	}
	return n
}

func frameSum(before [sha256.Size]byte, b []byte) (sum [sha256.Size]byte) {
	h := sha256.New()
	h.Write(before[:])
	h.Write(b)
	h.Sum(sum[:0])
	return sum
}

// nextFrame returns the frame that b begins with and its sum, nil if it is not a
// whole one that follows.
func nextFrame(b []byte, before [sha256.Size]byte) (frame []byte, sum [sha256.Size]byte) {
	if len(b) < 4 {
		return nil, sum
	}
	n := 4 + int64(binary.BigEndian.Uint32(b))
	if int64(len(b)) < n+sha256.Size {
		return nil, sum
	}
	if sum = frameSum(before, b[:n]); string(sum[:]) != string(b[n:n+sha256.Size]) {
		return nil, sum
	}
	return b[:n+sha256.Size], sum
}

func appendEntries(b []byte, entries []entry) []byte {
	for _, e := range entries {
		b = binary.BigEndian.AppendUint32(b, uint32(len(e.key)))
		b = append(b, e.key...)
		if e.value == nil {
			b = binary.BigEndian.AppendUint32(b, 0)
			continue
		}
		b = binary.BigEndian.AppendUint32(b, uint32(len(e.value))+1)
		b = append(b, e.value...)
	}
	return b
}

var errEntries = errors.New("store: what the journal has is not what this program writes")

// parseEntries is the other way round. The values are parts of b.
func parseEntries(b []byte) (entries []entry, err error) {
	cut := func(less uint32) []byte {
		if err != nil || len(b) < 4 {
			err = errEntries
			return nil
		}
		n := binary.BigEndian.Uint32(b)
		if b = b[4:]; n < less {
			return nil
		}
		if n -= less; int64(n) > int64(len(b)) {
			err = errEntries
			return nil
		}
		var part []byte
		part, b = b[:n:n], b[n:]
		return part
	}
	for len(b) > 0 {
		e := entry{key: string(cut(0))}
		e.value = cut(1)
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	return entries, nil
}
