-- version 1
CREATE TABLE blob (
	id TEXT PRIMARY KEY,
	size INTEGER NOT NULL
) WITHOUT ROWID;

-- One row. The writer counts failed commits here, see writer.c.
CREATE TABLE store_total (
	only INTEGER PRIMARY KEY CHECK (only = 1),
	blobs INTEGER NOT NULL,
	blob_bytes INTEGER NOT NULL,
	failed_commits INTEGER NOT NULL
);
INSERT INTO store_total VALUES (1, 0, 0, 0);
