"""One object: put, get, head, delete, its headers, its tags, parts of it, and keys of every kind."""
import datetime
import email.header
import http.client
import random

import pytest
from conftest import sign

from . import (NO_BUCKET, NO_KEY, base64_md5, body_of, expect, headers_of, keys_of, md5, new_name, parse, put_all, raw, refused,
               status_of)

TEN = b"0123456789"


# --- Put, get, head, delete


def test_what_is_put_comes_back(s3, bucket):
    put = s3.put_object(Bucket=bucket, Key="key", Body=b"hello")
    assert put["ETag"] == f'"{md5(b"hello")}"'
    got = s3.get_object(Bucket=bucket, Key="key")
    assert body_of(got) == b"hello"
    assert (got["ETag"], got["ContentLength"]) == (put["ETag"], 5)
    assert (got["ContentType"], got["AcceptRanges"], got["Metadata"]) == ("binary/octet-stream", "bytes", {})
    age = datetime.datetime.now(datetime.timezone.utc) - got["LastModified"]
    assert -2 < age.total_seconds() < 60


def test_an_empty_object_is_an_object(s3, bucket):
    assert s3.put_object(Bucket=bucket, Key="key", Body=b"")["ETag"] == '"d41d8cd98f00b204e9800998ecf8427e"'
    assert body_of(s3.get_object(Bucket=bucket, Key="key")) == b""


@pytest.mark.parametrize("size", [1, 4095, 65536, 65537, 1_000_003, 9_000_001])
def test_an_object_of_any_size_comes_back(s3, bucket, size):
    data = random.Random(size).randbytes(size)
    assert s3.put_object(Bucket=bucket, Key="key", Body=data)["ETag"] == f'"{md5(data)}"'
    assert body_of(s3.get_object(Bucket=bucket, Key="key")) == data


def test_a_reply_to_put_is_empty_and_has_its_headers(menagerie, bucket):
    status, headers, body = raw(menagerie, "PUT", f"/{bucket}/key", b"hello")
    assert (status, body, headers["content-length"]) == (200, b"", "0")
    assert headers["etag"] == f'"{md5(b"hello")}"'
    assert headers["x-amz-request-id"] and headers["x-amz-id-2"] and headers["date"]
    assert "x-amz-version-id" not in headers
    assert "x-amz-server-side-encryption" not in headers


def test_a_put_replaces_everything(s3, bucket):
    s3.put_object(Bucket=bucket, Key="key", Body=b"old", ContentType="text/plain", Metadata={"a": "1"}, Tagging="t=1")
    s3.put_object(Bucket=bucket, Key="key", Body=b"new")
    got = s3.get_object(Bucket=bucket, Key="key")
    assert (body_of(got), got["ContentType"], got["Metadata"]) == (b"new", "binary/octet-stream", {})
    assert "TagCount" not in got


def test_head_says_what_get_says_without_a_body(menagerie, bucket):
    raw(menagerie, "PUT", f"/{bucket}/key", b"hello", {"Content-Type": "text/plain", "x-amz-meta-a": "1"})
    got = raw(menagerie, "GET", f"/{bucket}/key")
    head = raw(menagerie, "HEAD", f"/{bucket}/key")
    assert (head[0], head[2], head[1]["content-length"]) == (200, b"", "5")
    changing = {"date", "x-amz-request-id", "x-amz-id-2"}
    assert {k: v for k, v in head[1].items() if k not in changing} == {k: v for k, v in got[1].items() if k not in changing}


def test_last_modified_is_a_date_of_http(menagerie, bucket):
    raw(menagerie, "PUT", f"/{bucket}/key", b"hello")
    headers = raw(menagerie, "HEAD", f"/{bucket}/key")[1]
    datetime.datetime.strptime(headers["last-modified"], "%a, %d %b %Y %H:%M:%S GMT")


def test_a_key_that_is_not_there_is_missing(menagerie, s3, bucket):
    with refused("NoSuchKey", 404, NO_KEY) as error:
        s3.get_object(Bucket=bucket, Key="none")
    assert error["Key"] == "none"
    status, _, body = raw(menagerie, "HEAD", f"/{bucket}/none")
    assert (status, body) == (404, b"")


