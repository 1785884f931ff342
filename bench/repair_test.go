package bench

import (
	"context"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cloudflare/circl/sign/ed448"

	"meshkey/escrow"
	"meshkey/profile"
	"meshkey/recovery"
	"meshkey/shamir"
	"meshkey/udf"
)

// cpu is the processor time this process has used, on all cores.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

const base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

// slip replaces a letter of a share, from 0, by the one so many further.
func slip(share string, at, by int) string {
	plain := []byte(strings.ReplaceAll(share, "-", ""))
	plain[at] = base32[(strings.IndexByte(base32, plain[at])+by)%32]
	return string(plain)
}

// searchFor adds texts to a session and returns what a search for repairs finds.
func searchFor(a recovery.Anchor, how recovery.Search, texts ...string) []recovery.Repair {
	s := must(recovery.New(a))
	defer s.Wipe()
	for i, text := range texts {
		s.AddText(text, fmt.Sprint(i+1))
	}
	return must(s.Repairs(context.Background(), how))
}

func newKit() *escrow.Kit {
	return must(escrow.New(profile.NewSeed(), shamir.Quorum{Need: 2, Of: 3}, escrow.Options{Date: time.Unix(1.8e9, 0)}))
}

// BenchmarkRepairOneLetter searches for one wrong letter in a 2-of-3 set with
// nothing but the account's fingerprint, and compares the processor time with
// that of 3,472 key derivations by circl: one for each of 31 other letters at
// 56 places of two shares. The places are spread over the shares; worst is the
// highest ratio met, and every letter must be found.
func BenchmarkRepairOneLetter(b *testing.B) {
	const derivations = 2 * 56 * 31
	seed := make([]byte, ed448.SeedSize)
	var ratios, spent []float64
	cases := 0
	for b.Loop() {
		k := newKit()
		texts := []string{udf.FormatShare(k.Shares[0]), udf.FormatShare(k.Shares[2])}
		start := cpu()
		for range derivations {
			ed448.NewKeyFromSeed(seed)
		}
		base := cpu() - start
		for _, at := range []int{0, 3, 10, 21, 32, 43, 54, 58} {
			wrong := []string{texts[0], texts[1]}
			n := cases % 2
			wrong[n] = slip(texts[n], at, 1+cases*7%31)
			cases++
			start = cpu()
			found := searchFor(recovery.Anchor{Account: k.Fingerprint}, recovery.Search{}, wrong...)
			used := cpu() - start
			if len(found) == 0 {
				b.Errorf("sheet %d, letter %d: not found", n+1, at+1)
			}
			spent = append(spent, used.Seconds())
			ratios = append(ratios, float64(used)/float64(base))
		}
	}
	b.ReportMetric(median(spent), "cpu-s/letter")
	b.ReportMetric(median(ratios), "×base")
	b.ReportMetric(ratios[len(ratios)-1], "worst")
	b.ReportMetric(1.1, "must")
}

// BenchmarkRepairTwoLetters searches for two wrong letters in one share with
// its certificate.
func BenchmarkRepairTwoLetters(b *testing.B) {
	k := newKit()
	share := udf.FormatShare(k.Shares[0])
	var worst time.Duration
	n := 0
	start := cpu()
	for b.Loop() {
		before := cpu()
		at := 57 - n%50
		wrong := slip(slip(share, 58-n%7, 5), at-7, 30)
		n++
		if len(searchFor(recovery.Anchor{Certificate: k.Certificate}, recovery.Search{}, wrong)) == 0 {
			b.Error("not found")
		}
		worst = max(worst, cpu()-before)
	}
	b.ReportMetric((cpu()-start).Seconds()/float64(n), "cpu-s/share")
	b.ReportMetric(worst.Seconds(), "worst")
	b.ReportMetric(5, "must")
}

// BenchmarkRepairDeep runs the search for two wrong letters with nothing but
// the fingerprint until it is stopped after half a second, and tells how many texts a second it tries and how long all would
// take on this machine's cores, in minutes.
func BenchmarkRepairDeep(b *testing.B) {
	k := newKit()
	one, two := udf.FormatShare(k.Shares[0]), udf.FormatShare(k.Shares[2])
	s := must(recovery.New(recovery.Anchor{Account: k.Fingerprint}))
	defer s.Wipe()
	s.AddText(slip(slip(one, 30, 1), 40, 1), "1")
	s.AddText(slip(two, 50, 1), "2")
	var rate, minutes float64
	for b.Loop() {
		ctx, stop := context.WithCancel(context.Background())
		start := time.Now()
		_, err := s.Repairs(ctx, recovery.Search{Deep: true, Progress: func(done, total int64) {
			if d := time.Since(start).Seconds(); d > 0.5 {
				rate, minutes = float64(done)/d, float64(total)/float64(done)*d/60
				stop()
			}
		}})
		if err == nil {
			b.Error("not stopped")
		}
		stop()
	}
	b.ReportMetric(rate, "texts/s")
	b.ReportMetric(minutes, "minutes-all")
}
