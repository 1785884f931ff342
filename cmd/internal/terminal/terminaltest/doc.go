// Package terminaltest has tests sit at a terminal.
package terminaltest
