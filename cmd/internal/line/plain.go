package line

import (
	"slices"
	"strings"
)

// packages are those whose errors begin with their name.
var packages = []string{
	"api", "audit", "ceremony", "cogen", "curve", "dare", "escrow", "frost", "group", "jsonb", "keyfile", "keyservice", "letters",
	"mesh", "print", "profile", "qr", "record", "recovery", "scan", "seedfile", "server", "shamir", "store", "udf", "vectors",
}

// Plain drops the names of packages from a message.
func Plain(text string) string {
	parts := slices.DeleteFunc(strings.Split(text, ": "), func(s string) bool { return slices.Contains(packages, s) })
	return strings.Join(parts, ": ")
}
