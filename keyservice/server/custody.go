package server

import (
	"meshkey/keyservice/store"
)

// The tables of groups.
const (
	tableGroups  store.Table = "group"        // address: serial number, digest of the record, fingerprint
	tableRecords store.Table = "group-record" // fingerprint, 0, number of the piece: a piece of the record
	tableHalves  store.Table = "group-half"   // fingerprint, 0, place: the service's half, sealed
)

// A holding is a group in memory.
type holding struct{}

func (h *holding) still(store.Reader) error { return nil }

type holdings struct{}

func newHoldings(int) *holdings { return &holdings{} }

func (c *holdings) drop(*holding) {}
func (c *holdings) clear()        {}
