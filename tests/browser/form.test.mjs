// A form that sends a file straight to a bucket, with a signed policy.
import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { openBrowser, screenshot, visit } from "../js/browser.mjs";
import { start } from "../js/program.mjs";
import { NotFound, REGION, bytesOf, clientOf, makeBucket, refused } from "../js/s3.mjs";
import { addressOf, html, makeSite } from "./site.mjs";

const program = await start();
const browser = await openBrowser();
after(async () => {
	await browser.close();
	await program.stop();
});

const s3 = clientOf(program);
const BIG = randomBytes(6 * 1024 * 1024);
const MOST = 8 * 1024 * 1024;

function hmac(key, text) {
	return createHmac("sha256", key).update(text).digest();
}

// The fields of the form: the given ones, and a policy that allows exactly them until `expires`.
function signed(Bucket, fields, { expires = Date.now() + 600_000, secret = "test" } = {}) {
	const time = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
	const day = time.slice(0, 8);
	const all = {
		...fields, "x-amz-algorithm": "AWS4-HMAC-SHA256", "x-amz-date": time,
		"x-amz-credential": `test/${day}/${REGION}/s3/aws4_request`,
	};
	const conditions = Object.entries(all).map(([name, value]) => {
		const free = value.indexOf("${filename}");
		return free < 0 ? { [name]: value } : ["starts-with", "$" + name, value.slice(0, free)];
	});
	const policy = { expiration: new Date(expires).toISOString(), conditions: [{ bucket: Bucket }, ...conditions,
		["content-length-range", 0, MOST]] };
	const encoded = Buffer.from(JSON.stringify(policy)).toString("base64");
	const key = [day, REGION, "s3", "aws4_request"].reduce(hmac, "AWS4" + secret);
	return { ...all, policy: encoded, "x-amz-signature": hmac(key, encoded).toString("hex") };
}

