"""Uploads in parts."""
import hashlib
import urllib.parse

import pytest

from . import (PART, base64_md5, body_of, expect, keys_of, md5, parse, put_all, raw, refused, status_of, upload)

NO_UPLOAD = ("The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or "
             "completed.")
NO_PART = ("One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified "
           "entity tag may not match the part's entity tag.")
WRONG_COPY_RANGE = ("The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the "
                    "zero-based offsets of the first and last bytes to copy")
A, B = b"a" * PART, b"b" * 10


@pytest.fixture
def begun(s3, bucket):
    """What names an upload that has begun."""
    made = s3.create_multipart_upload(Bucket=bucket, Key="key")
    return {"Bucket": bucket, "Key": "key", "UploadId": made["UploadId"]}


def part(s3, begun, number, body=B, **more):
    return {"PartNumber": number, "ETag": s3.upload_part(**begun, PartNumber=number, Body=body, **more)["ETag"]}


def complete(s3, begun, *parts):
    return s3.complete_multipart_upload(**begun, MultipartUpload={"Parts": list(parts)})


def address(begun):
    return f"/{begun['Bucket']}/key?uploadId={urllib.parse.quote(begun['UploadId'], safe='')}"


def tag_of(*bodies):
    digests = b"".join(hashlib.md5(body).digest() for body in bodies)
    return f'"{md5(digests)}-{len(bodies)}"'


# --- The usual way


def test_parts_become_one_object(s3, bucket):
    done = upload(s3, bucket, "key", [A, B])
    assert (done["Bucket"], done["Key"], done["ETag"]) == (bucket, "key", tag_of(A, B))
    assert done["Location"].endswith(f"/{bucket}/key")
    got = s3.get_object(Bucket=bucket, Key="key")
    assert (body_of(got), got["ETag"], got["ContentLength"]) == (A + B, tag_of(A, B), PART + 10)
    listed = s3.list_objects_v2(Bucket=bucket)["Contents"]
    assert [(o["Key"], o["Size"], o["ETag"]) for o in listed] == [("key", PART + 10, tag_of(A, B))]


def test_one_part_is_enough_and_may_be_small(s3, bucket):
    assert upload(s3, bucket, "key", [b"x"])["ETag"] == tag_of(b"x")
    assert upload(s3, bucket, "empty", [b""])["ETag"] == tag_of(b"")
    assert body_of(s3.get_object(Bucket=bucket, Key="empty")) == b""


def test_an_upload_begins_with_its_id(menagerie, bucket):
    status, headers, body = raw(menagerie, "POST", f"/{bucket}/a%20key?uploads")
    made = parse(body)
    assert (status, headers["content-type"], made.tag) == (200, "application/xml", "InitiateMultipartUploadResult")
    assert (made.find("Bucket").text, made.find("Key").text) == (bucket, "a key")
    assert made.find("UploadId").text


def test_each_upload_has_an_id_of_its_own(s3, bucket):
    ids = {s3.create_multipart_upload(Bucket=bucket, Key="key")["UploadId"] for _ in range(5)}
    assert len(ids) == 5


def test_nothing_is_seen_of_an_object_before_it_is_complete(s3, bucket, begun):
    part(s3, begun, 1)
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    with refused("NoSuchKey", 404):
        s3.get_object(Bucket=bucket, Key="key")


def test_an_object_is_replaced_at_the_end(s3, bucket, begun):
    put_all(s3, bucket, "key", body=b"old")
    done = part(s3, begun, 1)
    assert body_of(s3.get_object(Bucket=bucket, Key="key")) == b"old"
    complete(s3, begun, done)
    assert body_of(s3.get_object(Bucket=bucket, Key="key")) == B


