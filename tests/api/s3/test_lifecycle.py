"""What becomes of objects as time goes by. Days are counted to the midnight after."""
import datetime

import pytest

from . import keys_of, new_name, put_all, refused, upload

START = "2030-01-01T12:00:00Z"  # a Tuesday
DAY_LATER = "2030-01-02T23:59:00Z"
TWO_DAYS_LATER = "2030-01-03T00:01:00Z"
MUCH_LATER = "2031-01-01T00:00:00Z"


@pytest.fixture
def program(start):
    running = start("--settable-clock")
    running.set_clock(START)
    return running


@pytest.fixture
def s3(program):
    return program.client("s3")


@pytest.fixture
def bucket(s3):
    name = new_name()
    s3.create_bucket(Bucket=name)
    return name


def set_rules(s3, bucket, *rules):
    """Each: what differs from a rule for every key."""
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [
        {"ID": f"rule{i}", "Status": "Enabled", "Filter": {"Prefix": ""}, **rule} for i, rule in enumerate(rules)]})


def keys(s3, bucket):
    return keys_of(s3.list_objects_v2(Bucket=bucket))


def versions(s3, bucket):
    reply = s3.list_object_versions(Bucket=bucket)
    return [v["VersionId"] for v in reply.get("Versions", [])], [v["VersionId"] for v in reply.get("DeleteMarkers", [])]


def test_an_object_expires_at_the_midnight_after_its_days(program, s3, bucket):
    set_rules(s3, bucket, {"Expiration": {"Days": 1}})
    put_all(s3, bucket, "key")
    program.set_clock(DAY_LATER)
    assert keys(s3, bucket) == ["key"]
    program.set_clock(TWO_DAYS_LATER)
    assert keys(s3, bucket) == []
    with refused("NoSuchKey", 404):
        s3.get_object(Bucket=bucket, Key="key")
    s3.delete_bucket(Bucket=bucket)


def test_a_rule_is_about_what_was_there_before_it_too(program, s3, bucket):
    put_all(s3, bucket, "key")
    program.set_clock("2030-02-01T12:00:00Z")
    set_rules(s3, bucket, {"Expiration": {"Days": 10}})
    program.set_clock("2030-02-02T00:01:00Z")
    assert keys(s3, bucket) == []


def test_an_object_that_is_put_again_begins_anew(program, s3, bucket):
    set_rules(s3, bucket, {"Expiration": {"Days": 1}})
    put_all(s3, bucket, "key", "other")
    program.set_clock("2030-01-02T12:00:00Z")
    put_all(s3, bucket, "key")
    program.set_clock(TWO_DAYS_LATER)
    assert keys(s3, bucket) == ["key"]


def test_a_date_is_for_all_at_once(program, s3, bucket):
    set_rules(s3, bucket, {"Expiration": {"Date": datetime.datetime(2030, 6, 1, tzinfo=datetime.timezone.utc)}})
    put_all(s3, bucket, "a", "b")
    program.set_clock("2030-05-31T23:59:00Z")
    assert keys(s3, bucket) == ["a", "b"]
    program.set_clock("2030-06-01T00:01:00Z")
    assert keys(s3, bucket) == []


FILTERS = [
    ({"Prefix": "logs/"}, {"logs/1", "logs/big", "logs/tagged"}),
    ({"Tag": {"Key": "temporary", "Value": "yes"}}, {"logs/tagged", "tagged"}),
    ({"ObjectSizeGreaterThan": 10}, {"logs/big", "big"}),
    ({"ObjectSizeLessThan": 11}, {"logs/1", "logs/tagged", "1", "tagged"}),
    ({"And": {"Prefix": "logs/", "ObjectSizeGreaterThan": 0, "ObjectSizeLessThan": 11}}, {"logs/1", "logs/tagged"}),
    ({"And": {"Prefix": "logs/", "Tags": [{"Key": "temporary", "Value": "yes"}]}}, {"logs/tagged"}),
    ({"And": {"Tags": [{"Key": "temporary", "Value": "yes"}, {"Key": "other", "Value": "no"}]}}, set()),
    ({}, {"logs/1", "logs/big", "logs/tagged", "1", "big", "tagged"}),
]


