// The adoption site, served as its bucket would serve it, and a service that answers from the data that is deployed.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { visit } from "../js/browser.mjs";

const APP = fileURLToPath(new URL("../../apps/mysfits/", import.meta.url));
export const SITE = join(APP, "site");
const TYPES = {
	".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".json": "application/json",
	".svg": "image/svg+xml", ".woff2": "font/woff2", ".txt": "text/plain",
};
const BRIEF = ["mysfitId", "name", "species", "goodevil", "lawchaos", "alignment", "thumbImageUri"];
const INDEXES = ["Species", "Alignment", "GoodEvil", "LawChaos"];
const FIELDS = {
	mysfitId: "MysfitId", name: "Name", species: "Species", goodevil: "GoodEvil", lawchaos: "LawChaos", alignment: "Alignment",
	thumbImageUri: "ThumbImageUri", age: "Age", description: "Description", likes: "Likes", adopted: "Adopted",
	profileImageUri: "ProfileImageUri",
};

export function readData(name) {
	return JSON.parse(readFileSync(join(APP, "infra", name), "utf8"));
}

// The items as the service tells them.
export function creatures() {
	const plain = ({ S, N, BOOL }) => S ?? BOOL ?? Number(N);
	return readData("populate-dynamodb.json").MysfitsTable.map(({ PutRequest: { Item } }) =>
		Object.fromEntries(Object.entries(FIELDS).map(([field, attribute]) => [field, plain(Item[attribute])])));
}

async function listen(answer) {
	const server = createServer((request, reply) => {
		answer(request, reply).catch((error) => reply.destroy(error));
	});
	server.listen(0, "localhost");
	await once(server, "listening");
	return { server, url: `http://localhost:${server.address().port}` };
}

// `busy` is a number of seconds to come back after, `down` hangs up, `slow` is a promise to wait for.
class Service {
	constructor() {
		this.all = creatures();
		this.asked = [];
		this.busy = null;
		this.down = false;
		this.slow = null;
	}

	async answer(request, reply) {
		this.asked.push(`${request.method} ${request.url}`);
		await this.slow;
		if (this.down) {
			request.destroy();
			return;
		}
		const [status, body, headers] = this.busy !== null
			? [503, { message: "The table is taking a breath." }, { "Retry-After": this.busy }]
			: this.find(new URL(request.url, "http://localhost"));
		reply.writeHead(status, {
			"Content-Type": "application/json", "Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After",
			...headers,
		});
		reply.end(JSON.stringify(body));
	}

	find({ pathname, searchParams }) {
		const id = /^\/mysfits\/(.+)$/.exec(pathname)?.[1];
		if (id) {
			const one = this.all.find(({ mysfitId }) => mysfitId === decodeURIComponent(id));
			return one ? [200, one] : [404, { message: "no such mysfit" }];
		}
		const filter = searchParams.get("filter");
		if (filter !== null && !INDEXES.includes(filter))
			return [400, { message: "no such filter" }];
		const some = this.all.filter((one) => !filter || one[filter.toLowerCase()] === searchParams.get("value"));
		return [200, { mysfits: some.map((one) => Object.fromEntries(BRIEF.map((field) => [field, one[field]]))) }];
	}
}

export async function openSite({ config = true } = {}) {
	const service = new Service();
	const api = await listen((request, reply) => service.answer(request, reply));
	const site = await listen(async (request, reply) => {
		const path = normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
		const [status, name, body] = await fileOf(path, config && JSON.stringify({ mysfitsApiEndpoint: api.url + "/" }));
		reply.writeHead(status, { "Content-Type": TYPES[extname(name)] ?? "application/octet-stream" });
		reply.end(body);
	});
	return {
		service, url: site.url,
		close() {
			for (const { server } of [api, site]) {
				server.closeAllConnections();
				server.close();
			}
		},
	};
}

async function fileOf(path, config) {
	const name = path === "/" ? "/index.html" : path;
	if (name === "/config.json" && config)
		return [200, name, config];
	try {
		return [200, name, await readFile(join(SITE, name))];
	} catch {
		return [404, "/error.html", await readFile(join(SITE, "error.html"))];
	}
}

export const ALL = creatures();
export const NAMES = namesOf(ALL);

export function namesOf(some) {
	return some.map(({ name }) => name).sort();
}

// Tests, each with a visitor to a site, which is its own unless `open` has another. The check clears the errors that it
// expects; no others may be there.
export function promises(browser, open = openSite) {
	return (name, check, { size = [1280, 900], media = {}, config } = {}) => test(name, async () => {
		const site = await open({ config });
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
export function forgive(errors, pattern) {
	assert.ok(errors.length > 0 && errors.every((error) => pattern.test(error)), errors.join("\n"));
	errors.length = 0;
}

export async function enter(page, site, path = "/") {
	await page.goto(site.url + path);
	await page.locator("#grid[aria-busy=false]").waitFor({ state: "attached" });
}

// Whether it can be seen without scrolling.
export function isInView(locator) {
	return locator.evaluate((e) => {
		const { top, bottom } = e.getBoundingClientRect();
		return top >= 0 && bottom <= innerHeight;
	});
}

export function namesIn(page) {
	return page.locator(".card h3").allTextContents();
}

export function shows(page, names) {
	return page.waitForFunction((want) =>
		JSON.stringify([...document.querySelectorAll(".card h3")].map((e) => e.textContent)) === want, JSON.stringify(names));
}

export async function openCard(page, name) {
	await page.locator(".card", { hasText: name }).click();
	await page.locator("article.spread").waitFor();
}

// A promise to keep somebody waiting by, and the function that lets go.
export function gate() {
	let open;
	const opened = new Promise((resolve) => { open = resolve; });
	return [opened, open];
}
