"""Versions: what is kept, what a delete marker hides, and what stays when versioning is suspended."""
import pytest

from . import (NO_KEY, body_of, expect, headers_of, keys_of, new_name, put_all, raw, refused, status_of)

MARKER = "The specified method is not allowed against this resource."
WELL_FORMED = "HPniJFCxqTsMuIH9KX8K8wEjNUgmABCD"


def put(s3, bucket, body, key="key"):
    return s3.put_object(Bucket=bucket, Key=key, Body=body).get("VersionId")


def get(s3, bucket, version=None, key="key"):
    more = {"VersionId": version} if version else {}
    return body_of(s3.get_object(Bucket=bucket, Key=key, **more))


def versions(s3, bucket):
    """Of all keys: (id, latest, whether it is a delete marker)."""
    reply = s3.list_object_versions(Bucket=bucket)
    found = [(v, False) for v in reply.get("Versions", [])] + [(v, True) for v in reply.get("DeleteMarkers", [])]
    found.sort(key=lambda pair: not pair[0]["IsLatest"])
    return [(v["VersionId"], v["IsLatest"], marker) for v, marker in found]


def suspend(s3, bucket):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})


# --- Enabled


def test_each_put_makes_a_version(s3, versioned):
    one, two = put(s3, versioned, b"one"), put(s3, versioned, b"two")
    assert one != two
    assert (len(one), len(two)) == (32, 32)
    assert (get(s3, versioned), get(s3, versioned, one), get(s3, versioned, two)) == (b"two", b"one", b"two")
    assert s3.get_object(Bucket=versioned, Key="key")["VersionId"] == two
    assert s3.head_object(Bucket=versioned, Key="key", VersionId=one)["VersionId"] == one
    assert versions(s3, versioned) == [(two, True, False), (one, False, False)]


def test_what_was_there_before_is_the_null_version(s3, bucket):
    put(s3, bucket, b"before")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    assert s3.get_object(Bucket=bucket, Key="key")["VersionId"] == "null"
    after = put(s3, bucket, b"after")
    assert (get(s3, bucket), get(s3, bucket, "null")) == (b"after", b"before")
    assert versions(s3, bucket) == [(after, True, False), ("null", False, False)]


def test_a_bucket_that_was_never_versioned_mentions_no_versions(s3, bucket):
    assert put(s3, bucket, b"x") is None
    got = s3.get_object(Bucket=bucket, Key="key", VersionId="null")
    assert (body_of(got), "VersionId" in got) == (b"x", False)


def test_a_delete_puts_a_marker_on_it(menagerie, s3, versioned):
    one = put(s3, versioned, b"one")
    status, headers, body = raw(menagerie, "DELETE", f"/{versioned}/key")
    assert (status, body, headers["x-amz-delete-marker"]) == (204, b"", "true")
    marker = headers["x-amz-version-id"]
    assert versions(s3, versioned) == [(marker, True, True), (one, False, False)]
    assert s3.list_objects_v2(Bucket=versioned)["KeyCount"] == 0
    assert get(s3, versioned, one) == b"one"


def test_each_delete_puts_a_marker_even_on_nothing(s3, versioned):
    markers = [s3.delete_object(Bucket=versioned, Key="never")["VersionId"] for _ in range(2)]
    assert versions(s3, versioned) == [(markers[1], True, True), (markers[0], False, True)]


def test_a_key_under_a_marker_is_missing_and_says_why(menagerie, s3, versioned):
    put(s3, versioned, b"one")
    marker = s3.delete_object(Bucket=versioned, Key="key")["VersionId"]
    for method in ("GET", "HEAD"):
        status, headers, body = raw(menagerie, method, f"/{versioned}/key")
        assert (status, headers["x-amz-delete-marker"], headers["x-amz-version-id"]) == (404, "true", marker)
        assert b"NoSuchKey" in body if method == "GET" else body == b""


