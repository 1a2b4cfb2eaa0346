// S3 as the AWS SDK for JavaScript sees it, with that client's own defaults.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { createReadStream, writeFileSync } from "node:fs";
import { Readable } from "node:stream";
import test, { after } from "node:test";
import { start } from "./program.mjs";
import {
	BucketAlreadyExists, BucketAlreadyOwnedByYou, GetObjectCommand, NoSuchBucket, NoSuchKey, NoSuchUpload, NotFound,
	PutObjectCommand, Upload, bytesOf, clientOf, getSignedUrl, makeBucket, newName, paginateListObjectsV2, refused,
	signingClientOf, textOf, virtualHostedClientOf, waitUntilBucketExists, waitUntilObjectNotExists,
} from "./s3.mjs";

const MIB = 1024 * 1024;
const program = await start();
const s3 = clientOf(program);
after(() => program.stop());

// A test with a bucket of its own.
function promise(name, check) {
	test(name, async () => check(await makeBucket(s3)));
}

async function put(Bucket, Key, Body = "text", more = {}) {
	return s3.putObject({ Bucket, Key, Body, ...more });
}

const sha256 = (data) => createHash("sha256").update(data).digest("base64");
const md5 = (data) => createHash("md5").update(data).digest("hex");

// Buckets.

test("bucket_is_made_seen_listed_and_deleted", async () => {
	const Bucket = newName();
	const made = await s3.createBucket({ Bucket });
	assert.equal(made.Location, "/" + Bucket);
	await waitUntilBucketExists({ client: s3, minDelay: 1, maxWaitTime: 5 }, { Bucket });
	assert.equal((await s3.headBucket({ Bucket })).BucketRegion, "us-east-1");
	const listed = (await s3.listBuckets({})).Buckets.find((bucket) => bucket.Name === Bucket);
	assert.ok(listed.CreationDate instanceof Date);
	assert.ok(Math.abs(Date.now() - listed.CreationDate) < 60_000);
	await s3.deleteBucket({ Bucket });
	await refused(s3.headBucket({ Bucket }), NotFound, 404);
	assert.ok(!(await s3.listBuckets({})).Buckets.some((bucket) => bucket.Name === Bucket));
});

test("bucket_lives_in_the_region_of_its_client", async () => {
	const there = clientOf(program, { region: "eu-west-1" });
	const Bucket = newName();
	await there.createBucket({ Bucket }); // the SDK adds where
	assert.equal((await there.getBucketLocation({ Bucket })).LocationConstraint, "eu-west-1");
	await refused(there.createBucket({ Bucket }), BucketAlreadyOwnedByYou, 409);
});

promise("bucket_of_another_account_is_taken", async (Bucket) => {
	const other = clientOf(program, { credentials: { accessKeyId: "111122223333", secretAccessKey: "test" } });
	await refused(other.createBucket({ Bucket }), BucketAlreadyExists, 409);
	await refused(other.listObjectsV2({ Bucket }), "AccessDenied", 403);
});

promise("bucket_with_objects_is_kept", async (Bucket) => {
	await put(Bucket, "key");
	await refused(s3.deleteBucket({ Bucket }), "BucketNotEmpty", 409);
});

test("bucket_that_is_missing_is_a_typed_error", async () => {
	const Bucket = newName();
	const error = await refused(s3.listObjectsV2({ Bucket }), NoSuchBucket, 404);
	assert.equal(error.message, "The specified bucket does not exist");
	await refused(s3.putObject({ Bucket, Key: "key", Body: "x" }), NoSuchBucket, 404);
	await refused(s3.headObject({ Bucket, Key: "key" }), NotFound, 404);
});

// Objects.

