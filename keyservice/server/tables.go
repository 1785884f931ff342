package server

import (
	"slices"

	"meshkey/keyservice/audit"
	"meshkey/keyservice/store"
)

// Tables are all that the service keeps in a store: what a backup and a move
// from one store to another have to take.
func Tables() []store.Table {
	return slices.Concat(accountTables, audit.Tables(), []store.Table{tableGroups, tableRecords, tableHalves, tableNonces}, conditionTables)
}