def test_what_was_said_at_the_beginning_is_said_of_the_object(s3, bucket):
    upload(s3, bucket, "key", [B], ContentType="text/plain", CacheControl="no-cache", Metadata={"a": "1"}, Tagging="t=1",
           WebsiteRedirectLocation="/there", StorageClass="STANDARD_IA")
    head = s3.head_object(Bucket=bucket, Key="key")
    assert (head["ContentType"], head["CacheControl"], head["Metadata"]) == ("text/plain", "no-cache", {"a": "1"})
    assert (head["WebsiteRedirectLocation"], head["StorageClass"]) == ("/there", "STANDARD_IA")
    assert s3.get_object_tagging(Bucket=bucket, Key="key")["TagSet"] == [{"Key": "t", "Value": "1"}]


def test_parts_may_come_in_any_order_with_gaps(s3, bucket, begun):
    parts = [part(s3, begun, n, body) for n, body in ((10000, b"end"), (1, A), (700, A))]
    complete(s3, begun, parts[1], parts[2], parts[0])
    assert body_of(s3.get_object(Bucket=bucket, Key="key")) == A + A + b"end"


def test_parts_that_are_not_named_are_left_out(s3, bucket, begun):
    parts = [part(s3, begun, n, b"%d" % n) for n in (1, 2, 3)]
    assert complete(s3, begun, parts[1])["ETag"] == tag_of(b"2")
    assert body_of(s3.get_object(Bucket=bucket, Key="key")) == b"2"


def test_a_part_that_is_sent_again_replaces_the_first(s3, bucket, begun):
    old = part(s3, begun, 1, b"old")
    new = part(s3, begun, 1, b"new")
    assert [p["ETag"] for p in s3.list_parts(**begun)["Parts"]] == [new["ETag"]]
    with refused("InvalidPart", 400, NO_PART):
        complete(s3, begun, old)
    complete(s3, begun, new)
    assert body_of(s3.get_object(Bucket=bucket, Key="key")) == b"new"


def test_a_completion_can_be_repeated(s3, bucket, begun):
    done = part(s3, begun, 1)
    first = complete(s3, begun, done)
    assert complete(s3, begun, done)["ETag"] == first["ETag"]
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 1


def test_a_completed_upload_is_gone(s3, bucket, begun):
    complete(s3, begun, part(s3, begun, 1))
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)
    with refused("NoSuchUpload", 404, NO_UPLOAD):
        s3.list_parts(**begun)
    with refused("NoSuchUpload", 404, NO_UPLOAD):
        s3.upload_part(**begun, PartNumber=2, Body=B)


def test_a_version_is_made_at_the_end(s3, versioned):
    made = s3.create_multipart_upload(Bucket=versioned, Key="key")
    assert "VersionId" not in made
    begun = {"Bucket": versioned, "Key": "key", "UploadId": made["UploadId"]}
    done = complete(s3, begun, part(s3, begun, 1))
    assert s3.head_object(Bucket=versioned, Key="key")["VersionId"] == done["VersionId"]


# --- Aborting


def test_an_aborted_upload_is_gone(s3, bucket, begun):
    done = part(s3, begun, 1)
    assert status_of(s3.abort_multipart_upload(**begun)) == 204
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)
    with refused("NoSuchUpload", 404, NO_UPLOAD):
        complete(s3, begun, done)
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


@pytest.mark.parametrize("call", [
    lambda s3, u: s3.upload_part(**u, PartNumber=1, Body=b"x"), lambda s3, u: s3.list_parts(**u),
    lambda s3, u: s3.abort_multipart_upload(**u), lambda s3, u: complete(s3, u, {"PartNumber": 1, "ETag": "x"}),
    lambda s3, u: s3.upload_part_copy(**u, PartNumber=1, CopySource={"Bucket": u["Bucket"], "Key": "source"}),
], ids=["part", "list", "abort", "complete", "copy"])
@pytest.mark.parametrize("change", [{"UploadId": "fakeid"}, {"Key": "another"}], ids=["id", "key"])
def test_an_upload_that_is_not_there_is_missing(s3, bucket, begun, call, change):
    put_all(s3, bucket, "source", body=b"data")
    with refused("NoSuchUpload", 404, NO_UPLOAD) as error:
        call(s3, {**begun, **change})
    assert error["UploadId"] == change.get("UploadId", begun["UploadId"])


