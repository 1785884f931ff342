package mesh_test

import (
	"fmt"

	"meshkey/mesh"
)

func Example() {
	p, err := mesh.ParseAs[mesh.ProfileUser]([]byte(`{"ProfileUser":{"AccountAddress":"alice@example.com","Motto":"later"}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	p.ServiceUdf = "MD3P-ALTL-T6I4-U6ER-O4ZD-5AP5-J6SO"
	out, err := mesh.Marshal(p)
	fmt.Println(string(out), err)
	// Output: {"ProfileUser":{"AccountAddress":"alice@example.com","Motto":"later","ServiceUdf":"MD3P-ALTL-T6I4-U6ER-O4ZD-5AP5-J6SO"}} <nil>
}
