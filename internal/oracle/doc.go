// Package oracle is a slow, plain second implementation on math/big, for tests to compare with.
package oracle