# --- What is wrong with parts


@pytest.mark.parametrize("number", [0, 10001, -1, 2 ** 31 - 1])
def test_parts_are_numbered_from_1_to_10000(s3, begun, number):
    with refused("InvalidArgument", 400, "Part number must be an integer between 1 and 10000, inclusive") as error:
        s3.upload_part(**begun, PartNumber=number, Body=b"x")
    assert (error["ArgumentName"], error["ArgumentValue"]) == ("partNumber", str(number))


def test_a_part_with_a_wrong_md5_is_refused(s3, begun):
    with refused("BadDigest", 400):
        s3.upload_part(**begun, PartNumber=1, Body=b"x", ContentMD5=base64_md5(b"y"))
    assert "Parts" not in s3.list_parts(**begun)


def test_parts_but_the_last_have_at_least_5_mib(s3, bucket, begun):
    parts = [part(s3, begun, n, b"data") for n in (1, 2)]
    with refused("EntityTooSmall", 400, "Your proposed upload is smaller than the minimum allowed size") as error:
        complete(s3, begun, *parts)
    assert (error["ETag"], error["PartNumber"]) == (md5(b"data"), "1")
    assert (error["ProposedSize"], error["MinSizeAllowed"]) == ("4", "5242880")
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_one_byte_less_than_5_mib_is_too_small(s3, begun):
    parts = [part(s3, begun, 1, A[1:]), part(s3, begun, 2)]
    with refused("EntityTooSmall", 400):
        complete(s3, begun, *parts)


@pytest.mark.parametrize("number,tag", [(2, md5(B)), (1, md5(b"")), (1, "nonsense")])
def test_a_part_that_was_never_sent_is_invalid(s3, begun, number, tag):
    part(s3, begun, 1)
    with refused("InvalidPart", 400, NO_PART) as error:
        complete(s3, begun, {"PartNumber": number, "ETag": tag})
    assert (error["PartNumber"], error["ETag"], error["UploadId"]) == (str(number), tag, begun["UploadId"])


def test_the_tags_of_parts_need_no_quotes(s3, begun):
    part(s3, begun, 1)
    assert complete(s3, begun, {"PartNumber": 1, "ETag": md5(B)})["ETag"] == tag_of(B)


@pytest.mark.parametrize("order", [(2, 1), (1, 1)])
def test_parts_are_named_in_ascending_order(s3, begun, order):
    parts = {n: part(s3, begun, n, A) for n in (1, 2)}
    with refused("InvalidPartOrder", 400, "The list of parts was not in ascending order. Parts must be ordered by part "
                                          "number.") as error:
        complete(s3, begun, *(parts[n] for n in order))
    assert error["UploadId"] == begun["UploadId"]


def test_a_failed_completion_can_be_tried_again(s3, bucket, begun):
    done = part(s3, begun, 1)
    with refused("InvalidPart", 400):
        complete(s3, begun, done, {"PartNumber": 2, "ETag": done["ETag"]})
    complete(s3, begun, done)
    assert body_of(s3.get_object(Bucket=bucket, Key="key")) == B


def test_a_completion_without_a_body_has_no_parts(s3, begun):
    part(s3, begun, 1)
    with refused("InvalidRequest", 400, "You must specify at least one part"):
        s3.complete_multipart_upload(**begun)


@pytest.mark.parametrize("body", [
    b"<CompleteMultipartUpload/>", b"<CompleteMultipartUpload><Part>", b"nonsense", b"<Other/>",
    b"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>",
    b"<CompleteMultipartUpload><Part><PartNumber>one</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>",
])
def test_a_completion_that_is_no_list_of_parts_is_malformed(menagerie, s3, begun, body):
    part(s3, begun, 1)
    expect(raw(menagerie, "POST", address(begun), body), 400, "MalformedXML")


# --- Conditions