def test_a_bucket_that_is_not_there_is_missing(s3):
    name = new_name()
    with refused("NoSuchBucket", 404, NO_BUCKET) as error:
        s3.put_object(Bucket=name, Key="key", Body=b"")
    assert error["BucketName"] == name


def test_delete_succeeds_whether_there_is_one_or_not(menagerie, s3, bucket):
    put_all(s3, bucket, "key")
    for _ in range(2):
        status, headers, body = raw(menagerie, "DELETE", f"/{bucket}/key")
        assert (status, body) == (204, b"")
        assert "x-amz-delete-marker" not in headers and "x-amz-version-id" not in headers
    with refused("NoSuchKey", 404):
        s3.get_object(Bucket=bucket, Key="key")


def test_many_are_deleted_at_once(s3, bucket):
    put_all(s3, bucket, "a", "b", "kept")
    reply = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "a"}, {"Key": "b"}, {"Key": "never"}]})
    assert sorted(keys_of(reply, "Deleted")) == ["a", "b", "never"]
    assert "Errors" not in reply
    assert keys_of(s3.list_objects_v2(Bucket=bucket)) == ["kept"]


def test_many_are_deleted_quietly(s3, bucket):
    put_all(s3, bucket, "a")
    reply = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "a"}], "Quiet": True})
    assert "Deleted" not in reply and "Errors" not in reply
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_a_thousand_is_the_most_that_is_deleted_at_once(s3, bucket):
    keys = [{"Key": f"k{i}"} for i in range(1001)]
    assert len(s3.delete_objects(Bucket=bucket, Delete={"Objects": keys[:1000]})["Deleted"]) == 1000
    with refused("MalformedXML", 400):
        s3.delete_objects(Bucket=bucket, Delete={"Objects": keys})
    with refused("MalformedXML", 400):
        s3.delete_objects(Bucket=bucket, Delete={"Objects": []})


def test_a_wrong_version_does_not_keep_the_others_from_being_deleted(s3, bucket):
    put_all(s3, bucket, "a", "b")
    wrong = {"Key": "a", "VersionId": "HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD"}
    reply = s3.delete_objects(Bucket=bucket, Delete={"Objects": [wrong, {"Key": "b"}]})
    assert keys_of(reply, "Deleted") == ["b"]
    assert reply["Errors"] == [{**wrong, "Code": "NoSuchVersion", "Message": "The specified version does not exist."}]
    assert keys_of(s3.list_objects_v2(Bucket=bucket)) == ["a"]


@pytest.mark.parametrize("method", ["get_object", "head_object", "delete_object"])
def test_a_version_id_that_is_none_is_invalid(s3, bucket, method):
    put_all(s3, bucket, "key")
    code = ("400", 400, "Bad Request") if method == "head_object" else ("InvalidArgument", 400, "Invalid version id specified")
    with refused(*code):
        getattr(s3, method)(Bucket=bucket, Key="key", VersionId="nonsense")


# --- Headers that are kept

KEPT = {"CacheControl": "max-age=60, public", "ContentDisposition": 'attachment; filename="a b.txt"',
        "ContentEncoding": "gzip", "ContentLanguage": "de", "ContentType": "text/plain; charset=utf-8"}


def test_headers_are_kept(s3, bucket):
    expires = datetime.datetime(2040, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)
    s3.put_object(Bucket=bucket, Key="key", Body=b"x", Expires=expires, WebsiteRedirectLocation="/there", **KEPT)
    for reply in (s3.head_object(Bucket=bucket, Key="key"), s3.get_object(Bucket=bucket, Key="key")):
        assert {name: reply[name] for name in KEPT} == KEPT
        assert reply["Expires"] == expires
        assert reply["WebsiteRedirectLocation"] == "/there"


def test_expires_is_kept_as_it_was_sent(menagerie, bucket):
    raw(menagerie, "PUT", f"/{bucket}/key", b"", {"Expires": "when it rains"})
    assert raw(menagerie, "HEAD", f"/{bucket}/key")[1]["expires"] == "when it rains"


