"""botocore as the judge of the protocols: what it serializes we must read, what we write it must parse.

Random values of every imported operation go both ways. The models are those of this tree, in
botocore's own form, so that any botocore will do.
"""
import base64
import glob
import json
import os
import random
import string
import subprocess
import urllib.parse
from datetime import datetime, timezone

import pytest
from botocore import parsers, serialize
from botocore.model import ServiceModel

ROOT = os.path.join(os.path.dirname(__file__), "..", "..")
BUILD = os.environ.get("MENAGERIE_BUILD", os.path.join(ROOT, "build"))
EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
ROUNDS = 20


def load(name):
    with open(os.path.join(ROOT, "models", name + ".json"), encoding="utf-8") as f:
        return ServiceModel(json.load(f), name)


def documents_of(name):
    """Shapes that we hand on as the JSON text they are; botocore knows what is in them."""
    path = os.path.join(ROOT, "models", name + ".supplement")
    if not os.path.exists(path):
        return set()
    with open(path, encoding="utf-8") as f:
        return {shape for shape, what in json.load(f).get("shapes", {}).items() if what.get("document")}


NAMES = sorted(os.path.basename(p)[:-5] for p in glob.glob(os.path.join(ROOT, "models", "*.json")))
MODELS = {name: load(name) for name in NAMES if name != "index"}
DOCUMENTS = {name: documents_of(name) for name in MODELS}
CASES = [(name, op) for name, model in MODELS.items() for op in model.operation_names]


