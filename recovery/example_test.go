package recovery_test

import (
	"fmt"

	"meshkey/recovery"
	"meshkey/udf"
)

// Two of the three shares that the reference's examples published in 2022, one
// typed in rows with its check letters, bring the account back.
func Example() {
	want, err := udf.ParseFingerprint("MARP-HH6B-D2JW-WLQ6-RWPQ-2SLS-AI2V")
	if err != nil {
		fmt.Println(err)
		return
	}
	session, err := recovery.New(recovery.Anchor{Account: want})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer session.Wipe()
	for _, text := range []string{
		"1: SAQC-YE5R-BE3C-37IF-AG43 / BXU6\n2: SGNT-3NLP-VURL-YWEH-FTBE / 2ZGI\n3: J755-IN6F-ZPXR-N6O5-3AVQ / Y64Q\n",
		"Share: SARP-IOIN-ZN5Z-H55S-YNAM-OIQT-LKOU-YUN2-C7SG-EQDQ-BIIQ-HIS6-BV55-2NTT-WL2Q",
	} {
		accepted, err := session.Add(text, "typed")
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(accepted)
	}
	result, err := session.Recover()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer result.Seed.Wipe()
	fmt.Println(result.Account, "from shares", result.Used)
	// Output:
	// 1 of 2: sheet 1 accepted
	// 2 of 2: sheet 3 accepted
	// MARP-HH6B-D2JW-WLQ6-RWPQ-2SLS-AI2V from shares [1 3]
}
