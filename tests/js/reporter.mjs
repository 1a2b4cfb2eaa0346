// A reporter of node:test that says a line of JSON for each test, for tests/runner.
function messageOf(error) {
	const cause = error.cause ?? error;
	const lines = String(cause?.stack ?? cause?.message ?? cause).split("\n");
	const status = cause?.$metadata ? [`status ${cause.$metadata.httpStatusCode}`] : [];
	return [...lines.filter((line) => !line.includes("node:internal") && !line.includes("node_modules")), ...status].join("\n");
}

export default async function* (events) {
	for await (const { type, data } of events) {
		if (type !== "test:pass" && type !== "test:fail")
			continue;
		const error = data.details?.error;
		const isGroup = data.details?.type === "suite" || error?.failureType === "subtestsFailed";
		if (isGroup && (!error || error.failureType === "subtestsFailed"))
			continue;
		const skipped = data.skip !== undefined || data.todo !== undefined;
		const verdict = skipped ? "skip" : type === "test:pass" ? "pass" : "fail";
		// A hook that fails is reported under the name of the file.
		const name = /[\\/]/.test(data.name) ? "hooks" : data.name;
		yield JSON.stringify({ name, verdict, message: error ? messageOf(error) : "" }) + "\n";
	}
}
