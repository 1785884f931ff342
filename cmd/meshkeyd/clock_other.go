//go:build !linux

package main

import "time"

// monotonic is for systemd alone.
func monotonic() time.Duration { return 0 }
