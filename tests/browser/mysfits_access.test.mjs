// The adoption site for everybody: by keyboard, on a phone, in the dark, without motion; and its files.
import assert from "node:assert/strict";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import test, { after } from "node:test";
import { openBrowser, screenshot } from "../js/browser.mjs";
import { contrastProblems, markupProblems, targetProblems } from "./access.mjs";
import { ALL, NAMES, SITE, enter, forgive, gate, openCard, promises, readData, shows } from "./mysfits.mjs";

const browser = await openBrowser();
const promise = promises(browser);
after(() => browser.close());

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

for (const colorScheme of ["light", "dark"]) {
	for (const [device, size] of [["desktop", [1280, 900]], ["phone", [375, 740]], ["narrow", [320, 640]]]) {
		promise(`mysfits_on_${device}_in_the_${colorScheme}_can_be_read_by_everybody`, async ({ page, site }) => {
			const check = async (what) => {
				await page.waitForFunction(() => [...document.images].every((image) => image.complete));
				await page.locator(".notice, dialog[open] .deeds, h1").last().scrollIntoViewIfNeeded();
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
			await page.waitForFunction(() => !location.search);
			await enter(page, site, "/?species=Bogicorn&goodevil=Evil");
			await check("none");
		}, { size, media: { colorScheme, reducedMotion: "reduce" } });
	}
}

promise("mysfits_moves_nothing_for_those_who_ask", async ({ page, site, service }) => {
	const moving = () => page.evaluate(() => document.getAnimations().length);
	let goOn;
	[service.slow, goOn] = gate();
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
