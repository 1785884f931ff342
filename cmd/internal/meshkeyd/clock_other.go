//go:build !linux

package meshkeyd

import "time"

// monotonic is for systemd alone.
func monotonic() time.Duration { return 0 }
