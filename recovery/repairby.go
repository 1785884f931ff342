package recovery

import (
	"slices"

	"meshkey/internal/secret"
	"meshkey/record"
	"meshkey/shamir"
	"meshkey/udf"
)

// relevantCertificates are those that can speak for the account, one of each
// set.
func (r *repairer) relevantCertificates() (out []*record.Certificate) {
	for i, c := range r.certificates {
		if r.relevant(c.Certificate) && !r.sameBefore(i) {
			out = append(out, c.Certificate)
		}
	}
	return out
}

// known reports whether a certificate of the account asked for knows a sheet as
// it stands.
func (r *repairer) known(d *draft) bool {
	return d.whole && slices.ContainsFunc(r.relevantCertificates(), func(c *record.Certificate) bool { return c.Knows(d.share) })
}

// enough reports whether a certificate knows enough of the sheets, and these
// give the account: anybody can make a certificate that names it.
func (r *repairer) enough() bool {
	want, _, err := r.target()
	if err != nil || want.IsZero() {
		return false
	}
	for _, c := range r.relevantCertificates() {
		var known []shamir.Share
		for _, d := range r.drafts {
			if d.whole && c.Knows(d.share) {
				known = append(known, d.share)
			}
		}
		if len(known) >= c.Quorum().Need && isAccount(known, want) {
			return true
		}
	}
	return false
}

// byCertificates asks the certificates about each sheet by itself, until enough
// are right.
func (r *repairer) byCertificates() error {
	certificates := r.relevantCertificates()
	if len(certificates) == 0 {
		return nil
	}
	for _, d := range r.drafts {
		if d.changed() && r.known(d) && !r.planned {
			r.propose(fix{d: d, text: slices.Clone(d.text)}, ByCertificate)
		}
	}
	done, all := r.enough(), allowance{left: r.most}
	for _, depth := range []depth{shallow, deep} {
		unknown := slices.DeleteFunc(slices.Clone(r.drafts), r.known)
		all.among = len(unknown)
		for _, d := range unknown {
			if done {
				return nil
			}
			before := len(r.repairs)
			if err := r.findAndPropose(all.fit(r.stepsByCertificate(d, certificates, depth)), ByCertificate); err != nil {
				return err
			}
			done = len(r.repairs) > before && r.enough()
		}
		if depth == shallow && !done {
			if err := r.findAndPropose([][]job{r.exchangesByCertificate(certificates)}, ByCertificate); err != nil {
				return err
			}
			done = r.enough()
		}
	}
	return nil
}

// stepsByCertificate are the steps for a sheet, each with every certificate.
func (r *repairer) stepsByCertificate(d *draft, certificates []*record.Certificate, depth depth) (steps [][]job) {
	for _, length := range r.lengths(d) {
		for _, step := range d.edits(length, depth, mostHashes) {
			var jobs []job
			for _, e := range step {
				for _, c := range certificates {
					jobs = append(jobs, d.search(e, func() judge { return byCommitment(c) }))
				}
			}
			steps = append(steps, jobs)
		}
	}
	return steps
}

// lengths are the numbers of letters that a sheet may have: those of the others,
// and of seeds; the nearest first.
func (r *repairer) lengths(d *draft) []int {
	out := []int{seedLetters, seedPadded}
	for _, e := range r.drafts {
		if e != d && e.whole {
			out = append([]int{letterCount(e.share)}, out...)
		}
	}
	if d.whole {
		out = append([]int{len(d.text)}, out...)
	}
	var unique []int
	for _, n := range out {
		if off := len(d.text) - n; off >= -2 && off <= 4 && !slices.Contains(unique, n) {
			unique = append(unique, n)
		}
	}
	return unique
}

// edits are the steps of a search for what is wrong on one sheet.
func (d *draft) edits(length int, depth depth, most int64) [][]edit {
	sure := d.sure
	if d.settled() {
		sure = make([]bool, len(d.text)) // and yet it is wrong
	}
	steps := edits(d.text, sure, length, depth, most)
	if depth == shallow && len(d.text) == length && len(d.text) == len(d.typed) && len(d.rows) > 1 {
		steps = append(steps, shuffled(d.text, d.sizes()))
	}
	return steps
}

func (d *draft) jobs(edits []edit, newJudge func() judge) (jobs []job) {
	for _, e := range edits {
		jobs = append(jobs, d.search(e, newJudge))
	}
	return jobs
}

// byAccount asks the account about Need sheets together.
func (r *repairer) byAccount() error {
	want, _, err := r.target()
	if err != nil || want.IsZero() {
		return err
	}
	if r.asProposed(want) {
		return nil
	}
	cases := r.cases()
	steps := r.stepsByAccount(cases, want, shallow)
	steps = append(steps, r.exchangesByAccount(want))
	if r.Deep {
		for _, jobs := range append(r.stepsByAccount(cases, want, deep), r.twoSheets(want)) {
			slices.Reverse(jobs) // headers last: they are quick, and would make the rest seem so
			steps = append(steps, jobs)
		}
	}
	found, err := r.find(steps)
	if len(found) != 1 {
		r.proposeAll(found, ByAccount)
		return err
	}
	before := len(r.repairs)
	r.proposeAll(r.options(found[0], cases, want), ByAccount)
	if all := r.repairs[before:]; len(all) > 1 {
		all[0].Instead = slices.Clone(all[1:])
		r.repairs = r.repairs[:before+1]
	}
	return nil
}

