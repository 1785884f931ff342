package store

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// journalSuffix makes the journal's name of the file's.
const journalSuffix = ".journal"

// journalLimit is how long a journal grows, in octets, before what it has is
// written into the file: long enough that this is seldom, short enough that it
// does not hold anybody up. No journal is longer than maxJournal.
var journalLimit = 512 << 10

const maxJournal = 1 << 24

// ErrJournal is a file whose last changes are in a journal beside it that is not
// there.
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
type journal struct {
	file *os.File // nil until there is one
	seed []byte   // nil if nothing is to be written before the file has one
	sum  [sha256.Size]byte
	size int // where the next frame goes
}

// start empties the journal.
func (j *journal) start(seed []byte) {
	j.seed, j.size = seed, 0
	copy(j.sum[:], seed)
}

// create makes the journal's file, so that it stays.
func (j *journal) create(name string) error {
	if j.file != nil {
		return nil
	}
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if err := syncFolder(filepath.Dir(name)); err != nil {
		return errors.Join(err, f.Close())
	}
	j.file = f
	return nil
}

func syncFolder(name string) error {
	if runtime.GOOS == "windows" {
		return nil // which has no such thing
	}
	d, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// load opens the journal's file and calls yield with the changes that it has.
func (j *journal) load(name string, yield func(entry)) error {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
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
	b, err := io.ReadAll(io.LimitReader(f, maxJournal))
	if err != nil {
		return err
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

// fits tells whether a frame of some length may be appended.
func (j *journal) fits(n int) bool { return j.seed != nil && j.size+n <= journalLimit }

// append writes a frame and makes it durable. If that fails, the next is written
// in its place.
func (j *journal) append(entries []entry) error {
	b := binary.BigEndian.AppendUint32(nil, uint32(frameLen(entries)-4-sha256.Size))
	b = appendEntries(b, entries)
	sum := frameSum(j.sum, b)
	b = append(b, sum[:]...)
	if _, err := j.file.WriteAt(b, int64(j.size)); err != nil {
		return err
	}
	if err := j.file.Sync(); err != nil {
		return err
	}
	j.sum, j.size = sum, j.size+len(b)
	return nil
}

// close closes the file.
func (j *journal) close() {
	if j.file != nil {
		_ = j.file.Close()
	}
	*j = journal{}
}

// frameLen is how long the frame of changes is.
func frameLen(entries []entry) int {
	n := 4 + sha256.Size
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
