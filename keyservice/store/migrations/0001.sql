-- Values under keys, in named tables. Keys compare as octets.
CREATE TABLE meshkey_entry (
	tbl   text  NOT NULL,
	key   bytea NOT NULL,
	value bytea NOT NULL,
	PRIMARY KEY (tbl, key)
);
