//go:build !unix

package exit

// NoCore does nothing: this system writes no core dumps unless told to.
func NoCore() {}
