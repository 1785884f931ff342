package server

import (
	"context"
	"time"

	"meshkey/keyservice/audit"
	"meshkey/keyservice/store"
)

// keepHouse signs roots of the audit log and deletes what is out of date, until
// ctx ends.
func (s *Server) keepHouse(ctx context.Context) {
	defer close(s.done)
	tick := time.NewTicker(s.config.Ties)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if err := s.Tie(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("no root of the audit log could be signed", "error", err)
		}
		if err := s.prune(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("old nonces could not be deleted", "error", err)
		}
		if err := s.purge(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("what deleted accounts left could not be deleted", "error", err)
		}
		if err := s.pruneWaiting(ctx); err != nil && ctx.Err() == nil {
			s.log.Warn("requests that have expired could not be deleted", "error", err)
		}
	}
}

// Tie signs roots of the audit log until all its records are tied. It does
// nothing while the service is sealed.
func (s *Server) Tie(ctx context.Context) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.keys == nil {
		return nil
	}
	signer := s.keys.signature
	for {
		var root *audit.Root
		err := s.committer.Update(ctx, func(w store.Writer) (err error) {
			root, err = audit.Tie(w, signer, s.config.Now())
			return err
		})
		if err != nil || root == nil {
			return err
		}
	}
}