promise("object_is_put_got_seen_and_deleted", async (Bucket) => {
	const { ETag } = await put(Bucket, "key", Buffer.from("one\0two"));
	assert.equal(ETag, `"${md5("one\0two")}"`);
	const got = await s3.getObject({ Bucket, Key: "key" });
	assert.deepEqual(await bytesOf(got), Buffer.from("one\0two"));
	assert.deepEqual([got.ETag, got.ContentLength, got.ContentType], [ETag, 7, "application/octet-stream"]);
	const seen = await s3.headObject({ Bucket, Key: "key" });
	assert.deepEqual([seen.ETag, seen.ContentLength, seen.AcceptRanges], [ETag, 7, "bytes"]);
	assert.ok(Math.abs(Date.now() - seen.LastModified) < 60_000);
	await s3.deleteObject({ Bucket, Key: "key" });
	await waitUntilObjectNotExists({ client: s3, minDelay: 1, maxWaitTime: 5 }, { Bucket, Key: "key" });
	const error = await refused(s3.getObject({ Bucket, Key: "key" }), NoSuchKey, 404);
	assert.equal(error.message, "The specified key does not exist.");
	await refused(s3.headObject({ Bucket, Key: "key" }), NotFound, 404);
	await s3.deleteObject({ Bucket, Key: "key" }); // twice is no error
});

promise("object_is_put_from_any_kind_of_body", async (Bucket) => {
	const data = randomBytes(300_000);
	const file = program.data + ".file";
	writeFileSync(file, data);
	const bodies = {
		buffer: { Body: data },
		bytes: { Body: new Uint8Array(data) },
		file: { Body: createReadStream(file) }, // the SDK asks the file how long it is
		stream: { Body: Readable.from([data.subarray(0, 70_000), data.subarray(70_000)]), ContentLength: data.length },
	};
	for (const [Key, body] of Object.entries(bodies)) {
		await s3.putObject({ Bucket, Key, ...body });
		const got = await s3.getObject({ Bucket, Key });
		assert.ok(data.equals(await bytesOf(got)), Key);
		assert.equal(got.ContentEncoding, undefined, Key); // aws-chunked is not the object's
	}
	await put(Bucket, "string", "grüße, 世界");
	assert.equal(await textOf(await s3.getObject({ Bucket, Key: "string" })), "grüße, 世界");
	await put(Bucket, "empty", "");
	const empty = await s3.getObject({ Bucket, Key: "empty" });
	assert.deepEqual([await textOf(empty), empty.ContentLength], ["", 0]);
	await s3.putObject({ Bucket, Key: "none" });
	assert.equal((await s3.headObject({ Bucket, Key: "none" })).ContentLength, 0);
});

promise("object_is_read_as_a_stream", async (Bucket) => {
	const data = randomBytes(3 * MIB);
	await put(Bucket, "key", data);
	const hash = createHash("sha256");
	for await (const piece of (await s3.getObject({ Bucket, Key: "key" })).Body)
		hash.update(piece);
	assert.equal(hash.digest("base64"), sha256(data));
});

promise("object_keeps_its_metadata", async (Bucket) => {
	const Expires = new Date("2030-01-02T03:04:05Z");
	const given = {
		ContentType: "text/plain; charset=utf-8", CacheControl: "max-age=60", ContentLanguage: "de, en",
		ContentDisposition: 'attachment; filename="a b.txt"', ContentEncoding: "identity",
		Metadata: { colour: "blue", "two-words": "a, b", empty: "" }, WebsiteRedirectLocation: "/elsewhere",
	};
	await put(Bucket, "key", "x", { ...given, Expires, Tagging: "team=a%20b&x=" });
	for (const got of [await s3.headObject({ Bucket, Key: "key" }), await s3.getObject({ Bucket, Key: "key" })]) {
		for (const [name, value] of Object.entries(given))
			assert.deepEqual(got[name], value, name);
		assert.equal(got.ExpiresString, Expires.toUTCString());
	}
	assert.equal((await s3.getObject({ Bucket, Key: "key" })).TagCount, 2);
	const tags = (await s3.getObjectTagging({ Bucket, Key: "key" })).TagSet;
	assert.deepEqual(new Map(tags.map((tag) => [tag.Key, tag.Value])), new Map([["team", "a b"], ["x", ""]]));
});