// options are all the fixes of one sheet that give the same seed as one that was
// found, the likeliest first: the weights of shares are small numbers, so that
// another letter at the same place of another sheet often does.
func (r *repairer) options(f fix, cases []doubt, want udf.Fingerprint) []fix {
	var seed []byte
	defer func() { secret.Wipe(seed) }()
	for _, c := range cases {
		if c.d == f.d && seed == nil {
			seed = c.q.seed(f.text, want)
		}
	}
	type option struct {
		fix
		step int
	}
	var out []option
	all := allowance{r.most, len(cases)}
	for _, c := range cases {
		if seed == nil || c.d != f.d && !slices.Contains(c.known, f.d) || slices.ContainsFunc(out, func(o option) bool { return o.d == c.d }) {
			continue
		}
		var found []fix
		length := (8*(2+c.q.secretLen) + 4) / 5
		steps := c.d.edits(length, shallow, mostKeys)
		if r.Deep {
			steps = append(steps, c.d.edits(length, deep, mostDeepKeys)...)
		}
		var own [][]job
		for _, step := range steps {
			own = append(own, c.d.jobs(step, func() judge { return c.q.bySeed(seed) }))
		}
		for i, jobs := range all.fit(own) {
			for _, j := range jobs {
				if found == nil {
					if found = j.run(func() bool { return r.hunt.ctx.Err() == nil }); found != nil {
						out = append(out, option{found[0], i})
					}
				}
			}
		}
	}
	slices.SortStableFunc(out, func(a, b option) int { return a.step - b.step })
	var fixes []fix
	for _, o := range out {
		if o.d != f.d {
			fixes = append(fixes, o.fix)
		} else {
			secret.Wipe(o.text)
		}
	}
	at := max(0, slices.IndexFunc(out, func(o option) bool { return o.d == f.d }))
	return slices.Insert(fixes, at, f)
}

func (r *repairer) findAndPropose(steps [][]job, by AnchorKind) error {
	found, err := r.find(steps)
	r.proposeAll(found, by)
	return err
}

func (r *repairer) proposeAll(fixes []fix, by AnchorKind) {
	for _, f := range fixes {
		r.propose(f, by)
	}
}

// asProposed takes the texts as the check letters propose them, if they give the
// account.
func (r *repairer) asProposed(want udf.Fingerprint) bool {
	if r.planned || !slices.ContainsFunc(r.drafts, (*draft).changed) {
		return false
	}
	for _, known := range r.choose(r.drafts, 0) {
		shares := make([]shamir.Share, len(known))
		for i, d := range known {
			shares[i] = d.share
		}
		if isAccount(shares, want) {
			for _, d := range known {
				if d.changed() {
					r.propose(fix{d: d, text: slices.Clone(d.text)}, ByAccount)
				}
			}
			return true
		}
	}
	return false
}

// A doubt is a sheet that may be wrong, and others that must be right then.
type doubt struct {
	d     *draft
	known []*draft
	q     *quorum
}

// cases are the doubts: each sheet with each choice of Need-1 others.
func (r *repairer) cases() (out []doubt) {
	for _, d := range r.drafts {
		others := slices.DeleteFunc(slices.Clone(r.drafts), func(e *draft) bool { return e == d })
		found := false
		for _, known := range r.choose(others, 1) {
			if len(out) >= mostQuorums {
				return out
			}
			out = append(out, doubt{d, known, r.quorum(known, known[0].share.SecretLen())})
			found = true
		}
		if !found && (len(r.drafts) == 1 || d.whole && d.share.Need() == 1) {
			for _, n := range []int{seedLetters, seedPadded} {
				out = append(out, doubt{d, nil, r.quorum(nil, n*5/8-2)})
			}
		}
	}
	return out
}

func (r *repairer) quorum(known []*draft, secretLen int) *quorum {
	shares := make([]shamir.Share, len(known))
	for i, d := range known {
		shares[i] = d.share
	}
	q := newQuorum(shares, secretLen)
	r.quorums = append(r.quorums, q)
	return q
}

// choose lists the choices of Need-missing sheets among some, of one need, one
// length and different numbers, those first that a certificate knows.
func (r *repairer) choose(from []*draft, missing int) (out [][]*draft) {
	from = slices.DeleteFunc(slices.Clone(from), func(d *draft) bool { return !d.whole })
	slices.SortStableFunc(from, func(a, b *draft) int { return truth(r.known(b)) - truth(r.known(a)) })
	var pick func(chosen []*draft, at int)
	pick = func(chosen []*draft, at int) {
		if len(out) >= mostQuorums {
			return
		}
		if len(chosen) > 0 && len(chosen) == chosen[0].share.Need()-missing {
			out = append(out, slices.Clone(chosen))
			return
		}
		for i := at; i < len(from); i++ {
			d := from[i].share
			if !slices.ContainsFunc(chosen, func(e *draft) bool {
				return e.share.Need() != d.Need() || e.share.SecretLen() != d.SecretLen() || e.share.Index() == d.Index()
			}) {
				pick(append(chosen, from[i]), i+1)
			}
		}
	}
	pick(nil, 0)
	return out
}

// stepsByAccount are the steps for all doubts, one kind of slip after the other.
func (r *repairer) stepsByAccount(cases []doubt, want udf.Fingerprint, depth depth) (steps [][]job) {
	most := int64(mostKeys)
	if r.Deep {
		most = mostDeepKeys
	}
	all := allowance{r.most, len(cases)}
	for _, c := range cases {
		length := (8*(2+c.q.secretLen) + 4) / 5
		var own [][]job
		for _, step := range c.d.edits(length, depth, most) {
			own = append(own, c.d.jobs(step, func() judge { return c.q.byAccount(want) }))
		}
		for i, jobs := range all.fit(own) {
			if i == len(steps) {
				steps = append(steps, nil)
			}
			steps[i] = append(steps[i], jobs...)
		}
	}
	return steps
}
