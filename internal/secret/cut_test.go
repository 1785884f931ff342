package secret_test

import (
	"bytes"
	"testing"

	"meshkey/internal/secret"
)

func TestCut(t *testing.T) {
	octets := []byte("abcdef")
	var boxes []secret.Bytes
	for i, box := range secret.Cut(octets, 2) {
		if i != len(boxes) {
			t.Errorf("box %d comes as number %d", len(boxes), i)
		}
		boxes = append(boxes, box)
	}
	if len(boxes) != 3 || string(boxes[1].Reveal()) != "cd" {
		t.Fatalf("%d boxes, the second with %q", len(boxes), boxes[1].Reveal())
	}
	boxes[1].Wipe()
	if !bytes.Equal(octets, []byte("ab\x00\x00ef")) || boxes[0].Len() != 2 {
		t.Errorf("wiping one box left %q", octets)
	}
	defer func() {
		if recover() == nil {
			t.Error("an uneven cut does not panic")
		}
	}()
	secret.Cut(octets, 4)
}
