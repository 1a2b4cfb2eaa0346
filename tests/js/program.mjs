// A running menagerie with a data directory of its own, on a free port: what Program is to the Python tests. Also any
// other program of the build that says where it is ready.
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
	const program = await startProgram("menagerie", ["serve", "--data", data, ...args], data + ".log");
	return Object.assign(program, { data });
}

// `name` is its path in the build; what it writes to standard error goes to the file `log`.
export async function startProgram(name, args, log, env = process.env) {
	const program = new Program(join(BUILD, name), args, log, env);
	await program.start("127.0.0.1:0");
	return program;
}

class Program {
	constructor(path, args, logPath, env) {
		Object.assign(this, { path, args, logPath, env });
	}

	async start(address) {
		const log = openSync(this.logPath, "a");
		this.child = spawn(this.path, [...this.args, "--listen", address], { stdio: ["ignore", "pipe", log], env: this.env });
		closeSync(log);
		this.ended = once(this.child, "exit");
		this.atExit = () => this.child.kill("SIGKILL");
		process.once("exit", this.atExit);
		await this.ready();
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
		assert.fail(`${this.path} did not start: ${this.log()}`);
	}

	log() {
		return readFileSync(this.logPath, "utf8");
	}

	async kill() {
		this.child.kill("SIGKILL");
		await this.ended;
		process.off("exit", this.atExit);
	}

	// After a kill: at the same address, with what it had.
	restart() {
		return this.start(this.address);
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
