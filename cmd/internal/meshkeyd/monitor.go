package meshkeyd

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strconv"
	"time"

	"meshkey/cmd/internal/line"
	"meshkey/keyservice/server"
	"meshkey/keyservice/store"
)

// probe is how long the store has to answer a question about readiness.
const probe = 2 * time.Second

// monitored answers for health and metrics. Nothing there names a caller, a key
// or an account.
func (d *daemon) monitored() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		d.server.Sealed() // does not come back if the server is stuck
		fmt.Fprintln(w, "alive")
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if what := d.unready(r.Context()); what != "" {
			http.Error(w, what, http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ready")
	})
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		_, _ = w.Write(d.metrics(r.Context()))
	})
	return mux
}

// unready says why callers are not answered, empty if they are.
func (d *daemon) unready(ctx context.Context) string {
	switch {
	case !d.ready.Load():
		return "the service starts or stops"
	case d.server.Sealed():
		return "the service is sealed"
	}
	return d.storeDown(ctx)
}

// storeDown says why the store is of no use, empty if it is.
func (d *daemon) storeDown(ctx context.Context) string {
	ctx, cancel := context.WithTimeout(ctx, probe)
	defer cancel()
	err := d.store.View(ctx, func(r store.Reader) error {
		_, err := r.Get(tableService, []byte(keyAddress))
		return err
	})
	switch {
	case errors.Is(err, store.ErrDamaged):
		return "the store is damaged"
	case err != nil:
		return "the store does not answer"
	}
	if d.server.Writes(ctx) != nil {
		return "the store takes no changes"
	}
	return ""
}

// metrics are the service's numbers in the text format of Prometheus.
func (d *daemon) metrics(ctx context.Context) []byte {
	var b bytes.Buffer
	family := func(name, kind, help string) { fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind) }
	one := func(name, kind, help string, value float64) {
		family(name, kind, help)
		fmt.Fprintf(&b, "%s %s\n", name, number(value))
	}
	family("meshkeyd_info", "gauge", "The program that runs.")
	fmt.Fprintf(&b, "meshkeyd_info{version=%q,go=%q} 1\n", line.Version(), runtime.Version())
	one("meshkeyd_start_time_seconds", "gauge", "When the service was started, in Unix time.", float64(d.since.Unix()))
	one("meshkeyd_sealed", "gauge", "1 while the service waits for meshkeyd unseal.", truth(d.server.Sealed()))
	one("meshkeyd_ready", "gauge", "1 if the service answers calls.", truth(d.unready(ctx) == ""))
	one("meshkeyd_store_up", "gauge", "1 if the store answers and takes changes.", truth(d.storeDown(ctx) == ""))
	one("meshkeyd_certificate_expiry_seconds", "gauge", "When the TLS certificate ends, in Unix time.", float64(d.tls.describe().Until.Unix()))
	root, backup := d.ages(ctx)
	one("meshkeyd_last_root_timestamp_seconds", "gauge", "When the newest root of the audit log was signed, in Unix time; 0 if there is none.", unixTime(root))
	one("meshkeyd_last_backup_timestamp_seconds", "gauge", "When meshkeyd backup last made one beside a running service, in Unix time; 0 if it did not.", unixTime(backup))
	one("meshkeyd_store_bytes", "gauge", "Octets of the store's file; 0 for a database.", d.storeSize())
	one("meshkeyd_waiting_requests", "gauge", "Requests that wait for approval or their delay, as of the last root-interval.", float64(d.server.Meter().Waiting()))
	one("meshkeyd_connections", "gauge", "Connections of callers.", float64(max(0, len(d.limits.connections)-1))) // but the one that is waited for
	one("meshkeyd_turned_away_total", "counter", "Requests turned away because their address asked too often.", float64(d.limits.turnedAway.Load()))
	one("meshkeyd_connections_closed_total", "counter", "Connections closed because their address had too many.", float64(d.limits.closed.Load()))
	one("meshkeyd_proxy_errors_total", "counter", "Connections of trusted proxies that did not say who calls.", float64(d.limits.unsaid.Load()))
	d.callMetrics(&b, family)
	meter := d.server.Meter()
	took, records := meter.Commits()
	failed, repeated := meter.Lost()
	histogram(&b, "meshkeyd_call_duration_seconds", "How long calls took, from their last octet to the answer's first.", meter.Latency(), time.Second)
	histogram(&b, "meshkeyd_commit_duration_seconds", "How long the store took to make transactions durable.", took, time.Second)
	histogram(&b, "meshkeyd_commit_records", "Records of the audit log in one transaction.", records, 1)
	one("meshkeyd_commit_failures_total", "counter", "Transactions that the store did not make.", float64(failed))
	one("meshkeyd_commit_repeats_total", "counter", "Transactions begun anew because another came between.", float64(repeated))
	one("process_goroutines", "gauge", "Goroutines.", float64(runtime.NumGoroutine()))
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	one("process_heap_bytes", "gauge", "Octets of the heap in use.", float64(m.HeapInuse))
	one("process_memory_bytes", "gauge", "Octets of memory got from the system.", float64(m.Sys))
	return b.Bytes()
}

// callMetrics are what became of calls, and what the time was spent on.
func (d *daemon) callMetrics(b *bytes.Buffer, family func(name, kind, help string)) {
	meter := d.server.Meter()
	family("meshkeyd_calls_total", "counter", "Calls, by name and how they ended: answered, or the code of the refusal.")
	calls := meter.Calls()
	for _, o := range slices.SortedFunc(maps.Keys(calls), func(x, y server.Outcome) int {
		return cmp.Or(cmp.Compare(x.Call, y.Call), cmp.Compare(x.Code, y.Code))
	}) {
		fmt.Fprintf(b, "meshkeyd_calls_total{call=%q,outcome=%q} %d\n", cmp.Or(o.Call, "unknown"), cmp.Or(o.Code, "answered"), calls[o])
	}
	kinds := []server.Work{server.Signature, server.Agreement, server.Receipt}
	family("meshkeyd_work_total", "counter", "Signatures verified, agreements made with their proofs, signatures of receipts, one for all that were recorded together.")
	for _, k := range kinds {
		n, _ := meter.Work(k)
		fmt.Fprintf(b, "meshkeyd_work_total{kind=%q} %d\n", k, n)
	}
	family("meshkeyd_work_seconds_total", "counter", "Time spent on them by the clock, with waiting for a processor.")
	for _, k := range kinds {
		_, t := meter.Work(k)
		fmt.Fprintf(b, "meshkeyd_work_seconds_total{kind=%q} %s\n", k, number(t.Seconds()))
	}
}

// histogram writes a histogram of values that are given in parts of a unit.
func histogram(b *bytes.Buffer, name, help string, h server.Histogram, unit time.Duration) {
	fmt.Fprintf(b, "# HELP %s %s\n# TYPE %s histogram\n", name, help, name)
	of := func(v int64) string { return number(float64(v) / float64(unit)) }
	for _, at := range h.Buckets {
		fmt.Fprintf(b, "%s_bucket{le=%q} %d\n", name, of(at.Most), at.Count)
	}
	fmt.Fprintf(b, "%s_bucket{le=\"+Inf\"} %d\n%s_sum %s\n%s_count %d\n", name, h.Count, name, of(h.Sum), name, h.Count)
}

// storeSize is how long the store's file is.
func (d *daemon) storeSize() float64 {
	info, err := os.Stat(d.settings.store)
	if d.settings.shared() || err != nil {
		return 0
	}
	return float64(info.Size())
}

// unixTime is a time in Unix time, 0 for none.
func unixTime(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.Unix())
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
