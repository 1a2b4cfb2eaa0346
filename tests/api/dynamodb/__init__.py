"""What the tests of DynamoDB share: tables, items in short, refusals, requests that boto3 would not make."""
import contextlib
import json
import uuid

import pytest
from boto3.dynamodb.types import Binary, TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

OTHER = "111122223333"  # a key of twelve digits is the root of that account
_SERIALIZER, _DESERIALIZER = TypeSerializer(), TypeDeserializer()


def new_name():
    return "test-" + uuid.uuid4().hex[:20]


def new_table(client, *keys, indexes=(), name=None, **more):
    """Makes a table and returns its name. Keys are "id:S", the partition key first; indexes come from `index`."""
    name = name or new_name()
    types = dict(key.split(":") for key in [*keys, *(key for i in indexes for key in i["keys"])])
    arguments = {"TableName": name, "BillingMode": "PAY_PER_REQUEST", "KeySchema": key_schema(keys),
                 "AttributeDefinitions": [{"AttributeName": k, "AttributeType": t} for k, t in types.items()]}
    for kind in ("LocalSecondaryIndexes", "GlobalSecondaryIndexes"):
        of_kind = [{k: v for k, v in i.items() if k[0].isupper()} for i in indexes if i["kind"] == kind]
        if of_kind:
            arguments[kind] = of_kind
    client.create_table(**{**arguments, **more})
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig={"Delay": 0.01, "MaxAttempts": 500})
    return name


def key_schema(keys, hashes=1):
    return [{"AttributeName": k.split(":")[0], "KeyType": "HASH" if i < hashes else "RANGE"}
            for i, k in enumerate(keys)]


def index(name, *keys, local=False, project="ALL", hashes=1):
    """Of `new_table`. `project`: "ALL", "KEYS_ONLY", or a list of attributes."""
    projection = {"ProjectionType": project} if isinstance(project, str) else \
        {"ProjectionType": "INCLUDE", "NonKeyAttributes": project}
    return {"kind": "LocalSecondaryIndexes" if local else "GlobalSecondaryIndexes", "keys": keys, "IndexName": name,
            "KeySchema": key_schema(keys, hashes), "Projection": projection}


def item(**attributes):
    """{"id": "a", "n": 3} as DynamoDB writes it."""
    return {name: _SERIALIZER.serialize(value) for name, value in attributes.items()}


def plain(attributes):
    """Back again; numbers become Decimals, binaries bytes."""
    values = {name: _DESERIALIZER.deserialize(value) for name, value in attributes.items()}
    return {name: bytes(v) if isinstance(v, Binary) else v for name, v in values.items()}


def put_all(client, table, items):
    """Items as `item` makes them, 25 at a time."""
    for at in range(0, len(items), 25):
        requests = [{"PutRequest": {"Item": i}} for i in items[at:at + 25]]
        assert client.batch_write_item(RequestItems={table: requests})["UnprocessedItems"] == {}


# Before what is wrong with the request of PutItem, UpdateItem or DeleteItem itself.
ONE_ERROR = "1 validation error detected: "


@contextlib.contextmanager
def refused(message, code="ValidationException", status=400):
    """Expects the error of a client; yields a dict that then holds the whole response."""
    response = {}
    with pytest.raises(ClientError) as caught:
        yield response
    response.update(caught.value.response)
    error = response["Error"]
    assert (error["Code"], error.get("Message")) == (code, message), response
    assert response["ResponseMetadata"]["HTTPStatusCode"] == status, response


def failed(status, reply):
    """Of `raw`: a condition that failed, and the item that the reply shows, or None."""
    assert (status, reply["__type"].split("#")[-1]) == (400, "ConditionalCheckFailedException"), reply
    assert reply.get("message", reply.get("Message")) == "The conditional request failed"
    return reply.get("Item")


def raw(menagerie, operation, body, key="test"):
    """A signed request whose body is as given (a dict, or text): status and JSON of the reply."""
    text = body if isinstance(body, str) else json.dumps(body)
    status, _, reply = menagerie.signed("POST", "/", text.encode(), service="dynamodb", key=key, headers={
        "X-Amz-Target": f"DynamoDB_20120810.{operation}", "Content-Type": "application/x-amz-json-1.0"})
    return status, json.loads(reply)
