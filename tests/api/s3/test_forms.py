"""Forms that upload a file: what their fields can say, and who may send them."""
import base64
import hashlib
import json
import zlib

import pytest

from . import body_of, expect, md5, new_name
from .test_cors_post import policy, post, signed


def crc32(data):
    return base64.b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()


def deny(s3, bucket, condition, action="s3:PutObject"):
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Deny", "Principal": "*", "Action": action, "Resource": f"arn:aws:s3:::{bucket}/*",
         "Condition": condition}]}))


# --- Fields


def test_a_form_can_bring_a_checksum(menagerie, s3, bucket):
    fields = policy(bucket, x_amz_checksum_crc32=crc32(b"data"))
    assert post(menagerie, bucket, fields)[0] == 204
    assert s3.head_object(Bucket=bucket, Key="key", ChecksumMode="ENABLED")["ChecksumCRC32"] == crc32(b"data")


def test_a_form_with_a_wrong_checksum_is_refused(menagerie, s3, bucket):
    fields = policy(bucket, x_amz_checksum_crc32=crc32(b"other"))
    expect(post(menagerie, bucket, fields), 400, "BadDigest", "The CRC32 you specified did not match the calculated checksum.")
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)


def test_a_form_can_ask_for_a_checksum(menagerie, s3, bucket):
    assert post(menagerie, bucket, policy(bucket, x_amz_checksum_algorithm="SHA256"))[0] == 204
    head = s3.head_object(Bucket=bucket, Key="key", ChecksumMode="ENABLED")
    assert head["ChecksumSHA256"] == base64.b64encode(hashlib.sha256(b"data").digest()).decode()


@pytest.mark.parametrize("size", [0, 4, 200_000])
def test_a_form_can_be_encrypted(menagerie, s3, bucket, size):
    data = b"x" * size
    status, headers, _ = post(menagerie, bucket, policy(bucket, x_amz_server_side_encryption="AES256"), file=data)
    assert (status, headers["x-amz-server-side-encryption"]) == (204, "AES256")
    assert headers["etag"] == f'"{md5(data)}"'
    found = s3.get_object(Bucket=bucket, Key="key")
    assert (found["ServerSideEncryption"], body_of(found)) == ("AES256", data)


def test_a_form_can_bring_a_key_to_encrypt_with(menagerie, s3, bucket):
    key = b"k" * 32
    name = "x-amz-server-side-encryption-customer-"
    sent = {f"{name}algorithm": "AES256", f"{name}key": base64.b64encode(key).decode(),
            f"{name}key-MD5": base64.b64encode(hashlib.md5(key).digest()).decode()}
    status, headers, _ = post(menagerie, bucket, policy(bucket, **sent))
    assert (status, headers[f"{name}algorithm"]) == (204, "AES256")
    found = s3.get_object(Bucket=bucket, Key="key", SSECustomerAlgorithm="AES256", SSECustomerKey=key)
    assert body_of(found) == b"data"


def test_encryption_that_is_not_built_is_refused(menagerie, bucket):
    expect(post(menagerie, bucket, policy(bucket, x_amz_server_side_encryption="aws:kms")), 501, "NotImplemented")


def test_a_form_makes_a_version(menagerie, s3, versioned):
    ids = [post(menagerie, versioned, policy(versioned))[1]["x-amz-version-id"] for _ in range(2)]
    assert [v["VersionId"] for v in s3.list_object_versions(Bucket=versioned)["Versions"]] == ids[::-1]


@pytest.mark.parametrize("tags", ["<Tagging>", "a=b", "<Tagging/>"])
def test_tags_that_are_no_document_are_malformed(menagerie, bucket, tags):
    expect(post(menagerie, bucket, policy(bucket, tagging=tags)), 400, "MalformedXML")


def test_a_form_needs_a_key(menagerie, bucket):
    expect(post(menagerie, bucket, policy(bucket, key="")), 400, "InvalidArgument",
           "User key must have a length greater than 0.")
    expect(post(menagerie, bucket, policy(bucket, key="k" * 1025)), 400, "KeyTooLongError")


def test_a_page_to_lead_on_to_must_be_an_address(menagerie, bucket):
    assert post(menagerie, bucket, policy(bucket, success_action_redirect="/done", success_action_status="200"))[0] == 200


def test_a_form_can_be_sent_to_the_host_of_a_bucket(menagerie, s3, bucket):
    from .test_cors_post import multipart
    body, headers = multipart(policy(bucket, key="a b/c"))
    host = f"{bucket}.s3.localhost:{menagerie.port}"
    answer = menagerie.request("POST", "/", body, {**headers, "Host": host})
    assert (answer[0], answer[1]["location"]) == (204, f"http://{host}/a%20b%2Fc")
    assert body_of(s3.get_object(Bucket=bucket, Key="a b/c")) == b"data"


# --- Who sends it


def change(fields, **changed):
    return {**fields, **{name.replace("_", "-"): value for name, value in changed.items()}}


@pytest.mark.parametrize("changed,status,code", [
    ({"x_amz_algorithm": "AWS4-ECDSA-P256-SHA256"}, 501, "NotImplemented"),
    ({"x_amz_algorithm": "none"}, 400, "InvalidRequest"),
    ({"x_amz_credential": "test"}, 400, "InvalidArgument"),
    ({"x_amz_credential": "test/20200101/us-east-1/s3/aws4_request"}, 400, "InvalidArgument"),
    ({"x_amz_credential": "nobody/{day}/us-east-1/s3/aws4_request"}, 403, "InvalidAccessKeyId"),
    ({"x_amz_credential": "test/{day}/us-east-1/sqs/aws4_request"}, 400, "InvalidArgument"),
    ({"x_amz_credential": "test/{day}/us-west-2/s3/aws4_request"}, 403, "SignatureDoesNotMatch"),
    ({"x_amz_date": "today"}, 400, "InvalidArgument"),
    ({"x_amz_security_token": "token"}, 400, "InvalidToken"),
])
def test_a_signature_that_does_not_fit_is_refused(menagerie, bucket, changed, status, code):
    fields = policy(bucket)
    day = fields["x-amz-date"][:8]
    expect(post(menagerie, bucket, change(fields, **{k: v.replace("{day}", day) for k, v in changed.items()})), status, code)


def test_a_signature_without_a_policy_is_refused(menagerie, bucket):
    fields = policy(bucket)
    del fields["policy"]
    error = expect(post(menagerie, bucket, fields), 400, "InvalidArgument")
    assert error["ArgumentName"] == "policy"


def test_signature_version_2_is_refused_by_name(menagerie, bucket):
    answer = post(menagerie, bucket, {"key": "key", "AWSAccessKeyId": "test", "policy": "e30=", "signature": "x"})
    expect(answer, 400, "InvalidRequest",
           "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.")


def test_a_bucket_policy_speaks_of_fields(menagerie, s3, bucket):
    deny(s3, bucket, {"StringEquals": {"s3:x-amz-storage-class": "STANDARD_IA"}})
    assert post(menagerie, bucket, policy(bucket))[0] == 204
    expect(post(menagerie, bucket, policy(bucket, x_amz_storage_class="STANDARD_IA")), 403, "AccessDenied")
    deny(s3, bucket, {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}, "s3:*")
    expect(post(menagerie, bucket, policy(bucket, acl="bucket-owner-full-control")), 403, "AccessDenied")


def test_a_bucket_policy_can_ask_how_a_form_is_signed(menagerie, s3, bucket):
    deny(s3, bucket, {"StringEquals": {"s3:authType": "POST"}})
    expect(post(menagerie, bucket, policy(bucket)), 403, "AccessDenied")


def test_headers_do_not_speak_for_a_form(menagerie, s3, bucket):
    from .test_cors_post import multipart
    body, headers = multipart(policy(bucket))
    assert menagerie.request("POST", f"/{bucket}", body, {**headers, "x-amz-meta-a": "1"})[0] == 204
    assert s3.head_object(Bucket=bucket, Key="key")["Metadata"] == {}


def test_a_form_for_a_bucket_that_is_not_there_says_so(menagerie):
    name = new_name()
    expect(post(menagerie, name, policy(name)), 404, "NoSuchBucket")


def test_who_signed_in_a_header_may_send_a_form_without_a_policy(menagerie, bucket):
    from .test_cors_post import multipart
    body, headers = multipart({"key": "key"})
    assert menagerie.signed("POST", f"/{bucket}", body, headers, service="s3")[0] == 204


def test_a_signed_document_decides(menagerie, bucket):
    fields = policy(bucket)
    fields = signed(fields, b'{"expiration": "2040-01-01T00:00:00Z", "conditions": []}', fields["x-amz-date"][:8])
    expect(post(menagerie, bucket, fields), 403, "AccessDenied")
