package chaos

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"meshkey/keyservice/store"
)

// TestSoak asks a service for as long as MESHKEY_SOAK says, such as 2m, and holds
// what the process takes of the machine to be level: memory, goroutines, open
// files, threads. It is the growth that is bounded, not a time.
func TestSoak(t *testing.T) {
	length, err := time.ParseDuration(os.Getenv("MESHKEY_SOAK"))
	if err != nil {
		t.Skip("MESHKEY_SOAK is no duration")
	}
	d := newDaemon(t, t.TempDir(), "")
	invitation := d.invite()
	d.start()
	monitor := d.monitor()
	c := found(t, d.at(), invitation, "alice", "bob", "carol", "dave")
	l := c.begin(4, d.at)
	const samples = 240
	series := map[string][]float64{}
	tick := time.NewTicker(length / samples)
	defer tick.Stop()
	for i := range samples {
		<-tick.C
		if i < samples/4 { // it warms up
			continue
		}
		l.quiet(func() {
			for name, value := range d.takes(monitor) {
				series[name] = append(series[name], value)
			}
		})
	}
	l.stop()
	for name, allowed := range map[string]struct{ part, more float64 }{
		"heap":       {0.10, 4 << 20},
		"memory":     {0.10, 8 << 20}, // what the heap gave back may still be the process's
		"goroutines": {0.10, 4},
		"files":      {0, 2},
		"threads":    {0, 3},
	} {
		x := series[name]
		level, growth := median(slices.Clone(x)), slope(x)*float64(len(x))
		t.Logf("%-10s %12.0f, from %.0f to %.0f, grows by %.0f", name, level, slices.Min(x), slices.Max(x), growth)
		if growth > allowed.part*level+allowed.more {
			t.Errorf("%s grows by %.0f from about %.0f: %.0f", name, growth, level, x)
		}
	}
	d.stop()
	d.with(func(st store.Store) { l.verify(st) })
}

// takes is what the process has of the machine now, without what each connection
// of a caller costs it: how many there are is the callers' matter.
func (d *daemon) takes(monitor string) map[string]float64 {
	d.Helper()
	response, err := http.Get(monitor + "/metrics")
	check(d, err)
	defer response.Body.Close()
	metrics := fields(response.Body, " ")
	proc := fmt.Sprintf("/proc/%d/", d.cmd.Process.Pid)
	f, err := os.Open(proc + "status")
	check(d, err)
	defer f.Close()
	status := fields(f, ":")
	files, err := os.ReadDir(proc + "fd")
	check(d, err)
	callers := d.number(metrics["meshkeyd_connections"])
	return map[string]float64{
		"heap": d.number(metrics["process_heap_bytes"]), "goroutines": d.number(metrics["process_goroutines"]) - callers,
		"memory": 1024 * d.number(strings.TrimSuffix(status["RssAnon"], " kB")), "threads": d.number(status["Threads"]),
		"files": float64(len(files)) - callers,
	}
}

func (d *daemon) number(text string) float64 {
	d.Helper()
	v, err := strconv.ParseFloat(text, 64)
	check(d, err)
	return v
}

// fields reads lines of names and values.
func fields(r io.Reader, between string) map[string]string {
	out := map[string]string{}
	for lines := bufio.NewScanner(r); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), between)
		out[name] = strings.TrimSpace(value)
	}
	return out
}

// slope is the median of the slopes between any two points (Theil and Sen), which
// single points that are far off do not move.
func slope(x []float64) float64 {
	var all []float64
	for i := range x {
		for j := range i {
			all = append(all, (x[i]-x[j])/float64(i-j))
		}
	}
	return median(all)
}

func median(x []float64) float64 {
	slices.Sort(x)
	return x[len(x)/2]
}
