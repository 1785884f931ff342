package escrow

import (
	"fmt"

	"meshkey/shamir"
)

// Severity says how much a piece of advice weighs.
type Severity int

// The severities, the least first.
const (
	Note    Severity = iota // good to know
	Warning                 // think again before going on
	Refusal                 // cannot be done
)

// String is a word for machines.
func (s Severity) String() string { return [...]string{"note", "warning", "refusal"}[s] }

// Code names a piece of advice and does not change.
type Code string

// The codes of advice.
const (
	CannotSplit  Code = "cannot-split"  // the numbers make no quorum
	TooMany      Code = "too-many"      // more than 15 shares
	OneSheet     Code = "one-sheet"     // 1 of 1: a copy, no more
	AnyoneAlone  Code = "anyone-alone"  // 1 of n: each share is the account
	NoLoss       Code = "no-loss"       // n of n: one lost share loses the account
	FewToCollude Code = "few-colluders" // 2 of many: any pair among many people
	Loss         Code = "loss"          // how many shares may be lost
	Theft        Code = "theft"         // how many shares may be stolen
)

// Advice is one thing to consider before splitting.
type Advice struct {
	Code     Code
	Severity Severity
	Text     string // a plain English sentence
}

// Advise says in plain words what a quorum means for the person: what loss it
// survives and what theft. It takes any numbers, possible or not, and returns
// the weightiest advice first.
func Advise(q shamir.Quorum) []Advice {
	switch {
	case q.Of > maxShares:
		return []Advice{{TooMany, Refusal, fmt.Sprintf(
			"At most %d sheets can be made; %d were asked for.", maxShares, q.Of)}}
	case q.Validate() != nil:
		return []Advice{{CannotSplit, Refusal, fmt.Sprintf(
			"%d of %d is not possible: the sheets needed must be at least 1 and no more than the sheets made.", q.Need, q.Of)}}
	}
	return append(dangers(q), loss(q), theft(q))
}

// maxShares is what the format of a share leaves room for, and the Mesh's
// reference accepts.
const maxShares = 15

func dangers(q shamir.Quorum) (out []Advice) {
	switch {
	case q.Of == 1:
		out = append(out, Advice{OneSheet, Warning,
			"One sheet is a plain copy of the account: whoever finds it has the account, and if it is lost there is no other."})
	case q.Need == 1:
		out = append(out, Advice{AnyoneAlone, Warning, fmt.Sprintf(
			"Each of the %d sheets alone gives the whole account to whoever holds it, finds it or photographs it.", q.Of)})
	case q.Need == q.Of:
		out = append(out, Advice{NoLoss, Warning, fmt.Sprintf(
			"All %d sheets are needed: if a single one is lost, burnt or illegible, the account is lost for ever.", q.Of)})
	case q.Need == 2 && q.Of >= 6:
		out = append(out, Advice{FewToCollude, Note, fmt.Sprintf(
			"Any two of %d people can take the account together; with so many sheets, consider needing three.", q.Of)})
	}
	return out
}

func loss(q shamir.Quorum) Advice {
	switch spare := q.Of - q.Need; spare {
	case 0:
		return Advice{Loss, Note, "No sheet may be lost."}
	case 1:
		return Advice{Loss, Note, fmt.Sprintf(
			"Any one sheet may be lost or destroyed: the other %s.", recovers(q.Need))}
	default:
		return Advice{Loss, Note, fmt.Sprintf(
			"Any %d of the %d sheets may be lost or destroyed: the other %s.", spare, q.Of, recovers(q.Need))}
	}
}

func recovers(n int) string {
	if n == 1 {
		return "one still recovers the account"
	}
	return fmt.Sprintf("%d still recover the account", n)
}

func theft(q shamir.Quorum) Advice {
	switch q.Need {
	case 1:
		return Advice{Theft, Note, "A single stolen sheet gives the account away."}
	case 2:
		return Advice{Theft, Note, "One stolen sheet tells the thief nothing; two give the account away."}
	default:
		return Advice{Theft, Note, fmt.Sprintf(
			"%d stolen sheets tell the thief nothing; %d give the account away.", q.Need-1, q.Need)}
	}
}