def test_a_marker_itself_cannot_be_read(menagerie, s3, versioned):
    marker = s3.delete_object(Bucket=versioned, Key="key")["VersionId"]
    answer = raw(menagerie, "GET", f"/{versioned}/key?versionId={marker}")
    error = expect(answer, 405, "MethodNotAllowed", MARKER)
    assert (error["Method"], error["ResourceType"]) == ("GET", "DeleteMarker")
    headers = raw(menagerie, "HEAD", f"/{versioned}/key?versionId={marker}")[1]
    for found in (answer[1], headers):
        assert found["x-amz-delete-marker"] == "true"
        assert found["x-amz-version-id"] == marker
        assert found["allow"] == "DELETE"
        assert found["last-modified"]
    assert raw(menagerie, "HEAD", f"/{versioned}/key?versionId={marker}")[0] == 405


def test_a_deleted_marker_brings_the_object_back(s3, versioned):
    put(s3, versioned, b"one")
    marker = s3.delete_object(Bucket=versioned, Key="key")["VersionId"]
    reply = s3.delete_object(Bucket=versioned, Key="key", VersionId=marker)
    assert (status_of(reply), reply["DeleteMarker"], reply["VersionId"]) == (204, True, marker)
    assert get(s3, versioned) == b"one"


def test_a_deleted_version_is_gone_for_good(s3, versioned):
    one, two = put(s3, versioned, b"one"), put(s3, versioned, b"two")
    reply = s3.delete_object(Bucket=versioned, Key="key", VersionId=two)
    assert (reply["VersionId"], "DeleteMarker" in reply) == (two, False)
    assert get(s3, versioned) == b"one"
    with refused("NoSuchVersion", 404, "The specified version does not exist.") as error:
        s3.get_object(Bucket=versioned, Key="key", VersionId=two)
    assert (error["Key"], error["VersionId"]) == ("key", two)
    assert versions(s3, versioned) == [(one, True, False)]
    assert status_of(s3.delete_object(Bucket=versioned, Key="key", VersionId=two)) == 204


def test_a_version_of_another_key_is_not_there(s3, versioned):
    other = put(s3, versioned, b"x", "other")
    put(s3, versioned, b"x")
    with refused("NoSuchVersion", 404):
        s3.get_object(Bucket=versioned, Key="key", VersionId=other)


def test_many_versions_are_deleted_at_once(s3, versioned):
    one, two = put(s3, versioned, b"one"), put(s3, versioned, b"two")
    reply = s3.delete_objects(Bucket=versioned, Delete={"Objects": [{"Key": "key"}, {"Key": "key", "VersionId": one}]})
    by_version = {d.get("VersionId"): d for d in reply["Deleted"]}
    assert by_version[one] == {"Key": "key", "VersionId": one}
    marker = by_version[None]["DeleteMarkerVersionId"]
    assert by_version[None] == {"Key": "key", "DeleteMarker": True, "DeleteMarkerVersionId": marker}
    assert versions(s3, versioned) == [(marker, True, True), (two, False, False)]
    reply = s3.delete_objects(Bucket=versioned, Delete={"Objects": [{"Key": "key", "VersionId": marker}]})
    assert reply["Deleted"] == [{"Key": "key", "VersionId": marker, "DeleteMarker": True, "DeleteMarkerVersionId": marker}]


def test_an_unknown_version_among_many_is_an_error_of_its_own(s3, versioned):
    one = put(s3, versioned, b"one")
    s3.delete_object(Bucket=versioned, Key="key", VersionId=one)
    reply = s3.delete_objects(Bucket=versioned, Delete={"Objects": [{"Key": "key", "VersionId": WELL_FORMED}]})
    assert [(e["Key"], e["VersionId"], e["Code"]) for e in reply["Errors"]] == [("key", WELL_FORMED, "NoSuchVersion")]


# --- Suspended


