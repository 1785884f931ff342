package store

import "time"

// A pause of the machine in the midst of a test is not to fail it.
func init() { patience, pulse, abandoned = time.Minute, time.Minute, time.Minute }

// Hurry lets a statement take so long, until done is called.
func Hurry(t time.Duration) (done func()) {
	was := patience
	patience = t
	return func() { patience = was }
}
