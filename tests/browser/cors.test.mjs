// A page of one origin that reads from and writes to a bucket of another, by signed addresses.
import assert from "node:assert/strict";
import test, { after } from "node:test";
import { openBrowser, visit } from "../js/browser.mjs";
import { start } from "../js/program.mjs";
import {
	DeleteObjectCommand, GetObjectCommand, PutObjectCommand, clientOf, getSignedUrl, makeBucket, refused, textOf, NotFound,
	virtualHostedClientOf,
} from "../js/s3.mjs";
import { addressOf, html, makeSite } from "./site.mjs";

const program = await start();
const browser = await openBrowser();
after(async () => {
	await browser.close();
	await program.stop();
});

const s3 = clientOf(program);
const signer = virtualHostedClientOf(program, { requestChecksumCalculation: "WHEN_REQUIRED", responseChecksumValidation: "WHEN_REQUIRED" });
const site = addressOf(program, await makeSite(s3, { "index.html": html("Page", "<h1>Page</h1>") }));
const RULE = { AllowedOrigins: [site], AllowedMethods: ["GET", "PUT"], AllowedHeaders: ["*"], ExposeHeaders: ["ETag"] };

// A page at the site and a bucket with these rules, in which there is the object `there`.
function promise(name, rules, check) {
	test(name, async () => {
		const Bucket = await makeBucket(s3);
		await s3.putObject({ Bucket, Key: "there", Body: "text", ContentType: "text/plain" });
		if (rules.length)
			await s3.putBucketCors({ Bucket, CORSConfiguration: { CORSRules: rules } });
		const { page, errors, leave } = await visit(browser);
		await page.goto(site + "/");
		await check({ page, errors, Bucket });
		await leave();
	});
}

const get = (Bucket, Key = "there") => getSignedUrl(signer, new GetObjectCommand({ Bucket, Key }));
const put = (Bucket, Key = "new") => getSignedUrl(signer, new PutObjectCommand({ Bucket, Key }));

// What the page's script sees: the reply, or that there is none.
function fetchIn(page, address, options = {}) {
	return page.evaluate(async ([url, init]) => {
		try {
			const reply = await fetch(url, init);
			return { status: reply.status, text: await reply.text(), etag: reply.headers.get("etag") };
		} catch (e) {
			return { blocked: String(e) };
		}
	}, [address, options]);
}

function assertBlocked(seen, errors) {
	assert.match(seen.blocked ?? JSON.stringify(seen), /Failed to fetch/);
	assert.match(errors.join("\n"), /blocked by CORS policy/);
}

promise("cors_lets_a_page_read_what_a_rule_allows", [RULE], async ({ page, errors, Bucket }) => {
	const { ETag } = await s3.headObject({ Bucket, Key: "there" });
	assert.deepEqual(await fetchIn(page, await get(Bucket)), { status: 200, text: "text", etag: ETag });
	assert.deepEqual(errors, []);
});

promise("cors_lets_a_page_write_what_a_rule_allows", [RULE], async ({ page, errors, Bucket }) => {
	const headers = { "Content-Type": "application/json" };
	const seen = await fetchIn(page, await put(Bucket), { method: "PUT", body: '{"a":1}', headers });
	const got = await s3.getObject({ Bucket, Key: "new" });
	assert.deepEqual(seen, { status: 200, text: "", etag: got.ETag });
	assert.deepEqual([await textOf(got), got.ContentType], ['{"a":1}', "application/json"]);
	assert.deepEqual(errors, []);
});

promise("cors_hides_headers_that_no_rule_exposes", [{ ...RULE, ExposeHeaders: undefined }], async ({ page, Bucket }) => {
	assert.deepEqual(await fetchIn(page, await get(Bucket)), { status: 200, text: "text", etag: null });
});

promise("cors_shows_errors_too", [RULE], async ({ page, Bucket }) => {
	const seen = await fetchIn(page, await get(Bucket, "missing"));
	assert.equal(seen.status, 404);
	assert.match(seen.text, /<Code>NoSuchKey<\/Code>/);
});

promise("cors_blocks_a_page_without_rules", [], async ({ page, errors, Bucket }) => {
	assertBlocked(await fetchIn(page, await get(Bucket)), errors);
	assertBlocked(await fetchIn(page, await put(Bucket), { method: "PUT", body: "x" }), errors);
	await refused(s3.headObject({ Bucket, Key: "new" }), NotFound, 404); // the preflight failed, and nothing was sent
});

promise("cors_blocks_a_page_of_another_origin", [{ ...RULE, AllowedOrigins: ["http://elsewhere.localhost"] }],
	async ({ page, errors, Bucket }) => assertBlocked(await fetchIn(page, await get(Bucket)), errors));

promise("cors_blocks_a_method_that_no_rule_allows", [RULE], async ({ page, errors, Bucket }) => {
	const address = await getSignedUrl(signer, new DeleteObjectCommand({ Bucket, Key: "there" }));
	assertBlocked(await fetchIn(page, address, { method: "DELETE" }), errors);
	assert.equal((await s3.headObject({ Bucket, Key: "there" })).ContentLength, 4);
});

promise("cors_blocks_a_header_that_no_rule_allows", [{ ...RULE, AllowedHeaders: ["content-type"] }],
	async ({ page, errors, Bucket }) => {
		const headers = { "x-amz-meta-colour": "blue" };
		assertBlocked(await fetchIn(page, await put(Bucket), { method: "PUT", body: "x", headers }), errors);
		await refused(s3.headObject({ Bucket, Key: "new" }), NotFound, 404);
	});

promise("cors_takes_a_pattern_for_the_origin",
	[{ AllowedOrigins: [`http://*.localhost:${program.port}`], AllowedMethods: ["GET"] }],
	async ({ page, Bucket }) => assert.equal((await fetchIn(page, await get(Bucket))).text, "text"));

promise("cors_takes_any_origin", [{ AllowedOrigins: ["*"], AllowedMethods: ["GET"] }], async ({ page, errors, Bucket }) => {
	assert.equal((await fetchIn(page, await get(Bucket))).text, "text");
	assert.deepEqual(errors, []);
	// A browser does not take "*" for a request with cookies, and S3 does not say more than that.
	assertBlocked(await fetchIn(page, await get(Bucket), { credentials: "include" }), errors);
});
