// Meshkeyd is the key service of the Mathematical Mesh: it holds the other
// halves of members' keys, keeps profiles and recovery records, answers who is
// entitled to an answer, and writes down every request before it does.
//
// The program is cmd/internal/meshkeyd.
package main

import "meshkey/cmd/internal/meshkeyd"

func main() { meshkeyd.Main() }
