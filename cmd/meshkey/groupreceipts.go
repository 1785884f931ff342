package main

import (
	"bytes"
	"os"

	"meshkey/keyservice"
)

// fileReceipts keeps what the service signed about the calls made from this
// folder, a line for each: meshkeyd audit verify holds the service's log to it.
const fileReceipts = "receipts"

// receipts has a client keep its receipts in a folder. A receipt that cannot be
// kept stops nothing that was done already; it is said.
func (a *app) receipts(f folder) keyservice.Option {
	return keyservice.OnReceipt(func(receipt []byte) {
		if err := appendLine(f.path(fileReceipts), receipt); err != nil {
			a.voice.Warn("the service's receipt was not kept: %s", plain(explain(err).Error()))
		}
	})
}

// appendLine adds a line to a file that may be missing, in one step.
func appendLine(name string, text []byte) (err error) {
	line := append(bytes.ReplaceAll(bytes.TrimSpace(text), []byte("\n"), nil), '\n')
	out, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	if _, err = out.Write(line); err == nil {
		err = out.Sync()
	}
	if closed := out.Close(); err == nil {
		err = closed
	}
	return err
}
