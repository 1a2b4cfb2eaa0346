-- version 1

-- A space is where items are kept in the order of their keys: a table has one, and each of its indexes.
-- The numbers are never given twice, so that what is left of a dropped space can go in the background.
CREATE TABLE dynamodb_space (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	items INTEGER NOT NULL,          -- how many there are
	bytes INTEGER NOT NULL           -- and their sizes, as DynamoDB counts them
);

-- The items of tables, whole, and those of indexes, with the attributes that are projected.
CREATE TABLE dynamodb_item (
	space INTEGER NOT NULL,
	key BLOB NOT NULL,               -- key_encode, key_encode_in_index
	size INTEGER NOT NULL,           -- item_size of what is here
	item TEXT NOT NULL,              -- item_put
	PRIMARY KEY (space, key)
) WITHOUT ROWID;

CREATE TABLE dynamodb_table (
	space INTEGER PRIMARY KEY,
	account TEXT NOT NULL,
	region TEXT NOT NULL,
	name TEXT NOT NULL,
	table_id TEXT NOT NULL,          -- a UUID
	created INTEGER NOT NULL,
	key_schema TEXT NOT NULL,        -- key_schema_to_text
	attributes TEXT NOT NULL,        -- AttributeDefinitions, as JSON
	billing_mode INTEGER NOT NULL,   -- enum billing_mode
	read_units INTEGER NOT NULL,     -- provisioned; 0 when paid per request
	write_units INTEGER NOT NULL,
	increased INTEGER NOT NULL,      -- when the throughput last was; 0: never
	decreased INTEGER NOT NULL,
	on_demand_since INTEGER NOT NULL, -- of PAY_PER_REQUEST; 0: never was
	table_class INTEGER NOT NULL,    -- enum table_class
	class_changed INTEGER NOT NULL,  -- 0: never
	is_protected INTEGER NOT NULL,
	throughput TEXT,                 -- OnDemandThroughput and WarmThroughput, as JSON; NULL: none given
	index_count INTEGER NOT NULL,
	time_to_live TEXT,               -- the attribute; NULL: off
	time_to_live_changed INTEGER NOT NULL,
	stream INTEGER NOT NULL,         -- of dynamodb_stream, the one that is open; 0: none
	UNIQUE (account, region, name)
);

CREATE TABLE dynamodb_index (
	table_space INTEGER NOT NULL,
	space INTEGER NOT NULL,          -- the order in which they were made
	name TEXT NOT NULL,
	is_global INTEGER NOT NULL,
	status INTEGER NOT NULL,         -- enum index_status
	key_schema TEXT NOT NULL,
	projection INTEGER NOT NULL,     -- enum index_projection
	included TEXT NOT NULL,          -- NonKeyAttributes, as JSON; [] without
	read_units INTEGER NOT NULL,
	write_units INTEGER NOT NULL,
	increased INTEGER NOT NULL,
	decreased INTEGER NOT NULL,
	throughput TEXT,
	PRIMARY KEY (table_space, space), -- a table's are found in one place
	UNIQUE (table_space, name)
) WITHOUT ROWID;

CREATE TABLE dynamodb_tag (
	table_space INTEGER NOT NULL,
	key TEXT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (table_space, key)
) WITHOUT ROWID;

-- What is done in many small turns: dropping a space, filling an index or the times to live.
CREATE TABLE dynamodb_job (
	id INTEGER PRIMARY KEY,
	kind INTEGER NOT NULL,           -- enum job_kind
	table_space INTEGER NOT NULL,
	space INTEGER NOT NULL,          -- that is dropped or filled
	cursor BLOB                      -- the last key that is done; NULL: none
);

-- When items of tables with a time to live expire, in seconds.
CREATE TABLE dynamodb_expiry (
	space INTEGER NOT NULL,
	at INTEGER NOT NULL,
	key BLOB NOT NULL,
	PRIMARY KEY (space, at, key)
) WITHOUT ROWID;

-- Streams, open or closed; a closed one is kept until its records are.
CREATE TABLE dynamodb_stream (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	table_space INTEGER NOT NULL,
	account TEXT NOT NULL,
	region TEXT NOT NULL,
	table_name TEXT NOT NULL,
	label TEXT NOT NULL,             -- the time of its creation, as the ARN has it
	view INTEGER NOT NULL,           -- enum stream_view
	key_schema TEXT NOT NULL,
	created INTEGER NOT NULL,
	closed INTEGER NOT NULL,         -- 0: it is open
	next INTEGER NOT NULL,           -- the sequence of the record to come; the first is 1
	secret BLOB NOT NULL,            -- that its iterators are signed with
	UNIQUE (account, region, table_name, label)
);

CREATE TABLE dynamodb_record (
	stream INTEGER NOT NULL,
	sequence INTEGER NOT NULL,
	at INTEGER NOT NULL,
	size INTEGER NOT NULL,           -- bytes of the record
	record TEXT NOT NULL,            -- as GetRecords shows it
	PRIMARY KEY (stream, sequence)
) WITHOUT ROWID;
CREATE INDEX dynamodb_record_by_time ON dynamodb_record (at, size);

-- Transactions that came with a ClientRequestToken, for ten minutes.
CREATE TABLE dynamodb_token (
	account TEXT NOT NULL,
	region TEXT NOT NULL,
	token TEXT NOT NULL,
	at INTEGER NOT NULL,
	request BLOB NOT NULL,           -- SHA-256 of what was asked
	reply TEXT NOT NULL,             -- JSON
	PRIMARY KEY (account, region, token)
) WITHOUT ROWID;
CREATE INDEX dynamodb_token_by_time ON dynamodb_token (at);
