// A bucket as a website, as a browser sees it.
import assert from "node:assert/strict";
import test, { after } from "node:test";
import { openBrowser, screenshot, visit } from "../js/browser.mjs";
import { start } from "../js/program.mjs";
import { clientOf } from "../js/s3.mjs";
import { addressOf, html, makeSite } from "./site.mjs";

const program = await start();
const browser = await openBrowser();
after(async () => {
	await browser.close();
	await program.stop();
});

const HEAD = '<link rel="stylesheet" href="/look/style.css"><script src="look/script.js" defer></script>';
const IMAGE = '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="80"><circle cx="60" cy="40" r="38" fill="teal"/></svg>';
const FILES = {
	"index.html": html("Mysfits", '<h1>Mysfits</h1><img src="look/grüße %2B.svg"><a href="/about">About</a>', HEAD),
	"error.html": html("Lost", "<h1>Nothing here</h1>"),
	"about/index.html": html("About", '<h1>About</h1><a href="../">Home</a>'),
	"look/style.css": ["text/css", "h1 { color: rgb(0, 128, 0); font: 48px sans-serif } body { background: rgb(250, 240, 230) }"],
	"look/script.js": ["text/javascript", 'document.body.dataset.script = "ran";'],
	"look/grüße +.svg": ["image/svg+xml", IMAGE],
};
const s3 = clientOf(program);
const bucket = await makeSite(s3, FILES);
const site = addressOf(program, bucket);

function promise(name, check) {
	test(name, async () => {
		const visitor = await visit(browser);
		await check(visitor.page, visitor);
		await visitor.leave();
	});
}

promise("website_shows_its_index_with_style_image_and_script", async (page, { errors, requests }) => {
	const reply = await page.goto(site + "/");
	assert.equal(reply.status(), 200);
	assert.equal(reply.headers()["content-type"], "text/html; charset=utf-8");
	assert.equal(await page.title(), "Mysfits");
	const color = (selector, name) => page.locator(selector).evaluate((e, n) => getComputedStyle(e)[n], name);
	assert.equal(await color("h1", "color"), "rgb(0, 128, 0)");
	assert.equal(await color("body", "backgroundColor"), "rgb(250, 240, 230)");
	assert.deepEqual(await page.locator("img").evaluate((e) => [e.complete, e.naturalWidth]), [true, 120]);
	assert.equal(await page.locator("body").getAttribute("data-script"), "ran");
	assert.ok((await screenshot(page, "website")).length > 1000);
	assert.deepEqual(errors, []);
	assert.deepEqual(requests.filter((one) => !one.startsWith("data:")).sort(), [
		`${site}/`, `${site}/look/gr%C3%BC%C3%9Fe%20%2B.svg`, `${site}/look/script.js`, `${site}/look/style.css`,
	]);
});

promise("website_shows_its_error_document_for_a_missing_page", async (page) => {
	const reply = await page.goto(site + "/no/such/page");
	assert.equal(reply.status(), 404);
	assert.equal(await page.locator("h1").textContent(), "Nothing here");
	assert.equal(page.url(), site + "/no/such/page");
	await screenshot(page, "website-missing");
});

promise("website_sends_a_folder_without_slash_to_the_one_with", async (page, { errors }) => {
	await page.goto(site + "/");
	await page.click("a");
	await page.waitForURL(site + "/about/");
	assert.equal(await page.title(), "About");
	const direct = await page.goto(site + "/about");
	const redirected = await direct.request().redirectedFrom().response();
	assert.deepEqual([redirected.status(), redirected.headers().location], [302, "/about/"]);
	await page.click("a");
	await page.waitForURL(site + "/");
	assert.deepEqual(errors, []);
});

promise("website_page_that_did_not_change_is_not_sent_again", async (page) => {
	await page.goto(site + "/");
	const wire = await page.context().newCDPSession(page); // the page itself is told 200, whatever was sent
	await wire.send("Network.enable");
	const status = new Promise((resolve) => wire.once("Network.responseReceivedExtraInfo", (e) => resolve(e.statusCode)));
	const read = () => fetch("/look/style.css", { cache: "no-cache" }).then((reply) => reply.text());
	assert.equal(await page.evaluate(read), FILES["look/style.css"][1]);
	assert.equal(await status, 304);
});

promise("website_follows_the_redirect_of_an_object", async (page) => {
	await s3.putObject({ Bucket: bucket, Key: "old", Body: "", WebsiteRedirectLocation: "/about/" });
	const reply = await page.goto(site + "/old");
	assert.equal((await reply.request().redirectedFrom().response()).status(), 301);
	assert.equal(page.url(), site + "/about/");
});

promise("website_without_a_configuration_says_so", async (page) => {
	const Bucket = await makeSite(s3, { "index.html": html("Gone", "") });
	await s3.deleteBucketWebsite({ Bucket });
	const reply = await page.goto(addressOf(program, Bucket) + "/");
	assert.equal(reply.status(), 404);
	assert.match(await page.locator("body").textContent(), /NoSuchWebsiteConfiguration/);
});

promise("website_keeps_private_objects_private", async (page) => {
	const Bucket = await makeSite(s3, { "index.html": html("Secret", "secret") });
	await s3.deleteBucketPolicy({ Bucket });
	const reply = await page.goto(addressOf(program, Bucket) + "/");
	assert.equal(reply.status(), 403);
	assert.doesNotMatch(await page.content(), /secret/);
});

promise("website_streams_a_video_in_ranges", async (page) => {
	await s3.putObject({ Bucket: bucket, Key: "film.bin", Body: Buffer.alloc(1_000_000, "x"), ContentType: "video/mp4" });
	await page.goto(site + "/");
	const seen = await page.evaluate(async () => {
		const reply = await fetch("/film.bin", { headers: { Range: "bytes=999990-" } });
		return [reply.status, reply.headers.get("content-range"), (await reply.text()).length];
	});
	assert.deepEqual(seen, [206, "bytes 999990-999999/1000000", 10]);
});