promise("object_is_read_in_ranges", async (Bucket) => {
	await put(Bucket, "key", "0123456789");
	for (const [Range, text, ContentRange] of [
		["bytes=2-5", "2345", "bytes 2-5/10"], ["bytes=7-", "789", "bytes 7-9/10"], ["bytes=-3", "789", "bytes 7-9/10"],
		["bytes=8-99", "89", "bytes 8-9/10"],
	]) {
		const got = await s3.getObject({ Bucket, Key: "key", Range });
		assert.deepEqual([await textOf(got), got.ContentRange, got.$metadata.httpStatusCode], [text, ContentRange, 206]);
	}
	await refused(s3.getObject({ Bucket, Key: "key", Range: "bytes=10-" }), "InvalidRange", 416);
});

promise("object_is_read_on_conditions", async (Bucket) => {
	const Key = "key";
	const { ETag } = await put(Bucket, Key);
	const before = new Date(Date.now() - 3_600_000);
	assert.equal(await textOf(await s3.getObject({ Bucket, Key, IfMatch: ETag })), "text");
	assert.equal(await textOf(await s3.getObject({ Bucket, Key, IfNoneMatch: '"other"' })), "text");
	assert.equal(await textOf(await s3.getObject({ Bucket, Key, IfModifiedSince: before })), "text");
	const { LastModified } = await s3.headObject({ Bucket, Key });
	for (const condition of [{ IfNoneMatch: ETag }, { IfModifiedSince: LastModified }]) {
		const error = await s3.getObject({ Bucket, Key, ...condition }).catch((e) => e);
		assert.equal(error.$metadata?.httpStatusCode, 304, JSON.stringify(condition));
		const unseen = await s3.headObject({ Bucket, Key, ...condition }).catch((e) => e);
		assert.equal(unseen.$metadata?.httpStatusCode, 304, JSON.stringify(condition));
	}
	await refused(s3.getObject({ Bucket, Key, IfMatch: '"other"' }), "PreconditionFailed", 412);
	await refused(s3.getObject({ Bucket, Key, IfUnmodifiedSince: before }), "PreconditionFailed", 412);
});

promise("object_is_written_on_conditions", async (Bucket) => {
	const { ETag } = await put(Bucket, "key", "first", { IfNoneMatch: "*" });
	await refused(put(Bucket, "key", "second", { IfNoneMatch: "*" }), "PreconditionFailed", 412);
	await put(Bucket, "key", "third", { IfMatch: ETag });
	await refused(put(Bucket, "key", "fourth", { IfMatch: ETag }), "PreconditionFailed", 412);
	await refused(put(Bucket, "missing", "fifth", { IfMatch: ETag }), NoSuchKey, 404);
	assert.equal(await textOf(await s3.getObject({ Bucket, Key: "key" })), "third");
});

// Checksums: of "123456789", as the authors of each algorithm give them.

const DIGITS = "123456789";
const KNOWN = {
	CRC32: Buffer.from("cbf43926", "hex").toString("base64"),
	CRC32C: Buffer.from("e3069283", "hex").toString("base64"),
	CRC64NVME: Buffer.from("ae8b14860a799888", "hex").toString("base64"),
	SHA1: createHash("sha1").update(DIGITS).digest("base64"),
	SHA256: sha256(DIGITS),
};

for (const [algorithm, value] of Object.entries(KNOWN)) {
	const member = "Checksum" + algorithm;

	promise(`checksum_${algorithm.toLowerCase()}_is_verified_kept_and_told`, async (Bucket) => {
		const bodies = {
			text: { Body: DIGITS },
			stream: { Body: Readable.from([Buffer.from(DIGITS)]), ContentLength: DIGITS.length }, // in a trailer
			given: { Body: DIGITS, [member]: value },
		};
		for (const [Key, body] of Object.entries(bodies)) {
			const made = await s3.putObject({ Bucket, Key, ChecksumAlgorithm: algorithm, ...body });
			assert.deepEqual([made[member], made.ChecksumType], [value, "FULL_OBJECT"], Key);
			const got = await s3.getObject({ Bucket, Key, ChecksumMode: "ENABLED" });
			assert.equal(await textOf(got), DIGITS); // which the SDK has verified
			assert.equal(got[member], value, Key);
			const { Checksum } = await s3.getObjectAttributes({ Bucket, Key, ObjectAttributes: ["Checksum"] });
			assert.equal(Checksum[member], value, Key);
		}
	});

	promise(`checksum_${algorithm.toLowerCase()}_that_is_wrong_is_refused`, async (Bucket) => {
		const wrong = { [member]: value, Body: "987654321" };
		await refused(s3.putObject({ Bucket, Key: "key", ...wrong }), "BadDigest", 400);
		await refused(s3.headObject({ Bucket, Key: "key" }), NotFound, 404);
	});
}

