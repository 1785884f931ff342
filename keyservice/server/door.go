package server

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"sync/atomic"
	"time"

	"meshkey/keyservice/api"
)

// Bounds of what is under way at once: calls, and the octets of those that are
// longer than most. Whoever sends a long one slowly holds little more than he has
// sent.
const (
	maxCalls = 1024
	maxLong  = 256 << 20
	short    = 64 << 10
	usual    = 8 << 10 // octets that there is room for before any came
)

// mediaType is that of what is sent, and of what is answered.
const mediaType = "application/json"

// errBusy refuses what there is no room for.
var errBusy = api.ErrUnavailable.Because("too many calls are under way").After(time.Second)

// A door bounds what comes in at once.
type door struct {
	server *Server
	calls  chan struct{} // those under way
	long   atomic.Int64  // octets of long bodies
}

// read reads the body of a call. free gives back the room that it takes.
func (d *door) read(w http.ResponseWriter, r *http.Request) (body []byte, free func(), err error) {
	in := &incoming{from: http.MaxBytesReader(w, r.Body, api.MaxTransfer), door: d}
	if kind := r.Header.Get("Content-Type"); kind != "" && kind != mediaType {
		if t, _, err := mime.ParseMediaType(kind); err != nil || t != mediaType {
			return nil, in.free, api.ErrMalformed.Because("a call is sent as application/json")
		}
	}
	body, err = readAll(in, make([]byte, 0, 1+min(max(r.ContentLength, 0), usual)))
	if _, long := errors.AsType[*http.MaxBytesError](err); long {
		return nil, in.free, api.ErrTooLarge
	}
	if err != nil && !errors.Is(err, errBusy) {
		err = api.ErrMalformed
	}
	return body, in.free, err
}

// readAll is io.ReadAll into a slice with some room.
func readAll(r io.Reader, b []byte) ([]byte, error) {
	for {
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if err == io.EOF {
			return b, nil
		}
		if err != nil {
			return b, err
		}
		if len(b) == cap(b) {
			b = append(b, 0)[:len(b)]
		}
	}
}

// incoming is a body that takes room as it comes.
type incoming struct {
	from      io.Reader
	door      *door
	got, long int64
}

// Read implements io.Reader.
func (in *incoming) Read(p []byte) (int, error) {
	n, err := in.from.Read(p)
	if in.got += int64(n); in.got > short {
		in.long += int64(n)
		if in.door.long.Add(int64(n)) > maxLong {
			return n, errBusy
		}
	}
	return n, err
}

func (in *incoming) free() { in.door.long.Add(-in.long) }
