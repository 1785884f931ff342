package vectors_test

import (
	"crypto/sha512"
	"fmt"

	"meshkey/vectors"
)

func ExampleEach() {
	for c := range vectors.Each[vectors.Digest]("udf-digest") {
		if c.Data.Hash == "SHA-2-512" && c.Data.Inner != nil {
			inner := sha512.Sum512(c.Data.Data)
			fmt.Println(c.Name, c.Source, c.Data.Inner.String() == fmt.Sprintf("%x", inner))
		}
	}
	// Output:
	// sha2 draft-hallambaker-mesh-udf-13, section 5.1.6 true
	// sha2-twenty-zero-bits draft-hallambaker-mesh-udf-13, section 5.1.8 true
}
