package recovery

import (
	"slices"

	"meshkey/record"
	"meshkey/shamir"
	"meshkey/udf"
)

// A pair is two sheets that may be wrong together.
type pair struct{ a, b *draft }

// exchange lists the texts of the two with rows exchanged between them, each
// with the rows' numbers. try wipes what it does not keep.
func (p pair) exchange(try func(a, b fix) bool) bool {
	x, y := p.a.blocks(), p.b.blocks()
	for i, u := range x {
		for j, v := range y {
			if len(u) != len(v) || slices.Equal(u, v) {
				continue
			}
			a, b := slices.Clone(x), slices.Clone(y)
			a[i], b[j] = v, u
			if try(fix{p.a, slices.Concat(a...), p.b.source, i + 1}, fix{p.b, slices.Concat(b...), p.a.source, j + 1}) {
				return true
			}
		}
	}
	return false
}

// blocks are the rows of a sheet's text as it is on paper.
func (d *draft) blocks() (out [][]byte) {
	for block := range slices.Chunk(d.text, rowLetters) {
		out = append(out, block)
	}
	return out
}

func (p pair) count() int64 { return int64(len(p.a.blocks()) * len(p.b.blocks())) }

// pairs are all pairs of sheets, within reason.
func (r *repairer) pairs() (out []pair) {
	for i, a := range r.drafts {
		for _, b := range r.drafts[i+1:] {
			if len(out) < mostQuorums && len(a.text) == len(b.text) {
				out = append(out, pair{a, b})
			}
		}
	}
	return out
}

// exchangesByCertificate look for rows that were exchanged between two sheets
// of a set, both of which it then knows.
func (r *repairer) exchangesByCertificate(certificates []*record.Certificate) (jobs []job) {
	for _, p := range r.pairs() {
		if r.known(p.a) || r.known(p.b) {
			continue
		}
		for _, c := range certificates {
			jobs = append(jobs, p.job(func(a, b fix) bool {
				judge := byCommitment(c)
				defer judge.wipe()
				return judge.right(a.text) && judge.right(b.text)
			}))
		}
	}
	return jobs
}

// exchangesByAccount do the same with Need-2 other sheets and the account.
func (r *repairer) exchangesByAccount(want udf.Fingerprint) (jobs []job) {
	for _, p := range r.pairs() {
		for _, known := range r.besides(p) {
			jobs = append(jobs, p.job(func(a, b fix) bool { return combined(known, [][]byte{a.text, b.text}, want) }))
		}
	}
	return jobs
}

func (p pair) job(right func(a, b fix) bool) job {
	return job{p.count(), func(step func() bool) (found []fix) {
		p.exchange(func(a, b fix) bool {
			if right(a, b) {
				found = []fix{a, b}
			} else {
				wipeFixes([]fix{a, b})
			}
			return found != nil || !step()
		})
		return found
	}}
}

// besides are the choices of Need-2 sheets beside a pair, one empty choice if
// two are needed.
func (r *repairer) besides(p pair) (out [][]shamir.Share) {
	others := slices.DeleteFunc(slices.Clone(r.drafts), func(d *draft) bool { return d == p.a || d == p.b })
	for _, choice := range r.choose(others, 2) {
		var shares []shamir.Share
		for _, d := range choice {
			shares = append(shares, d.share)
		}
		out = append(out, shares)
	}
	for _, d := range []*draft{p.a, p.b} {
		if d.whole && d.share.Need() == 2 {
			return append(out, nil)
		}
	}
	return out
}

// twoSheets look for one wrong letter on each of two sheets.
func (r *repairer) twoSheets(want udf.Fingerprint) (jobs []job) {
	for _, p := range r.pairs() {
		for _, known := range r.besides(p) {
			var second []edit
			for _, step := range p.b.edits(len(p.b.text), shallow, mostKeys)[:4] {
				second = append(second, step...)
			}
			all := join(second)
			for _, step := range p.a.edits(len(p.a.text), shallow, mostKeys)[1:3] {
				for _, first := range step {
					jobs = append(jobs, p.twice(known, first, all, want))
				}
			}
		}
	}
	return jobs
}

// twice tries each text of an edit of the one sheet with each of the other.
func (p pair) twice(known []shamir.Share, first, second edit, want udf.Fingerprint) job {
	return job{first.count * second.count, func(step func() bool) (found []fix) {
		first.each(func(a []byte) bool {
			share, ok := parse(a)
			if !ok {
				return !step()
			}
			defer share.Wipe()
			q := newQuorum(append(slices.Clone(known), share), share.SecretLen())
			defer q.wipe()
			judge, going := q.byAccount(want), true
			defer judge.wipe()
			second.each(func(b []byte) bool {
				if judge.right(b) {
					found = []fix{{d: p.a, text: slices.Clone(a)}, {d: p.b, text: slices.Clone(b)}}
				}
				going = step()
				return found != nil || !going
			})
			return found != nil || !going
		})
		return found
	}}
}
