package recovery

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"meshkey/internal/secret"
)

// A fix is the text that a sheet should have. Whoever takes it wipes the text.
type fix struct {
	d     *draft
	text  []byte
	whose string // for rows exchanged: the source of the other sheet
	row   int    // and the row exchanged, from 1; else 0
}

func wipeFixes(fixes []fix) {
	for _, f := range fixes {
		secret.Wipe(f.text)
	}
}

// A job is a number of guesses that one goroutine tries. step counts one and
// reports false once the job must end.
type job struct {
	count int64
	run   func(step func() bool) []fix
}

// An allowance is how many guesses a search has left for some sheets, or for
// some choices of them, that must share it.
type allowance struct {
	left  int64
	among int
}

// fit leaves out what is more than the share of the next, the least likely
// first. What one does not use is for those after it.
func (a *allowance) fit(steps [][]job) [][]job {
	most := a.left / int64(max(a.among, 1))
	a.among--
	for i, jobs := range steps {
		steps[i] = slices.DeleteFunc(jobs, func(j job) bool {
			if j.count > most {
				most = 0
				return true
			}
			most -= j.count
			a.left -= j.count
			return false
		})
	}
	return steps
}

// A hunt runs jobs, in their order, on several goroutines until one finds what
// is sought.
type hunt struct {
	ctx         context.Context
	workers     int
	progress    func(done, total int64)
	total, done atomic.Int64
}

// plan adds jobs to what progress counts.
func (h *hunt) plan(jobs []job) {
	for _, j := range jobs {
		h.total.Add(j.count)
	}
}

// run runs jobs that were planned. It returns nil if nothing was found, and the
// error of the context if that ended it.
func (h *hunt) run(jobs []job) ([]fix, error) {
	var stop atomic.Bool
	defer context.AfterFunc(h.ctx, func() { stop.Store(true) })()
	var next atomic.Int64
	var group sync.WaitGroup
	var mu sync.Mutex
	var found []fix
	for range min(h.workers, len(jobs)) {
		group.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(jobs) || stop.Load() {
					return
				}
				tried := int64(0)
				if f := jobs[i].run(func() bool { tried++; h.step(); return !stop.Load() }); f != nil {
					stop.Store(true)
					mu.Lock()
					wipeFixes(found)
					found = f
					mu.Unlock()
				}
				h.done.Add(max(0, jobs[i].count-tried))
			}
		})
	}
	group.Wait()
	if found != nil {
		return found, nil
	}
	return nil, h.ctx.Err()
}

// step counts a guess, and tells of every thousandth part.
func (h *hunt) step() {
	done, total := h.done.Add(1), h.total.Load()
	if h.progress != nil && done%max(1, total/1000) == 0 {
		h.progress(min(done, total), total)
	}
}

// search is the job to try the texts of an edit of a sheet.
func (d *draft) search(e edit, newJudge func() judge) job {
	return job{e.count, func(step func() bool) (found []fix) {
		judge := newJudge()
		defer judge.wipe()
		e.each(func(text []byte) bool {
			if judge.right(text) {
				found = []fix{{d: d, text: append([]byte(nil), text...)}}
			}
			return found != nil || !step()
		})
		return found
	}}
}
