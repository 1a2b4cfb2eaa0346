-- version 1
CREATE TABLE probe_note (
	name TEXT PRIMARY KEY,
	text TEXT NOT NULL,
	expires INTEGER
) WITHOUT ROWID;

-- The same text again: a reader can tell that a write came whole.
CREATE TABLE probe_copy (
	name TEXT PRIMARY KEY,
	text TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE probe_file (
	name TEXT PRIMARY KEY,
	size INTEGER NOT NULL,
	bytes BLOB,
	blob TEXT
) WITHOUT ROWID;
