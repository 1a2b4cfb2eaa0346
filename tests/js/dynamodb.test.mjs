// DynamoDB as the AWS SDK for JavaScript sees it: the client itself, its document client, and streams.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import test, { after } from "node:test";
import {
	ConditionalCheckFailedException, DynamoDBServiceException, ResourceInUseException,
	ResourceNotFoundException, TransactionCanceledException, paginateListTables, waitUntilTableExists,
	waitUntilTableNotExists,
} from "@aws-sdk/client-dynamodb";
import { DynamoDBStreams } from "@aws-sdk/client-dynamodb-streams";
import { DynamoDBDocument, paginateQuery, paginateScan } from "@aws-sdk/lib-dynamodb";
import { clientOf, settingsOf } from "./dynamodb.mjs";
import { start } from "./program.mjs";

const program = await start();
const client = clientOf(program);
const documents = DynamoDBDocument.from(client);
after(async () => {
	client.destroy();
	await program.stop();
});

const newName = () => "test-" + randomUUID().slice(0, 18);

async function makeTable(more = {}) {
	const TableName = newName();
	await client.createTable({
		TableName,
		BillingMode: "PAY_PER_REQUEST",
		AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
		KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
		...more,
	});
	await waitUntilTableExists({ client, minDelay: 1, maxWaitTime: 10 }, { TableName });
	return TableName;
}

// Orders of a customer, by time; and by state in a global index.
function makeOrders() {
	return makeTable({
		AttributeDefinitions: [
			{ AttributeName: "customer", AttributeType: "S" }, { AttributeName: "at", AttributeType: "N" },
			{ AttributeName: "state", AttributeType: "S" },
		],
		KeySchema: [{ AttributeName: "customer", KeyType: "HASH" }, { AttributeName: "at", KeyType: "RANGE" }],
		GlobalSecondaryIndexes: [{
			IndexName: "by-state",
			KeySchema: [{ AttributeName: "state", KeyType: "HASH" }, { AttributeName: "at", KeyType: "RANGE" }],
			Projection: { ProjectionType: "ALL" },
		}],
	});
}

async function refused(promise, expected) {
	let error;
	try {
		await promise;
	} catch (e) {
		error = e;
	}
	assert.ok(error instanceof DynamoDBServiceException, error?.stack ?? "it was not refused");
	assert.ok(error instanceof expected, `${error.name}: ${error.message}`);
	assert.equal(error.$metadata.httpStatusCode, 400);
	return error;
}

test("table_is_made_described_listed_and_deleted", async () => {
	const TableName = await makeTable();
	const { Table } = await client.describeTable({ TableName });
	assert.equal(Table.TableStatus, "ACTIVE");
	assert.equal(Table.ItemCount, 0);
	assert.ok(Table.CreationDateTime instanceof Date);
	await refused(client.createTable({
		TableName,
		BillingMode: "PAY_PER_REQUEST",
		AttributeDefinitions: Table.AttributeDefinitions,
		KeySchema: Table.KeySchema,
	}), ResourceInUseException);
	const names = [];
	for await (const page of paginateListTables({ client, pageSize: 1 }, {}))
		names.push(...page.TableNames);
	assert.ok(names.includes(TableName));
	await client.deleteTable({ TableName });
	await waitUntilTableNotExists({ client, minDelay: 1, maxWaitTime: 10 }, { TableName });
	await refused(client.describeTable({ TableName }), ResourceNotFoundException);
});

test("document_of_every_type_comes_back_as_it_went", async () => {
	const TableName = await makeTable();
	const Item = {
		id: "all", text: "späť \u0000 𝄞", empty: "", number: -12.5, large: Number.MAX_SAFE_INTEGER, yes: true, no: false, nothing: null,
		bytes: new Uint8Array([0, 1, 255]), list: [1, "two", [3, { four: 4 }]], map: { a: { b: { c: [] } }, "  ": 1 },
		texts: new Set(["a", "b"]), numbers: new Set([1, 2.5]), binaries: new Set([new Uint8Array([1]), new Uint8Array([2])]),
	};
	await documents.put({ TableName, Item });
	const back = (await documents.get({ TableName, Key: { id: "all" }, ConsistentRead: true })).Item;
	assert.deepEqual(back, Item);
});

test("document_update_returns_what_is_asked_for", async () => {
	const TableName = await makeTable();
	const update = (UpdateExpression, ReturnValues) => documents.update({
		TableName, Key: { id: "u" }, UpdateExpression, ReturnValues,
		ExpressionAttributeValues: { ":one": 1 },
	});
	assert.deepEqual((await update("ADD likes :one", "UPDATED_NEW")).Attributes, { likes: 1 });
	assert.deepEqual((await update("SET likes = likes + :one", "ALL_OLD")).Attributes, { id: "u", likes: 1 });
	assert.deepEqual((await update("SET seen = :one", "ALL_NEW")).Attributes, { id: "u", likes: 2, seen: 1 });
});

