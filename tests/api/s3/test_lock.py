"""Object lock: versions that cannot be deleted, until a date or until somebody says so."""
import datetime
import json

import pytest

from . import MALFORMED, NO_KEY, OTHER, base64_md5, body_of, expect, new_name, raw, refused, status_of

LOCKED = "Access Denied because object protected by object lock."
NO_LOCK = "Bucket is missing Object Lock Configuration"
NEVER_SET = "The specified object does not have a ObjectLock configuration"
DAY = datetime.timedelta(days=1)


def now():
    return datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)


def make(client):
    name = new_name()
    client.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    return name


@pytest.fixture
def locked(s3):
    """A bucket with object lock, and no default."""
    return make(s3)


def put(s3, bucket, body=b"data", **lock):
    return s3.put_object(Bucket=bucket, Key="key", Body=body, ContentMD5=base64_md5(body), **lock)["VersionId"]


def retain(mode, until):
    return {"ObjectLockMode": mode, "ObjectLockRetainUntilDate": until}


def retention(mode, until):
    return {"Mode": mode, "RetainUntilDate": until}


def delete(s3, bucket, version, **more):
    return s3.delete_object(Bucket=bucket, Key="key", VersionId=version, **more)


# --- Retention


@pytest.mark.parametrize("mode", ["GOVERNANCE", "COMPLIANCE"])
def test_a_retained_version_is_not_deleted(s3, locked, mode):
    until = now() + DAY
    version = put(s3, locked, **retain(mode, until))
    head = s3.head_object(Bucket=locked, Key="key")
    assert (head["ObjectLockMode"], head["ObjectLockRetainUntilDate"]) == (mode, until)
    assert s3.get_object_retention(Bucket=locked, Key="key")["Retention"] == retention(mode, until)
    with refused("AccessDenied", 403, LOCKED):
        delete(s3, locked, version)
    reply = s3.delete_objects(Bucket=locked, Delete={"Objects": [{"Key": "key", "VersionId": version}]})
    assert reply["Errors"] == [{"Key": "key", "VersionId": version, "Code": "AccessDenied", "Message": LOCKED}]
    assert body_of(s3.get_object(Bucket=locked, Key="key")) == b"data"


def test_a_retained_version_can_be_hidden_and_succeeded(s3, locked):
    version = put(s3, locked, **retain("COMPLIANCE", now() + DAY))
    put(s3, locked, b"newer")
    marker = s3.delete_object(Bucket=locked, Key="key")
    assert marker["DeleteMarker"] is True
    assert body_of(s3.get_object(Bucket=locked, Key="key", VersionId=version)) == b"data"
    assert status_of(delete(s3, locked, marker["VersionId"])) == 204


def test_governance_can_be_bypassed(s3, locked):
    version = put(s3, locked, **retain("GOVERNANCE", now() + DAY))
    assert status_of(delete(s3, locked, version, BypassGovernanceRetention=True)) == 204
    version = put(s3, locked, **retain("GOVERNANCE", now() + DAY))
    reply = s3.delete_objects(Bucket=locked, BypassGovernanceRetention=True,
                              Delete={"Objects": [{"Key": "key", "VersionId": version}]})
    assert [d["VersionId"] for d in reply["Deleted"]] == [version]


def test_compliance_cannot_be_bypassed(s3, locked):
    version = put(s3, locked, **retain("COMPLIANCE", now() + DAY))
    with refused("AccessDenied", 403, LOCKED):
        delete(s3, locked, version, BypassGovernanceRetention=True)


