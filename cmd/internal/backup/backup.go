// Package backup writes all that a store holds into one file, and reads it back
// into another store, of whatever kind.
//
// The format is docs/FORMATS.md, A backup: the entries of every table in one
// order, and a digest over them, so that two stores hold the same exactly if
// their digests are one.
//
// # Security
//
// A backup holds what the store holds and nothing more: secrets stay sealed.
// The digest finds damage. It does not find what somebody changed on purpose,
// who makes a new digest; the audit log inside does, by its signatures, as far
// as it goes.
package backup

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"

	"meshkey/keyservice/store"
)

// magic begins a backup.
const magic = "meshkey backup v1\n"

// maxTable bounds the name of a table, in octets.
const maxTable = 64

// An Entry is a value under a key in a table.
type Entry struct {
	Table      store.Table
	Key, Value []byte
}

// A Summary is what a backup or a store holds.
type Summary struct {
	Entries uint64            `json:"entries"`
	Tables  map[string]uint64 `json:"tables"` // entries of each table that has any
	Digest  Digest            `json:"digest"`
}

// Digest is SHA-256 of a backup, without the digest itself at its end.
type Digest [sha256.Size]byte

// String is the digest in hexadecimal digits.
func (d Digest) String() string { return fmt.Sprintf("%x", d[:]) }

// MarshalText implements encoding.TextMarshaler.
func (d Digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// A Writer writes a backup entry by entry.
type Writer struct {
	w       *bufio.Writer
	hash    hash.Hash
	last    Entry
	summary Summary
}

// NewWriter begins a backup on w.
func NewWriter(w io.Writer) (*Writer, error) {
	out := &Writer{hash: sha256.New(), summary: Summary{Tables: map[string]uint64{}}}
	out.w = bufio.NewWriterSize(io.MultiWriter(w, out.hash), 1<<16)
	_, err := out.w.WriteString(magic)
	return out, err
}

// Write writes the next entry, which comes after the last in the order of
// tables and keys.
func (w *Writer) Write(e Entry) error {
	if err := e.check(w.last); err != nil {
		return err
	}
	head := e.head()
	for _, part := range [][]byte{head[:], []byte(e.Table), e.Key, e.Value} {
		if _, err := w.w.Write(part); err != nil {
			return err
		}
	}
	w.last = Entry{Table: e.Table, Key: e.Key}
	w.summary.count(e)
	return nil
}

// Close ends the backup, and tells what it holds.
func (w *Writer) Close() (*Summary, error) {
	if err := w.w.WriteByte(0); err != nil {
		return nil, err
	}
	if err := w.w.Flush(); err != nil {
		return nil, err
	}
	w.summary.Digest = Digest(w.hash.Sum(nil))
	if _, err := w.w.Write(w.summary.Digest[:]); err != nil {
		return nil, err
	}
	return &w.summary, w.w.Flush()
}

func (s *Summary) count(e Entry) {
	s.Entries++
	s.Tables[string(e.Table)]++
}

// headLen is a table's length, a key's and a value's.
const headLen = 1 + 2 + 4

func (e Entry) head() (b [headLen]byte) {
	b[0] = byte(len(e.Table))
	binary.BigEndian.PutUint16(b[1:], uint16(len(e.Key)))
	binary.BigEndian.PutUint32(b[3:], uint32(len(e.Value)))
	return b
}

var errOrder = errors.New("backup: entries out of order")

// check tells whether e may follow last.
func (e Entry) check(last Entry) error {
	if len(e.Table) == 0 || len(e.Table) > maxTable || len(e.Key) == 0 || len(e.Key) > store.MaxKey || len(e.Value) > store.MaxValue {
		return errors.New("backup: a table, key or value of a length that no store keeps")
	}
	if e.Table < last.Table || e.Table == last.Table && bytes.Compare(e.Key, last.Key) <= 0 {
		return errOrder
	}
	return nil
}

// ErrDamaged is a backup that was cut off or changed.
var ErrDamaged = errors.New("backup: the file is damaged or not whole")

// ErrOther is a file that is no backup.
var ErrOther = errors.New("backup: the file is no backup of a key service")

// Read calls yield with every entry of a backup, and returns what the backup
// holds if it is whole. Nothing counts before that is known.
func Read(r io.Reader, yield func(Entry) error) (*Summary, error) {
	in := &reader{r: bufio.NewReaderSize(r, 1<<16), hash: sha256.New()}
	begin := make([]byte, len(magic))
	if err := in.read(begin); err != nil || string(begin) != magic {
		return nil, ErrOther
	}
	summary := &Summary{Tables: map[string]uint64{}}
	for last := (Entry{}); ; {
		e, err := in.entry()
		if err != nil {
			return nil, err
		}
		if e == nil {
			break
		}
		if err := e.check(last); err != nil {
			return nil, fmt.Errorf("%w (%w)", ErrDamaged, err)
		}
		if err := yield(*e); err != nil {
			return nil, err
		}
		last = Entry{Table: e.Table, Key: e.Key}
		summary.count(*e)
	}
	summary.Digest = Digest(in.hash.Sum(nil))
	var digest Digest
	if err := in.read(digest[:]); err != nil {
		return nil, err
	}
	if _, err := in.r.ReadByte(); digest != summary.Digest || err != io.EOF {
		return nil, ErrDamaged
	}
	return summary, nil
}

type reader struct {
	r    *bufio.Reader
	hash hash.Hash
}

func (r *reader) read(b []byte) error {
	if _, err := io.ReadFull(r.r, b); err == io.EOF || err == io.ErrUnexpectedEOF {
		return ErrDamaged
	} else if err != nil {
		return err
	}
	r.hash.Write(b)
	return nil
}

// entry reads the next entry, nil at their end.
func (r *reader) entry() (*Entry, error) {
	var head [headLen]byte
	if err := r.read(head[:1]); err != nil || head[0] == 0 {
		return nil, err
	}
	if err := r.read(head[1:]); err != nil {
		return nil, err
	}
	table, key, value := int(head[0]), int(binary.BigEndian.Uint16(head[1:])), int(binary.BigEndian.Uint32(head[3:]))
	if table > maxTable || key > store.MaxKey || value > store.MaxValue {
		return nil, ErrDamaged
	}
	b := make([]byte, table+key+value)
	if err := r.read(b); err != nil {
		return nil, err
	}
	return &Entry{store.Table(b[:table]), b[table : table+key : table+key], b[table+key:]}, nil
}

// Scan calls yield with every entry of the tables of a store, in the order of a
// backup.
func Scan(r store.Reader, tables []store.Table, yield func(Entry) error) error {
	for _, table := range slices.Compact(slices.Sorted(slices.Values(tables))) {
		var own error
		err := r.Scan(table, nil, nil, func(key, value []byte) bool {
			own = yield(Entry{table, key, value})
			return own == nil
		})
		if err = errors.Join(own, err); err != nil {
			return err
		}
	}
	return nil
}

// Write writes a backup of the tables of a store.
func Write(w io.Writer, r store.Reader, tables []store.Table) (*Summary, error) {
	out, err := NewWriter(w)
	if err != nil {
		return nil, err
	}
	if err := Scan(r, tables, out.Write); err != nil {
		return nil, err
	}
	return out.Close()
}
