// The adoption site, as its visitors use it.
import assert from "node:assert/strict";
import { after } from "node:test";
import { openBrowser, screenshot } from "../js/browser.mjs";
import { ALL, NAMES, enter, forgive, namesIn, namesOf, openCard, promises, shows } from "./mysfits.mjs";

const browser = await openBrowser();
const promise = promises(browser);
after(() => browser.close());

const byName = (name) => ALL.find((one) => one.name.startsWith(name));
const idOnPage = (page) => new URL(page.url()).searchParams.get("mysfit");

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
