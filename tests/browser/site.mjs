// Buckets that are websites.
import { makeBucket, openBucket } from "../js/s3.mjs";

export function addressOf(program, Bucket) {
	return `http://${Bucket}.s3-website-us-east-1.localhost:${program.port}`;
}

// Files are pairs of a content type and a body, by their key.
export async function makeSite(s3, files) {
	const Bucket = await makeBucket(s3);
	await openBucket(s3, Bucket);
	await s3.putBucketWebsite({
		Bucket,
		WebsiteConfiguration: { IndexDocument: { Suffix: "index.html" }, ErrorDocument: { Key: "error.html" } },
	});
	for (const [Key, [ContentType, Body]] of Object.entries(files))
		await s3.putObject({ Bucket, Key, Body, ContentType });
	return Bucket;
}

// The empty icon keeps the browser from asking for one.
export function html(title, body, head = "") {
	return ["text/html; charset=utf-8", `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title>
		<link rel="icon" href="data:,">${head}</head><body>${body}</body></html>`];
}
