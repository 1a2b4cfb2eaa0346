// Chromium, as Debian packages it, and what a page did in it.
import assert from "node:assert/strict";
import { accessSync, constants, mkdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";
import { LOGS } from "./program.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];
const SECONDS = 1000;

function executable() {
	for (const folder of (process.env.PATH ?? "").split(delimiter)) {
		for (const name of NAMES) {
			try {
				accessSync(join(folder, name), constants.X_OK);
				return join(folder, name);
			} catch {
				// not here
			}
		}
	}
	throw new Error(`none of ${NAMES.join(", ")} is installed`);
}

export function openBrowser() {
	return chromium.launch({
		executablePath: executable(),
		timeout: 60 * SECONDS,
		// It opens only our own pages, and finds nothing but this machine.
		args: ["--no-proxy-server", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1"],
	});
}

// A page of a visitor who was never here before. `errors` are what the console complains of, `requests` are all
// that were sent.
export async function visit(browser) {
	const context = await browser.newContext({ viewport: { width: 800, height: 500 } });
	const page = await context.newPage();
	page.setDefaultTimeout(10 * SECONDS);
	const errors = [];
	const requests = [];
	page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
	page.on("pageerror", (error) => errors.push(String(error)));
	page.on("request", (request) => requests.push(request.url()));
	return {
		page, errors, requests,
		async leave() {
			await context.close();
			for (const address of requests.filter((one) => !one.startsWith("data:")))
				assert.match(new URL(address).hostname, /(^|\.)localhost$|^127\.0\.0\.1$/, "a request left this machine");
		},
	};
}

export async function screenshot(page, name) {
	mkdirSync(LOGS, { recursive: true });
	return page.screenshot({ path: join(LOGS, `browser-${name}.png`) });
}
