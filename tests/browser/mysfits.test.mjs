// The adoption site, as its visitors see it.
import assert from "node:assert/strict";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import test, { after } from "node:test";
import { openBrowser, screenshot, visit } from "../js/browser.mjs";
import { contrastProblems, markupProblems, targetProblems } from "./access.mjs";
import { SITE, creatures, openSite, readData } from "./mysfits.mjs";

const ALL = creatures();
const NAMES = ALL.map(({ name }) => name).sort();
const byName = (name) => ALL.find((one) => one.name.startsWith(name));
const browser = await openBrowser();
after(() => browser.close());

// A visitor of a site of its own. `errors` may be expected by the check; what is left of them may not be.
function promise(name, check, { size = [1280, 900], media = {}, config } = {}) {
	test(name, async () => {
		const site = await openSite({ config });
		const visitor = await visit(browser);
		await visitor.page.setViewportSize({ width: size[0], height: size[1] });
		await visitor.page.emulateMedia(media);
		try {
			await check({ ...visitor, site, service: site.service });
			assert.deepEqual(visitor.errors, []);
		} finally {
			await visitor.leave();
			site.close();
		}
	});
}

// The browser itself says so in the console when a request fails, and that is no fault of the page.
function forgive(errors, pattern) {
	assert.ok(errors.length > 0 && errors.every((error) => pattern.test(error)), errors.join("\n"));
	errors.length = 0;
}

async function enter(page, site, path = "/") {
	await page.goto(site.url + path);
	await page.locator("#grid[aria-busy=false]").waitFor({ state: "attached" });
}

const cards = (page) => page.locator(".card:not(.ghost)");
const namesIn = (page) => page.locator(".card h3").allTextContents();
const shows = (page, names) => page.waitForFunction((want) =>
	JSON.stringify([...document.querySelectorAll(".card h3")].map((e) => e.textContent)) === want, JSON.stringify(names));
const namesOf = (some) => some.map(({ name }) => name).sort();
const idOnPage = (page) => new URL(page.url()).searchParams.get("mysfit");

async function openCard(page, name) {
	await page.locator(".card", { hasText: name }).click();
	await page.locator("article.spread").waitFor();
}

promise("mysfits_shows_every_creature", async ({ page, site, requests, service }) => {
	await enter(page, site);
	assert.equal(await page.title(), "Mythical Mysfits");
	assert.deepEqual(await namesIn(page), NAMES);
	for (const { name, species, alignment } of ALL) {
		const text = await page.locator(".card", { hasText: name }).textContent();
		assert.ok(text.includes(species) && text.includes(alignment), text);
	}
	assert.match(await page.locator("#count").textContent(), /^12 creatures/);
	await page.waitForFunction(() => [...document.images].every((image) => image.complete && image.naturalWidth > 0));
	assert.deepEqual(service.asked, ["GET /mysfits"]);
	assert.deepEqual(requests.filter((one) => !one.startsWith("http://localhost:")), []);
});

promise("mysfits_creature_looks_up_when_pointed_at", async ({ page, site }) => {
	await enter(page, site);
	const seen = (state) => page.locator(".card").first().locator("." + state).evaluate((e) => Number(getComputedStyle(e).opacity));
	assert.deepEqual([await seen("idle"), await seen("hello")], [1, 0]);
	await page.locator(".card").first().hover();
	assert.deepEqual([await seen("idle"), await seen("hello")], [0, 1]);
	await page.mouse.move(0, 0);
	await page.locator(".card").first().focus();
	await page.keyboard.press("Shift");
	assert.deepEqual([await seen("idle"), await seen("hello")], [0, 1]);
	const looks = (hash) => page.evaluate(async (address) => {
		const image = new Image();
		image.src = address;
		await image.decode();
		const canvas = Object.assign(document.createElement("canvas"), { width: 320, height: 320 });
		canvas.getContext("2d").drawImage(image, 0, 0);
		return canvas.toDataURL();
	}, ALL[0].thumbImageUri + hash);
	assert.notEqual(await looks(""), await looks("#hello"));
}, { media: { reducedMotion: "reduce" } });

