package dare

import (
	"errors"
	"io"
	"runtime"
	"sync"

	"meshkey/internal/secret"
)

// job is a run of octets on its way from one stream to another.
type job struct {
	index uint64 // from 0
	last  bool
	n     int      // octets that count in buf
	buf   []byte   // of the length asked for
	mark  [16]byte // what a step has to say of it
	text  []byte   // buf in base64, where the output is a text
	ready chan error
}

// flow carries octets from fill to drain, through work. fill and drain see the
// jobs one at a time and in order, work sees as many at a time as there are
// processors. fill sets last with the last job, n and what it needs of the rest.
// There are never more than a few jobs, each with a buffer of size octets, which
// are wiped in the end. The first error ends it and is returned.
func flow(size int, fill, work, drain func(*job) error) error {
	workers := runtime.GOMAXPROCS(0)
	most := 2*workers + 2
	free, todo, order := make(chan *job, most), make(chan *job, most), make(chan *job, most)
	stop := make(chan struct{})
	var all sync.WaitGroup
	jobs := make([]*job, most)
	for i := range jobs {
		jobs[i] = &job{ready: make(chan error, 1)}
		free <- jobs[i]
	}
	all.Go(func() {
		defer close(todo)
		defer close(order)
		for index := uint64(0); ; index++ {
			var j *job
			select {
			case j = <-free:
			case <-stop:
				return
			}
			if j.buf == nil {
				j.buf = make([]byte, size)
			}
			j.index, j.last, j.n = index, false, 0
			err := fill(j)
			order <- j
			if err != nil {
				j.ready <- err
				return
			}
			todo <- j
			if j.last {
				return
			}
		}
	})
	for range workers {
		all.Go(func() {
			for j := range todo {
				j.ready <- work(j)
			}
		})
	}
	err := drainAll(order, free, drain)
	close(stop)
	all.Wait()
	for _, j := range jobs {
		secret.Wipe(j.buf)
		secret.Wipe(j.text)
	}
	return err
}

func drainAll(order, free chan *job, drain func(*job) error) error {
	for j := range order {
		if err := <-j.ready; err != nil {
			return err
		}
		if err := drain(j); err != nil {
			return err
		}
		if j.last {
			return nil
		}
		free <- j
	}
	return errors.New("dare: an end without a last run") // it cannot be: fill fails or ends
}

// ahead reads one octet more than it is asked for, so that it knows the end.
type ahead struct {
	r    io.Reader
	next [1]byte
	has  bool
}

// fill reads as many octets as b holds, fewer only at the end, and tells
// whether that is where it is.
func (a *ahead) fill(b []byte) (n int, last bool, err error) {
	if a.has {
		b[0] = a.next[0]
		n, a.has = 1, false
	}
	more, err := readFull(a.r, b[n:])
	n += more
	if err == nil {
		_, err = readFull(a.r, a.next[:])
		a.has = err == nil
	}
	if err == io.EOF {
		return n, true, nil
	}
	return n, false, err
}

// readFull is io.ReadFull, but that the end of r is io.EOF wherever it comes and
// any other error is r's own.
func readFull(r io.Reader, b []byte) (n int, err error) {
	for n < len(b) && err == nil {
		var more int
		more, err = r.Read(b[n:])
		n += more
	}
	if n == len(b) {
		return n, nil
	}
	return n, err
}
