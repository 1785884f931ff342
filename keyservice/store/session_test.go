package store

import (
	"context"
	"testing"

	"meshkey/keyservice/store/storetest"
)

// What is reported is durable even where the database would report it sooner. A
// stronger promise stays.
func TestSynchronousCommit(t *testing.T) {
	url := storetest.URL(t)
	for given, want := range map[string]string{"off": "on", "remote_apply": "remote_apply"} {
		p, err := OpenPostgres(context.Background(), url+"&synchronous_commit="+given)
		if err != nil {
			t.Fatal(err)
		}
		var has string
		if err := p.pool.QueryRow(context.Background(), "SHOW synchronous_commit").Scan(&has); err != nil || has != want {
			t.Errorf("%s given: %s, %v", given, has, err)
		}
		p.Close()
	}
}
