package check_test

import (
	"fmt"

	"meshkey/vectors/check"
)

func ExampleRun() {
	results, err := check.Run("udf-key")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range results {
		fmt.Println(r.Name, r.Source, r.Status)
	}
	// Output:
	// key-udf-08 draft-hallambaker-mesh-udf-08, section 1.1.1 passed
	// key-udf-10 draft-hallambaker-mesh-udf-10, section 1.1.1 passed
	// key-udf-12 draft-hallambaker-mesh-udf-12, section 1.1.1 erratum honoured
	// key-udf-13 draft-hallambaker-mesh-udf-13, section 1.1.1 erratum honoured
	// key-reference-2022-05-03 reference Examples 2022-05-03, UDFEncrypt.md erratum honoured
}
