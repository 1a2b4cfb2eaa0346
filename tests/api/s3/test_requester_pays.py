"""Who asks pays: nothing costs anything here, but it has to be said as on AWS."""
import json

import pytest

from . import OTHER, body_of, expect, headers_of, raw, refused


@pytest.fixture
def paid(s3, bucket):
    """One that everybody may read and another account may write, each at its own expense."""
    s3.delete_public_access_block(Bucket=bucket)
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"},
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{OTHER}:root"}, "Action": "s3:PutObject",
         "Resource": f"arn:aws:s3:::{bucket}/*"}]}))
    s3.put_object(Bucket=bucket, Key="key", Body=b"body")
    s3.put_bucket_request_payment(Bucket=bucket, RequestPaymentConfiguration={"Payer": "Requester"})
    return bucket


def test_another_account_says_that_it_pays(other, paid):
    with refused("AccessDenied", 403):
        other.get_object(Bucket=paid, Key="key")
    reply = other.get_object(Bucket=paid, Key="key", RequestPayer="requester")
    assert (body_of(reply), reply["RequestCharged"]) == (b"body", "requester")
    with refused("AccessDenied", 403):
        other.put_object(Bucket=paid, Key="new", Body=b"")
    assert headers_of(other.put_object(Bucket=paid, Key="new", Body=b"", RequestPayer="requester"))[
        "x-amz-request-charged"] == "requester"


def test_the_owner_need_not_say_it(s3, paid):
    assert "RequestCharged" not in s3.get_object(Bucket=paid, Key="key")


def test_nobody_cannot_pay(menagerie, paid):
    expect(menagerie.request("GET", f"/{paid}/key"), 403, "AccessDenied")
    expect(menagerie.request("GET", f"/{paid}/key", headers={"x-amz-request-payer": "requester"}), 403, "AccessDenied")


def test_a_presigned_address_says_it_in_its_query(menagerie, paid):
    other = menagerie.new_client("s3", key=OTHER, signature_version="s3v4")
    address = other.generate_presigned_url("get_object", Params={"Bucket": paid, "Key": "key"})
    expect(menagerie.request("GET", address[len(menagerie.url):]), 403, "AccessDenied")

    def say_it(request, **_):
        request.url += "?x-amz-request-payer=requester"
    other.meta.events.register("before-sign.s3.GetObject", say_it)
    address = other.generate_presigned_url("get_object", Params={"Bucket": paid, "Key": "key"})
    status, _, body = menagerie.request("GET", address[len(menagerie.url):])
    assert (status, body) == (200, b"body")


def test_the_bucket_can_pay_again(s3, other, paid):
    s3.put_bucket_request_payment(Bucket=paid, RequestPaymentConfiguration={"Payer": "BucketOwner"})
    assert body_of(other.get_object(Bucket=paid, Key="key")) == b"body"


def test_a_payer_is_one_of_two(menagerie, bucket):
    body = b"<RequestPaymentConfiguration><Payer>Nobody</Payer></RequestPaymentConfiguration>"
    expect(raw(menagerie, "PUT", f"/{bucket}?requestPayment", body), 400, "MalformedXML")
