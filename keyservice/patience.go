package keyservice

import (
	"context"
	"encoding/binary"
	"errors"
	"time"

	"meshkey/internal/secret"
	"meshkey/keyservice/api"
	"meshkey/profile"
)

// The pauses between attempts, and how many there are.
const (
	firstPause   = 100 * time.Millisecond
	lastPause    = 2 * time.Second
	longestPause = 10 * time.Second // that a service may ask for
	attempts     = 5
)

// patiently tries until there is an answer, or no sense in trying again.
func (c *Client) patiently(ctx context.Context, try func(service *profile.Profile) error) error {
	lost := false // an answer may have been
	pause := firstPause
	for n := 1; ; n++ {
		err := c.meeting(ctx, try)
		no, refused := errors.AsType[*api.Error](err)
		switch {
		case err == nil:
			return nil
		case lost && refused && uncertain(no):
			return &UncertainError{no}
		case n == attempts || !passing(err) || refused && no.RetryAfter > longestPause:
			return err
		}
		lost = lost || !unheard(err)
		if refused {
			pause = max(pause, no.RetryAfter)
		}
		t := time.NewTimer(jitter(pause))
		select {
		case <-ctx.Done():
			t.Stop()
			return err
		case <-t.C:
		}
		pause = min(2*pause, lastPause)
	}
}

// jitter is a pause and up to half as much, so that those whom one failure sent
// away do not come back together.
func jitter(pause time.Duration) time.Duration {
	var b [8]byte
	secret.Fill(b[:])
	return pause + time.Duration(binary.LittleEndian.Uint64(b[:])%uint64(pause/2))
}

// passing tells whether an error may be gone the next time.
func passing(err error) bool {
	for _, e := range []error{api.ErrUnavailable, api.ErrReplayed, api.ErrTooMany} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