def test_a_put_while_suspended_makes_the_null_version(s3, versioned):
    one = put(s3, versioned, b"one")
    suspend(s3, versioned)
    assert put(s3, versioned, b"null") is None
    assert s3.get_object(Bucket=versioned, Key="key")["VersionId"] == "null"
    assert put(s3, versioned, b"null again") is None
    assert versions(s3, versioned) == [("null", True, False), (one, False, False)]
    assert (get(s3, versioned, "null"), get(s3, versioned, one)) == (b"null again", b"one")


def test_a_delete_while_suspended_replaces_the_null_version(s3, versioned):
    one = put(s3, versioned, b"one")
    suspend(s3, versioned)
    put(s3, versioned, b"null")
    for _ in range(2):
        reply = s3.delete_object(Bucket=versioned, Key="key")
        assert (reply["DeleteMarker"], reply["VersionId"]) == (True, "null")
    assert versions(s3, versioned) == [("null", True, True), (one, False, False)]
    put(s3, versioned, b"null again")
    assert versions(s3, versioned) == [("null", True, False), (one, False, False)]


def test_the_null_version_can_be_deleted(s3, versioned):
    one = put(s3, versioned, b"one")
    suspend(s3, versioned)
    put(s3, versioned, b"null")
    assert s3.delete_object(Bucket=versioned, Key="key", VersionId="null")["VersionId"] == "null"
    assert versions(s3, versioned) == [(one, True, False)]
    assert get(s3, versioned) == b"one"


def test_an_old_null_version_stays_its_age_when_it_is_replaced(s3, versioned):
    suspend(s3, versioned)
    put(s3, versioned, b"null")
    s3.put_bucket_versioning(Bucket=versioned, VersioningConfiguration={"Status": "Enabled"})
    one = put(s3, versioned, b"one")
    assert versions(s3, versioned) == [(one, True, False), ("null", False, False)]
    suspend(s3, versioned)
    put(s3, versioned, b"new null")
    assert versions(s3, versioned) == [("null", True, False), (one, False, False)]
    assert get(s3, versioned) == b"new null"


# --- Copies


def test_a_copy_names_both_versions(s3, versioned):
    one, two = put(s3, versioned, b"one"), put(s3, versioned, b"two")
    copied = s3.copy_object(Bucket=versioned, Key="copy", CopySource={"Bucket": versioned, "Key": "key"})
    assert copied["CopySourceVersionId"] == two
    assert s3.head_object(Bucket=versioned, Key="copy")["VersionId"] == copied["VersionId"]
    copied = s3.copy_object(Bucket=versioned, Key="copy",
                            CopySource={"Bucket": versioned, "Key": "key", "VersionId": one})
    assert (copied["CopySourceVersionId"], get(s3, versioned, key="copy")) == (one, b"one")


def test_a_copy_of_an_old_version_to_itself_restores_it(s3, versioned):
    one = put(s3, versioned, b"one")
    put(s3, versioned, b"two")
    s3.copy_object(Bucket=versioned, Key="key", CopySource={"Bucket": versioned, "Key": "key", "VersionId": one})
    assert get(s3, versioned) == b"one"
    assert len(versions(s3, versioned)) == 3


def test_a_marker_cannot_be_copied(s3, versioned):
    put(s3, versioned, b"one")
    marker = s3.delete_object(Bucket=versioned, Key="key")["VersionId"]
    with refused("NoSuchKey", 404, NO_KEY):
        s3.copy_object(Bucket=versioned, Key="copy", CopySource={"Bucket": versioned, "Key": "key"})
    with refused("InvalidRequest", 400,
                 "The source of a copy request may not specifically refer to a delete marker by version id."):
        s3.copy_object(Bucket=versioned, Key="copy", CopySource={"Bucket": versioned, "Key": "key", "VersionId": marker})


def test_a_version_that_is_not_there_cannot_be_copied(s3, versioned):
    one = put(s3, versioned, b"one")
    s3.delete_object(Bucket=versioned, Key="key", VersionId=one)
    with refused("NoSuchVersion", 404):
        s3.copy_object(Bucket=versioned, Key="copy", CopySource={"Bucket": versioned, "Key": "key", "VersionId": one})