@pytest.mark.parametrize("chosen,gone", FILTERS)
def test_a_filter_chooses_by_prefix_and_tag_and_size(program, s3, bucket, chosen, gone):
    set_rules(s3, bucket, {"Filter": chosen, "Expiration": {"Days": 1}})
    for prefix in ("", "logs/"):
        s3.put_object(Bucket=bucket, Key=prefix + "1", Body=b"x")
        s3.put_object(Bucket=bucket, Key=prefix + "big", Body=b"x" * 11)
        s3.put_object(Bucket=bucket, Key=prefix + "tagged", Body=b"x", Tagging="temporary=yes")
    before = set(keys(s3, bucket))
    program.set_clock(TWO_DAYS_LATER)
    assert before - set(keys(s3, bucket)) == gone


def test_a_rule_that_is_switched_off_does_nothing(program, s3, bucket):
    set_rules(s3, bucket, {"Status": "Disabled", "Expiration": {"Days": 1}})
    put_all(s3, bucket, "key")
    program.set_clock(MUCH_LATER)
    assert keys(s3, bucket) == ["key"]


def test_the_rule_that_comes_first_in_time_wins(program, s3, bucket):
    set_rules(s3, bucket, {"Expiration": {"Days": 30}}, {"Filter": {"Prefix": "k"}, "Expiration": {"Days": 1}})
    put_all(s3, bucket, "key", "other")
    program.set_clock(TWO_DAYS_LATER)
    assert keys(s3, bucket) == ["other"]


@pytest.mark.slow
def test_many_objects_expire_at_once(program, s3, bucket):
    set_rules(s3, bucket, {"Expiration": {"Days": 1}})
    put_all(s3, bucket, *(f"k{i}" for i in range(1200)))
    program.set_clock(TWO_DAYS_LATER)
    assert keys(s3, bucket) == []


# --- The header


def test_a_reply_tells_when_the_object_will_expire(s3, bucket):
    set_rules(s3, bucket, {"ID": "the rule", "Filter": {"Prefix": "k"}, "Expiration": {"Days": 1}})
    expected = 'expiry-date="Thu, 03 Jan 2030 00:00:00 GMT", rule-id="the rule"'
    assert s3.put_object(Bucket=bucket, Key="key", Body=b"x")["Expiration"] == expected
    assert s3.get_object(Bucket=bucket, Key="key")["Expiration"] == expected
    assert s3.head_object(Bucket=bucket, Key="key")["Expiration"] == expected
    assert s3.copy_object(Bucket=bucket, Key="k2", CopySource=f"{bucket}/key")["Expiration"] == expected
    assert upload(s3, bucket, "k3", [b"x"])["Expiration"] == expected
    assert "Expiration" not in s3.put_object(Bucket=bucket, Key="other", Body=b"x")


def test_an_old_version_has_no_such_header(s3, bucket):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    set_rules(s3, bucket, {"Expiration": {"Days": 1}})
    old = s3.put_object(Bucket=bucket, Key="key", Body=b"1")["VersionId"]
    s3.put_object(Bucket=bucket, Key="key", Body=b"2")
    assert "Expiration" not in s3.head_object(Bucket=bucket, Key="key", VersionId=old)
    assert "Expiration" in s3.head_object(Bucket=bucket, Key="key")


# --- Versions


@pytest.fixture
def versioned(s3, bucket):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    return bucket


def put(s3, bucket):
    return s3.put_object(Bucket=bucket, Key="key", Body=b"x")["VersionId"]


