"""Reads, writes and deletes that depend on what is there."""
import datetime

import pytest

from . import NO_KEY, body_of, expect, md5, put_all, raw, refused, status_of

ETAG = md5(b"data")
FAILED = "At least one of the pre-conditions you specified did not hold"
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def key(s3, bucket):
    put_all(s3, bucket, "key", body=b"data")
    return "key"


def modified(s3, bucket):
    return s3.head_object(Bucket=bucket, Key="key")["LastModified"]


# --- Reads


@pytest.mark.parametrize("tag", [ETAG, f'"{ETAG}"', "*", f'"other", "{ETAG}"'])
def test_a_read_if_match_of_what_is_there_succeeds(s3, bucket, key, tag):
    assert body_of(s3.get_object(Bucket=bucket, Key=key, IfMatch=tag)) == b"data"
    assert status_of(s3.head_object(Bucket=bucket, Key=key, IfMatch=tag)) == 200


def test_a_read_if_match_of_something_else_fails(s3, bucket, key):
    with refused("PreconditionFailed", 412, FAILED) as error:
        s3.get_object(Bucket=bucket, Key=key, IfMatch='"other"')
    assert error["Condition"] == "If-Match"
    with refused("412", 412):
        s3.head_object(Bucket=bucket, Key=key, IfMatch='"other"')


@pytest.mark.parametrize("tag", [ETAG, f'"{ETAG}"', "*", f'W/"{ETAG}"'])
def test_a_read_if_none_match_of_what_is_there_is_not_modified(menagerie, bucket, key, tag):
    for method in ("GET", "HEAD"):
        status, headers, body = raw(menagerie, method, f"/{bucket}/{key}", headers={"If-None-Match": tag})
        assert (status, body) == (304, b"")
        assert headers["etag"] == f'"{ETAG}"'
        assert headers["last-modified"]


def test_a_read_if_none_match_of_something_else_succeeds(s3, bucket, key):
    assert body_of(s3.get_object(Bucket=bucket, Key=key, IfNoneMatch='"other"')) == b"data"


def test_a_read_if_modified_since_depends_on_the_date(s3, bucket, key):
    when = modified(s3, bucket)
    assert body_of(s3.get_object(Bucket=bucket, Key=key, IfModifiedSince=when - HOUR)) == b"data"
    with refused("304", 304):
        s3.get_object(Bucket=bucket, Key=key, IfModifiedSince=when)
    assert body_of(s3.get_object(Bucket=bucket, Key=key, IfModifiedSince=when + 24 * HOUR)) == b"data"  # no condition


def test_a_read_if_unmodified_since_depends_on_the_date(s3, bucket, key):
    when = modified(s3, bucket)
    assert body_of(s3.get_object(Bucket=bucket, Key=key, IfUnmodifiedSince=when)) == b"data"
    with refused("PreconditionFailed", 412, FAILED) as error:
        s3.get_object(Bucket=bucket, Key=key, IfUnmodifiedSince=when - HOUR)
    assert error["Condition"] == "If-Unmodified-Since"


def test_the_entity_tag_counts_more_than_the_date(s3, bucket, key):
    when = modified(s3, bucket)
    assert status_of(s3.get_object(Bucket=bucket, Key=key, IfMatch=ETAG, IfUnmodifiedSince=when - HOUR)) == 200
    with refused("304", 304):
        s3.get_object(Bucket=bucket, Key=key, IfNoneMatch=ETAG, IfModifiedSince=when - HOUR)


def test_a_condition_on_a_key_that_is_not_there_is_a_missing_key(s3, bucket):
    with refused("NoSuchKey", 404, NO_KEY):
        s3.get_object(Bucket=bucket, Key="none", IfMatch=ETAG)


# --- Writes


def put(menagerie, bucket, key="key", body=b"new", **headers):
    return raw(menagerie, "PUT", f"/{bucket}/{key}", body, {k.replace("_", "-"): v for k, v in headers.items()})


def test_a_write_if_none_match_only_makes_a_new_object(menagerie, s3, bucket):
    assert put(menagerie, bucket, body=b"first", If_None_Match="*")[0] == 200
    error = expect(put(menagerie, bucket, If_None_Match="*"), 412, "PreconditionFailed", FAILED)
    assert error["Condition"] == "If-None-Match"
    assert body_of(s3.get_object(Bucket=bucket, Key="key")) == b"first"
    s3.delete_object(Bucket=bucket, Key="key")
    assert put(menagerie, bucket, If_None_Match="*")[0] == 200


def test_a_write_if_none_match_takes_a_delete_marker_for_nothing(menagerie, s3, versioned):
    put_all(s3, versioned, "key")
    expect(put(menagerie, versioned, If_None_Match="*"), 412, "PreconditionFailed")
    s3.delete_object(Bucket=versioned, Key="key")
    assert put(menagerie, versioned, If_None_Match="*")[0] == 200


@pytest.mark.parametrize("tag", [ETAG, f'"{ETAG}"'])
def test_a_write_if_match_only_replaces_what_was_seen(menagerie, s3, bucket, key, tag):
    error = expect(put(menagerie, bucket, If_Match='"other"'), 412, "PreconditionFailed", FAILED)
    assert error["Condition"] == "If-Match"
    assert put(menagerie, bucket, If_Match=tag)[0] == 200
    assert body_of(s3.get_object(Bucket=bucket, Key=key)) == b"new"


def test_a_write_if_match_wants_something_there(menagerie, s3, versioned):
    error = expect(put(menagerie, versioned, If_Match=ETAG), 404, "NoSuchKey", NO_KEY)
    assert error["Key"] == "key"
    put_all(s3, versioned, "key", body=b"data")
    s3.delete_object(Bucket=versioned, Key="key")
    expect(put(menagerie, versioned, If_Match=ETAG), 404, "NoSuchKey", NO_KEY)


