package server

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"meshkey/keyservice/api"
	"meshkey/keyservice/store"
)

func TestHello(t *testing.T) {
	db, err := store.OpenBolt(filepath.Join(t.TempDir(), "db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	s, err := New(Config{Store: db, Address: "keys.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	body, err := api.Marshal(&api.HelloRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if response, status := s.Do(context.Background(), Peer{}, body); status != 503 {
		t.Errorf("a sealed service says %d %s", status, response)
	}
	if err := s.Unseal(NewSecrets(time.Now())); err != nil {
		t.Fatal(err)
	}
	if response, status := s.Do(context.Background(), Peer{}, body); status != 201 || !strings.Contains(string(response), "EnvelopedProfileService") {
		t.Errorf("Hello: %d %s", status, response)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