for (const [menu, filter] of [["Species", "Species"], ["Good or evil", "GoodEvil"], ["Law or chaos", "LawChaos"], ["Alignment", "Alignment"]]) {
	promise(`mysfits_menu_of_${filter.toLowerCase()}_asks_the_service`, async ({ page, site, service }) => {
		await enter(page, site);
		const field = filter.toLowerCase();
		const offered = await page.getByLabel(menu, { exact: true }).locator("option").allTextContents();
		const values = [...new Set(ALL.map((one) => one[field]))].sort();
		assert.deepEqual(offered.slice(1).sort(), values);
		for (const value of values) {
			service.asked.length = 0;
			await page.getByLabel(menu, { exact: true }).selectOption(value);
			await shows(page, namesOf(ALL.filter((one) => one[field] === value)));
			assert.deepEqual(service.asked, [`GET /mysfits?${new URLSearchParams({ filter, value })}`]);
			assert.equal(new URL(page.url()).search, `?${new URLSearchParams({ [field]: value })}`);
			assert.match(await page.locator("#count").textContent(), new RegExp(`: ${value}$`));
		}
		service.asked.length = 0;
		await page.getByLabel(menu, { exact: true }).selectOption("");
		await shows(page, NAMES);
		assert.deepEqual(service.asked, ["GET /mysfits"]);
	});
}

promise("mysfits_menus_work_together_and_are_in_the_address", async ({ page, site }) => {
	await enter(page, site);
	await page.getByLabel("Good or evil").selectOption("Evil");
	await shows(page, namesOf(ALL.filter(({ goodevil }) => goodevil === "Evil")));
	await page.getByLabel("Species").selectOption("Hobgoblet");
	await shows(page, ["Hob Lastlight", "Thimble Tack"]);
	await page.getByLabel("Law or chaos").selectOption("Chaotic");
	await shows(page, ["Thimble Tack"]);
	await screenshot(page, "mysfits-filtered");
	await page.reload();
	await shows(page, ["Thimble Tack"]);
	assert.equal(await page.getByLabel("Species").inputValue(), "Hobgoblet");
	await page.goBack();
	await shows(page, ["Hob Lastlight", "Thimble Tack"]);
	assert.equal(await page.getByLabel("Law or chaos").inputValue(), "");
	await page.goBack();
	await page.goBack();
	await shows(page, NAMES);
	await page.goForward();
	await shows(page, namesOf(ALL.filter(({ goodevil }) => goodevil === "Evil")));
	await page.getByRole("button", { name: "Show all" }).click();
	await shows(page, NAMES);
	assert.equal(new URL(page.url()).search, "");
	assert.equal(await page.evaluate(() => document.activeElement.id), "creatures");
});

promise("mysfits_opens_a_profile_by_click", async ({ page, site, service }) => {
	await enter(page, site);
	for (const mysfit of ALL) {
		service.asked.length = 0;
		await openCard(page, mysfit.name);
		const dialog = page.getByRole("dialog", { name: mysfit.name });
		const text = await dialog.textContent();
		for (const part of [mysfit.description, mysfit.species, `${mysfit.age} years old`, mysfit.alignment, "none yet"])
			assert.ok(text.includes(part), part);
		await page.waitForFunction(() => document.querySelector(".plate img").naturalWidth > 0);
		assert.match(await dialog.getByRole("img").getAttribute("alt"), new RegExp(mysfit.name));
		assert.equal(idOnPage(page), mysfit.mysfitId);
		assert.deepEqual(service.asked, [`GET /mysfits/${mysfit.mysfitId}`]);
		await dialog.getByRole("button", { name: "Close" }).click();
		await page.waitForFunction(() => !location.search);
	}
});

promise("mysfits_opens_a_profile_by_keyboard_and_gives_the_focus_back", async ({ page, site }) => {
	await enter(page, site);
	await page.keyboard.press("Tab");
	assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the creatures");
	await page.keyboard.press("Enter");
	await page.waitForFunction(() => document.activeElement.id === "creatures");
	for (let i = 0; i < 3; i++)
		await page.keyboard.press("Tab");
	const inFocus = () => page.evaluate(() => document.activeElement.querySelector("h3")?.textContent ?? document.activeElement.textContent);
	assert.equal(await inFocus(), NAMES[2]);
	const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
	assert.equal(outline, "solid");
	await page.keyboard.press("Enter");
	await page.locator("article.spread").waitFor();
	const walked = [];
	for (let i = 0; i < 3; i++) {
		walked.push(await page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent));
		await page.keyboard.press("Tab");
	}
	const first = NAMES[2].split(" ")[0];
	assert.deepEqual(walked, ["Close", `Adopt ${first}`, `\u2665Like ${first}`]);
	await page.keyboard.press("Escape");
	await page.waitForFunction(() => !location.search && !document.querySelector("dialog").open);
	assert.equal(await inFocus(), NAMES[2]);
});

