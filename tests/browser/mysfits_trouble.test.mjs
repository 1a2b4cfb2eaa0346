// The adoption site when there is nothing to show, or nobody who answers.
import assert from "node:assert/strict";
import { after } from "node:test";
import { openBrowser, screenshot } from "../js/browser.mjs";
import { contrastProblems } from "./access.mjs";
import { NAMES, ALL, enter, forgive, gate, isInView, namesOf, promises, shows } from "./mysfits.mjs";

const browser = await openBrowser();
const promise = promises(browser);
after(() => browser.close());

promise("mysfits_nothing_found_offers_all_again", async ({ page, site }) => {
	await enter(page, site, "/?species=Teacup+Kraken&goodevil=Good");
	await page.getByText("No creature is Teacup Kraken, Good.").waitFor();
	assert.equal(await page.locator(".card").count(), 0);
	await screenshot(page, "mysfits-none");
	await page.getByRole("button", { name: "Show all creatures" }).click();
	await shows(page, NAMES);
	assert.equal(await page.locator(".notice").count(), 0);
});

promise("mysfits_strange_address_is_shown_as_what_it_is", async ({ page, site }) => {
	await enter(page, site, "/?species=%3Cb%3EGriffin&law=none");
	await page.getByText("No creature is <b>Griffin.").waitFor();
	assert.equal(await page.getByLabel("Species").inputValue(), "<b>Griffin");
	await page.getByLabel("Species").selectOption("Gloammoth");
	await shows(page, ["Darnley Moult", "Odalys Vesper"]);
});

promise("mysfits_empty_table_is_an_empty_book", async ({ page, site, service }) => {
	service.all = [];
	await enter(page, site);
	await page.getByRole("heading", { name: "Nobody lives here yet" }).waitFor();
	assert.equal(await page.locator("#count").textContent(), "The book is empty.");
	await screenshot(page, "mysfits-empty");
});

promise("mysfits_unreachable_service_can_be_asked_again", async ({ page, site, service, errors }) => {
	service.down = true;
	await enter(page, site);
	await page.getByRole("alert").getByText("does not answer").waitFor();
	assert.match(await page.locator(".later").textContent(), /Trying again by itself in \d+ s/);
	await screenshot(page, "mysfits-unreachable");
	assert.deepEqual(await contrastProblems(page), []);
	assert.ok(await isInView(page.locator(".notice")));
	service.down = false;
	await page.getByRole("button", { name: "Try again" }).click();
	await shows(page, NAMES);
	assert.equal(await page.locator(".notice").count(), 0);
	assert.equal(await page.evaluate(() => document.activeElement.id), "creatures");
	forgive(errors, /ERR_/);
}, { size: [375, 740] });

promise("mysfits_busy_service_is_asked_again_when_it_says", async ({ page, site, service, errors }) => {
	service.busy = 1;
	await enter(page, site);
	await page.getByRole("alert").getByText("The table is taking a breath.").waitFor();
	await page.waitForResponse((reply) => reply.url().endsWith("/mysfits") && reply.status() === 503); // a second one
	service.busy = null;
	await shows(page, NAMES);
	service.busy = 1;
	await page.locator(".card").first().click();
	await page.locator("dialog").getByRole("alert").waitFor();
	service.busy = null;
	await page.locator("article.spread").waitFor();
	forgive(errors, /503/);
});

promise("mysfits_slow_service_is_waited_for", async ({ page, site, service }) => {
	let goOn;
	[service.slow, goOn] = gate();
	await page.goto(site.url);
	await page.locator(".ghost").first().waitFor();
	assert.equal(await page.locator(".card.ghost").count(), 12);
	assert.equal(await page.locator("#grid").getAttribute("aria-busy"), "true");
	assert.match(await page.locator("#count").textContent(), /Leafing/);
	await screenshot(page, "mysfits-slow");
	goOn();
	await shows(page, NAMES);
	[service.slow, goOn] = gate();
	await page.locator(".card", { hasText: "Pomfret" }).click();
	await page.getByRole("dialog", { name: "Pomfret" }).locator(".ghost").first().waitFor();
	goOn();
	await page.locator("article.spread").waitFor();
	assert.equal(await page.locator(".ghost").count(), 0);
});

promise("mysfits_last_choice_wins_over_slower_ones", async ({ page, site, service }) => {
	await enter(page, site);
	let goOn;
	[service.slow, goOn] = gate();
	await page.getByLabel("Good or evil").selectOption("Evil");
	service.slow = null;
	await page.getByLabel("Good or evil").selectOption("Good");
	await shows(page, namesOf(ALL.filter(({ goodevil }) => goodevil === "Good")));
	goOn();
	await page.getByLabel("Species").selectOption("Hearthdrake");
	await shows(page, ["Bellows Brandywine"]);
});

promise("mysfits_without_a_configuration_says_so", async ({ page, site, errors }) => {
	await enter(page, site);
	await page.getByRole("alert").getByText("config.json").waitFor();
	assert.equal(await page.locator(".later").textContent(), "");
	forgive(errors, /404/);
}, { config: false });

promise("mysfits_error_page_stands_alone", async ({ page, site, errors, requests }) => {
	const reply = await page.goto(site.url + "/no/such/page.html");
	assert.equal(reply.status(), 404);
	assert.equal(await page.locator("h1").textContent(), "Here be nothing");
	assert.deepEqual(requests.filter((one) => !one.startsWith("data:")), [site.url + "/no/such/page.html"]);
	assert.deepEqual(await contrastProblems(page), []);
	await screenshot(page, "mysfits-error");
	await page.getByRole("link", { name: "Back to the creatures" }).click();
	await shows(page, NAMES);
	forgive(errors, /404/);
});
