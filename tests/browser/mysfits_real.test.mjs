// The adoption site as `./run` opens it: nothing between the browser and the table is made up.
import assert from "node:assert/strict";
import { after } from "node:test";
import { openBrowser, screenshot } from "../js/browser.mjs";
import { contrastProblems, markupProblems, targetProblems } from "./access.mjs";
import { ALL, NAMES, enter, forgive, isInView, namesIn, namesOf, openCard, promises, shows } from "./mysfits.mjs";
import { openStack } from "./mysfits_real.mjs";

const stack = await openStack();
const browser = await openBrowser();
after(async () => {
	await browser.close();
	await stack.close();
});

const { platform, service } = stack;
const promise = promises(browser, () => ({ url: stack.url, close() {} }));
const MENUS = { Species: "Species", "Good or evil": "GoodEvil", "Law or chaos": "LawChaos", Alignment: "Alignment" };
const ofGoodEvil = (value) => namesOf(ALL.filter(({ goodevil }) => goodevil === value));

// What everybody is owed, and that every picture has come.
async function look(page, name) {
	await page.waitForFunction(() => [...document.images].every((image) => image.complete && image.naturalWidth > 0));
	await screenshot(page, name);
	assert.deepEqual(await contrastProblems(page), []);
	assert.deepEqual(await markupProblems(page), []);
	assert.deepEqual(await targetProblems(page), []);
	assert.deepEqual(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
}

for (const colorScheme of ["light", "dark"]) {
	for (const [device, size] of [["desktop", [1280, 900]], ["phone", [375, 740]]]) {
		promise(`mysfits_real_site_on_${device}_in_the_${colorScheme}_asks_only_its_bucket_and_its_service`,
			async ({ page, site, requests }) => {
				const statuses = [];
				page.on("response", (reply) => statuses.push(reply.status()));
				await enter(page, site);
				assert.deepEqual(await namesIn(page), NAMES);
				await look(page, `mysfits-real-home-${device}-${colorScheme}`);
				await openCard(page, "Bellows");
				await look(page, `mysfits-real-profile-${device}-${colorScheme}`);
				const origins = new Set(requests.map((address) => new URL(address).origin));
				assert.deepEqual(origins, new Set([stack.url, service.url]));
				assert.deepEqual(new Set(statuses), new Set([200]));
			}, { size, media: { colorScheme, reducedMotion: "reduce" } });
	}
}

promise("mysfits_real_menus_are_answered_by_the_indexes", async ({ page, site }) => {
	await enter(page, site);
	for (const [menu, filter] of Object.entries(MENUS)) {
		const field = filter.toLowerCase();
		for (const value of new Set(ALL.map((one) => one[field]))) {
			const [queries, scans] = [await stack.count("Query"), await stack.count("Scan")];
			await page.getByLabel(menu, { exact: true }).selectOption(value);
			await shows(page, namesOf(ALL.filter((one) => one[field] === value)));
			assert.deepEqual([await stack.count("Query") - queries, await stack.count("Scan") - scans], [1, 0]);
		}
		await page.getByRole("button", { name: "Show all" }).click();
		await shows(page, NAMES);
	}
});

promise("mysfits_real_menus_work_together", async ({ page, site }) => {
	await enter(page, site, "/?goodevil=Evil&lawchaos=Chaotic");
	const both = ALL.filter(({ goodevil, lawchaos }) => goodevil === "Evil" && lawchaos === "Chaotic");
	assert.ok(both.length > 0);
	await shows(page, namesOf(both));
	await look(page, "mysfits-real-filtered");
});

promise("mysfits_real_profile_has_the_likes_and_the_adoption_of_the_table", async ({ page, site }) => {
	const { mysfitId, name } = ALL.find((one) => one.name.startsWith("Pomfret"));
	const likesIn = (dialog) => dialog.locator("dt", { hasText: "Likes" }).locator("+ dd").textContent();
	await enter(page, site);
	await openCard(page, name);
	const dialog = page.getByRole("dialog", { name });
	assert.equal(await likesIn(dialog), "none yet");
	await dialog.getByRole("button", { name: "Close" }).click();
	for (let likes = 1; likes <= 3; likes++)
		assert.equal((await stack.post(`/mysfits/${mysfitId}/like`)).likes, likes);
	await openCard(page, name);
	assert.equal(await likesIn(dialog), "3");
	await stack.post(`/mysfits/${mysfitId}/adopt`);
	await page.reload();
	await dialog.getByText("Pomfret has found a home.").waitFor();
	assert.equal(await likesIn(dialog), "3");
	await look(page, "mysfits-real-adopted");
});

promise("mysfits_real_landing_page_leads_to_the_site", async ({ page }) => {
	for (const [host, site] of [["localhost", stack.url + "/"], ["127.0.0.1", `${platform.url}/_menagerie/website/mythical-mysfits/`]]) {
		await page.goto(`http://${host}:${platform.port}/`);
		assert.equal(await page.locator("#endpoint").textContent(), `http://${host}:${platform.port}`);
		assert.match(await page.locator("pre").textContent(), new RegExp(`menagerie env --listen ${host}:${platform.port}\\)`));
		assert.deepEqual(await contrastProblems(page), []);
		await page.getByRole("link", { name: "Mythical Mysfits" }).click();
		await shows(page, NAMES);
		assert.equal(page.url(), site);
	}
});

promise("mysfits_real_service_that_was_killed_is_found_again", async ({ page, site, errors }) => {
	await enter(page, site);
	await service.kill();
	try {
		await page.getByLabel("Good or evil").selectOption("Good");
		await page.getByRole("alert").getByText("does not answer").waitFor();
		await look(page, "mysfits-real-stopped");
	} finally {
		await service.restart();
	}
	await page.getByRole("button", { name: "Try again" }).click();
	await shows(page, ofGoodEvil("Good"));
	assert.equal(await page.locator(".notice").count(), 0);
	forgive(errors, /ERR_CONNECTION_REFUSED/);
});

promise("mysfits_real_database_that_was_killed_is_found_again", async ({ page, site, errors }) => {
	await enter(page, site);
	await platform.kill();
	try {
		await page.getByLabel("Good or evil").selectOption("Good");
		await page.getByRole("alert").getByText("The database does not answer").waitFor();
		// The bucket with the pages and their pictures is away, too.
		assert.ok(await page.locator(".notice img").evaluate((e) => e.complete && e.naturalWidth > 0));
		assert.ok(await isInView(page.locator(".notice")));
		await screenshot(page, "mysfits-real-without-a-database");
	} finally {
		await platform.restart();
	}
	await shows(page, ofGoodEvil("Good")); // it asks again by itself
	forgive(errors, /503/);
});

promise("mysfits_real_service_that_is_slow_is_waited_for", async ({ page, site }) => {
	service.child.kill("SIGSTOP");
	try {
		await page.goto(site.url + "/");
		await page.locator("#grid[aria-busy=true] .ghost").first().waitFor();
		assert.match(await page.locator("#count").textContent(), /Leafing/);
		await screenshot(page, "mysfits-real-slow");
	} finally {
		service.child.kill("SIGCONT");
	}
	await shows(page, NAMES);
	assert.equal(await page.locator(".ghost").count(), 0);
});

promise("mysfits_real_service_that_never_answers_is_given_up_and_found_again", async ({ page, site }) => {
	await page.clock.install();
	service.child.kill("SIGSTOP");
	try {
		await page.goto(site.url + "/");
		await page.locator("#grid[aria-busy=true] .ghost").first().waitFor();
		await page.clock.fastForward(20_000);
		await page.getByRole("alert").getByText("does not answer").waitFor();
	} finally {
		service.child.kill("SIGCONT");
	}
	await page.clock.runFor(5_000); // until it asks again by itself
	await shows(page, NAMES);
});

promise("mysfits_real_table_without_items_is_an_empty_book", async ({ page, site }) => {
	await stack.whileEmpty(async () => {
		await enter(page, site);
		await page.getByRole("heading", { name: "Nobody lives here yet" }).waitFor();
		assert.equal(await page.locator("#count").textContent(), "The book is empty.");
		await look(page, "mysfits-real-empty");
	});
	await page.reload();
	await shows(page, NAMES);
});