@pytest.mark.parametrize("location", ["http://example.com/a", "https://example.com/", "/", "/a?b#c"])
def test_a_redirect_goes_to_a_path_or_an_address(s3, bucket, location):
    s3.put_object(Bucket=bucket, Key="key", WebsiteRedirectLocation=location)
    assert s3.head_object(Bucket=bucket, Key="key")["WebsiteRedirectLocation"] == location


@pytest.mark.parametrize("location", ["there", "ftp://example.com", "mailto:a@b"])
def test_a_redirect_that_goes_nowhere_is_invalid(s3, bucket, location):
    with refused("InvalidRedirectLocation", 400,
                 "The website redirect location must have a prefix of 'http://' or 'https://' or '/'."):
        s3.put_object(Bucket=bucket, Key="key", WebsiteRedirectLocation=location)


OVERRIDES = {"ResponseCacheControl": "max-age=74", "ResponseContentDisposition": 'attachment; filename="foo.jpg"',
             "ResponseContentEncoding": "identity", "ResponseContentLanguage": "de-DE", "ResponseContentType": "image/jpeg",
             "ResponseExpires": "Mon, 02 Jan 2040 03:04:05 GMT"}


def test_a_reply_can_be_asked_to_have_other_headers(s3, bucket):
    s3.put_object(Bucket=bucket, Key="key", Body=b"x", **KEPT)
    headers = headers_of(s3.get_object(Bucket=bucket, Key="key", **OVERRIDES))
    assert headers["cache-control"] == "max-age=74"
    assert headers["content-disposition"] == 'attachment; filename="foo.jpg"'
    assert headers["content-encoding"] == "identity"
    assert headers["content-language"] == "de-DE"
    assert headers["content-type"] == "image/jpeg"
    assert headers["expires"] == "Mon, 02 Jan 2040 03:04:05 GMT"


# --- Metadata of the client's own


def test_metadata_is_kept_in_lower_case(menagerie, s3, bucket):
    raw(menagerie, "PUT", f"/{bucket}/key", b"", {"X-Amz-Meta-Color": "Dark Red", "x-amz-meta-under_score": "1",
                                                 "x-amz-meta-empty": ""})
    assert s3.head_object(Bucket=bucket, Key="key")["Metadata"] == {"color": "Dark Red", "under_score": "1", "empty": ""}


def test_metadata_is_stripped_of_white_space_around_it(menagerie, bucket):
    raw(menagerie, "PUT", f"/{bucket}/key", b"", {"x-amz-meta-a": "  two  words  "})
    assert raw(menagerie, "HEAD", f"/{bucket}/key")[1]["x-amz-meta-a"] == "two  words"


def decoded(text):
    return str(email.header.make_header(email.header.decode_header(text)))


def test_metadata_beyond_ascii_is_encoded_as_in_mail(menagerie, bucket):
    sent = "=?UTF-8?B?w4RNw4RaSMOTTiDmvKI=?="  # base64 of UTF-8
    raw(menagerie, "PUT", f"/{bucket}/key", b"", {"x-amz-meta-a": sent, "x-amz-meta-plain": "=?UTF-8?Q?only=20ascii?="})
    headers = raw(menagerie, "HEAD", f"/{bucket}/key")[1]
    assert headers["x-amz-meta-a"].startswith("=?UTF-8?")
    assert decoded(headers["x-amz-meta-a"]) == "ÄMÄZHÓN 漢"
    assert decoded(headers["x-amz-meta-plain"]) == "only ascii"


def test_metadata_of_raw_bytes_is_taken_for_latin_1_as_documented(menagerie, bucket):
    value = "ÄMÄZÕÑ S3"
    headers = sign(menagerie.address, "PUT", f"/{bucket}/key", b"", {"x-amz-meta-nonascii": value}, "s3")
    headers["x-amz-meta-nonascii"] = value.encode()
    status, _, body = menagerie.request("PUT", f"/{bucket}/key", b"", headers)
    assert status == 200, body
    assert raw(menagerie, "HEAD", f"/{bucket}/key")[1]["x-amz-meta-nonascii"] == \
        "=?UTF-8?B?w4PChE3Dg8KEWsODwpXDg8KRIFMz?="