def test_a_completion_if_none_match_only_makes_a_new_object(menagerie, s3, bucket, begun):
    put_all(s3, bucket, "key", body=b"there")
    done = part(s3, begun, 1)
    body = (f"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{done['ETag']}</ETag></Part>"
            "</CompleteMultipartUpload>").encode()
    error = expect(raw(menagerie, "POST", address(begun), body, {"If-None-Match": "*"}), 412, "PreconditionFailed")
    assert error["Condition"] == "If-None-Match"
    assert body_of(s3.get_object(Bucket=bucket, Key="key")) == b"there"


def test_a_completion_if_match_only_replaces_what_was_seen(menagerie, s3, bucket):
    put_all(s3, bucket, "key", body=b"there")
    made = s3.create_multipart_upload(Bucket=bucket, Key="key")
    begun = {"Bucket": bucket, "Key": "key", "UploadId": made["UploadId"]}
    done = part(s3, begun, 1)
    body = (f"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{done['ETag']}</ETag></Part>"
            "</CompleteMultipartUpload>").encode()
    error = expect(raw(menagerie, "POST", address(begun), body, {"If-Match": md5(b"other")}), 412, "PreconditionFailed")
    assert error["Condition"] == "If-Match"
    assert raw(menagerie, "POST", address(begun), body, {"If-Match": md5(b"there")})[0] == 200


# --- Copies of ranges


def test_a_part_can_be_a_copy(s3, bucket, begun):
    put_all(s3, bucket, "source", body=b"0123456789")
    copied = s3.upload_part_copy(**begun, PartNumber=1, CopySource={"Bucket": bucket, "Key": "source"})["CopyPartResult"]
    assert copied["ETag"] == f'"{md5(b"0123456789")}"'
    assert copied["LastModified"]
    complete(s3, begun, {"PartNumber": 1, "ETag": copied["ETag"]})
    assert body_of(s3.get_object(Bucket=bucket, Key="key")) == b"0123456789"


@pytest.mark.parametrize("asked,copied", [("0-8", b"012345678"), ("1-1", b"1"), ("0-0", b"0"), ("9-9", b"9")])
def test_a_part_can_be_a_copy_of_a_range(s3, bucket, begun, asked, copied):
    put_all(s3, bucket, "source", body=b"0123456789")
    tag = s3.upload_part_copy(**begun, PartNumber=1, CopySource={"Bucket": bucket, "Key": "source"},
                              CopySourceRange=f"bytes={asked}")["CopyPartResult"]["ETag"]
    assert tag == f'"{md5(copied)}"'


@pytest.mark.parametrize("asked,code,message", [
    (asked, "InvalidArgument", WRONG_COPY_RANGE)
    for asked in ("0-8", "bytes=1-0", "bytes=-1-", "bytes=0--1", "bytes=0-1,3-4", "bytes=-", "bytes=-0", "bytes=1-", "bytes=-2")
] + [
    ("bytes=0-100", "InvalidArgument", "Range specified is not valid for source object of size: 10"),
    ("bytes=100-200", "InvalidRequest", "The specified copy range is invalid for the source object size"),
])
def test_a_range_to_copy_that_is_wrong_is_refused(s3, bucket, begun, asked, code, message):
    put_all(s3, bucket, "source", body=b"0123456789")
    with refused(code, 400, message) as error:
        s3.upload_part_copy(**begun, PartNumber=1, CopySource={"Bucket": bucket, "Key": "source"}, CopySourceRange=asked)
    if code == "InvalidArgument":
        assert (error["ArgumentName"], error["ArgumentValue"]) == ("x-amz-copy-source-range", asked)


