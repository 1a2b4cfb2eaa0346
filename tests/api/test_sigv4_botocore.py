"""Other signers judge ours: what they sign must pass, and with anything changed it must not.

The signers are botocore as the tests have it, the newer one that may be on the PATH, the AWS Common
Runtime where it is installed, and chunks signed by hand (sigv4_signer.py).
"""
import base64
import copy
import json
import os
import random
import subprocess
import time

import pytest
from clients import pythons_with

pytestmark = pytest.mark.slow

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ.get("MENAGERIE_BUILD", os.path.join(HERE, "..", "..", "build"))
SIGNER = os.path.join(HERE, "sigv4_signer.py")


def signed_by(version, python):
    done = subprocess.run([python, SIGNER], capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in done.stdout.splitlines()][1:]  # the first names the signer
    assert len(lines) > 300
    return [{**line, "name": f"botocore {version}: {line['name']}"} for line in lines]


@pytest.fixture(scope="module")
def requests():
    """Of each version of botocore there is."""
    return [line for version, python in pythons_with("botocore").items() for line in signed_by(version, python)]


@pytest.fixture(scope="module")
def check():
    tool = subprocess.Popen([os.path.join(BUILD, "tests", "sigv4_check")], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE)

    def ask(line, piece=1000, late=0):
        head = f"{line['method']} {line['target']} HTTP/1.1\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in line["headers"]) + "\r\n"
        raw = head.encode("latin-1") + base64.b64decode(line["body"])
        command = {"flavour": line["flavour"], "service": line["service"], "piece": piece,
                   "now": int((time.time() + late) * 1000), "request": base64.b64encode(raw).decode()}
        tool.stdin.write(json.dumps(command).encode() + b"\n")
        tool.stdin.flush()
        answer = tool.stdout.readline()
        assert answer, f"the tool ended at {line['name']}"
        return json.loads(answer)

    yield ask
    tool.stdin.close()
    assert tool.wait(10) == 0


def header(line, name):
    return next((value for key, value in line["headers"] if key.lower() == name), None)


def is_presigned(line):
    return "X-Amz-Signature=" in line["target"]


def signed_headers(line):
    text = line["target"].replace("%3B", ";") if is_presigned(line) else header(line, "authorization")
    return text.split("SignedHeaders=")[1].split(",")[0].split("&")[0].split(";")


def with_header(line, at, value):
    changed = copy.copy(line)
    changed["headers"] = list(line["headers"])
    if value is None:
        del changed["headers"][at]
    else:
        changed["headers"][at] = [line["headers"][at][0], value]
    return changed


def with_body(line, body):
    return {**line, "body": base64.b64encode(body).decode()}


def is_body_signed(line):
    if line["flavour"] != "s3":
        return True
    return header(line, "x-amz-content-sha256") not in (None, "UNSIGNED-PAYLOAD")


def flipped(text, at):
    return text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1:]


def tampered(line, dice):
    """What an attacker might change, one at a time."""
    target = line["target"]
    path, mark, query = target.partition("?")
    yield "method", {**line, "method": "DELETE"}
    yield "path", {**line, "target": path + "x" + mark + query}
    yield "path below", {**line, "target": path.rstrip("/") + "/x" + mark + query}
    yield "parameter added", {**line, "target": target + ("&" if query else "?") + "zz=1"}
    if query and not is_presigned(line):
        yield "query dropped", {**line, "target": path}
        yield "query changed", {**line, "target": target + "1"}
    if is_presigned(line):
        at = target.index("X-Amz-Signature=") + 16 + dice.randrange(64)
        yield "signature", {**line, "target": flipped(target, at)}
        if "X-Amz-Expires=" in target:
            yield "expiry", {**line, "target": target.replace("X-Amz-Expires=", "X-Amz-Expires=9")}
    for at, (name, value) in enumerate(line["headers"]):
        if name.lower() in signed_headers(line):
            yield f"header {name}", with_header(line, at, value + "1")
            yield f"no header {name}", with_header(line, at, None)
        if name.lower() == "authorization":
            place = value.index("Signature=") + 10 + dice.randrange(64)
            yield "signature", with_header(line, at, flipped(value, place))
            region = value.split("/")[2]
            yield "region", with_header(line, at, value.replace(f"/{region}/", "/xx-north-1/"))
    if line["flavour"] == "s3":
        yield "x-amz-acl", {**line, "headers": [*line["headers"], ["x-amz-acl", "public-read"]]}
    if is_body_signed(line):
        body = base64.b64decode(line["body"])
        yield "body added", with_body(line, b"x" + body)
        if body:
            at = dice.randrange(len(body) * 2 // 3 + 1) % len(body)
            yield "body changed", with_body(line, body[:at] + bytes([body[at] ^ 1]) + body[at + 1:])
            yield "body cut", with_body(line, body[:len(body) // 2])


def test_sigv4_accepts_what_other_signers_sign(requests, check):
    assert requests
    wrong = []
    for line in requests:
        answer = check(line)
        if "code" in answer:
            wrong.append((line["name"], answer["code"], answer["message"]))
        elif line["payload"] not in (None, answer["payload"]):
            wrong.append((line["name"], "another payload"))
    assert not wrong, f"{len(wrong)} of {len(requests)}: {wrong[:5]}"


def test_sigv4_accepts_bodies_in_pieces_of_any_size(requests, check):
    wrong = [(line["name"], piece) for line in requests if header(line, "x-amz-decoded-content-length")
             for piece in (7, 4096, 10**7) if check(line, piece).get("payload") != line["payload"]]
    assert not wrong, wrong[:5]


def test_sigv4_refuses_what_was_tampered_with(requests, check):
    dice, tried, accepted = random.Random(3), 0, []
    for line in requests:
        for what, changed in tampered(line, dice):
            tried += 1
            if "code" not in check(changed):
                accepted.append((line["name"], what, changed["target"]))
    assert tried > 3000
    assert not accepted, f"{len(accepted)} of {tried}: {accepted[:5]}"


def test_sigv4_refuses_what_is_too_old_or_too_new(requests, check):
    accepted = [(line["name"], late) for line in requests for late in (8 * 24 * 3600, -1000)
                if "code" not in check(line, late=late)]
    assert not accepted, accepted[:5]


def test_sigv4_refuses_the_signature_of_another_secret(requests, check):
    """Signed as the user test, sent as one with another secret, and without a token."""
    accepted = []
    for line in requests:
        changed = copy.deepcopy(line)
        changed["target"] = changed["target"].replace("Credential=test%2F", "Credential=ASIATEMPORARY%2F")
        for pair in changed["headers"]:
            pair[1] = pair[1].replace("Credential=test/", "Credential=ASIATEMPORARY/")
        if changed != line and "code" not in check(changed):
            accepted.append(line["name"])
    assert not accepted, accepted[:5]