def test_a_copy_between_buckets_names_only_the_versions_there_are(s3, versioned):
    there = new_name()
    s3.create_bucket(Bucket=there)
    one = put(s3, versioned, b"one")
    copied = s3.copy_object(Bucket=there, Key="copy", CopySource={"Bucket": versioned, "Key": "key"})
    assert (copied["CopySourceVersionId"], "VersionId" in copied) == (one, False)


# --- Tags, attributes and lists of versions


def test_each_version_has_its_own_tags(s3, versioned):
    one = s3.put_object(Bucket=versioned, Key="key", Tagging="v=1")["VersionId"]
    two = put(s3, versioned, b"")
    tags = [{"Key": "v", "Value": "2"}]
    reply = s3.put_object_tagging(Bucket=versioned, Key="key", Tagging={"TagSet": tags})
    assert reply["VersionId"] == two
    got = s3.get_object_tagging(Bucket=versioned, Key="key")
    assert (got["VersionId"], got["TagSet"]) == (two, tags)
    got = s3.get_object_tagging(Bucket=versioned, Key="key", VersionId=one)
    assert (got["VersionId"], got["TagSet"]) == (one, [{"Key": "v", "Value": "1"}])
    assert s3.delete_object_tagging(Bucket=versioned, Key="key", VersionId=one)["VersionId"] == one
    assert s3.get_object_tagging(Bucket=versioned, Key="key", VersionId=one)["TagSet"] == []


@pytest.mark.parametrize("by_version", [True, False])
def test_a_marker_has_no_tags(s3, versioned, by_version):
    put(s3, versioned, b"")
    marker = s3.delete_object(Bucket=versioned, Key="key")["VersionId"]
    more = {"VersionId": marker} if by_version else {}
    for method, name in (("get_object_tagging", "GET"), ("delete_object_tagging", "DELETE")):
        with refused("MethodNotAllowed", 405, MARKER) as error:
            getattr(s3, method)(Bucket=versioned, Key="key", **more)
        assert (error["Method"], error["ResourceType"]) == (name, "DeleteMarker")
    with refused("MethodNotAllowed", 405, MARKER):
        s3.put_object_tagging(Bucket=versioned, Key="key", Tagging={"TagSet": []}, **more)


def test_each_version_has_its_own_attributes(s3, versioned):
    one = put(s3, versioned, b"1")
    put(s3, versioned, b"22")
    got = s3.get_object_attributes(Bucket=versioned, Key="key", VersionId=one, ObjectAttributes=["ObjectSize"])
    assert (got["ObjectSize"], got["VersionId"]) == (1, one)
    s3.delete_object(Bucket=versioned, Key="key")
    with refused("NoSuchKey", 404, NO_KEY):
        s3.get_object_attributes(Bucket=versioned, Key="key", ObjectAttributes=["ObjectSize"])


def test_a_list_shows_the_latest_that_is_no_marker_of_each_key(s3, versioned):
    put_all(s3, versioned, "a", "b", "c")
    s3.delete_object(Bucket=versioned, Key="b")
    put(s3, versioned, b"22", "c")
    listed = s3.list_objects_v2(Bucket=versioned)
    assert [(o["Key"], o["Size"]) for o in listed["Contents"]] == [("a", 0), ("c", 2)]
    assert keys_of(s3.list_objects(Bucket=versioned)) == ["a", "c"]


def test_versions_of_one_moment_stay_in_order(s3, versioned):
    ids = [put(s3, versioned, b"%d" % i) for i in range(20)]
    listed = s3.list_object_versions(Bucket=versioned)["Versions"]
    assert [v["VersionId"] for v in listed] == ids[::-1]
    assert get(s3, versioned) == b"19"


def test_a_reply_names_the_version_in_its_header(menagerie, s3, versioned):
    one = put(s3, versioned, b"one")
    assert raw(menagerie, "GET", f"/{versioned}/key")[1]["x-amz-version-id"] == one
    assert headers_of(s3.head_object(Bucket=versioned, Key="key"))["x-amz-version-id"] == one