promise("mysfits_profile_closes_and_opens_with_the_history", async ({ page, site }) => {
	await enter(page, site, "/?goodevil=Good");
	await openCard(page, "Pomfret");
	await page.goBack();
	await page.locator("dialog").waitFor({ state: "hidden" });
	assert.equal(new URL(page.url()).search, "?goodevil=Good");
	await page.goForward();
	await page.getByRole("dialog", { name: "Pomfret" }).waitFor();
	await page.mouse.click(5, 5); // beside the page of the book
	await page.locator("dialog").waitFor({ state: "hidden" });
	await page.waitForFunction(() => location.search === "?goodevil=Good");
});

promise("mysfits_profile_can_be_linked_to", async ({ page, site }) => {
	const { mysfitId } = byName("Grizelda");
	await page.goto(`${site.url}/?goodevil=Evil&mysfit=${mysfitId}`);
	await page.getByRole("dialog", { name: "Grizelda Spout" }).waitFor();
	await page.locator("article.spread").waitFor();
	await shows(page, namesOf(ALL.filter(({ goodevil }) => goodevil === "Evil")));
	await page.keyboard.press("Escape");
	await page.waitForFunction(() => location.search === "?goodevil=Evil");
	assert.equal(await page.evaluate(() => document.activeElement.dataset.id), mysfitId);
});

promise("mysfits_profile_of_nobody_says_so", async ({ page, site, errors }) => {
	await page.goto(`${site.url}/?mysfit=nobody%2F%23`);
	await page.getByRole("alert").getByText("No such creature").waitFor();
	await page.getByRole("button", { name: "Back to the creatures" }).click();
	await page.waitForFunction(() => !location.search);
	forgive(errors, /404/);
});

promise("mysfits_like_and_adopt_ask_to_sign_in", async ({ page, site, service }) => {
	await enter(page, site);
	await openCard(page, "Sir Percival");
	await page.getByRole("button", { name: "Like Percival" }).click();
	assert.match(await page.locator("dialog [role=status]").textContent(), /like Percival .* sign in/);
	await page.getByRole("button", { name: "Adopt Percival" }).click();
	assert.match(await page.locator("dialog [role=status]").textContent(), /Adopting Percival .* signing in/);
	await screenshot(page, "mysfits-sign-in");
	assert.ok(service.asked.every((one) => one.startsWith("GET ")), service.asked.join());
});

promise("mysfits_adopted_creature_is_not_offered_again", async ({ page, site, service }) => {
	Object.assign(service.all.find(({ name }) => name === "Pomfret"), { adopted: true, likes: 41 });
	await enter(page, site);
	await openCard(page, "Pomfret");
	const dialog = page.getByRole("dialog", { name: "Pomfret" });
	await dialog.getByText("Pomfret has found a home.").waitFor();
	assert.equal(await dialog.getByRole("button", { name: /Adopt/ }).count(), 0);
	assert.match(await dialog.textContent(), /Likes41/);
});

promise("mysfits_nothing_found_offers_all_again", async ({ page, site }) => {
	await enter(page, site, "/?species=Teacup+Kraken&goodevil=Good");
	await page.getByText("No creature is Teacup Kraken, Good.").waitFor();
	assert.equal(await cards(page).count(), 0);
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
	service.down = false;
	await page.getByRole("button", { name: "Try again" }).click();
	await shows(page, NAMES);
	assert.equal(await page.locator(".notice").count(), 0);
	assert.equal(await page.evaluate(() => document.activeElement.id), "creatures");
	forgive(errors, /ERR_/);
});

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
	service.slow = new Promise((resolve) => { goOn = resolve; });
	await page.goto(site.url);
	await page.locator(".ghost").first().waitFor();
	assert.equal(await page.locator(".card.ghost").count(), 12);
	assert.equal(await page.locator("#grid").getAttribute("aria-busy"), "true");
	assert.match(await page.locator("#count").textContent(), /Leafing/);
	await screenshot(page, "mysfits-slow");
	goOn();
	await shows(page, NAMES);
	service.slow = new Promise((resolve) => { goOn = resolve; });
	await page.locator(".card", { hasText: "Pomfret" }).click();
	await page.getByRole("dialog", { name: "Pomfret" }).locator(".ghost").first().waitFor();
	goOn();
	await page.locator("article.spread").waitFor();
	assert.equal(await page.locator(".ghost").count(), 0);
});

