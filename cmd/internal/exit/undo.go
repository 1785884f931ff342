package exit

import (
	"os"
	"os/signal"
	"slices"
	"sync"
	"syscall"
)

// undo holds what must be put back if the program is ended by a signal: the
// echo of the terminal, files not yet whole.
var undo struct {
	sync.Mutex
	steps []*func()
	watch sync.Once
}

// Undo arranges for step to run if an interrupt, a hang-up or a request to
// terminate ends the program before settled is called. A step must not call
// Undo or settled. Steps run last in, first out; then the program dies of the
// signal, as it would have died without us.
func Undo(step func()) (settled func()) {
	undo.watch.Do(watch)
	undo.Lock()
	defer undo.Unlock()
	undo.steps = append(undo.steps, &step)
	return func() {
		undo.Lock()
		defer undo.Unlock()
		undo.steps = slices.DeleteFunc(undo.steps, func(p *func()) bool { return p == &step })
	}
}

// interrupt is what an interrupt does instead of ending the program, or nil.
var interrupt struct {
	sync.Mutex
	stop func()
}

// Interruptible makes an interrupt call stop, once, and not end the program,
// until settled is called.
func Interruptible(stop func()) (settled func()) {
	undo.watch.Do(watch)
	set := func(f func()) {
		interrupt.Lock()
		defer interrupt.Unlock()
		interrupt.stop = f
	}
	set(stop)
	return func() { set(nil) }
}

// interrupted reports whether an interrupt was taken by what is interruptible.
func interrupted() bool {
	interrupt.Lock()
	defer interrupt.Unlock()
	stop := interrupt.stop
	interrupt.stop = nil
	if stop != nil {
		stop()
	}
	return stop != nil
}

// watch waits for a signal. It is not begun before there is something to undo:
// it costs a start as much as all the commands' flags together.
func watch() {
	signals := make(chan os.Signal, 1)
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT} {
		if !signal.Ignored(s) { // as under nohup
			signal.Notify(signals, s)
		}
	}
	go func() {
		s := <-signals
		for s == os.Interrupt && interrupted() {
			s = <-signals
		}
		undo.Lock() // for good: nothing new is begun
		for _, step := range slices.Backward(undo.steps) {
			(*step)()
		}
		if s == syscall.SIGQUIT {
			s = syscall.SIGTERM // to a quit Go would print stacks and registers, where secrets are
		}
		die(s)
	}()
}

// die ends the process by the signal itself, so that a shell that waits for it
// knows, or with code 1 where a process cannot signal itself.
func die(s os.Signal) {
	signal.Reset(s)
	if p, err := os.FindProcess(os.Getpid()); err == nil && p.Signal(s) == nil {
		select {} // the signal is on its way
	}
	os.Exit(Failed)
}
