// The adoption site as it is deployed: its pages in a bucket, its creatures in a table, and its service between them.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { clientOf } from "../js/dynamodb.mjs";
import { start, startProgram } from "../js/program.mjs";

const DEPLOY = fileURLToPath(new URL("../../apps/mysfits/deploy", import.meta.url));
const TableName = "MysfitsTable";

export async function openStack() {
	const platform = await start();
	const keys = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
	const env = { ...process.env, ...keys, AWS_ENDPOINT_URL: platform.url, AWS_REGION: "us-east-1" };
	const service = await startProgram("apps/mysfits-service", [], platform.data + ".service.log", env);
	const { stdout } = await promisify(execFile)(DEPLOY, [service.url], { env });
	return new Stack(platform, service, stdout.trim());
}

class Stack {
	constructor(platform, service, url) {
		Object.assign(this, { platform, service, url: url.replace(/\/$/, "") });
		this.dynamodb = clientOf(platform);
	}

	// A deed of somebody else's, at the service.
	async post(path) {
		const reply = await fetch(this.service.url + path, { method: "POST" });
		assert.equal(reply.status, 200, await reply.clone().text());
		return reply.json();
	}

	// How many requests of this operation DynamoDB has answered.
	async count(operation) {
		const text = await (await fetch(this.platform.url + "/_menagerie/metrics")).text();
		const wanted = new RegExp(`^menagerie_requests_total\\{service="dynamodb",operation="${operation}",.*\\} (\\d+)$`, "gm");
		return [...text.matchAll(wanted)].reduce((sum, [, n]) => sum + Number(n), 0);
	}

	// Takes all creatures out of the table while `check` looks.
	async whileEmpty(check) {
		const { Items } = await this.dynamodb.scan({ TableName });
		await this.write(Items.map(({ MysfitId }) => ({ DeleteRequest: { Key: { MysfitId } } })));
		try {
			await check();
		} finally {
			await this.write(Items.map((Item) => ({ PutRequest: { Item } })));
		}
	}

	async write(requests) {
		const { UnprocessedItems } = await this.dynamodb.batchWriteItem({ RequestItems: { [TableName]: requests } });
		assert.deepEqual(UnprocessedItems, {});
	}

	async close() {
		this.dynamodb.destroy();
		await this.service.stop();
		await this.platform.stop();
	}
}