def test_metadata_has_at_most_2_kib(s3, bucket):
    s3.put_object(Bucket=bucket, Key="key", Metadata={"a": "x" * 2047})
    with refused("MetadataTooLarge", 400, "Your metadata headers exceed the maximum allowed metadata size") as error:
        s3.put_object(Bucket=bucket, Key="key", Metadata={"a": "x" * 2048})
    assert (error["Size"], error["MaxSizeAllowed"]) == ("2049", "2048")


# --- Ranges


@pytest.mark.parametrize("asked,content,answered", [
    ("0-8", b"012345678", "bytes 0-8/10"), ("1-1", b"1", "bytes 1-1/10"), ("1-", TEN[1:], "bytes 1-9/10"),
    ("-2", b"89", "bytes 8-9/10"), ("-9", TEN[1:], "bytes 1-9/10"), ("-15", TEN, "bytes 0-9/10"),
    ("0-100", TEN, "bytes 0-9/10"), ("0-0", b"0", "bytes 0-0/10"), ("9-9", b"9", "bytes 9-9/10"),
])
def test_a_range_is_a_part(s3, bucket, asked, content, answered):
    put_all(s3, bucket, "key", body=TEN)
    got = s3.get_object(Bucket=bucket, Key="key", Range=f"bytes={asked}")
    assert (status_of(got), body_of(got)) == (206, content)
    assert (got["ContentRange"], got["ContentLength"]) == (answered, len(content))
    assert got["ETag"] == f'"{md5(TEN)}"'
    head = s3.head_object(Bucket=bucket, Key="key", Range=f"bytes={asked}")
    assert (status_of(head), head["ContentLength"]) == (206, len(content))


@pytest.mark.parametrize("asked", ["bytes=1-0", "bytes=-1-", "bytes=0--1", "bytes=0-1,3-4", "0-1", "bytes=-", "lines=1-2"])
def test_what_is_no_range_is_the_whole(s3, bucket, asked):
    put_all(s3, bucket, "key", body=TEN)
    got = s3.get_object(Bucket=bucket, Key="key", Range=asked)
    assert (status_of(got), body_of(got)) == (200, TEN)
    assert "ContentRange" not in got


@pytest.mark.parametrize("asked", ["bytes=-0", "bytes=10-", "bytes=100-200"])
def test_a_range_beyond_the_end_cannot_be_satisfied(s3, bucket, asked):
    put_all(s3, bucket, "key", body=TEN)
    with refused("InvalidRange", 416, "The requested range is not satisfiable") as error:
        s3.get_object(Bucket=bucket, Key="key", Range=asked)
    assert (error["RangeRequested"], error["ActualObjectSize"]) == (asked, "10")


def test_an_empty_object_has_no_ranges(s3, bucket):
    put_all(s3, bucket, "key")
    with refused("InvalidRange", 416):
        s3.get_object(Bucket=bucket, Key="key", Range="bytes=0-0")


def test_an_object_that_was_put_at_once_has_one_part(s3, bucket):
    put_all(s3, bucket, "key", body=TEN)
    got = s3.get_object(Bucket=bucket, Key="key", PartNumber=1)
    assert (status_of(got), body_of(got), got["ContentRange"]) == (206, TEN, "bytes 0-9/10")
    assert "PartsCount" not in got
    with refused("InvalidPartNumber", 416, "The requested partnumber is not satisfiable") as error:
        s3.get_object(Bucket=bucket, Key="key", PartNumber=2)
    assert (error["ActualPartCount"], error["PartNumberRequested"]) == ("1", "2")


def test_a_range_of_a_part_is_refused(s3, bucket):
    put_all(s3, bucket, "key", body=TEN)
    with refused("InvalidRequest", 400, "Cannot specify both Range header and partNumber query parameter"):
        s3.get_object(Bucket=bucket, Key="key", PartNumber=1, Range="bytes=0-1")