def test_a_large_object_is_copied_in_parts(s3, bucket):
    upload(s3, bucket, "source", [A, A, B])
    made = s3.create_multipart_upload(Bucket=bucket, Key="key")
    begun = {"Bucket": bucket, "Key": "key", "UploadId": made["UploadId"]}
    parts = []
    for number, (first, last) in enumerate([(0, PART + 5), (PART + 6, 2 * PART + 9)], 1):
        copied = s3.upload_part_copy(**begun, PartNumber=number, CopySource={"Bucket": bucket, "Key": "source"},
                                     CopySourceRange=f"bytes={first}-{last}")
        parts.append({"PartNumber": number, "ETag": copied["CopyPartResult"]["ETag"]})
    complete(s3, begun, *parts)
    assert body_of(s3.get_object(Bucket=bucket, Key="key")) == A + A + B


def test_a_source_that_is_not_there_is_missing(s3, bucket, begun):
    with refused("NoSuchKey", 404):
        s3.upload_part_copy(**begun, PartNumber=1, CopySource={"Bucket": bucket, "Key": "none"})


# --- Lists


def test_parts_are_listed(s3, bucket, begun):
    empty = s3.list_parts(**begun)
    assert (empty["PartNumberMarker"], empty["NextPartNumberMarker"], empty["MaxParts"]) == (0, 0, 1000)
    assert (empty["IsTruncated"], empty["StorageClass"], "Parts" in empty) == (False, "STANDARD", False)
    for number in (3, 1):
        part(s3, begun, number, b"x" * number)
    listed = s3.list_parts(**begun)
    assert [(p["PartNumber"], p["Size"], p["ETag"]) for p in listed["Parts"]] == [
        (n, n, f'"{md5(b"x" * n)}"') for n in (1, 3)]
    assert listed["NextPartNumberMarker"] == 3
    assert listed["Owner"]["ID"] == s3.list_buckets()["Owner"]["ID"]
    assert listed["Initiator"]["ID"]


def test_parts_are_listed_in_pages(s3, begun):
    for number in range(1, 6):
        part(s3, begun, number)
    first = s3.list_parts(**begun, MaxParts=2)
    assert [p["PartNumber"] for p in first["Parts"]] == [1, 2]
    assert (first["IsTruncated"], first["NextPartNumberMarker"]) == (True, 2)
    second = s3.list_parts(**begun, MaxParts=3, PartNumberMarker=2)
    assert [p["PartNumber"] for p in second["Parts"]] == [3, 4, 5]
    assert (second["IsTruncated"], second["PartNumberMarker"]) == (False, 2)
    assert "Parts" not in s3.list_parts(**begun, PartNumberMarker=5)


# --- Reading parts of an object


def test_an_object_can_be_read_by_part(s3, bucket):
    upload(s3, bucket, "key", [A, B])
    got = s3.get_object(Bucket=bucket, Key="key", PartNumber=2)
    assert (status_of(got), body_of(got), got["PartsCount"]) == (206, B, 2)
    assert got["ContentRange"] == f"bytes {PART}-{PART + 9}/{PART + 10}"
    assert got["ETag"] == tag_of(A, B)
    head = s3.head_object(Bucket=bucket, Key="key", PartNumber=1)
    assert (status_of(head), head["ContentLength"], head["PartsCount"]) == (206, PART, 2)


def test_a_part_that_an_object_does_not_have_is_refused(s3, bucket):
    upload(s3, bucket, "key", [A, B])
    with refused("InvalidPartNumber", 416, "The requested partnumber is not satisfiable") as error:
        s3.get_object(Bucket=bucket, Key="key", PartNumber=10)
    assert (error["ActualPartCount"], error["PartNumberRequested"]) == ("2", "10")


def test_ranges_run_across_parts(s3, bucket):
    upload(s3, bucket, "key", [A, B])
    got = s3.get_object(Bucket=bucket, Key="key", Range=f"bytes={PART - 3}-{PART + 3}")
    assert body_of(got) == b"aaabbbb"


def test_a_bucket_with_only_an_upload_in_it_lists_no_object(s3, bucket, begun):
    part(s3, begun, 1)
    assert keys_of(s3.list_objects_v2(Bucket=bucket)) == []
    assert keys_of(s3.list_multipart_uploads(Bucket=bucket), "Uploads") == ["key"]