promise("checksum_is_crc32_by_default", async (Bucket) => {
	const text = await put(Bucket, "text", DIGITS);
	const stream = await put(Bucket, "stream", Readable.from([Buffer.from(DIGITS)]), { ContentLength: 9 });
	assert.deepEqual([text.ChecksumCRC32, stream.ChecksumCRC32], [KNOWN.CRC32, KNOWN.CRC32]);
});

// Lists.

const ODD_KEYS = [
	" space first", "%41 is not A", "../up", "./here", "/leading", "//twice", "a b/c d", "a+b", "a/../b", "a/./b", "a//b",
	"ampersand & <tag> \"quote\"", "café/naïve", "cafe\u0301", "dollar$comma,semi;colon:at@equals=", "ends with /",
	"question?mark#hash", "tilde~star*paren()'!", "{[|\\^`]}", "emoji 🦊", "世界",
];
const bytewise = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));

promise("list_gives_back_odd_keys_as_they_were_put", async (Bucket) => {
	for (const Key of ODD_KEYS)
		await put(Bucket, Key, "body of " + Key);
	const reply = await s3.listObjectsV2({ Bucket });
	assert.deepEqual(reply.Contents.map((entry) => entry.Key), [...ODD_KEYS].sort(bytewise));
	assert.deepEqual([reply.KeyCount, reply.IsTruncated], [ODD_KEYS.length, false]);
	for (const Key of ODD_KEYS)
		assert.equal(await textOf(await s3.getObject({ Bucket, Key })), "body of " + Key);
	const encoded = await s3.listObjectsV2({ Bucket, EncodingType: "url" });
	const decoded = encoded.Contents.map((entry) => decodeURIComponent(entry.Key.replaceAll("+", " ")));
	assert.deepEqual(decoded, [...ODD_KEYS].sort(bytewise));
});

promise("list_is_paged_and_folded_at_a_delimiter", async (Bucket) => {
	const folders = ["a+b/", "a b/", "ü/", "z/"];
	const files = ["one", "three", "two"];
	for (const Key of [...files, ...folders.flatMap((folder) => [folder + "x", folder + "y"])])
		await put(Bucket, Key);
	const seen = [];
	for await (const page of paginateListObjectsV2({ client: s3, pageSize: 2 }, { Bucket, Delimiter: "/" })) {
		assert.ok(page.KeyCount <= 2 && page.MaxKeys === 2);
		seen.push(...(page.Contents ?? []).map((entry) => entry.Key));
		seen.push(...(page.CommonPrefixes ?? []).map((entry) => entry.Prefix));
	}
	assert.deepEqual(seen.sort(bytewise), [...files, ...folders].sort(bytewise));
	const inside = await s3.listObjectsV2({ Bucket, Prefix: "a b/", Delimiter: "/", StartAfter: "a b/x" });
	assert.deepEqual(inside.Contents.map((entry) => entry.Key), ["a b/y"]);
	assert.deepEqual([inside.Prefix, inside.Delimiter, inside.StartAfter], ["a b/", "/", "a b/x"]);
	const nothing = await s3.listObjectsV2({ Bucket, Prefix: "none" });
	assert.deepEqual([nothing.KeyCount, nothing.Contents], [0, undefined]);
});

promise("list_of_a_thousand_and_more_goes_on", async (Bucket) => {
	const keys = Array.from({ length: 1005 }, (_, at) => `key-${String(at).padStart(4, "0")}`);
	for (let at = 0; at < keys.length; at += 50)
		await Promise.all(keys.slice(at, at + 50).map((Key) => put(Bucket, Key, "")));
	const pages = [];
	for await (const page of paginateListObjectsV2({ client: s3 }, { Bucket }))
		pages.push(page.Contents.map((entry) => entry.Key));
	assert.deepEqual(pages.map((page) => page.length), [1000, 5]);
	assert.deepEqual(pages.flat(), keys);
});

