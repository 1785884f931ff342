package main

import (
	"os"
	"path/filepath"

	"meshkey/cmd/internal/exit"
)

// spend removes a file that must not be used a second time, such as one with
// nonces, and returns only when the disk knows of it. What was made of the file
// may be shown from then on and not before.
//
// A copy of the file, in a backup or a snapshot of the disk, defeats this.
func spend(path string) error {
	if err := os.Remove(path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer dir.Close()
	if err := syncDir(dir); err != nil {
		return exit.Errorf(exit.Failed, "%s was removed, and the disk does not confirm it: %w", path, err)
	}
	return nil
}