@pytest.mark.parametrize("headers,header,more", [
    ({"If_None_Match": ETAG}, "If-None-Match", "We don't accept the provided value of If-None-Match header for this API"),
    ({"If_Match": "*"}, "If-Match", "We don't accept the provided value of If-Match header for this API"),
    ({"If_Match": ETAG, "If_None_Match": "*"}, "If-Match,If-None-Match",
     "Multiple conditional request headers present in the request"),
])
def test_a_condition_that_a_write_does_not_know_is_refused(menagerie, bucket, key, headers, header, more):
    error = expect(put(menagerie, bucket, **headers), 501, "NotImplemented",
                   "A header you provided implies functionality that is not implemented")
    assert (error["Header"], error["additionalMessage"]) == (header, more)


@pytest.mark.parametrize("header", ["If-Modified-Since", "If-Unmodified-Since"])
def test_a_write_that_depends_on_a_date_is_refused(menagerie, s3, bucket, key, header):
    when = "Wed, 21 Oct 2015 07:28:00 GMT"
    answer = raw(menagerie, "PUT", f"/{bucket}/{key}", b"new", {header: when})
    assert expect(answer, 501, "NotImplemented")["Header"] == header
    answer = raw(menagerie, "PUT", f"/{bucket}/{key}", b"", {header: when, "x-amz-copy-source": f"{bucket}/{key}"})
    assert expect(answer, 501, "NotImplemented")["Header"] == header
    upload = s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
    part = s3.upload_part(Bucket=bucket, Key=key, UploadId=upload, PartNumber=1, Body=b"new")["ETag"]
    parts = (f"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{part}</ETag></Part>"
             "</CompleteMultipartUpload>").encode()
    answer = raw(menagerie, "POST", f"/{bucket}/{key}?uploadId={upload}", parts, {header: when})
    assert expect(answer, 501, "NotImplemented")["Header"] == header
    assert body_of(s3.get_object(Bucket=bucket, Key=key)) == b"data"


# --- Deletes


@pytest.mark.parametrize("header,value", [
    ("If-None-Match", "*"), ("If-Modified-Since", "Wed, 21 Oct 2015 07:28:00 GMT"),
    ("If-Unmodified-Since", "Wed, 21 Oct 2015 07:28:00 GMT"),
])
def test_a_condition_that_a_delete_does_not_know_is_refused(menagerie, s3, bucket, key, header, value):
    error = expect(raw(menagerie, "DELETE", f"/{bucket}/{key}", headers={header: value}), 501, "NotImplemented")
    assert error["Header"] == header
    assert body_of(s3.get_object(Bucket=bucket, Key=key)) == b"data"


@pytest.mark.parametrize("tag", [ETAG, f'"{ETAG}"', "*"])
def test_a_delete_if_match_of_what_is_there_succeeds(menagerie, s3, bucket, key, tag):
    assert raw(menagerie, "DELETE", f"/{bucket}/{key}", headers={"If-Match": tag})[0] == 204
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_a_delete_if_match_of_something_else_fails(menagerie, s3, bucket, key):
    answer = raw(menagerie, "DELETE", f"/{bucket}/{key}", headers={"If-Match": '"other"'})
    assert expect(answer, 412, "PreconditionFailed", FAILED)["Condition"] == "If-Match"
    assert body_of(s3.get_object(Bucket=bucket, Key=key)) == b"data"


def test_a_delete_if_match_wants_something_there(menagerie, bucket):
    expect(raw(menagerie, "DELETE", f"/{bucket}/none", headers={"If-Match": ETAG}), 404, "NoSuchKey", NO_KEY)


# --- Copies


@pytest.mark.parametrize("name,value,condition", [
    ("CopySourceIfMatch", '"other"', "x-amz-copy-source-If-Match"),
    ("CopySourceIfNoneMatch", f'"{ETAG}"', "x-amz-copy-source-If-None-Match"),
    ("CopySourceIfNoneMatch", ETAG, "x-amz-copy-source-If-None-Match"),
    ("CopySourceIfModifiedSince", 0, "x-amz-copy-source-If-Modified-Since"),
    ("CopySourceIfUnmodifiedSince", -1, "x-amz-copy-source-If-Unmodified-Since"),
])
def test_a_copy_of_a_source_that_is_not_as_expected_fails(s3, bucket, key, name, value, condition):
    value = value if isinstance(value, str) else modified(s3, bucket) + value * HOUR
    with refused("PreconditionFailed", 412, FAILED) as error:
        s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": key}, **{name: value})
    assert error["Condition"] == condition


@pytest.mark.parametrize("name,value", [
    ("CopySourceIfMatch", f'"{ETAG}"'), ("CopySourceIfNoneMatch", '"other"'), ("CopySourceIfModifiedSince", -1),
    ("CopySourceIfModifiedSince", 24), ("CopySourceIfUnmodifiedSince", 0),
])
def test_a_copy_of_a_source_that_is_as_expected_succeeds(s3, bucket, key, name, value):
    value = value if isinstance(value, str) else modified(s3, bucket) + value * HOUR
    s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": key}, **{name: value})
    assert body_of(s3.get_object(Bucket=bucket, Key="copy")) == b"data"


def test_a_copy_if_none_match_only_makes_a_new_object(menagerie, s3, bucket, key):
    headers = {"x-amz-copy-source": f"{bucket}/{key}", "If-None-Match": "*"}
    assert raw(menagerie, "PUT", f"/{bucket}/copy", headers=headers)[0] == 200
    answer = raw(menagerie, "PUT", f"/{bucket}/copy", headers=headers)
    assert expect(answer, 412, "PreconditionFailed", FAILED)["Condition"] == "If-None-Match"