// Uploads in parts.

for (const [kind, bodyOf] of [["a_buffer", (data) => data], ["a_stream", (data) => Readable.from(cut(data, 100_000))]]) {
	promise(`multipart_upload_of_${kind}_is_put_together`, async (Bucket) => {
		const data = randomBytes(20 * MIB);
		const upload = new Upload({
			client: s3, partSize: 5 * MIB, queueSize: 4,
			params: { Bucket, Key: "big", Body: bodyOf(data), ContentType: "video/mp4", Metadata: { made: "here" } },
		});
		const done = await upload.done();
		const parts = [0, 1, 2, 3].map((at) => data.subarray(at * 5 * MIB, (at + 1) * 5 * MIB));
		const etag = md5(Buffer.concat(parts.map((part) => createHash("md5").update(part).digest())));
		assert.equal(done.ETag, `"${etag}-4"`);
		const got = await s3.getObject({ Bucket, Key: "big" });
		assert.deepEqual([got.ContentLength, got.ContentType, got.Metadata], [20 * MIB, "video/mp4", { made: "here" }]);
		assert.ok(data.equals(await bytesOf(got)));
		const second = await s3.getObject({ Bucket, Key: "big", PartNumber: 2 });
		assert.deepEqual([second.PartsCount, second.ContentLength], [4, 5 * MIB]);
		assert.ok(parts[1].equals(await bytesOf(second)));
		assert.equal((await s3.listMultipartUploads({ Bucket })).Uploads, undefined);
	});
}

function* cut(data, size) {
	for (let at = 0; at < data.length; at += size)
		yield data.subarray(at, at + size);
}

promise("multipart_upload_of_little_is_one_put", async (Bucket) => {
	await new Upload({ client: s3, params: { Bucket, Key: "small", Body: Readable.from([Buffer.from("little")]) } }).done();
	const got = await s3.getObject({ Bucket, Key: "small" });
	assert.deepEqual([await textOf(got), got.ETag], ["little", `"${md5("little")}"`]);
});

promise("multipart_upload_that_is_aborted_leaves_nothing", async (Bucket) => {
	const client = clientOf(program);
	const aborted = new Promise((resolve) => client.middlewareStack.add((next, context) => async (args) => {
		const reply = await next(args);
		if (context.commandName === "AbortMultipartUploadCommand")
			resolve(args.input.UploadId);
		return reply;
	}));
	const params = { Bucket, Key: "big", Body: randomBytes(20 * MIB) };
	const upload = new Upload({ client, partSize: 5 * MIB, queueSize: 1, params });
	upload.on("httpUploadProgress", () => upload.abort());
	await assert.rejects(upload.done(), { name: "AbortError" });
	const UploadId = await aborted; // the SDK's own clean-up, which done() does not wait for
	assert.equal((await s3.listMultipartUploads({ Bucket })).Uploads, undefined);
	await refused(s3.headObject({ Bucket, Key: "big" }), NotFound, 404);
	await refused(s3.listParts({ Bucket, Key: "big", UploadId }), NoSuchUpload, 404);
	await refused(s3.uploadPart({ Bucket, Key: "big", UploadId, PartNumber: 1, Body: "x" }), NoSuchUpload, 404);
	await refused(s3.abortMultipartUpload({ Bucket, Key: "big", UploadId }), NoSuchUpload, 404);
});