# --- Attributes


def test_attributes_are_those_that_were_asked_for(s3, bucket):
    put_all(s3, bucket, "key", body=TEN)
    got = s3.get_object_attributes(Bucket=bucket, Key="key", ObjectAttributes=["ETag", "ObjectSize", "StorageClass"])
    assert (got["ETag"], got["ObjectSize"], got["StorageClass"]) == (md5(TEN), 10, "STANDARD")
    assert "last-modified" in headers_of(got)
    got = s3.get_object_attributes(Bucket=bucket, Key="key", ObjectAttributes=["ObjectParts"])
    assert not {"ETag", "ObjectSize", "StorageClass", "ObjectParts", "Checksum"} & set(got)


def test_an_attribute_that_is_none_is_invalid(s3, bucket):
    put_all(s3, bucket, "key")
    with refused("InvalidArgument", 400, "Invalid attribute name specified."):
        s3.get_object_attributes(Bucket=bucket, Key="key", ObjectAttributes=["Color"])


def test_attributes_of_a_key_that_is_not_there_are_missing(s3, bucket):
    with refused("NoSuchKey", 404, NO_KEY):
        s3.get_object_attributes(Bucket=bucket, Key="none", ObjectAttributes=["ETag"])


# --- Storage classes


@pytest.mark.parametrize("name", ["STANDARD_IA", "REDUCED_REDUNDANCY", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR"])
def test_a_storage_class_is_kept(s3, bucket, name):
    s3.put_object(Bucket=bucket, Key="key", Body=b"x", StorageClass=name)
    assert s3.head_object(Bucket=bucket, Key="key")["StorageClass"] == name
    assert s3.list_objects_v2(Bucket=bucket)["Contents"][0]["StorageClass"] == name


def test_the_standard_class_is_not_mentioned(s3, bucket):
    s3.put_object(Bucket=bucket, Key="key", StorageClass="STANDARD")
    assert "StorageClass" not in s3.head_object(Bucket=bucket, Key="key")


def test_a_storage_class_that_is_none_is_invalid(s3, bucket):
    with refused("InvalidStorageClass", 400, "The storage class you specified is not valid") as error:
        s3.put_object(Bucket=bucket, Key="key", StorageClass="OUTPOSTS")
    assert error["StorageClassRequested"] == "OUTPOSTS"


# --- Keys

ODD_KEYS = [
    "a b", " lead", "trail ", "+", "a+b", "%", "100%", "%2F", "a%2Fb", "%20", "%zz", "ü/中/😀", "e\u0301", "\u00e9", "a?b=c",
    "a#b", "a&b=c;d", "<a>&\"'", "back\\slash", "tab\there", "line\nbreak", "~!*'()", "a:b@c$d,e", "[{|}]^`", "dir/",
    "/lead", "//two", "a//b", "a///", "a/./b", "a/../b", "a/b/../../c", "...", "a/...", ".hidden", "\u00a0", "\u200b",
    "x" * 1024, "ü" * 512,
]


@pytest.mark.parametrize("key", ODD_KEYS, ids=range(len(ODD_KEYS)))
def test_a_key_is_any_text(s3, bucket, key):
    s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    assert body_of(s3.get_object(Bucket=bucket, Key=key)) == key.encode()
    assert keys_of(s3.list_objects_v2(Bucket=bucket)) == [key]
    s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": key})
    assert body_of(s3.get_object(Bucket=bucket, Key="copy")) == key.encode()
    reply = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key}, {"Key": "copy"}]})
    assert sorted(keys_of(reply, "Deleted")) == sorted([key, "copy"])
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_keys_that_look_alike_are_different(s3, bucket):
    alike = ["a", "A", "a/", "/a", "a//", "a b", "a+b", "a%20b", "a%2Bb", "a/../a", "./a", "\u00e9", "e\u0301"]
    for key in alike:
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    assert sorted(keys_of(s3.list_objects_v2(Bucket=bucket))) == sorted(alike)
    for key in alike:
        assert body_of(s3.get_object(Bucket=bucket, Key=key)) == key.encode()


