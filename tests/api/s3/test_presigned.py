"""Signatures: presigned addresses, wrong ones, and keys that nobody has."""
import datetime
import json
import urllib.parse

import botocore.auth
import pytest
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from conftest import sign

from . import OTHER, body_of, expect, new_name, problem, put_all, raw

MISMATCH = ("The request signature we calculated does not match the signature you provided. Check your key and signing "
            "method.")


@pytest.fixture
def signer(menagerie):
    return menagerie.client("s3", signature_version="s3v4")


def target(menagerie, url):
    assert url.startswith(menagerie.url)
    return url[len(menagerie.url):]


def presign(menagerie, signer, method, seconds=600, **params):
    return target(menagerie, signer.generate_presigned_url(method, Params=params, ExpiresIn=seconds))


def test_a_presigned_address_gets_an_object(menagerie, signer, s3, bucket):
    put_all(s3, bucket, "a b+ü/c", body=b"data")
    assert menagerie.get(presign(menagerie, signer, "get_object", Bucket=bucket, Key="a b+ü/c"))[2] == b"data"
    assert menagerie.request("HEAD", presign(menagerie, signer, "head_object", Bucket=bucket, Key="a b+ü/c"))[0] == 200


def test_a_presigned_address_puts_and_deletes(menagerie, signer, s3, bucket):
    put = presign(menagerie, signer, "put_object", Bucket=bucket, Key="key")
    assert menagerie.request("PUT", put, b"data", {"Content-Type": "text/plain"})[0] == 200
    got = s3.get_object(Bucket=bucket, Key="key")
    assert (body_of(got), got["ContentType"]) == (b"data", "text/plain")
    assert menagerie.request("DELETE", presign(menagerie, signer, "delete_object", Bucket=bucket, Key="key"))[0] == 204


def test_a_presigned_address_can_ask_for_other_headers(menagerie, signer, s3, bucket):
    put_all(s3, bucket, "key")
    url = presign(menagerie, signer, "get_object", Bucket=bucket, Key="key", ResponseContentType="text/x",
                  ResponseContentDisposition='attachment; filename="ü &.txt"')
    headers = menagerie.get(url)[1]
    assert headers["content-type"] == "text/x"
    assert headers["content-disposition"].startswith("attachment; filename=")


def presigned_with(menagerie, target):
    """As some SDKs do: what else would be a header is in the query, and signed with it."""
    request = AWSRequest("PUT", menagerie.url + target)
    S3SigV4QueryAuth(Credentials("test", "test"), "s3", "us-east-1", expires=600).add_auth(request)
    return request.url[len(menagerie.url):]


def test_an_access_control_list_can_be_in_a_presigned_address(menagerie, s3, open_bucket):
    put = presigned_with(menagerie, f"/{open_bucket}/key?x-amz-acl=public-read")
    assert menagerie.request("PUT", put, b"data")[0] == 200
    assert menagerie.get(f"/{open_bucket}/key")[2] == b"data"
    assert raw(menagerie, "PUT", f"/{open_bucket}/key?x-amz-acl=public-read", b"data")[0] == 200  # not presigned
    assert menagerie.get(f"/{open_bucket}/key")[0] == 403


