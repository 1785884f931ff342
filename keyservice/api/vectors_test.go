package api_test

import (
	"testing"

	"meshkey/vectors/check"
)

func TestVectors(t *testing.T) {
	results, err := check.Run("call")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if r.Status == check.Failed {
			t.Errorf("%s (%s): %s", r.Name, r.Source, r.Detail)
		}
	}
}
