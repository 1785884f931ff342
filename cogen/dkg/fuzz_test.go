package dkg

import (
	"bytes"
	"testing"
)

// Whatever a party sends, nothing panics, and what is taken is what it should
// have sent, octet for octet: a message has one form. A state that is taken is
// written again as it was.
func FuzzMessages(f *testing.F) {
	var plays []*play
	var aids []*aid
	for k, a := range algorithms {
		p := begin(f, must(Generate(a, []byte("fuzz"), 2, first(3)))(f)).open(f).deal(f)
		pending := must(p.finish(me))(f)
		for _, i := range p.c.holders {
			p.receipts[i] = must(p.finish(i))(f).Receipt()
		}
		shares := generated(f, a, 2, first(4))
		r := split(f, must(NewRepair(nil, shares[0].Commitment(), me, at(2, 3, 4)))(f), shares[1:]...).sum(f)
		plays, aids = append(plays, p), append(aids, r)
		for _, m := range [][]byte{
			p.pledges[liar], p.openings[liar], p.deals[me][liar], p.receipts[liar], p.dealers[me].State(), pending.State(),
			r.tables[liar], r.deltas[other][liar], r.sums[liar],
		} {
			f.Add(byte(k), m)
			f.Add(byte(k), flipped(m, -1))
			f.Add(byte(k), m[:len(m)-1])
		}
	}
	f.Fuzz(func(t *testing.T, k byte, m []byte) {
		p, r := plays[k%4], aids[k%4]
		c, pending := p.c, must(p.finish(me))(t)
		taken := func(what string, err error, honest []byte) {
			if err == nil && !bytes.Equal(m, honest) {
				t.Errorf("another %s is taken", what)
			}
		}
		d := must(c.Start(me, nil))(t) // pledges anew, so that any pledge of the liar's can be taken
		if out, err := d.Open(with(with(p.pledges, me, d.Pledge()), liar, m)); err == nil {
			view := out[len(out)-2*idLen : len(out)-idLen]
			if !bytes.Equal(m, c.message(pledge, liar, view)) {
				t.Error("a pledge is not what it was taken for")
			}
		}
		_, err := p.dealers[me].Deal(with(p.openings, liar, m))
		taken("opening", err, p.openings[liar])
		_, err = c.Finish(me, nil, p.openings, with(p.deals[me], liar, m))
		taken("deal", err, p.deals[me][liar])
		_, err = pending.Accept(with(p.receipts, liar, m))
		taken("receipt", err, p.receipts[liar])
		if d, err := c.Resume(me, nil, m); err == nil && !bytes.Equal(d.State(), m) {
			t.Error("a state is written otherwise")
		}
		if p, err := c.ResumePending(me, m); err == nil && !bytes.Equal(p.State(), m) {
			t.Error("a pending share is written otherwise")
		}
		_ = c.Judge(me, liar, m, m)
		_, err = r.r.Sum(other, with(r.tables, liar, m), r.deltas[other])
		taken("table", err, r.tables[liar])
		_, err = r.r.Sum(other, r.tables, with(r.deltas[other], liar, m))
		taken("delta", err, r.deltas[other][liar])
		_, err = r.r.Recover(r.tables, with(r.sums, liar, m))
		taken("sum", err, r.sums[liar])
	})
}