promise("multipart_upload_by_hand_shows_its_parts", async (Bucket) => {
	const Key = "by hand";
	const { UploadId } = await s3.createMultipartUpload({ Bucket, Key, ChecksumAlgorithm: "CRC32" });
	assert.deepEqual((await s3.listMultipartUploads({ Bucket })).Uploads.map((one) => [one.Key, one.UploadId]),
		[[Key, UploadId]]);
	const first = await s3.uploadPart({ Bucket, Key, UploadId, PartNumber: 1, Body: Buffer.alloc(5 * MIB, "a") });
	await put(Bucket, "source", "0123456789");
	const { CopyPartResult } = await s3.uploadPartCopy({
		Bucket, Key, UploadId, PartNumber: 2, CopySource: `${Bucket}/source`, CopySourceRange: "bytes=2-4",
	});
	const { Parts } = await s3.listParts({ Bucket, Key, UploadId });
	assert.deepEqual(Parts.map((part) => [part.PartNumber, part.Size]), [[1, 5 * MIB], [2, 3]]);
	const partOf = (PartNumber, { ETag, ChecksumCRC32 }) => ({ PartNumber, ETag, ChecksumCRC32 });
	const wrong = { Parts: [partOf(1, CopyPartResult)] };
	await refused(s3.completeMultipartUpload({ Bucket, Key, UploadId, MultipartUpload: wrong }), "InvalidPart", 400);
	const right = { Parts: [partOf(1, first), partOf(2, CopyPartResult)] };
	const done = await s3.completeMultipartUpload({ Bucket, Key, UploadId, MultipartUpload: right });
	assert.match(done.ETag, /^"[0-9a-f]{32}-2"$/);
	const end = await s3.getObject({ Bucket, Key, Range: "bytes=-5" });
	assert.equal(await textOf(end), "aa234");
});

// Copies, and many deletions at once.

promise("copy_takes_or_replaces_the_metadata", async (Bucket) => {
	const { ETag } = await put(Bucket, "from here", "text", { ContentType: "text/plain", Metadata: { colour: "blue" } });
	const CopySource = `${Bucket}/from%20here`;
	const copied = await s3.copyObject({ Bucket, Key: "copy", CopySource });
	assert.equal(copied.CopyObjectResult.ETag, ETag);
	assert.ok(copied.CopyObjectResult.LastModified instanceof Date);
	const copy = await s3.getObject({ Bucket, Key: "copy" });
	assert.deepEqual([await textOf(copy), copy.ContentType, copy.Metadata], ["text", "text/plain", { colour: "blue" }]);
	await s3.copyObject({
		Bucket, Key: "other", CopySource, MetadataDirective: "REPLACE", ContentType: "text/html", Metadata: { shape: "round" },
	});
	const other = await s3.headObject({ Bucket, Key: "other" });
	assert.deepEqual([other.ContentType, other.Metadata], ["text/html", { shape: "round" }]);
	await refused(s3.copyObject({ Bucket, Key: "from here", CopySource }), "InvalidRequest", 400); // onto itself
	await refused(s3.copyObject({ Bucket, Key: "x", CopySource: `${Bucket}/none` }), NoSuchKey, 404);
	await refused(s3.copyObject({ Bucket, Key: "x", CopySource, CopySourceIfMatch: '"no"' }), "PreconditionFailed", 412);
});

promise("copy_finds_odd_keys", async (Bucket) => {
	for (const Key of ["a+b", "%41", "ü/世界", "q?x=1", "../up", "/leading"]) {
		await put(Bucket, Key, Key);
		await s3.copyObject({ Bucket, Key: "copy", CopySource: `${Bucket}/${encodeURIComponent(Key)}` });
		assert.equal(await textOf(await s3.getObject({ Bucket, Key: "copy" })), Key);
	}
});

promise("delete_of_many_says_what_came_of_each", async (Bucket) => {
	for (const Key of ["a", "b & <c>", "kept", "ü"])
		await put(Bucket, Key);
	const keys = ["a", "b & <c>", "never was", "ü"];
	const reply = await s3.deleteObjects({ Bucket, Delete: { Objects: keys.map((Key) => ({ Key })) } });
	assert.deepEqual(reply.Deleted.map((one) => one.Key).sort(), [...keys].sort());
	assert.equal(reply.Errors, undefined);
	assert.deepEqual((await s3.listObjectsV2({ Bucket })).Contents.map((entry) => entry.Key), ["kept"]);
	const quiet = await s3.deleteObjects({ Bucket, Delete: { Objects: [{ Key: "kept" }], Quiet: true } });
	assert.deepEqual([quiet.Deleted, quiet.Errors], [undefined, undefined]);
	assert.equal((await s3.listObjectsV2({ Bucket })).KeyCount, 0);
});

// Addresses that carry their signature.