def test_keys_are_sorted_by_their_bytes(s3, bucket):
    keys = ["Z", "a", "a!", "a/", "aa", "z", "é", "\ufffd", "😀"]
    put_all(s3, bucket, *reversed(keys))
    assert keys_of(s3.list_objects_v2(Bucket=bucket)) == sorted(keys, key=str.encode)


@pytest.mark.parametrize("key", ["x" * 1025, "ü" * 512 + "x"], ids=["ascii", "not"])
def test_a_key_of_1025_bytes_is_too_long(s3, bucket, key):
    with refused("KeyTooLongError", 400, "Your key is too long") as error:
        s3.put_object(Bucket=bucket, Key=key)
    assert (error["Size"], error["MaxSizeAllowed"]) == ("1025", "1024")


def test_a_key_is_utf_8(menagerie, bucket):
    expect(raw(menagerie, "PUT", f"/{bucket}/%FF", b""), 400, "InvalidURI", "Couldn't parse the specified URI.")


# --- Tags of an object


def test_tags_are_put_and_got_and_deleted(s3, bucket):
    put_all(s3, bucket, "key")
    assert s3.get_object_tagging(Bucket=bucket, Key="key")["TagSet"] == []
    tags = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}]
    assert status_of(s3.put_object_tagging(Bucket=bucket, Key="key", Tagging={"TagSet": tags})) == 200
    assert s3.get_object_tagging(Bucket=bucket, Key="key")["TagSet"] == tags
    assert s3.get_object(Bucket=bucket, Key="key")["TagCount"] == 2
    assert status_of(s3.delete_object_tagging(Bucket=bucket, Key="key")) == 204
    assert s3.get_object_tagging(Bucket=bucket, Key="key")["TagSet"] == []
    assert "TagCount" not in s3.get_object(Bucket=bucket, Key="key")


@pytest.mark.parametrize("header,tags", [
    ("a=1&b=2", [("a", "1"), ("b", "2")]), ("a", [("a", "")]), ("a=", [("a", "")]), ("a%20b=c+d", [("a b", "c d")]),
    ("%C3%BC=%E6%BC%A2", [("ü", "漢")]), ("a=b%3Dc", [("a", "b=c")]),
])
def test_tags_can_be_put_with_the_object(s3, bucket, header, tags):
    s3.put_object(Bucket=bucket, Key="key", Tagging=header)
    found = s3.get_object_tagging(Bucket=bucket, Key="key")["TagSet"]
    assert [(tag["Key"], tag["Value"]) for tag in found] == tags


@pytest.mark.parametrize("header", ["a=1&a=2", "a=1,b=2"])
def test_a_header_of_tags_that_is_wrong_is_refused(s3, bucket, header):
    with refused("InvalidArgument", 400, "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query "
                                         "parameters without tag name duplicates.") as error:
        s3.put_object(Bucket=bucket, Key="key", Tagging=header)
    assert (error["ArgumentName"], error["ArgumentValue"]) == ("x-amz-tagging", header)


@pytest.mark.parametrize("tags,message", [
    ([("a", "1"), ("a", "2")], "Cannot provide multiple Tags with the same key"),
    ([("a,b", "1")], "The TagKey you have provided is invalid"),
    ([("k" * 129, "1")], "The TagKey you have provided is invalid"),
    ([("a", "v" * 257)], "The TagValue you have provided is invalid"),
    ([("aws:a", "1")], "Your TagKey cannot be prefixed with aws:"),
])
def test_a_tag_that_breaks_a_rule_is_invalid(s3, bucket, tags, message):
    put_all(s3, bucket, "key")
    with refused("InvalidTag", 400, message):
        s3.put_object_tagging(Bucket=bucket, Key="key", Tagging={"TagSet": [{"Key": k, "Value": v} for k, v in tags]})


