// How tests reach DynamoDB.
import { DynamoDB } from "@aws-sdk/client-dynamodb";

export function settingsOf(program) {
	return {
		endpoint: program.url,
		region: "us-east-1",
		credentials: { accessKeyId: "test", secretAccessKey: "test" },
		maxAttempts: 1,
	};
}

export function clientOf(program) {
	return new DynamoDB(settingsOf(program));
}
