package recovery

import "fmt"

// String says in a sentence what became of a share or certificate, and how far
// the session is.
func (a Accepted) String() string {
	if a.Kind == Certificate {
		switch a.Status {
		case Foreign:
			return fmt.Sprintf("the certificate of set %s is not of the account asked for", a.Set)
		default:
			return fmt.Sprintf("certificate of set %s read", a.Set)
		}
	}
	sheet := fmt.Sprintf("sheet %d", a.Index)
	if a.Set != "" && a.Status != Doubtful {
		sheet += " of set " + a.Set
	}
	switch a.Status {
	case Repeated:
		return a.Progress.String() + ": " + sheet + " was there already"
	case Conflicting:
		return a.Progress.String() + ": " + sheet + " contradicts another " + sheet + ": both are tried"
	case Mistyped:
		return fmt.Sprintf("%v: row %d of %s does not fit its check letters", a.Progress, a.Row, sheet)
	case Doubtful:
		return fmt.Sprintf("%v: the certificate of set %s does not know %s: it is damaged or of another set", a.Progress, a.Set, sheet)
	}
	return a.Progress.String() + ": " + sheet + " accepted"
}

// String is how many of the shares needed are there, such as "1 of 2".
func (p Progress) String() string {
	if p.Need == 0 {
		return "no sheets yet"
	}
	return fmt.Sprintf("%d of %d", p.Have, p.Need)
}
