package scan_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"meshkey/scan"
)

// A scan of several pages gives a text for each code, and says which pages had
// none.
func ExampleReadFile() {
	f, err := os.Open("testdata/two-pages.tif")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	reading, err := scan.ReadFile(context.Background(), f)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(reading.Format, reading.Pages, "pages, without a code:", reading.Empty)
	for _, t := range reading.Texts {
		fmt.Println("page", t.Page, t.Text[:9])
	}
	// Output:
	// TIFF 2 pages, without a code: []
	// page 1 SAQC-YE5R
	// page 2 SAQC-YE5R
}

// What cannot be read comes with something to do about it.
func ExampleUnsupportedError() {
	_, err := scan.Read(strings.NewReader("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"))
	if e, ok := errors.AsType[*scan.UnsupportedError](err); ok {
		fmt.Println(e.Format)
		fmt.Println(e.Hint)
	}
	// Output:
	// HEIC
	// On the telephone choose Settings, Camera, Formats, Most Compatible and photograph the sheet again, or export the picture as JPEG.
}
