"""Encryption at rest: asked for by the request, by the bucket, or with a key of the client's own."""
import base64
import os

import pytest

from . import PART, base64_md5, body_of, expect, headers_of, md5, new_name, put_all, raw, refused, upload

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
MINE = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": KEY}
WRONG = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": OTHER_KEY}
SOURCE = {"CopySource" + name: value for name, value in MINE.items()}
NEEDS_KEY = ("The object was stored using a form of Server Side Encryption. The correct parameters must be provided to "
             "retrieve the object.")
HEADER = "x-amz-server-side-encryption"
DEFAULT = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}


# --- With a key of S3


@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 3_000_001])
def test_what_is_encrypted_comes_back_plain(s3, bucket, size):
    data = (b"0123456789abcdef" * (size // 16 + 1))[:size]
    put = s3.put_object(Bucket=bucket, Key="key", Body=data, ServerSideEncryption="AES256")
    assert (put["ServerSideEncryption"], put["ETag"]) == ("AES256", f'"{md5(data)}"')
    got = s3.get_object(Bucket=bucket, Key="key")
    assert (body_of(got), got["ServerSideEncryption"], got["ContentLength"]) == (data, "AES256", size)
    assert s3.head_object(Bucket=bucket, Key="key")["ServerSideEncryption"] == "AES256"


@pytest.mark.parametrize("first,last", [(0, 0), (65535, 65536), (1, 200_000), (131072, 131080), (299_999, 299_999)])
def test_any_range_of_it_can_be_read(s3, bucket, first, last):
    data = os.urandom(300_000)
    s3.put_object(Bucket=bucket, Key="key", Body=data, ServerSideEncryption="AES256")
    got = s3.get_object(Bucket=bucket, Key="key", Range=f"bytes={first}-{last}")
    assert body_of(got) == data[first:last + 1]
    assert got["ContentRange"] == f"bytes {first}-{last}/300000"


def test_a_bucket_can_encrypt_everything(s3, bucket):
    put_all(s3, bucket, "before", body=b"data")
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=DEFAULT)
    assert s3.put_object(Bucket=bucket, Key="after", Body=b"data")["ServerSideEncryption"] == "AES256"
    assert s3.head_object(Bucket=bucket, Key="after")["ServerSideEncryption"] == "AES256"
    assert "ServerSideEncryption" not in s3.head_object(Bucket=bucket, Key="before")
    s3.copy_object(Bucket=bucket, Key="before", CopySource=f"{bucket}/before")
    assert s3.head_object(Bucket=bucket, Key="before")["ServerSideEncryption"] == "AES256"
    assert body_of(s3.get_object(Bucket=bucket, Key="before")) == b"data"


def test_an_upload_in_parts_can_be_encrypted(s3, bucket):
    bodies = [os.urandom(PART), os.urandom(70_000)]
    done = upload(s3, bucket, "key", bodies, ServerSideEncryption="AES256")
    assert done["ServerSideEncryption"] == "AES256"
    got = s3.get_object(Bucket=bucket, Key="key")
    assert (body_of(got), got["ServerSideEncryption"]) == (b"".join(bodies), "AES256")
    got = s3.get_object(Bucket=bucket, Key="key", Range=f"bytes={PART - 5}-{PART + 5}")
    assert body_of(got) == b"".join(bodies)[PART - 5:PART + 6]


@pytest.mark.parametrize("before,after", [(None, "AES256"), ("AES256", None), ("AES256", "AES256")])
def test_a_copy_is_encrypted_when_it_is_asked_to_be(s3, bucket, before, after):
    s3.put_object(Bucket=bucket, Key="key", Body=b"data" * 50_000, **({"ServerSideEncryption": before} if before else {}))
    s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/key",
                   **({"ServerSideEncryption": after} if after else {}))
    got = s3.get_object(Bucket=bucket, Key="copy")
    assert (body_of(got), got.get("ServerSideEncryption")) == (b"data" * 50_000, after)


def test_a_method_that_is_none_is_refused(s3, bucket):
    with refused("InvalidArgument", 400, "The encryption method specified is not supported"):
        s3.put_object(Bucket=bucket, Key="key", ServerSideEncryption="ROT13")


@pytest.mark.parametrize("method", ["aws:kms", "aws:kms:dsse"])
def test_kms_is_refused_by_name(s3, bucket, method):
    put_all(s3, bucket, "source")
    for call in (lambda: s3.put_object(Bucket=bucket, Key="key", ServerSideEncryption=method),
                 lambda: s3.create_multipart_upload(Bucket=bucket, Key="key", ServerSideEncryption=method),
                 lambda: s3.copy_object(Bucket=bucket, Key="key", CopySource=f"{bucket}/source", ServerSideEncryption=method),
                 lambda: s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={
                     "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": method}}]})):
        with refused("NotImplemented", 501):
            call()


# --- With a key of the client's


