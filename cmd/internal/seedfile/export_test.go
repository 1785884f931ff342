package seedfile

// Make passphrases cheap in tests.
func init() { work = 10 }
