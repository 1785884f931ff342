package dkg

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"meshkey/cogen"
	"meshkey/internal/curve"
	"meshkey/internal/secret"
)

// A Repair is what the parties agree on who give a holder the share that he
// lost, or that he never had: the share at his index. The helpers, as many as
// are needed or more, do not meet, and learn nothing; he learns his share
// alone. It does not change.
//
// Each helper takes its share times its weight, which are the summands of the
// share to repair, and splits that into one random delta for each helper
// (Split). Each helper sums up what it was given (Sum), and the loser adds the
// sums (Recover). The tables are points for all deltas, so that whoever lies is
// named.
type Repair struct {
	session
	old     *cogen.Commitment
	lost    cogen.Index
	helpers []cogen.Index   // in ascending order
	weights []*curve.Scalar // of the helpers, towards lost
	parts   []*curve.Point  // public shares times weights
}

// NewRepair is the repair of the share at lost of the key that old is the
// commitment of. A context, at most 1024 octets, should stand for one repair
// and no other. The order of helpers does not matter.
//
// Whoever gets the sums has a share. That he is the one who should have it is
// for the helpers to see to.
func NewRepair(context []byte, old *cogen.Commitment, lost cogen.Index, helpers []cogen.Index) (*Repair, error) {
	r := &Repair{session: session{suite: suites[old.Algorithm()]}, old: old, lost: lost}
	var err error
	if r.helpers, err = r.roster(helpers); err != nil {
		return nil, err
	}
	switch {
	case !r.isIndex(lost):
		return nil, errors.New("dkg: no index to repair")
	case len(context) > maxContext:
		return nil, fmt.Errorf("dkg: a context has more than %d octets", maxContext)
	case len(helpers) < old.Need():
		return nil, fmt.Errorf("dkg: fewer helpers than the %d whose shares are needed", old.Need())
	case slices.Contains(r.helpers, lost):
		return nil, errors.New("dkg: the share that is repaired cannot help")
	}
	r.id = tagged("repair", idLen, []byte(old.Algorithm().String()), context, slices.Concat(old.Bytes()...),
		r.scalar(lost).Bytes(), r.indexes(r.helpers))
	r.weights = r.weightsAt(r.scalar(lost), r.helpers)
	r.parts, err = r.publicShares(old, r.helpers, r.weights)
	return r, err
}

func (r *Repair) tableLen() int { return len(r.helpers) * r.curve.PointLen() }

// Split returns a helper's table, for all helpers and the loser, and one delta
// for each helper, for that one's eyes only, the helper's own among them. The
// deltas are random, but for their sum: they are made once, and kept until they
// are sent.
func (r *Repair) Split(share *cogen.Share) (table []byte, deltas map[cogen.Index][]byte, err error) {
	random := secret.Random((len(r.helpers) - 1) * 2 * r.curve.ScalarLen())
	defer random.Wipe()
	return r.split(share, random)
}

func (r *Repair) split(share *cogen.Share, random *secret.Bytes) ([]byte, map[cogen.Index][]byte, error) {
	i := slices.Index(r.helpers, share.Index())
	if i < 0 || !share.Commitment().Equal(r.old) {
		return nil, nil, errShare
	}
	octets := share.Scalar()
	defer secret.Wipe(octets)
	if octets == nil {
		return nil, nil, errWiped
	}
	rest := r.curve.NewScalar().SetWide(octets)
	rest.Mul(rest, r.weights[i])
	d, p := r.curve.NewScalar(), r.curve.NewPoint()
	defer rest.Wipe()
	defer d.Wipe()
	var points [][]byte
	deltas, wide := map[cogen.Index][]byte{}, 2*r.curve.ScalarLen()
	for j, to := range r.helpers {
		if d.Set(rest); j < len(r.helpers)-1 {
			d.SetWide(random.Reveal()[j*wide : (j+1)*wide])
			rest.Sub(rest, d)
		}
		octets := d.Bytes()
		deltas[to] = r.message(delta, share.Index(), r.scalar(to).Bytes(), octets)
		secret.Wipe(octets)
		points = append(points, p.ScalarBaseMult(d).Bytes())
	}
	return r.message(table, share.Index(), points...), deltas, nil
}

