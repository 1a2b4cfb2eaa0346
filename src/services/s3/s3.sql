-- version 1

-- Numbers for everything that needs one, never given twice: buckets, versions, uploads, bodies.
CREATE TABLE s3_sequence (
	next INTEGER NOT NULL
);
INSERT INTO s3_sequence VALUES (1);

CREATE TABLE s3_bucket (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,
	account TEXT NOT NULL,
	region TEXT NOT NULL,
	created INTEGER NOT NULL,
	versioning INTEGER NOT NULL,     -- enum s3_versioning
	object_lock INTEGER NOT NULL,    -- whether it was made with, or given, object lock
	ownership INTEGER NOT NULL,      -- enum s3_ownership
	public_access INTEGER NOT NULL,  -- bits of enum s3_public_access
	documents INTEGER NOT NULL,      -- which s3_document it has: bit 1 << kind
	acl TEXT NOT NULL                -- acl_to_text
);
CREATE INDEX s3_bucket_of_account ON s3_bucket (account, name);

-- Settings that are kept as they were given: XML as the API shows it, the policy as JSON.
CREATE TABLE s3_document (
	bucket INTEGER NOT NULL,
	kind INTEGER NOT NULL,           -- enum s3_document_kind
	text TEXT NOT NULL,
	PRIMARY KEY (bucket, kind)
) WITHOUT ROWID;

-- A row for each version and delete marker. The newest of a key comes first: that is the object.
CREATE TABLE s3_object (
	bucket INTEGER NOT NULL,
	key TEXT NOT NULL,
	sequence INTEGER NOT NULL,
	nonce INTEGER NOT NULL,          -- the other half of the version id; 0: the null version
	is_marker INTEGER NOT NULL,
	modified INTEGER NOT NULL,
	size INTEGER NOT NULL,
	etag TEXT,                       -- without quotes
	owner TEXT NOT NULL,             -- the account that wrote it
	checksum_algorithm INTEGER NOT NULL, -- enum checksum_algorithm
	checksum_composite INTEGER NOT NULL,
	checksum TEXT,
	body INTEGER NOT NULL,           -- s3_body; 0: none
	blob TEXT,
	upload INTEGER NOT NULL,         -- s3_upload, whose parts are the body; 0: it is in one piece
	parts INTEGER NOT NULL,          -- how many parts; 0: it was not uploaded in parts
	encryption INTEGER NOT NULL,     -- enum s3_encryption_kind
	wrapped_key BLOB,
	key_mark BLOB,                   -- of SSE-C
	metadata TEXT,                   -- s3_metadata_to_text
	tags TEXT,                       -- as the x-amz-tagging header has them
	acl TEXT,                        -- NULL: private
	legal_hold INTEGER NOT NULL,     -- 0: never set; 1: on; 2: off
	retention INTEGER NOT NULL,      -- enum s3_retention
	retain_until INTEGER NOT NULL,
	PRIMARY KEY (bucket, key, sequence DESC)
) WITHOUT ROWID;

-- Bodies that are small enough to be in the database.
CREATE TABLE s3_body (
	id INTEGER PRIMARY KEY,
	bytes BLOB NOT NULL
);

-- A multipart upload; once completed, it holds the parts of its object.
CREATE TABLE s3_upload (
	id INTEGER PRIMARY KEY,
	nonce INTEGER NOT NULL,          -- the other half of the upload id
	bucket INTEGER NOT NULL,
	key TEXT NOT NULL,
	state INTEGER NOT NULL,          -- enum s3_upload_state
	object INTEGER NOT NULL,         -- the sequence of what it was completed to; 0: nothing yet
	initiated INTEGER NOT NULL,
	account TEXT NOT NULL,           -- who began it
	owner TEXT NOT NULL,             -- of the object that it becomes
	checksum_algorithm INTEGER NOT NULL,
	checksum_composite INTEGER NOT NULL,
	encryption INTEGER NOT NULL,
	key_mark BLOB,
	metadata TEXT,
	tags TEXT,
	acl TEXT,
	legal_hold INTEGER NOT NULL,
	retention INTEGER NOT NULL,
	retain_until INTEGER NOT NULL
);
CREATE INDEX s3_upload_open ON s3_upload (bucket, key, id) WHERE state = 0;
CREATE INDEX s3_upload_garbage ON s3_upload (id) WHERE state >= 2;

CREATE TABLE s3_part (
	upload INTEGER NOT NULL,
	number INTEGER NOT NULL,
	modified INTEGER NOT NULL,
	size INTEGER NOT NULL,           -- of the payload
	start INTEGER NOT NULL,          -- where it begins in the object; set when that is made
	etag TEXT NOT NULL,
	checksum_algorithm INTEGER NOT NULL,
	checksum TEXT,
	crc64nvme INTEGER NOT NULL DEFAULT 0, -- when its upload has no algorithm: what its object gets
	body INTEGER NOT NULL,
	blob TEXT,
	wrapped_key BLOB,
	PRIMARY KEY (upload, number)
) WITHOUT ROWID;

-- How far a bucket's lifecycle rules were carried out. All that they say happens at midnight, so that one pass
-- over the bucket a day, and one whenever they change, is enough. A row for each bucket that has any.
CREATE TABLE s3_expiry (
	bucket INTEGER PRIMARY KEY,
	day INTEGER NOT NULL,            -- that the pass is of, since 1970; -1: the rules are new
	stage INTEGER NOT NULL,          -- enum stage of expire.c
	key TEXT NOT NULL,               -- the pass goes on behind this key
	number INTEGER NOT NULL          -- and this version or upload of it
);
