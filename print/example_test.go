package print_test

import (
	"bytes"
	"fmt"
	"io"

	"meshkey/escrow"
	"meshkey/print"
	"meshkey/scan"
	"meshkey/shamir"
)

// A secret is split, and each share printed on a sheet of its own, which is
// read back before anybody relies on it.
func Example() {
	quorum := shamir.Quorum{Need: 2, Of: 3}
	shares, err := shamir.Split([]byte("the key is under the third stone"), quorum)
	check(err)
	kit := &escrow.Kit{Shares: shares, Quorum: quorum} // escrow.New makes one for an account
	defer kit.Wipe()

	sheets, err := print.Sheets(kit, print.Options{
		Paper: print.Letter, Language: "fr", Holders: []string{"Alice", "Benoît", "Chloé"},
	})
	check(err)
	pages := make([][]byte, len(sheets))
	for i, sheet := range sheets {
		var page bytes.Buffer
		check(sheet.WritePDF(&page))
		pages[i] = page.Bytes()
		fmt.Println(sheet.Name()+".pdf", sheet)
	}
	check(print.ReadBack(kit, sheets, pages, print.ReaderFunc(read)))
	fmt.Println("every page reads back, and any two of them combine")
	// Output:
	// sheet-1of3.pdf [secret sheet 1 of 3]
	// sheet-2of3.pdf [secret sheet 2 of 3]
	// sheet-3of3.pdf [secret sheet 3 of 3]
	// every page reads back, and any two of them combine
}

// read makes a print.Reader of package scan.
func read(page io.Reader) ([]string, error) {
	found, err := scan.Read(page)
	texts := make([]string, len(found))
	for i, f := range found {
		texts[i] = f.Text
	}
	return texts, err
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