test("document_with_a_condition_is_put_by_one_of_many", async () => {
	const TableName = await makeTable();
	const put = (who) => documents.put({
		TableName, Item: { id: "once", who }, ConditionExpression: "attribute_not_exists(id)",
		ReturnValuesOnConditionCheckFailure: "ALL_OLD",
	});
	const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => put(i)));
	const lost = outcomes.filter((outcome) => outcome.status === "rejected");
	const winner = (await documents.get({ TableName, Key: { id: "once" } })).Item.who;
	assert.equal(lost.length, 19);
	for (const { reason } of lost) {
		assert.ok(reason instanceof ConditionalCheckFailedException, reason.stack);
		assert.deepEqual(reason.Item.who, { N: String(winner) });
	}
});

test("documents_are_queried_and_scanned_page_by_page", async () => {
	const TableName = await makeOrders();
	for (let at = 0; at < 40; at += 20)
		await documents.batchWrite({
			RequestItems: {
				[TableName]: Array.from({ length: 20 }, (_, i) => (
					{ PutRequest: { Item: { customer: "c" + (i % 2), at: at + i, state: i % 4 ? "open" : "done" } } })),
			},
		});
	const collect = async (pages, field = "Items") => {
		const items = [];
		for await (const page of pages)
			items.push(...page[field]);
		return items;
	};
	const paging = { client: documents, pageSize: 3 };
	const mine = await collect(paginateQuery(paging, {
		TableName, KeyConditionExpression: "customer = :c AND #at BETWEEN :low AND :high", ScanIndexForward: false,
		ExpressionAttributeNames: { "#at": "at" }, ExpressionAttributeValues: { ":c": "c0", ":low": 10, ":high": 30 },
	}));
	assert.deepEqual(mine.map((item) => item.at), [30, 28, 26, 24, 22, 20, 18, 16, 14, 12, 10]);
	const done = await collect(paginateQuery(paging, {
		TableName, IndexName: "by-state", KeyConditionExpression: "#s = :done",
		ExpressionAttributeNames: { "#s": "state" }, ExpressionAttributeValues: { ":done": "done" },
	}));
	assert.deepEqual(done.map((item) => item.at), [0, 4, 8, 12, 16, 20, 24, 28, 32, 36]);
	const all = await collect(paginateScan(paging, { TableName }));
	assert.equal(new Set(all.map((item) => item.at)).size, 40);
});

test("transaction_is_whole_or_leaves_nothing", async () => {
	const TableName = await makeTable();
	await documents.put({ TableName, Item: { id: "from", money: 10 } });
	await documents.put({ TableName, Item: { id: "to", money: 0 } });
	const transfer = (amount) => documents.transactWrite({
		TransactItems: [
			{
				Update: {
					TableName, Key: { id: "to" }, UpdateExpression: "SET money = money + :n",
					ExpressionAttributeValues: { ":n": amount },
				},
			},
			{
				Update: {
					TableName, Key: { id: "from" }, UpdateExpression: "SET money = money - :n",
					ConditionExpression: "money >= :n", ExpressionAttributeValues: { ":n": amount },
				},
			},
		],
	});
	await transfer(7);
	const error = await refused(transfer(7), TransactionCanceledException);
	assert.deepEqual(error.CancellationReasons.map((reason) => reason.Code), ["None", "ConditionalCheckFailed"]);
	const { Responses } = await documents.transactGet({
		TransactItems: ["from", "to"].map((id) => ({ Get: { TableName, Key: { id } } })),
	});
	assert.deepEqual(Responses.map(({ Item }) => Item.money), [3, 7]);
});

test("partiql_statement_reads_what_another_wrote", async () => {
	const TableName = await makeTable();
	await client.executeStatement({
		Statement: `INSERT INTO "${TableName}" VALUE {'id': ?, 'age': 7}`, Parameters: [{ S: "p" }],
	});
	const { Items } = await client.executeStatement({
		Statement: `SELECT age FROM "${TableName}" WHERE id = ?`, Parameters: [{ S: "p" }],
	});
	assert.deepEqual(Items, [{ age: { N: "7" } }]);
});

test("stream_tells_of_changes_in_their_order", async () => {
	const TableName = await makeTable({ StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" } });
	const streams = new DynamoDBStreams(settingsOf(program));
	await documents.put({ TableName, Item: { id: "s", n: 1 } });
	await documents.put({ TableName, Item: { id: "s", n: 2 } });
	await documents.delete({ TableName, Key: { id: "s" } });
	const { Streams: [{ StreamArn }] } = await streams.listStreams({ TableName });
	const { StreamDescription: { Shards: [{ ShardId }] } } = await streams.describeStream({ StreamArn });
	const { ShardIterator } = await streams.getShardIterator({ StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" });
	const { Records } = await streams.getRecords({ ShardIterator });
	assert.deepEqual(Records.map((record) => record.eventName), ["INSERT", "MODIFY", "REMOVE"]);
	assert.deepEqual(Records[1].dynamodb.OldImage.n, { N: "1" });
	assert.deepEqual(Records[1].dynamodb.NewImage.n, { N: "2" });
	assert.ok(Records[0].dynamodb.ApproximateCreationDateTime instanceof Date);
	streams.destroy();
});