promise("mysfits_last_choice_wins_over_slower_ones", async ({ page, site, service }) => {
	await enter(page, site);
	let goOn;
	service.slow = new Promise((resolve) => { goOn = resolve; });
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

for (const colorScheme of ["light", "dark"]) {
	for (const [device, size] of [["desktop", [1280, 900]], ["phone", [375, 740]], ["narrow", [320, 640]]]) {
		promise(`mysfits_on_${device}_in_the_${colorScheme}_can_be_read_by_everybody`, async ({ page, site }) => {
			const check = async (what) => {
				await page.waitForFunction(() => [...document.images].every((image) => image.complete));
				await screenshot(page, `mysfits-${what}-${device}-${colorScheme}`);
				assert.deepEqual(await contrastProblems(page), []);
				assert.deepEqual(await markupProblems(page), []);
				assert.deepEqual(await targetProblems(page), []);
				assert.deepEqual(await page.evaluate(() => [document.documentElement, ...document.querySelectorAll("dialog")]
					.map((e) => e.scrollWidth - e.clientWidth)), [0, 0], "it scrolls sideways");
			};
			await enter(page, site);
			await check("home");
			await openCard(page, "Bellows");
			await page.getByRole("button", { name: "Adopt Bellows" }).click();
			await check("profile");
			await page.keyboard.press("Escape");
			await enter(page, site, "/?species=Bogicorn&goodevil=Evil");
			await check("none");
		}, { size, media: { colorScheme, reducedMotion: "reduce" } });
	}
}

promise("mysfits_moves_nothing_for_those_who_ask", async ({ page, site, service }) => {
	const moving = () => page.evaluate(() => document.getAnimations().length);
	let goOn;
	service.slow = new Promise((resolve) => { goOn = resolve; });
	await page.goto(site.url);
	await page.locator(".ghost").first().waitFor();
	assert.equal(await moving(), 0);
	goOn();
	await shows(page, NAMES);
	await page.locator(".card").first().hover();
	assert.equal(await moving(), 0);
	await page.locator(".card").first().click();
	assert.equal(await moving(), 0);
}, { media: { reducedMotion: "reduce" } });

promise("mysfits_policy_keeps_foreign_scripts_out", async ({ page, site, errors }) => {
	await enter(page, site);
	assert.equal(await page.evaluate(() => {
		const script = document.createElement("script");
		try {
			script.textContent = "window.ran = true";
		} catch {
			script.append("window.ran = true");
		}
		document.head.append(script);
		return window.ran;
	}), undefined);
	forgive(errors, /Content Security Policy|TrustedScript/);
});

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

test("mysfits_data_is_whole", () => {
	const requests = readData("populate-dynamodb.json").MysfitsTable;
	assert.ok(requests.length >= 12 && requests.length <= 25);
	for (const one of ALL) {
		assert.match(one.mysfitId, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
		const words = one.description.split(/\s+/).length;
		assert.ok(words >= 60 && words <= 120, `${one.name}: ${words} words`);
		const both = `${one.lawchaos} ${one.goodevil}`;
		assert.equal(one.alignment, both === "Neutral Neutral" ? "True Neutral" : both);
		assert.deepEqual([one.likes, one.adopted], [0, false]);
		for (const image of [one.thumbImageUri, one.profileImageUri])
			assert.ok(statSync(join(SITE, image)).size > 1000, image);
	}
	for (const field of ["mysfitId", "name", "thumbImageUri", "profileImageUri"])
		assert.equal(new Set(ALL.map((one) => one[field])).size, ALL.length, field);
	const indexes = readData("dynamodb-table.json").GlobalSecondaryIndexes.map(({ IndexName }) => IndexName);
	assert.deepEqual(indexes.sort(), ["AlignmentIndex", "GoodEvilIndex", "LawChaosIndex", "SpeciesIndex"]);
});

test("mysfits_site_names_no_other_host_and_runs_no_inline_script", () => {
	for (const path of readdirSync(SITE, { recursive: true }).filter((one) => /\.(html|css|js|svg)$/.test(one))) {
		const text = readFileSync(join(SITE, path), "utf8").replaceAll("http://www.w3.org/2000/svg", "");
		assert.doesNotMatch(text.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, ""), /(https?:)?\/\/[\w-]+\.\w/, path);
		assert.doesNotMatch(text, /<script(?![^>]*\bsrc=)|\son\w+="|javascript:/, path);
	}
});