def test_a_policy_speaks_of_the_list_in_a_presigned_address(menagerie, s3, open_bucket):
    s3.put_bucket_policy(Bucket=open_bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{open_bucket}/*",
        "Condition": {"StringEquals": {"s3:x-amz-acl": "public-read"}}}]}))
    put = presigned_with(menagerie, f"/{open_bucket}/key?x-amz-acl=public-read")
    expect(menagerie.request("PUT", put, b"data"), 403, "AccessDenied")


def test_a_header_that_was_signed_has_to_come(menagerie, signer, bucket):
    url = presign(menagerie, signer, "put_object", Bucket=bucket, Key="key", ContentType="text/plain")
    expect(menagerie.request("PUT", url, b"x", {"Content-Type": "text/html"}), 403, "SignatureDoesNotMatch", MISMATCH)
    assert menagerie.request("PUT", url, b"x", {"Content-Type": "text/plain"})[0] == 200


def test_a_header_of_aws_that_was_not_signed_is_denied(menagerie, signer, bucket):
    url = presign(menagerie, signer, "put_object", Bucket=bucket, Key="key")
    error = expect(menagerie.request("PUT", url, b"x", {"x-amz-meta-a": "1"}), 403, "AccessDenied",
                   "There were headers present in the request which were not signed")
    assert error["HeadersNotSigned"] == "x-amz-meta-a"


@pytest.mark.parametrize("change", [
    lambda url: url.replace("/key?", "/other?"),
    lambda url: url.replace("X-Amz-Expires=600", "X-Amz-Expires=601"),
    lambda url: url[:-1] + ("0" if url[-1] != "0" else "1"),
    lambda url: url + "&versionId=null",
], ids=["key", "expiry", "signature", "parameter"])
def test_an_address_that_was_tampered_with_does_not_match(menagerie, signer, s3, bucket, change):
    put_all(s3, bucket, "key", "other")
    url = presign(menagerie, signer, "get_object", Bucket=bucket, Key="key")
    error = expect(menagerie.get(change(url)), 403, "SignatureDoesNotMatch", MISMATCH)
    assert {"AWSAccessKeyId", "StringToSign", "SignatureProvided", "StringToSignBytes", "CanonicalRequest",
            "CanonicalRequestBytes"} <= set(error)


def test_an_address_is_for_one_method(menagerie, signer, s3, bucket):
    put_all(s3, bucket, "key")
    url = presign(menagerie, signer, "get_object", Bucket=bucket, Key="key")
    expect(menagerie.request("DELETE", url), 403, "SignatureDoesNotMatch")


def test_an_address_expires(menagerie, monkeypatch, s3, bucket):
    put_all(s3, bucket, "key")
    past = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None) - datetime.timedelta(minutes=5)

    class Past(datetime.datetime):
        @classmethod
        def utcnow(cls):
            return past

        @classmethod
        def now(cls, tz=None):
            return past

    monkeypatch.setattr(botocore.auth.datetime, "datetime", Past)
    request = AWSRequest("GET", f"{menagerie.url}/{bucket}/key")
    S3SigV4QueryAuth(Credentials("test", "test"), "s3", "us-east-1", expires=60).add_auth(request)
    monkeypatch.undo()
    error = expect(menagerie.get(target(menagerie, request.url)), 403, "AccessDenied", "Request has expired")
    assert error["X-Amz-Expires"] == "60"
    assert error["Expires"] < error["ServerTime"]


@pytest.mark.parametrize("seconds,message", [
    ("604801", "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than "
               "604800 seconds"),
    ("-1", "X-Amz-Expires must be non-negative"), ("soon", "X-Amz-Expires should be a number"),
])
def test_an_address_lasts_a_week_at_most(menagerie, signer, bucket, seconds, message):
    url = presign(menagerie, signer, "get_object", Bucket=bucket, Key="key")
    expect(menagerie.get(url.replace("X-Amz-Expires=600", f"X-Amz-Expires={seconds}")), 400,
           "AuthorizationQueryParametersError", message)


@pytest.mark.parametrize("missing", ["X-Amz-Credential", "X-Amz-Signature", "X-Amz-Date", "X-Amz-SignedHeaders", "X-Amz-Expires"])
def test_a_parameter_of_a_signature_that_is_missing_is_said_to_be(menagerie, signer, bucket, missing):
    url = presign(menagerie, signer, "get_object", Bucket=bucket, Key="key")
    path, _, query = url.partition("?")
    left = "&".join(part for part in query.split("&") if not part.startswith(missing + "="))
    expect(menagerie.get(f"{path}?{left}"), 400, "AuthorizationQueryParametersError",
           "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, "
           "X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.")


def test_an_address_has_the_permissions_of_who_signed_it(menagerie, s3, bucket):
    put_all(s3, bucket, "key")
    stranger = menagerie.client("s3", key=OTHER, signature_version="s3v4")
    expect(menagerie.get(presign(menagerie, stranger, "get_object", Bucket=bucket, Key="key")), 403, "AccessDenied")


def test_two_ways_to_sign_are_one_too_many(menagerie, signer, s3, bucket):
    put_all(s3, bucket, "key")
    url = presign(menagerie, signer, "get_object", Bucket=bucket, Key="key")
    headers = {"Authorization": "AWS4-HMAC-SHA256 Credential=test/20300101/us-east-1/s3/aws4_request, "
                                "SignedHeaders=host, Signature=00"}
    expect(menagerie.request("GET", url, headers=headers), 400, "InvalidArgument",
           "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or "
           "the Authorization header should be specified")


def test_a_wrong_secret_does_not_match(menagerie, bucket):
    answer = menagerie.signed("GET", f"/{bucket}", service="s3", secret="wrong")
    error = expect(answer, 403, "SignatureDoesNotMatch", MISMATCH)
    assert error["AWSAccessKeyId"] == "test"
    assert error["StringToSign"].startswith("AWS4-HMAC-SHA256\n")
    assert error["CanonicalRequest"].startswith(f"GET\n/{bucket}\n")
    bytes_of = bytes(int(byte, 16) for byte in error["StringToSignBytes"].split())
    assert bytes_of.decode() == error["StringToSign"]


def test_a_key_that_nobody_has_is_invalid(menagerie, bucket):
    answer = menagerie.signed("GET", f"/{bucket}", service="s3", key="AKIAIOSFODNN7EXAMPLE")
    error = expect(answer, 403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.")
    assert error["AWSAccessKeyId"] == "AKIAIOSFODNN7EXAMPLE"


def test_a_signature_from_long_ago_is_too_skewed(menagerie, monkeypatch, bucket):
    class Past(datetime.datetime):
        @classmethod
        def utcnow(cls):
            return datetime.datetime(2020, 1, 2, 3, 4, 5)

        @classmethod
        def now(cls, tz=None):
            return cls.utcnow()

    monkeypatch.setattr(botocore.auth.datetime, "datetime", Past)
    headers = sign(menagerie.address, "GET", f"/{bucket}", service="s3")
    monkeypatch.undo()
    error = expect(menagerie.request("GET", f"/{bucket}", headers=headers), 403, "RequestTimeTooSkewed",
                   "The difference between the request time and the current time is too large.")
    assert error["RequestTime"] == "20200102T030405Z"
    assert error["MaxAllowedSkewMilliseconds"] == "900000"
    assert error["ServerTime"]


@pytest.mark.parametrize("value,code", [
    ("nonsense", "InvalidArgument"), ("AWS4-HMAC-SHA256 nonsense", "AuthorizationHeaderMalformed"),
    ("AWS test:signature", "InvalidRequest"),
])
def test_an_authorization_that_is_none_is_refused(menagerie, bucket, value, code):
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    answer = menagerie.request("GET", f"/{bucket}", headers={
        "Authorization": value, "x-amz-content-sha256": "UNSIGNED-PAYLOAD", "x-amz-date": now})
    assert (answer[0], problem(answer[2])["Code"]) == (400, code)


def test_a_bucket_that_is_not_there_is_not_told_to_who_is_not_known(menagerie):
    answer = menagerie.signed("GET", f"/{new_name()}", service="s3", secret="wrong")
    expect(answer, 403, "SignatureDoesNotMatch")


def test_a_list_of_parameters_is_signed_in_any_order(menagerie, s3, bucket):
    put_all(s3, bucket, "a", "b")
    answer = raw(menagerie, "GET", f"/{bucket}?prefix=b&list-type=2&{urllib.parse.urlencode({'delimiter': '/'})}")
    assert b"<Key>b</Key>" in answer[2]