promise("presigned_get_needs_no_keys", async (Bucket) => {
	await put(Bucket, "a b+c.txt", "text", { ContentType: "text/plain" });
	const command = new GetObjectCommand({
		Bucket, Key: "a b+c.txt", ResponseContentType: "text/csv", ResponseContentDisposition: 'attachment; filename="x.csv"',
	});
	const address = await getSignedUrl(s3, command, { expiresIn: 60 });
	const reply = await fetch(address);
	assert.deepEqual([reply.status, await reply.text()], [200, "text"]);
	assert.equal(reply.headers.get("content-type"), "text/csv");
	assert.equal(reply.headers.get("content-disposition"), 'attachment; filename="x.csv"');
	const part = await fetch(address, { headers: { Range: "bytes=1-2" } });
	assert.deepEqual([part.status, await part.text()], [206, "ex"]);
	assert.equal((await fetch(address, { method: "PUT", body: "x" })).status, 403);
	const forged = await fetch(address.replace("a%20b%2Bc", "a%20b%2Bd"));
	assert.equal(forged.status, 403);
	assert.match(await forged.text(), /<Code>SignatureDoesNotMatch<\/Code>/);
	assert.equal((await fetch(address.split("?")[0])).status, 403);
});

promise("presigned_get_expires", async (Bucket) => {
	await put(Bucket, "key");
	const signingDate = new Date(Date.now() - 61_000);
	const command = new GetObjectCommand({ Bucket, Key: "key" });
	const reply = await fetch(await getSignedUrl(s3, command, { expiresIn: 60, signingDate }));
	assert.equal(reply.status, 403);
	assert.match(await reply.text(), /<Code>AccessDenied<\/Code><Message>Request has expired<\/Message>/);
});

promise("presigned_put_takes_a_body", async (Bucket) => {
	const command = new PutObjectCommand({ Bucket, Key: "up/load", ContentType: "text/plain" });
	const address = await getSignedUrl(signingClientOf(program), command, { signableHeaders: new Set(["content-type"]) });
	const headers = { "Content-Type": "text/plain" };
	const reply = await fetch(address, { method: "PUT", body: "from fetch", headers });
	assert.equal(reply.status, 200, await reply.text());
	assert.equal(reply.headers.get("etag"), `"${md5("from fetch")}"`);
	const got = await s3.getObject({ Bucket, Key: "up/load" });
	assert.deepEqual([await textOf(got), got.ContentType], ["from fetch", "text/plain"]);
	const other = await fetch(address, { method: "PUT", body: "x", headers: { "Content-Type": "text/html" } });
	assert.equal(other.status, 403); // the type is signed, too
});

// Unless it is told otherwise, the SDK puts the checksum of no body into the address. S3 does not look at it there.
promise("presigned_put_ignores_a_checksum_in_the_address", async (Bucket) => {
	const address = await getSignedUrl(s3, new PutObjectCommand({ Bucket, Key: "key" }));
	assert.match(address, /[?&]x-amz-checksum-crc32=AAAAAA%3D%3D&/);
	const reply = await fetch(address, { method: "PUT", body: DIGITS });
	assert.equal(reply.status, 200, await reply.text());
	assert.equal(await textOf(await s3.getObject({ Bucket, Key: "key" })), DIGITS);
});

// The SDK puts the metadata into the address, and whoever sends the body need not know of it.
promise("presigned_put_takes_metadata_from_the_address", async (Bucket) => {
	const command = new PutObjectCommand({ Bucket, Key: "key", Metadata: { from: "browser" } });
	const address = await getSignedUrl(signingClientOf(program), command);
	assert.match(address, /[?&]x-amz-meta-from=browser&/);
	const reply = await fetch(address, { method: "PUT", body: "x" });
	assert.equal(reply.status, 200, await reply.text());
	assert.deepEqual((await s3.headObject({ Bucket, Key: "key" })).Metadata, { from: "browser" });
});

// Versions.