def test_a_clients_key_encrypts_and_decrypts(s3, bucket):
    data = os.urandom(200_000)
    put = s3.put_object(Bucket=bucket, Key="key", Body=data, **MINE)
    for reply in (put, s3.head_object(Bucket=bucket, Key="key", **MINE)):
        assert (reply["SSECustomerAlgorithm"], reply["SSECustomerKeyMD5"]) == ("AES256", base64_md5(KEY))
        assert "ServerSideEncryption" not in reply
    got = s3.get_object(Bucket=bucket, Key="key", **MINE)
    assert (body_of(got), got["ContentLength"]) == (data, 200_000)
    got = s3.get_object(Bucket=bucket, Key="key", Range="bytes=65530-65540", **MINE)
    assert body_of(got) == data[65530:65541]


def test_a_clients_key_is_never_sent_back(s3, bucket):
    s3.put_object(Bucket=bucket, Key="key", Body=b"x", **MINE)
    headers = headers_of(s3.get_object(Bucket=bucket, Key="key", **MINE))
    assert base64.b64encode(KEY).decode() not in headers.values()


def test_without_the_key_there_is_nothing(menagerie, s3, bucket):
    s3.put_object(Bucket=bucket, Key="key", Body=b"data", **MINE)
    with refused("InvalidRequest", 400, NEEDS_KEY):
        s3.get_object(Bucket=bucket, Key="key")
    status, _, body = raw(menagerie, "HEAD", f"/{bucket}/key")
    assert (status, body) == (400, b"")
    with refused("InvalidRequest", 400, NEEDS_KEY):
        s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/key")
    with refused("InvalidRequest", 400):
        s3.get_object_attributes(Bucket=bucket, Key="key", ObjectAttributes=["ETag"])


def test_another_key_is_denied(s3, bucket):
    s3.put_object(Bucket=bucket, Key="key", Body=b"data", **MINE)
    with refused("AccessDenied", 403):
        s3.get_object(Bucket=bucket, Key="key", **WRONG)
    with refused("403", 403):
        s3.head_object(Bucket=bucket, Key="key", **WRONG)
    with refused("AccessDenied", 403):
        s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/key",
                       CopySourceSSECustomerAlgorithm="AES256", CopySourceSSECustomerKey=OTHER_KEY)


def test_a_key_for_what_needs_none_is_refused(s3, bucket):
    put_all(s3, bucket, "key", body=b"data")
    with refused("InvalidRequest", 400, "The encryption parameters are not applicable to this object."):
        s3.get_object(Bucket=bucket, Key="key", **MINE)