// Sum returns a helper's message for the loser, for his eyes only, from the
// tables and deltas of all helpers. It checks the tables, and the deltas
// against them.
func (r *Repair) Sum(self cogen.Index, tables, deltas map[cogen.Index][]byte) ([]byte, error) {
	j := slices.Index(r.helpers, self)
	if j < 0 {
		return nil, errors.New("dkg: not a helper of this repair")
	}
	points, digests, err := r.readTables(tables)
	if err != nil {
		return nil, err
	}
	n := r.curve.ScalarLen()
	bodies, err := r.bodies(delta, r.helpers, deltas, 2*n)
	if err != nil {
		return nil, err
	}
	total := r.curve.NewScalar()
	defer total.Wipe()
	var wrong faults
	for i, b := range bodies {
		d, err := r.curve.NewScalar().SetCanonical(b[n:])
		switch {
		case !bytes.Equal(b[:n], r.scalar(self).Bytes()):
			wrong.add(r.helpers[i], "sent a delta for another helper")
		case err != nil || r.curve.NewPoint().ScalarBaseMult(d).Equal(points[i][j]) == 0:
			wrong.add(r.helpers[i], "sent a delta that is not in its table")
		default:
			total.Add(total, d)
			d.Wipe()
		}
	}
	if wrong != nil {
		return nil, wrong.err()
	}
	octets := total.Bytes()
	defer secret.Wipe(octets)
	return r.message(sum, self, octets, digests), nil
}

// Recover returns the share from the tables and sums of all helpers.
func (r *Repair) Recover(tables, sums map[cogen.Index][]byte) (*cogen.Share, error) {
	points, digests, err := r.readTables(tables)
	if err != nil {
		return nil, err
	}
	n := r.curve.ScalarLen()
	bodies, err := r.bodies(sum, r.helpers, sums, n+len(digests))
	if err != nil {
		return nil, err
	}
	var views [][]byte
	for _, b := range bodies {
		views = append(views, b[n:])
	}
	if err := compare(r.helpers, digests, views, nil); err != nil {
		return nil, err
	}
	total, column := r.curve.NewScalar(), r.curve.NewPoint()
	defer total.Wipe()
	var wrong faults
	for j, b := range bodies {
		column.Set(points[0][j])
		for i := range points[1:] {
			column.Add(column, points[i+1][j])
		}
		s, err := r.curve.NewScalar().SetCanonical(b[:n])
		if err != nil || r.curve.NewPoint().ScalarBaseMult(s).Equal(column) == 0 {
			wrong.add(r.helpers[j], "sent a sum that is not that of the tables")
			continue
		}
		total.Add(total, s)
		s.Wipe()
	}
	if wrong != nil {
		return nil, wrong.err()
	}
	octets := total.Bytes()
	defer secret.Wipe(octets)
	return cogen.NewShare(r.old, r.lost, octets)
}

// readTables returns the points of all tables, and their digests, one after
// the other. The points of a helper must sum up to what it has to give.
func (r *Repair) readTables(tables map[cogen.Index][]byte) (points [][]*curve.Point, digests []byte, err error) {
	bodies, err := r.bodies(table, r.helpers, tables, r.tableLen())
	if err != nil {
		return nil, nil, err
	}
	var wrong faults
	for i, b := range bodies {
		row, err := r.points(b)
		total := r.curve.NewPoint()
		for _, p := range row {
			total.Add(total, p)
		}
		switch {
		case err != nil:
			wrong.add(r.helpers[i], wrongPoint)
		case total.Equal(r.parts[i]) == 0:
			wrong.add(r.helpers[i], "splits something else than its share")
		}
		points = append(points, row)
		digests = append(digests, tagged("table", idLen, r.id, b)...)
	}
	return points, digests, wrong.err()
}