@pytest.fixture(scope="module")
def tool():
    process = subprocess.Popen([os.path.join(BUILD, "tests", "wire_tool")], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(**command):
        process.stdin.write(json.dumps(command).encode() + b"\n")
        process.stdin.flush()
        line = process.stdout.readline()
        assert line, f"the tool ended at {command}"
        return json.loads(line)

    yield ask
    process.stdin.close()
    assert process.wait(10) == 0


class Values:
    """Random values of a shape, as botocore takes them, and the same as the tool prints them."""

    def __init__(self, seed, service, for_reply=False):
        self.random = random.Random(seed)
        self.documents = DOCUMENTS[service]
        self.documents_open = 0
        self.for_reply = for_reply

    def text(self, in_head=False):
        alphabet = string.ascii_letters + string.digits + "-_."
        if not in_head:
            alphabet += " &<>\"'/+%=?äß€😀"
        # XML gives no way to tell leading and trailing space from layout in every position; AWS keeps it.
        length = self.random.randrange(1, 12)
        return "".join(self.random.choice(alphabet) for _ in range(length)).strip() or "x"

    def scalar(self, shape, in_head):
        kind = shape.type_name
        if kind in ("string", "character"):
            value = self.random.choice(shape.enum) if getattr(shape, "enum", None) else self.text(in_head)
            return value, value
        if kind == "boolean":
            value = self.random.random() < 0.5
            return value, value
        if kind in ("integer", "long"):
            value = self.random.randrange(-5, 2**31 - 1)
            return value, value
        if kind in ("float", "double"):
            value = self.random.randrange(-1000, 1000) / 8
            return value, value
        if kind == "timestamp":
            seconds = self.random.randrange(0, 2**31)
            return datetime.fromtimestamp(seconds, timezone.utc), seconds * 1000
        assert kind == "blob", kind
        value = self.random.randbytes(self.random.randrange(1, 9))
        return value, base64.b64encode(value).decode()

    def value(self, shape, depth=0, in_head=False):
        if shape.name in self.documents:
            self.documents_open += 1
            pair = self.value_within(shape, depth, in_head)
            self.documents_open -= 1
            return pair
        return self.value_within(shape, depth, in_head)

    def value_within(self, shape, depth, in_head):
        if shape.type_name == "structure":
            return self.structure(shape, depth + 1)
        if shape.type_name == "list":
            pairs = [self.value(shape.member, depth + 1, in_head) for _ in range(self.random.randrange(1, 4))]
            return [a for a, _ in pairs], [b for _, b in pairs]
        if shape.type_name == "map":
            result = {}
            for _ in range(self.random.randrange(1, 4)):
                key = self.random.choice(shape.key.enum) if getattr(shape.key, "enum", None) else self.text(in_head)
                result[key] = self.value(shape.value, depth + 1, in_head)
            return {k: a for k, (a, _) in result.items()}, {k: b for k, (_, b) in result.items()}
        return self.scalar(shape, in_head)

    def structure(self, shape, depth=0):
        given, expected = {}, {}
        for name, member in shape.members.items():
            location = member.serialization.get("location")
            is_payload = shape.serialization.get("payload") == name
            if is_payload and member.type_name == "blob" and (member.serialization.get("streaming")):
                continue
            if member.serialization.get("eventstream") or getattr(member, "is_document_type", False):
                continue
            if self.for_reply and is_payload and member.type_name in ("string", "blob"):
                # botocore has no other way to see such a body than as text that is there.
                text = self.text(in_head=True)
                given[name] = expected[name] = text if member.type_name == "string" else base64.b64encode(text.encode()).decode()
                continue
            # On the wire, as it stands in a document, a time has another form than here.
            if self.documents_open and member.type_name == "timestamp":
                continue
            needed = name in shape.required_members or location == "uri"
            if self.for_reply and location == "statusCode":
                given[name] = expected[name] = self.random.choice([200, 202])
                continue
            if not needed and (depth > 3 or self.random.random() < 0.4):
                continue
            in_head = location in ("header", "headers", "uri") or (is_payload and member.type_name == "string")
            given[name], expected[name] = self.value(member, depth, in_head)
            if location == "headers":  # header names are told apart without regard to case
                given[name] = {k.lower(): v for k, v in given[name].items()}
                expected[name] = {k.lower(): v for k, v in expected[name].items()}
        return given, expected


def as_bytes(body):
    if isinstance(body, dict):
        return urllib.parse.urlencode(body, doseq=True).encode()
    if isinstance(body, str):
        return body.encode()
    return body if isinstance(body, bytes) else b""


def query_text(query):
    if isinstance(query, str):
        return query
    pairs = []
    for key, value in query.items():
        for one in value if isinstance(value, list) else [value]:
            pairs.append(urllib.parse.quote(str(key), safe="-_.~") + "=" + urllib.parse.quote(str(one), safe="-_.~"))
    return "&".join(pairs)


def serialized(model, operation, params):
    protocol = model.metadata["protocol"]
    request = serialize.create_serializer(protocol, include_validation=False).serialize_to_request(params, operation)
    path, _, fixed = request["url_path"].partition("?")
    query = query_text(request["query_string"])
    return {"method": request["method"], "path": path, "query": "&".join(p for p in (fixed, query) if p),
            "headers": [[k, str(v)] for k, v in request["headers"].items()],
            "body": base64.b64encode(as_bytes(request["body"])).decode()}


def without_empty(value):
    """Empty lists, maps and structures do not travel in every protocol."""
    if isinstance(value, dict):
        pairs = ((k, without_empty(v)) for k, v in value.items())
        return {k: v for k, v in pairs if v not in ({}, [])}
    if isinstance(value, list):
        return [v for v in map(without_empty, value) if v not in ({}, [])]
    return value


@pytest.mark.parametrize("service,name", CASES, ids=[f"{s}_{n}" for s, n in CASES])
def test_reads_what_botocore_sends(tool, service, name):
    model = MODELS[service]
    operation = model.operation_model(name)
    for seed in range(ROUNDS):
        values = Values(f"{name}{seed}", service)
        given, expected = values.structure(operation.input_shape) if operation.input_shape else ({}, {})
        request = serialized(model, operation, given)
        if model.metadata["protocol"].startswith("rest"):
            assert tool(do="route", model=service, **request) == {"operation": name}, request
        answer = tool(do="read", model=service, operation=name, **request)
        assert without_empty(answer.get("in", answer)) == without_empty(expected), (request, given)


def parsed(value):
    """What botocore parsed, in the tool's form."""
    if isinstance(value, dict):
        return {k: parsed(v) for k, v in value.items()}
    if isinstance(value, list):
        return [parsed(v) for v in value]
    if isinstance(value, datetime):
        return int((value - EPOCH).total_seconds() * 1000)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


# An event stream has no output struct: S3 SelectObjectContent, which is refused by name.
REPLIES = [(s, n) for s, n in CASES if not MODELS[s].operation_model(n).has_event_stream_output]


@pytest.mark.parametrize("service,name", REPLIES, ids=[f"{s}_{n}" for s, n in REPLIES])
def test_writes_what_botocore_reads(tool, service, name):
    model = MODELS[service]
    operation = model.operation_model(name)
    if operation.output_shape is None:
        assert tool(do="write", model=service, operation=name, out={})["status"] in (200, 201, 202, 204)
        return
    for seed in range(ROUNDS):
        _, expected = Values(f"{name}{seed}", service, for_reply=True).structure(operation.output_shape)
        reply = tool(do="write", model=service, operation=name, out=expected)
        body = base64.b64decode(reply["body"])
        response = {"status_code": reply["status"], "headers": CaseInsensitive(reply["headers"]), "body": body}
        got = parsers.create_parser(model.metadata["protocol"]).parse(response, operation.output_shape)
        got.pop("ResponseMetadata")
        stream = operation.output_shape.serialization.get("payload")
        if operation.has_streaming_output:  # botocore leaves the body to its caller
            got.pop(stream, None)
            if stream in expected:
                assert body == base64.b64decode(expected.pop(stream))
        assert without_empty(parsed(got)) == without_empty(expected), reply


class CaseInsensitive(dict):
    def __init__(self, pairs):
        super().__init__((k.lower(), v) for k, v in pairs)

    def __getitem__(self, key):
        return super().__getitem__(key.lower())

    def get(self, key, default=None):
        return super().get(key.lower(), default)

    def __contains__(self, key):
        return super().__contains__(key.lower())