def test_what_needs_no_key_needs_none(s3, bucket):
    s3.put_object(Bucket=bucket, Key="key", Body=b"data", **MINE)
    s3.put_object_tagging(Bucket=bucket, Key="key", Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    assert s3.list_objects_v2(Bucket=bucket)["Contents"][0]["Size"] == 4
    s3.delete_object(Bucket=bucket, Key="key")
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def customer(key=KEY, algorithm="AES256", key_md5=None):
    headers = {"-algorithm": algorithm, "-key": base64.b64encode(key).decode() if key is not None else None,
               "-key-MD5": key_md5 or base64_md5(key or b"")}
    return {f"{HEADER}-customer{name}": value for name, value in headers.items() if value is not None}


@pytest.mark.parametrize("headers,code,message", [
    (customer(algorithm=None), "InvalidArgument",
     "Requests specifying Server Side Encryption with Customer provided keys must provide a valid encryption algorithm."),
    (customer(key=None), "InvalidArgument",
     "Requests specifying Server Side Encryption with Customer provided keys must provide an appropriate secret key."),
    (customer(algorithm="AES128"), "InvalidEncryptionAlgorithmError", None),
    (customer(key=b"short"), "InvalidArgument", "The secret key was invalid for the specified algorithm."),
    (customer(key_md5=base64_md5(b"other")), "InvalidArgument",
     "The calculated MD5 hash of the key did not match the hash that was provided."),
    ({**customer(), HEADER: "AES256"}, "InvalidArgument",
     "Server Side Encryption with Customer provided key is incompatible with the encryption method specified"),
])
def test_a_key_that_is_wrong_is_refused(menagerie, bucket, headers, code, message):
    expect(raw(menagerie, "PUT", f"/{bucket}/key", b"x", headers), 400, code, message)


def test_a_key_wants_its_md5(menagerie, bucket):
    headers = customer()
    del headers[f"{HEADER}-customer-key-MD5"]
    expect(raw(menagerie, "PUT", f"/{bucket}/key", b"x", headers), 400, "InvalidArgument",
           "Requests specifying Server Side Encryption with Customer provided keys must provide the client calculated MD5 "
           "of the secret key.")


@pytest.mark.parametrize("source,target", [(MINE, MINE), (MINE, WRONG), (MINE, {}), ({}, MINE), (MINE, {
    "ServerSideEncryption": "AES256"})], ids=["same key", "other key", "to plain", "from plain", "to S3's"])
def test_a_copy_can_change_the_key(s3, bucket, source, target):
    data = os.urandom(150_000)
    s3.put_object(Bucket=bucket, Key="key", Body=data, **source)
    s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/key", **(SOURCE if source else {}), **target)
    needed = {name: value for name, value in target.items() if name != "ServerSideEncryption"}
    assert body_of(s3.get_object(Bucket=bucket, Key="copy", **needed)) == data


def test_a_copy_to_itself_can_change_the_key(s3, bucket):
    s3.put_object(Bucket=bucket, Key="key", Body=b"data", **MINE)
    s3.copy_object(Bucket=bucket, Key="key", CopySource=f"{bucket}/key", **SOURCE, **WRONG)
    assert body_of(s3.get_object(Bucket=bucket, Key="key", **WRONG)) == b"data"


@pytest.fixture
def begun(s3, bucket):
    made = s3.create_multipart_upload(Bucket=bucket, Key="key", **MINE)
    assert made["SSECustomerKeyMD5"] == base64_md5(KEY)
    return {"Bucket": bucket, "Key": "key", "UploadId": made["UploadId"]}


def complete(s3, begun, *tags):
    return s3.complete_multipart_upload(**begun, MultipartUpload={"Parts": [
        {"PartNumber": number, "ETag": tag} for number, tag in enumerate(tags, 1)]})


def test_parts_are_encrypted_with_the_clients_key(s3, bucket, begun):
    bodies = [os.urandom(PART), os.urandom(10)]
    tags = [s3.upload_part(**begun, PartNumber=n, Body=b, **MINE)["ETag"] for n, b in enumerate(bodies, 1)]
    complete(s3, begun, *tags)
    assert body_of(s3.get_object(Bucket=bucket, Key="key", **MINE)) == b"".join(bodies)
    assert body_of(s3.get_object(Bucket=bucket, Key="key", PartNumber=2, **MINE)) == bodies[1]
    with refused("InvalidRequest", 400, NEEDS_KEY):
        s3.get_object(Bucket=bucket, Key="key")


def test_a_part_has_the_key_of_its_upload(s3, begun):
    with refused("InvalidRequest", 400, "The multipart upload initiate requested encryption. Subsequent part requests must "
                                        "include the appropriate encryption parameters."):
        s3.upload_part(**begun, PartNumber=1, Body=b"x")
    with refused("InvalidRequest", 400, "The provided encryption parameters did not match the ones used originally."):
        s3.upload_part(**begun, PartNumber=1, Body=b"x", **WRONG)


def test_a_part_of_a_plain_upload_takes_no_key(s3, bucket):
    made = s3.create_multipart_upload(Bucket=bucket, Key="key")
    with refused("InvalidRequest", 400):
        s3.upload_part(Bucket=bucket, Key="key", UploadId=made["UploadId"], PartNumber=1, Body=b"x", **MINE)


def test_a_part_can_be_a_copy_of_what_is_encrypted(s3, bucket, begun):
    data = os.urandom(100_000)
    s3.put_object(Bucket=bucket, Key="source", Body=data, **WRONG)
    source = {"CopySource" + name: value for name, value in WRONG.items()}
    copied = s3.upload_part_copy(**begun, PartNumber=1, CopySource=f"{bucket}/source", CopySourceRange="bytes=5-99998",
                                 **source, **MINE)
    complete(s3, begun, copied["CopyPartResult"]["ETag"])
    assert body_of(s3.get_object(Bucket=bucket, Key="key", **MINE)) == data[5:99999]


# --- On the disk


def on_disk(program, text):
    for folder, _, names in os.walk(program.data):
        for name in names:
            with open(os.path.join(folder, name), "rb") as f:
                if text in f.read():
                    return True
    return False


@pytest.mark.parametrize("size", [100, 500_000], ids=["small", "large"])
@pytest.mark.parametrize("how,plain", [({}, True), ({"ServerSideEncryption": "AES256"}, False), (MINE, False)],
                         ids=["plain", "S3's key", "client's key"])
def test_the_text_is_on_the_disk_only_when_it_was_not_encrypted(start, size, how, plain):
    program = start()
    s3 = program.client("s3")
    bucket = new_name()
    s3.create_bucket(Bucket=bucket)
    text = b"a text that stands nowhere else"
    s3.put_object(Bucket=bucket, Key="key", Body=text + b"x" * size, **how)
    assert program.stop() == 0
    assert on_disk(program, text) == plain


def test_parts_and_copies_are_on_the_disk_encrypted_too(start):
    program = start()
    s3 = program.client("s3")
    bucket = new_name()
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=DEFAULT)
    text = b"another text that stands nowhere else"
    upload(s3, bucket, "key", [text + b"x" * 100_000])
    s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/key")
    assert program.stop() == 0
    assert not on_disk(program, text)
    assert not on_disk(program, KEY)


def test_a_program_that_starts_again_opens_what_it_encrypted(start):
    program = start()
    s3 = program.client("s3")
    bucket = new_name()
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="key", Body=b"data", ServerSideEncryption="AES256")
    s3.put_object(Bucket=bucket, Key="mine", Body=b"data", **MINE)
    assert program.stop() == 0
    again = start(data=program.data).client("s3")
    assert body_of(again.get_object(Bucket=bucket, Key="key")) == b"data"
    assert body_of(again.get_object(Bucket=bucket, Key="mine", **MINE)) == b"data"