def test_who_bypasses_has_to_be_permitted(s3, other, locked):
    version = put(s3, locked, **retain("GOVERNANCE", now() + DAY))

    def allow(*actions):
        s3.put_bucket_policy(Bucket=locked, Policy=json.dumps({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Principal": {"AWS": OTHER}, "Action": actions, "Resource": f"arn:aws:s3:::{locked}/*"}]}))

    allow("s3:DeleteObjectVersion")
    with refused("AccessDenied", 403):
        delete(other, locked, version, BypassGovernanceRetention=True)
    allow("s3:DeleteObjectVersion", "s3:BypassGovernanceRetention")
    with refused("AccessDenied", 403):
        delete(other, locked, version)
    assert status_of(delete(other, locked, version, BypassGovernanceRetention=True)) == 204


def test_retention_can_be_set_later_and_extended(s3, locked):
    put(s3, locked)
    with refused("NoSuchObjectLockConfiguration", 404, NEVER_SET):
        s3.get_object_retention(Bucket=locked, Key="key")
    for days in (1, 2):
        for mode in ("GOVERNANCE", "COMPLIANCE") if days == 2 else ("GOVERNANCE",):
            until = now() + days * DAY
            s3.put_object_retention(Bucket=locked, Key="key", Retention=retention(mode, until),
                                    BypassGovernanceRetention=mode == "COMPLIANCE")
            assert s3.get_object_retention(Bucket=locked, Key="key")["Retention"] == retention(mode, until)
    s3.put_object_retention(Bucket=locked, Key="key", Retention=retention("COMPLIANCE", now() + 3 * DAY))


@pytest.mark.parametrize("change", [
    {"Retention": retention("GOVERNANCE", now() + DAY)}, {"Retention": {}},
    {"Retention": retention("GOVERNANCE", now() + 6 * DAY)},
], ids=["shorter", "removed", "a day shorter"])
def test_governance_is_loosened_by_bypass_only(s3, locked, change):
    put(s3, locked, **retain("GOVERNANCE", now() + 7 * DAY))
    with refused("AccessDenied", 403, LOCKED):
        s3.put_object_retention(Bucket=locked, Key="key", **change)
    assert status_of(s3.put_object_retention(Bucket=locked, Key="key", BypassGovernanceRetention=True, **change)) == 200


@pytest.mark.parametrize("change", [retention("COMPLIANCE", now() + DAY), retention("GOVERNANCE", now() + 9 * DAY), {}],
                         ids=["shorter", "weaker", "removed"])
def test_compliance_is_never_loosened(s3, locked, change):
    put(s3, locked, **retain("COMPLIANCE", now() + 7 * DAY))
    with refused("AccessDenied", 403, LOCKED):
        s3.put_object_retention(Bucket=locked, Key="key", Retention=change, BypassGovernanceRetention=True)


def test_retention_is_of_one_version(s3, locked):
    one = put(s3, locked, b"1", **retain("COMPLIANCE", now() + DAY))
    two = put(s3, locked, b"2")
    assert status_of(delete(s3, locked, two)) == 204
    assert s3.get_object_retention(Bucket=locked, Key="key", VersionId=one)["Retention"]["Mode"] == "COMPLIANCE"


@pytest.mark.parametrize("lock,message", [
    (retain("GOVERNANCE", now() - DAY), "The retain until date must be in the future!"),
    ({"ObjectLockMode": "GOVERNANCE"}, "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied"),
    ({"ObjectLockRetainUntilDate": now() + DAY},
     "x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied"),
    (retain("SOMETHING", now() + DAY), "Unknown wormMode directive."),
    ({"ObjectLockLegalHoldStatus": "MAYBE"}, "Legal Hold must be either of 'ON' or 'OFF'"),
], ids=["past", "no date", "no mode", "wrong mode", "wrong hold"])
def test_a_lock_that_is_wrong_is_refused(s3, locked, lock, message):
    with refused("InvalidArgument", 400, message):
        put(s3, locked, **lock)


@pytest.mark.parametrize("wrong", [
    {"Mode": "GOVERNANCE"}, {"RetainUntilDate": now() + DAY}, retention("SOMETHING", now() + DAY)])
def test_a_retention_that_is_wrong_is_malformed(s3, locked, wrong):
    put(s3, locked)
    with refused("MalformedXML", 400, MALFORMED):
        s3.put_object_retention(Bucket=locked, Key="key", Retention=wrong)


def test_a_retention_into_the_past_is_refused(s3, locked):
    put(s3, locked)
    with refused("InvalidArgument", 400, "The retain until date must be in the future!"):
        s3.put_object_retention(Bucket=locked, Key="key", Retention=retention("GOVERNANCE", now() - DAY))


def test_a_lock_wants_a_checksum(menagerie, locked):
    until = (now() + DAY).strftime("%Y-%m-%dT%H:%M:%SZ")
    headers = {"x-amz-object-lock-mode": "GOVERNANCE", "x-amz-object-lock-retain-until-date": until}
    expect(raw(menagerie, "PUT", f"/{locked}/key", b"x", headers), 400, "InvalidRequest",
           "Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters")


# --- Legal hold


def test_a_legal_hold_is_on_until_it_is_off(s3, locked):
    version = put(s3, locked, ObjectLockLegalHoldStatus="ON")
    assert s3.head_object(Bucket=locked, Key="key")["ObjectLockLegalHoldStatus"] == "ON"
    with refused("AccessDenied", 403, LOCKED):
        delete(s3, locked, version, BypassGovernanceRetention=True)
    s3.put_object_legal_hold(Bucket=locked, Key="key", LegalHold={"Status": "OFF"})
    assert s3.get_object_legal_hold(Bucket=locked, Key="key")["LegalHold"] == {"Status": "OFF"}
    assert s3.head_object(Bucket=locked, Key="key")["ObjectLockLegalHoldStatus"] == "OFF"
    assert status_of(delete(s3, locked, version)) == 204


def test_a_legal_hold_can_be_set_later(s3, locked):
    put(s3, locked)
    with refused("NoSuchObjectLockConfiguration", 404, NEVER_SET):
        s3.get_object_legal_hold(Bucket=locked, Key="key")
    s3.put_object_legal_hold(Bucket=locked, Key="key", LegalHold={"Status": "ON"})
    assert s3.get_object_legal_hold(Bucket=locked, Key="key")["LegalHold"] == {"Status": "ON"}


@pytest.mark.parametrize("wrong", [{}, {"Status": "MAYBE"}])
def test_a_legal_hold_that_is_wrong_is_malformed(s3, locked, wrong):
    put(s3, locked)
    with refused("MalformedXML", 400, MALFORMED):
        s3.put_object_legal_hold(Bucket=locked, Key="key", LegalHold=wrong)


# --- Where there is no lock

CALLS = {
    "get retention": lambda s3, b: s3.get_object_retention(Bucket=b, Key="key"),
    "put retention": lambda s3, b: s3.put_object_retention(Bucket=b, Key="key",
                                                           Retention=retention("GOVERNANCE", now() + DAY)),
    "get hold": lambda s3, b: s3.get_object_legal_hold(Bucket=b, Key="key"),
    "put hold": lambda s3, b: s3.put_object_legal_hold(Bucket=b, Key="key", LegalHold={"Status": "ON"}),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_bucket_without_object_lock_has_none_of_it(s3, bucket, name):
    s3.put_object(Bucket=bucket, Key="key", Body=b"x")
    with refused("InvalidRequest", 400, NO_LOCK):
        CALLS[name](s3, bucket)


@pytest.mark.parametrize("name", CALLS)
def test_a_lock_of_a_key_that_is_not_there_is_missing(s3, locked, name):
    with refused("NoSuchKey", 404, NO_KEY) as error:
        CALLS[name](s3, locked)
    assert error["Key"] == "key"


@pytest.mark.parametrize("name", CALLS)
def test_a_delete_marker_has_no_lock(s3, locked, name):
    put(s3, locked)
    s3.delete_object(Bucket=locked, Key="key")
    with refused("MethodNotAllowed", 405) as error:
        CALLS[name](s3, locked)
    assert (error["Method"], error["ResourceType"]) == (name.split()[0].upper(), "DeleteMarker")


def test_a_locked_object_is_not_put_into_a_bucket_without_object_lock(s3, bucket):
    with refused("InvalidRequest", 400, "Bucket is missing ObjectLockConfiguration"):
        s3.put_object(Bucket=bucket, Key="key", Body=b"x", ContentMD5=base64_md5(b"x"), **retain("GOVERNANCE", now() + DAY))


@pytest.mark.parametrize("bypass", [True, False])
def test_there_is_nothing_to_bypass_without_object_lock(s3, bucket, bypass):
    with refused("InvalidArgument", 400,
                 "x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.") as error:
        s3.delete_object(Bucket=bucket, Key="key", BypassGovernanceRetention=bypass)
    assert error["ArgumentName"] == "x-amz-bypass-governance-retention"


# --- Defaults, copies, uploads


@pytest.mark.parametrize("period,days", [({"Days": 3}, 3), ({"Years": 1}, 365)])
def test_a_default_retention_is_of_what_has_none(s3, locked, period, days):
    s3.put_object_lock_configuration(Bucket=locked, ObjectLockConfiguration={
        "ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", **period}}})
    before = now()
    version = put(s3, locked)
    head = s3.head_object(Bucket=locked, Key="key")
    assert head["ObjectLockMode"] == "GOVERNANCE"
    late = head["ObjectLockRetainUntilDate"] - before - days * DAY
    assert -2 <= late.total_seconds() <= 60
    with refused("AccessDenied", 403, LOCKED):
        delete(s3, locked, version)
    until = now() + 10 * DAY
    put(s3, locked, **retain("COMPLIANCE", until))
    assert s3.get_object_retention(Bucket=locked, Key="key")["Retention"] == retention("COMPLIANCE", until)


def test_a_lock_does_not_go_along_with_a_copy(s3, locked):
    put(s3, locked, ObjectLockLegalHoldStatus="ON", **retain("GOVERNANCE", now() + DAY))
    s3.copy_object(Bucket=locked, Key="copy", CopySource={"Bucket": locked, "Key": "key"})
    head = s3.head_object(Bucket=locked, Key="copy")
    assert not {"ObjectLockMode", "ObjectLockRetainUntilDate", "ObjectLockLegalHoldStatus"} & set(head)


def test_a_copy_and_an_upload_in_parts_can_be_locked(s3, locked):
    until = now() + DAY
    put(s3, locked)
    s3.copy_object(Bucket=locked, Key="copy", CopySource={"Bucket": locked, "Key": "key"}, **retain("GOVERNANCE", until))
    made = s3.create_multipart_upload(Bucket=locked, Key="parts", ObjectLockLegalHoldStatus="ON",
                                      **retain("GOVERNANCE", until))
    upload = {"Bucket": locked, "Key": "parts", "UploadId": made["UploadId"]}
    part = s3.upload_part(**upload, PartNumber=1, Body=b"x", ContentMD5=base64_md5(b"x"))
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})
    for key in ("copy", "parts"):
        assert s3.get_object_retention(Bucket=locked, Key=key)["Retention"] == retention("GOVERNANCE", until)
    assert s3.get_object_legal_hold(Bucket=locked, Key="parts")["LegalHold"] == {"Status": "ON"}


# --- Time


def test_a_retention_runs_out(start):
    program = start("--settable-clock")
    program.set_clock("2030-01-01T00:00:00Z")
    s3 = program.client("s3")
    bucket = make(s3)
    s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration={
        "ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 10}}})
    version = put(s3, bucket)
    program.set_clock("2030-01-10T23:00:00Z")
    with refused("AccessDenied", 403, LOCKED):
        delete(s3, bucket, version)
    program.set_clock("2030-01-11T01:00:00Z")
    assert status_of(delete(s3, bucket, version)) == 204


# --- What a policy can say of locks


def deny(s3, bucket, condition):
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Deny", "Principal": "*", "Resource": f"arn:aws:s3:::{bucket}/*", "Condition": condition,
        "Action": ["s3:PutObject", "s3:PutObjectRetention", "s3:PutObjectLegalHold"]}]}))


def test_a_policy_speaks_of_the_lock_in_a_document_as_of_one_in_headers(menagerie, s3, locked):
    put(s3, locked)
    deny(s3, locked, {"StringEquals": {"s3:object-lock-mode": "COMPLIANCE"}})
    with refused("AccessDenied", 403):
        put(s3, locked, **retain("COMPLIANCE", now() + DAY))
    with refused("AccessDenied", 403):
        s3.put_object_retention(Bucket=locked, Key="key", Retention=retention("COMPLIANCE", now() + DAY))
    until = (now() + DAY).strftime("%Y-%m-%dT%H:%M:%SZ")
    body = f"<Retention><Mode>COMPLIANCE</Mode><RetainUntilDate>{until}</RetainUntilDate></Retention>".encode()
    disguise = {"Content-MD5": base64_md5(body), "x-amz-object-lock-mode": "GOVERNANCE"}
    expect(raw(menagerie, "PUT", f"/{locked}/key?retention", body, disguise), 403, "AccessDenied")
    s3.put_object_retention(Bucket=locked, Key="key", Retention=retention("GOVERNANCE", now() + DAY))
    deny(s3, locked, {"StringEquals": {"s3:object-lock-legal-hold": "ON"}})
    with refused("AccessDenied", 403):
        s3.put_object_legal_hold(Bucket=locked, Key="key", LegalHold={"Status": "ON"})
    s3.put_object_legal_hold(Bucket=locked, Key="key", LegalHold={"Status": "OFF"})


def test_a_policy_can_limit_how_long_a_lock_lasts(s3, locked):
    deny(s3, locked, {"NumericGreaterThan": {"s3:object-lock-remaining-retention-days": "10"}})
    with refused("AccessDenied", 403):
        put(s3, locked, **retain("GOVERNANCE", now() + 11 * DAY))
    put(s3, locked, **retain("GOVERNANCE", now() + 10 * DAY))
    with refused("AccessDenied", 403):
        s3.put_object_retention(Bucket=locked, Key="key", Retention=retention("GOVERNANCE", now() + 11 * DAY))
    s3.put_object_retention(Bucket=locked, Key="key", Retention=retention("GOVERNANCE", now() + 10 * DAY))