def test_the_latest_version_expires_under_a_delete_marker(program, s3, versioned):
    set_rules(s3, versioned, {"Expiration": {"Days": 1}})
    version = put(s3, versioned)
    program.set_clock(TWO_DAYS_LATER)
    found, markers = versions(s3, versioned)
    assert (found, len(markers)) == ([version], 1)
    assert keys(s3, versioned) == []


def test_an_old_version_goes_after_its_days(program, s3, versioned):
    set_rules(s3, versioned, {"NoncurrentVersionExpiration": {"NoncurrentDays": 1}})
    put(s3, versioned)
    program.set_clock("2030-01-05T12:00:00Z")
    latest = put(s3, versioned)  # from now on the first is old
    program.set_clock("2030-01-06T23:59:00Z")
    assert len(versions(s3, versioned)[0]) == 2
    program.set_clock("2030-01-07T00:01:00Z")
    assert versions(s3, versioned) == ([latest], [])


def test_some_old_versions_can_be_kept(program, s3, versioned):
    set_rules(s3, versioned, {"NoncurrentVersionExpiration": {"NoncurrentDays": 1, "NewerNoncurrentVersions": 2}})
    ids = [put(s3, versioned) for _ in range(5)]
    program.set_clock(TWO_DAYS_LATER)
    assert versions(s3, versioned) == ([ids[4], ids[3], ids[2]], [])
    program.set_clock(MUCH_LATER)
    assert versions(s3, versioned) == ([ids[4], ids[3], ids[2]], [])


def test_a_marker_with_nothing_behind_it_goes(program, s3, versioned):
    set_rules(s3, versioned, {"Expiration": {"ExpiredObjectDeleteMarker": True}})
    version = put(s3, versioned)
    marker = s3.delete_object(Bucket=versioned, Key="key")["VersionId"]
    program.set_clock(TWO_DAYS_LATER)
    assert versions(s3, versioned) == ([version], [marker])
    s3.delete_object(Bucket=versioned, Key="key", VersionId=version)
    program.set_clock("2030-01-05T00:01:00Z")
    assert versions(s3, versioned) == ([], [])


def test_a_version_that_is_locked_stays(program, s3):
    name = new_name()
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    s3.put_object_lock_configuration(Bucket=name, ObjectLockConfiguration={
        "ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 30}}})
    set_rules(s3, name, {"Expiration": {"Days": 1}, "NoncurrentVersionExpiration": {"NoncurrentDays": 1}})
    version = put(s3, name)
    program.set_clock("2030-01-20T00:01:00Z")
    found, markers = versions(s3, name)
    assert (found, len(markers)) == ([version], 1)
    program.set_clock("2030-02-20T00:01:00Z")
    assert versions(s3, name)[0] == []


# --- Uploads


def test_an_upload_that_was_never_completed_goes(program, s3, bucket):
    set_rules(s3, bucket, {"Filter": {"Prefix": "a"}, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}})
    made = s3.create_multipart_upload(Bucket=bucket, Key="a")
    s3.upload_part(Bucket=bucket, Key="a", UploadId=made["UploadId"], PartNumber=1, Body=b"x" * 300_000)
    s3.create_multipart_upload(Bucket=bucket, Key="b")
    program.set_clock(DAY_LATER)
    assert keys_of(s3.list_multipart_uploads(Bucket=bucket), "Uploads") == ["a", "b"]
    program.set_clock(TWO_DAYS_LATER)
    assert keys_of(s3.list_multipart_uploads(Bucket=bucket), "Uploads") == ["b"]
    with refused("NoSuchUpload", 404):
        s3.list_parts(Bucket=bucket, Key="a", UploadId=made["UploadId"])


def test_nothing_is_left_of_what_expired(program, s3, bucket):
    set_rules(s3, bucket, {"Expiration": {"Days": 1}})
    put_all(s3, bucket, "a", "b", body=b"x" * 500_000)
    assert program.status()["blobs"] == 2
    program.set_clock(TWO_DAYS_LATER)
    program.set_clock("2030-01-03T00:02:00Z")
    assert program.status()["blobs"] == 0