def test_an_object_has_at_most_10_tags(s3, bucket):
    s3.put_object(Bucket=bucket, Key="key", Tagging="&".join(f"k{i}=v" for i in range(10)))
    with refused("BadRequest", 400, "Object tags cannot be greater than 10"):
        s3.put_object(Bucket=bucket, Key="key", Tagging="&".join(f"k{i}=v" for i in range(11)))
    with refused("BadRequest", 400, "Object tags cannot be greater than 10"):
        s3.put_object_tagging(Bucket=bucket, Key="key",
                              Tagging={"TagSet": [{"Key": f"k{i}", "Value": ""} for i in range(11)]})


@pytest.mark.parametrize("call", [
    lambda s3, b: s3.get_object_tagging(Bucket=b, Key="none"), lambda s3, b: s3.delete_object_tagging(Bucket=b, Key="none"),
    lambda s3, b: s3.put_object_tagging(Bucket=b, Key="none", Tagging={"TagSet": []}),
])
def test_tags_of_a_key_that_is_not_there_are_missing(s3, bucket, call):
    with refused("NoSuchKey", 404, NO_KEY):
        call(s3, bucket)


# --- What a request may not be


def test_a_put_says_how_long_it_is(menagerie, bucket):
    headers = sign(menagerie.address, "PUT", f"/{bucket}/key", b"", {}, "s3")
    connection = http.client.HTTPConnection("127.0.0.1", menagerie.port, timeout=60)
    connection.putrequest("PUT", f"/{bucket}/key", skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    error = parse(answer.read())
    connection.close()
    assert (answer.status, error.find("Code").text) == (411, "MissingContentLength")
    assert error.find("Message").text == "You must provide the Content-Length HTTP header."


@pytest.mark.parametrize("method,target,body", [
    ("GET", "?torrent", b""), ("POST", "?restore", b"<RestoreRequest><Days>1</Days></RestoreRequest>"),
    ("POST", "?select&select-type=2", b"<SelectObjectContentRequest/>"),
])
def test_what_is_not_built_is_refused_by_name(menagerie, s3, bucket, method, target, body):
    put_all(s3, bucket, "key")
    expect(raw(menagerie, method, f"/{bucket}/key{target}", body), 501, "NotImplemented")


def test_a_post_to_a_key_is_not_allowed(menagerie, bucket):
    error = expect(raw(menagerie, "POST", f"/{bucket}/key", b""), 405, "MethodNotAllowed",
                   "The specified method is not allowed against this resource.")
    assert (error["Method"], error["ResourceType"]) == ("POST", "OBJECT")


@pytest.mark.parametrize("method,word", [
    ("DELETE", "acl"), ("DELETE", "retention"), ("DELETE", "legal-hold"), ("DELETE", "uploads"), ("DELETE", "versions"),
    ("PUT", "uploads"), ("PUT", "attributes"), ("PUT", "torrent"), ("PUT", "restore"), ("PUT", "policy"),
])
def test_a_word_that_means_a_part_of_an_object_does_not_stand_for_all_of_it(menagerie, s3, bucket, method, word):
    put_all(s3, bucket, "key", body=b"data")
    error = expect(raw(menagerie, method, f"/{bucket}/key?{word}", b""), 405, "MethodNotAllowed")
    assert (error["Method"], error["ResourceType"]) == (method, "OBJECT")
    assert body_of(s3.get_object(Bucket=bucket, Key="key")) == b"data"


def test_a_word_that_means_nothing_is_ignored(menagerie, s3, bucket):
    assert raw(menagerie, "PUT", f"/{bucket}/key?x-id=PutObject&nothing", b"data")[0] == 200
    assert raw(menagerie, "DELETE", f"/{bucket}/key?x-id=DeleteObject&nothing")[0] == 204


def test_what_is_not_xml_deletes_nothing(menagerie, s3, bucket):
    put_all(s3, bucket, "key")
    for body in (b"", b"<Delete><Object><Key>key</Key></Object>", b"<Delete><Object/></Delete>", b"<Wrong/>"):
        answer = raw(menagerie, "POST", f"/{bucket}?delete", body, {"Content-MD5": base64_md5(body)})
        expect(answer, 400, "MissingRequestBodyError" if not body else "MalformedXML")
    assert keys_of(s3.list_objects_v2(Bucket=bucket)) == ["key"]