function escape(text) {
	return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

function form(action, fields) {
	const hidden = Object.entries(fields).map(([name, value]) => `<input type="hidden" name="${name}" value="${escape(value)}">`);
	return html("Upload", `<form action="${action}" method="post" enctype="multipart/form-data">${hidden.join("\n")}
		<input type="file" name="file"><button>Send</button></form>`);
}

// A page with the form, of a site of its own, and the bucket that the form is for.
function promise(name, fieldsOf, check, actionOf = (Bucket) => `http://${Bucket}.localhost:${program.port}/`) {
	test(name, async () => {
		const Bucket = await makeBucket(s3);
		const shown = form(actionOf(Bucket), fieldsOf(Bucket));
		const site = await makeSite(s3, { "index.html": shown, "thanks.html": html("Thanks", "<h1>Thanks</h1>") });
		const { page, leave } = await visit(browser);
		await page.goto(addressOf(program, site) + "/");
		await check({ page, Bucket, origin: addressOf(program, site) });
		await leave();
	});
}

// A person picks a file and sends it; what comes back.
async function send(page, name, data) {
	const file = join(mkdtempSync(join(tmpdir(), "form-")), name);
	writeFileSync(file, data);
	await page.setInputFiles("input[type=file]", file);
	const reply = page.waitForResponse((response) => response.request().method() === "POST");
	await page.click("button");
	return reply;
}

async function assertStored(Bucket, Key, data) {
	const got = await s3.getObject({ Bucket, Key });
	assert.ok(data.equals(await bytesOf(got)), "the object has other bytes");
	return got;
}

function element(text, name) {
	return new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
}

const created = (Bucket) => signed(Bucket, { key: "up/file.bin", success_action_status: "201", "Content-Type": "image/x-own" });

async function assertCreated({ page, Bucket }) {
	const reply = await send(page, "own name.bin", BIG);
	const text = await reply.text();
	assert.equal(reply.status(), 201, text);
	const got = await assertStored(Bucket, "up/file.bin", BIG);
	assert.equal(got.ContentType, "image/x-own");
	assert.equal(element(text, "Bucket"), Bucket);
	assert.equal(element(text, "Key"), "up/file.bin");
	assert.equal(element(text, "ETag").replaceAll("&quot;", '"'), got.ETag);
	assert.ok(element(text, "Location").endsWith(encodeURIComponent("up/file.bin")) ||
		element(text, "Location").endsWith("up/file.bin"), text);
}

promise("form_stores_a_file_and_answers_201", created, assertCreated);
promise("form_stores_a_file_by_the_path_of_the_bucket", created, assertCreated,
	(Bucket) => `http://localhost:${program.port}/${Bucket}`);

promise("form_answers_204_when_nothing_is_asked_for", (Bucket) => signed(Bucket, { key: "file" }), async ({ page, Bucket }) => {
	const reply = await send(page, "x", Buffer.from("little"));
	assert.equal(reply.status(), 204);
	assert.equal(reply.headers().etag, (await assertStored(Bucket, "file", Buffer.from("little"))).ETag);
});

promise("form_leaves_the_name_to_the_file", (Bucket) => signed(Bucket, { key: "up/${filename}", success_action_status: "201" }),
	async ({ page, Bucket }) => {
		const reply = await send(page, "grüße & 1+1.bin", BIG.subarray(0, 1000));
		assert.equal(reply.status(), 201, await reply.text());
		await assertStored(Bucket, "up/grüße & 1+1.bin", BIG.subarray(0, 1000));
	});

promise("form_takes_a_file_that_looks_like_a_form", (Bucket) => signed(Bucket, { key: "file", success_action_status: "201" }),
	async ({ page, Bucket }) => {
		const tricky = Buffer.from('\r\n------WebKitFormBoundary\r\nContent-Disposition: form-data; name="key"\r\n\r\nother\r\n--\r\n');
		const reply = await send(page, "x", tricky);
		assert.equal(reply.status(), 201, await reply.text());
		await assertStored(Bucket, "file", tricky);
	});

test("form_leads_to_the_page_that_it_names", async () => {
	const Bucket = await makeBucket(s3);
	const site = await makeSite(s3, { "thanks.html": html("Thanks", "<h1>Thanks</h1>") });
	const thanks = addressOf(program, site) + "/thanks.html";
	const fields = signed(Bucket, { key: "a b.bin", success_action_redirect: thanks, "x-amz-meta-from": "form" });
	const [ContentType, Body] = form(`http://${Bucket}.localhost:${program.port}/`, fields);
	await s3.putObject({ Bucket: site, Key: "index.html", Body, ContentType });
	const { page, errors, leave } = await visit(browser);
	await page.goto(addressOf(program, site) + "/");
	const reply = await send(page, "x", BIG);
	assert.equal(reply.status(), 303);
	await page.waitForURL((url) => url.pathname === "/thanks.html");
	assert.equal(await page.locator("h1").textContent(), "Thanks");
	const got = await assertStored(Bucket, "a b.bin", BIG);
	const told = Object.fromEntries(new URL(page.url()).searchParams);
	assert.deepEqual(told, { bucket: Bucket, key: "a b.bin", etag: got.ETag });
	assert.deepEqual(got.Metadata, { from: "form" });
	await screenshot(page, "form-thanks");
	assert.deepEqual(errors, []);
	await leave();
});

function assertRefused(status, code, size = 10) {
	return async ({ page, Bucket }) => {
		const reply = await send(page, "x", BIG.subarray(0, size));
		const text = await reply.text();
		assert.deepEqual([reply.status(), element(text, "Code")], [status, code], text);
		await refused(s3.headObject({ Bucket, Key: "file" }), NotFound, 404);
	};
}

promise("form_with_a_forged_signature_is_refused", (Bucket) => signed(Bucket, { key: "file" }, { secret: "guess" }),
	assertRefused(403, "SignatureDoesNotMatch"));
promise("form_of_an_expired_policy_is_refused", (Bucket) => signed(Bucket, { key: "file" }, { expires: Date.now() - 1000 }),
	assertRefused(403, "AccessDenied"));
promise("form_with_a_field_beyond_its_policy_is_refused",
	(Bucket) => ({ ...signed(Bucket, { key: "file" }), "x-amz-meta-more": "x" }), assertRefused(403, "AccessDenied"));
promise("form_with_another_key_than_its_policy_is_refused",
	(Bucket) => ({ ...signed(Bucket, { key: "other" }), key: "file" }), assertRefused(403, "AccessDenied"));
promise("form_without_a_policy_is_refused", () => ({ key: "file" }), assertRefused(403, "AccessDenied"));

test("form_with_too_large_a_file_is_refused", async () => {
	const Bucket = await makeBucket(s3);
	const fields = signed(Bucket, { key: "file" });
	const body = new FormData();
	for (const [name, value] of Object.entries(fields))
		body.append(name, value);
	body.append("file", new Blob([Buffer.alloc(MOST + 1)]), "x");
	const reply = await fetch(`${program.url}/${Bucket}`, { method: "POST", body });
	const text = await reply.text();
	assert.deepEqual([reply.status, element(text, "Code")], [400, "EntityTooLarge"], text);
	await refused(s3.headObject({ Bucket, Key: "file" }), NotFound, 404);
});