promise("versions_are_kept_behind_a_delete_marker", async (Bucket) => {
	const Key = "key";
	await s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: "Enabled" } });
	assert.equal((await s3.getBucketVersioning({ Bucket })).Status, "Enabled");
	const first = (await put(Bucket, Key, "first")).VersionId;
	const second = (await put(Bucket, Key, "second")).VersionId;
	assert.notEqual(first, second);
	assert.equal(await textOf(await s3.getObject({ Bucket, Key })), "second");
	assert.equal(await textOf(await s3.getObject({ Bucket, Key, VersionId: first })), "first");
	const marker = await s3.deleteObject({ Bucket, Key });
	assert.equal(marker.DeleteMarker, true);
	await refused(s3.getObject({ Bucket, Key }), NoSuchKey, 404);
	await refused(s3.getObject({ Bucket, Key, VersionId: marker.VersionId }), "MethodNotAllowed", 405);
	const all = await s3.listObjectVersions({ Bucket });
	assert.deepEqual(all.Versions.map((one) => [one.VersionId, one.IsLatest]), [[second, false], [first, false]]);
	assert.deepEqual(all.DeleteMarkers.map((one) => [one.VersionId, one.IsLatest]), [[marker.VersionId, true]]);
	await s3.deleteObject({ Bucket, Key, VersionId: marker.VersionId });
	assert.equal(await textOf(await s3.getObject({ Bucket, Key })), "second");
	await s3.copyObject({ Bucket, Key, CopySource: `${Bucket}/${Key}?versionId=${first}` });
	assert.equal(await textOf(await s3.getObject({ Bucket, Key })), "first");
	await s3.deleteObject({ Bucket, Key, VersionId: second });
	await refused(s3.getObject({ Bucket, Key, VersionId: second }), "NoSuchVersion", 404);
});

promise("versions_are_deleted_many_at_once", async (Bucket) => {
	await s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: "Enabled" } });
	const versions = [];
	for (const body of ["1", "2", "3"])
		versions.push({ Key: "key", VersionId: (await put(Bucket, "key", body)).VersionId });
	const reply = await s3.deleteObjects({ Bucket, Delete: { Objects: [{ Key: "key" }, ...versions] } });
	assert.equal(reply.Errors, undefined);
	const marker = reply.Deleted.find((one) => one.DeleteMarker);
	assert.ok(marker.DeleteMarkerVersionId);
	const left = await s3.listObjectVersions({ Bucket });
	assert.deepEqual([left.Versions, left.DeleteMarkers.length], [undefined, 1]);
	await s3.deleteObject({ Bucket, Key: "key", VersionId: marker.DeleteMarkerVersionId });
	await s3.deleteBucket({ Bucket });
});

// Where the bucket's name stands.

test("virtual_hosted_buckets_do_what_others_do", async () => {
	const hosted = virtualHostedClientOf(program);
	const hosts = new Set();
	hosted.middlewareStack.add((next) => async (args) => {
		hosts.add(args.request.hostname);
		return next(args);
	}, { step: "finalizeRequest", priority: "low" });
	for (const Bucket of [newName(), newName() + ".with.dots"]) {
		await hosted.createBucket({ Bucket });
		for (const Key of ["key", "a b/ü+c", "/leading", "../up"]) {
			await hosted.putObject({ Bucket, Key, Body: Key });
			assert.equal(await textOf(await hosted.getObject({ Bucket, Key })), Key);
			assert.equal(await textOf(await s3.getObject({ Bucket, Key })), Key); // the same one, by its path
		}
		assert.equal((await hosted.listObjectsV2({ Bucket, Prefix: "a b/" })).KeyCount, 1);
		assert.ok(hosts.has(`${Bucket}.localhost`), [...hosts].join());
		await refused(hosted.getObject({ Bucket, Key: "none" }), NoSuchKey, 404);
	}
	await refused(hosted.listObjectsV2({ Bucket: newName() }), NoSuchBucket, 404);
});

promise("stranger_with_a_wrong_secret_is_refused", async (Bucket) => {
	const wrong = clientOf(program, { credentials: { accessKeyId: "test", secretAccessKey: "guess" } });
	await refused(wrong.listObjectsV2({ Bucket }), "SignatureDoesNotMatch", 403);
	const unknown = clientOf(program, { credentials: { accessKeyId: "AKIANOBODY", secretAccessKey: "test" } });
	await refused(unknown.listObjectsV2({ Bucket }), "InvalidAccessKeyId", 403);
});
