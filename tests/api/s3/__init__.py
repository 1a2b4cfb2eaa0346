"""What the tests of S3 share: refusals, XML, requests that boto3 would not make."""
import base64
import contextlib
import datetime
import hashlib
import uuid
import xml.etree.ElementTree as ElementTree

import pytest
from botocore.exceptions import ClientError

OTHER = "111122223333"  # a key of twelve digits is the root of that account
NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
MALFORMED = "The XML you provided was not well-formed or did not validate against our published schema"
NO_KEY = "The specified key does not exist."
NO_BUCKET = "The specified bucket does not exist"
PART = 5 * 1024 * 1024  # the least of a part that is not the last


def new_name():
    return "test-" + uuid.uuid4().hex[:20]


@contextlib.contextmanager
def refused(code, status, message=None):
    """Expects the error of a client; yields a dict that then holds the error's elements, and its headers."""
    error = {}
    with pytest.raises(ClientError) as caught:
        yield error
    response = caught.value.response
    assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == (code, status), response
    if message is not None:
        assert response["Error"].get("Message") == message
    error.update(response["Error"])
    error["headers"] = response["ResponseMetadata"]["HTTPHeaders"]


def client_in(menagerie, region, key="test"):
    import boto3
    from botocore.config import Config

    return boto3.client("s3", endpoint_url=menagerie.url, region_name=region, aws_access_key_id=key,
                        aws_secret_access_key="test", config=Config(retries={"max_attempts": 0}))


def raw(menagerie, method, target, body=b"", headers=None, key="test"):
    """A signed request, as given; targets are already encoded."""
    return menagerie.signed(method, target, body, headers, service="s3", key=key)


def parse(body):
    """XML without its namespace."""
    root = ElementTree.fromstring(body)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    return root


def problem(body):
    """The elements of an error document."""
    root = parse(body)
    assert root.tag == "Error", body
    return {child.tag: child.text or "" for child in root}


def expect(answer, status, code=None, message=None):
    """Of a raw answer: its status and, of an error, its code; returns the error's elements."""
    assert answer[0] == status, answer
    if code is None:
        return {}
    error = problem(answer[2])
    assert error["Code"] == code, error
    assert message is None or error["Message"] == message, error
    return error


def md5(data):
    return hashlib.md5(data).hexdigest()


def base64_md5(data):
    return base64.b64encode(hashlib.md5(data).digest()).decode()


def body_of(reply):
    return reply["Body"].read()


def status_of(reply):
    return reply["ResponseMetadata"]["HTTPStatusCode"]


def headers_of(reply):
    return reply["ResponseMetadata"]["HTTPHeaders"]


def keys_of(reply, part="Contents"):
    return [entry["Key"] for entry in reply.get(part, [])]


def put_all(s3, bucket, *keys, body=b""):
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key, Body=body)


def upload(s3, bucket, key, parts, **arguments):
    """All of a multipart upload; the reply to its completion."""
    made = s3.create_multipart_upload(Bucket=bucket, Key=key, **arguments)
    done = []
    for number, data in enumerate(parts, 1):
        part = s3.upload_part(Bucket=bucket, Key=key, UploadId=made["UploadId"], PartNumber=number, Body=data)
        done.append({"PartNumber": number, "ETag": part["ETag"]})
    return s3.complete_multipart_upload(Bucket=bucket, Key=key, UploadId=made["UploadId"],
                                        MultipartUpload={"Parts": done})


def utc(text):
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc)


def without_md5(client, operation):
    """A client that leaves out the checksum that botocore adds to this operation by itself."""
    def remove(request, **_):
        for name in ("Content-MD5", "x-amz-checksum-crc32", "x-amz-sdk-checksum-algorithm"):
            if name in request.headers:
                del request.headers[name]
    client.meta.events.register(f"before-sign.s3.{operation}", remove)
    return client
