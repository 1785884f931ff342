package udf

// What the tests reach from outside.
var (
	Digest     = digest
	ReduceNIST = reduceNIST
	NISTField  = func(s Specifier) string { return nistFields[s] }
)
