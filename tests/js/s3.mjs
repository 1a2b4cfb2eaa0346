// What the tests of S3 share: clients, names, and the errors that are expected.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import http from "node:http";
import * as sdk from "@aws-sdk/client-s3";

export * from "@aws-sdk/client-s3";
export { Upload } from "@aws-sdk/lib-storage";
export { getSignedUrl } from "@aws-sdk/s3-request-presigner";

export const REGION = "us-east-1";

export function newName() {
	return "test-" + randomUUID().slice(0, 18);
}

// Everything under localhost is this machine: browsers know that, the C library need not.
export function lookup(_host, options, callback) {
	if (options.all)
		callback(null, [{ address: "127.0.0.1", family: 4 }]);
	else
		callback(null, "127.0.0.1", 4);
}

export function clientOf(program, config = {}) {
	return new sdk.S3({
		endpoint: program.url,
		region: REGION,
		credentials: { accessKeyId: "test", secretAccessKey: "test" },
		forcePathStyle: true,
		maxAttempts: 1,
		requestHandler: { httpAgent: new http.Agent({ keepAlive: true, lookup }), requestTimeout: 20_000 },
		...config,
	});
}

// As a client that is only told the endpoint does it: the bucket in the name of the host.
export function virtualHostedClientOf(program, config = {}) {
	return clientOf(program, { endpoint: `http://localhost:${program.port}`, forcePathStyle: false, ...config });
}

// An address for whoever has it, without the checksum of a body that is not known yet.
export function signingClientOf(program, config = {}) {
	return clientOf(program, { requestChecksumCalculation: "WHEN_REQUIRED", ...config });
}

export async function makeBucket(s3, settings = {}) {
	const Bucket = newName();
	await s3.createBucket({ Bucket, ...settings });
	return Bucket;
}

// Everyone may read its objects, and know which there are: who may not is not told that one is missing.
export async function openBucket(s3, Bucket) {
	const allow = (Action, Resource) => ({ Effect: "Allow", Principal: "*", Action, Resource });
	const Statement = [
		allow("s3:GetObject", `arn:aws:s3:::${Bucket}/*`), allow("s3:ListBucket", `arn:aws:s3:::${Bucket}`),
	];
	await s3.deletePublicAccessBlock({ Bucket });
	await s3.putBucketPolicy({ Bucket, Policy: JSON.stringify({ Version: "2012-10-17", Statement }) });
}

// The promise fails with this class (or, for one that the SDK has no class for, this name) and status.
export async function refused(promise, expected, status) {
	let error;
	try {
		await promise;
	} catch (e) {
		error = e;
	}
	assert.ok(error, "it was not refused");
	assert.ok(error instanceof sdk.S3ServiceException, error?.stack);
	const name = typeof expected === "string" ? expected : expected.name;
	assert.deepEqual([error.name, error.$metadata.httpStatusCode], [name, status], error.message);
	if (typeof expected !== "string")
		assert.ok(error instanceof expected, `not of the class ${name}`);
	assert.ok(error.$metadata.requestId, "no request id");
	return error;
}

export async function bytesOf(reply) {
	return Buffer.from(await reply.Body.transformToByteArray());
}

export async function textOf(reply) {
	return reply.Body.transformToString();
}
