// A running menagerie with a data directory of its own, on a free port: what Program is to the Python tests.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const BUILD = process.env.MENAGERIE_BUILD ?? join(ROOT, "build");
export const LOGS = join(ROOT, "build-logs");

export async function start(...args) {
	const data = join(mkdtempSync(join(tmpdir(), "js-")), "data");
	const log = openSync(data + ".log", "a");
	const child = spawn(join(BUILD, "menagerie"), ["serve", "--data", data, "--listen", "127.0.0.1:0", ...args],
		{ stdio: ["ignore", "pipe", log] });
	closeSync(log);
	const program = new Program(child, data);
	await program.ready();
	return program;
}

class Program {
	constructor(child, data) {
		this.child = child;
		this.data = data;
		this.ended = once(child, "exit");
		this.atExit = () => child.kill("SIGKILL");
		process.once("exit", this.atExit);
	}

	// It says itself when it is ready, so there is nothing to guess.
	async ready() {
		const late = setTimeout(() => this.child.kill("SIGKILL"), 30_000);
		for await (const line of createInterface({ input: this.child.stdout })) {
			const match = /ready at http:\/\/(\S+)/.exec(line);
			if (match) {
				this.address = match[1];
				this.port = Number(match[1].split(":").pop());
				this.url = "http://" + this.address;
				this.child.stdout.resume();
				clearTimeout(late);
				return;
			}
		}
		assert.fail(`menagerie did not start: ${this.log()}`);
	}

	log() {
		return readFileSync(this.data + ".log", "utf8");
	}

	// It ends when told to, and well.
	async stop() {
		this.child.kill("SIGTERM");
		const [status] = await this.ended;
		process.off("exit", this.atExit);
		assert.equal(status, 0, this.log());
		assert.doesNotMatch(this.log(), /Sanitizer/);
	}
}
