package group

// ParseAny is Parse of a record of whatever group it is: it verifies by the
// profile that is in the record, which anybody can make. It is for who passes
// records on, and for who compares the group's fingerprint himself.
func ParseAny(b []byte) (*Group, error) { return parse(b) }
