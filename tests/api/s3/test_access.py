"""Who may do what: bucket policies, access control lists, Block Public Access."""
import json

import pytest

from . import NO_KEY, OTHER, base64_md5, body_of, expect, keys_of, new_name, problem, put_all, raw, refused, status_of

THIRD = "444455556666"
ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers"
ALL_ACCOUNTS = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
NO_ACLS = "The bucket does not allow ACLs"


@pytest.fixture
def third(menagerie):
    return menagerie.client("s3", key=THIRD)


def set_policy(s3, bucket, *statements):
    """Each: what differs from allowing everyone to get every object."""
    common = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    merged = [{name: value for name, value in {**common, **s}.items() if value is not None} for s in statements]
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": merged}))


def get(program, bucket, key="key", **headers):
    """Unsigned."""
    return program.request("GET", f"/{bucket}/{key}", headers={k.replace("_", "-"): v for k, v in headers.items()})


def denied():
    return refused("AccessDenied", 403)


# --- Without a policy


def test_a_bucket_is_its_owners_alone(menagerie, s3, other, bucket):
    put_all(s3, bucket, "key")
    expect(get(menagerie, bucket), 403, "AccessDenied", "Access Denied")
    for call in (lambda: other.get_object(Bucket=bucket, Key="key"), lambda: other.list_objects_v2(Bucket=bucket),
                 lambda: other.put_object(Bucket=bucket, Key="key"), lambda: other.delete_object(Bucket=bucket, Key="key"),
                 lambda: other.get_bucket_acl(Bucket=bucket), lambda: other.get_bucket_location(Bucket=bucket)):
        with denied():
            call()


def test_a_denied_head_has_no_body(menagerie, s3, bucket):
    put_all(s3, bucket, "key")
    for key in (None, OTHER):
        answer = raw(menagerie, "HEAD", f"/{bucket}/key", key=key) if key else menagerie.request("HEAD", f"/{bucket}/key")
        assert (answer[0], answer[2]) == (403, b"")


def test_a_key_that_is_not_there_is_denied_to_who_may_not_list(menagerie, s3, other, bucket):
    set_policy(s3, bucket, {})
    expect(get(menagerie, bucket, "none"), 403, "AccessDenied")
    assert menagerie.request("HEAD", f"/{bucket}/none")[0] == 403
    set_policy(s3, bucket, {}, {"Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{bucket}"})
    expect(get(menagerie, bucket, "none"), 404, "NoSuchKey", NO_KEY)
    assert menagerie.request("HEAD", f"/{bucket}/none")[0] == 404
    with refused("NoSuchKey", 404):
        other.get_object(Bucket=bucket, Key="none")


# --- Policies


def test_a_policy_opens_objects_to_everyone(menagerie, s3, other, bucket):
    put_all(s3, bucket, "key", body=b"data")
    set_policy(s3, bucket, {})
    assert get(menagerie, bucket)[2] == b"data"
    assert body_of(other.get_object(Bucket=bucket, Key="key")) == b"data"
    expect(menagerie.request("GET", f"/{bucket}"), 403, "AccessDenied")
    expect(menagerie.request("PUT", f"/{bucket}/key", b"x"), 403, "AccessDenied")
    s3.delete_bucket_policy(Bucket=bucket)
    expect(get(menagerie, bucket), 403, "AccessDenied")


@pytest.mark.parametrize("principal", [
    {"AWS": OTHER}, {"AWS": f"arn:aws:iam::{OTHER}:root"}, {"AWS": [THIRD, OTHER]}, {"AWS": [f"arn:aws:iam::{OTHER}:root"]}])
def test_a_policy_opens_objects_to_an_account(menagerie, s3, other, bucket, principal):
    put_all(s3, bucket, "key", body=b"data")
    set_policy(s3, bucket, {"Principal": principal})
    assert body_of(other.get_object(Bucket=bucket, Key="key")) == b"data"
    expect(get(menagerie, bucket), 403, "AccessDenied")


def test_a_policy_opens_only_what_it_names(s3, other, third, bucket):
    put_all(s3, bucket, "in/a", "out/b", body=b"data")
    set_policy(s3, bucket, {"Principal": {"AWS": OTHER}, "Resource": f"arn:aws:s3:::{bucket}/in/*"})
    assert body_of(other.get_object(Bucket=bucket, Key="in/a")) == b"data"
    with denied():
        other.get_object(Bucket=bucket, Key="out/b")
    with denied():
        third.get_object(Bucket=bucket, Key="in/a")


def test_an_account_may_write_and_list_and_delete_when_allowed(s3, other, bucket):
    set_policy(s3, bucket, {"Principal": {"AWS": OTHER}, "Action": ["s3:PutObject", "s3:DeleteObject"]},
               {"Principal": {"AWS": OTHER}, "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{bucket}"})
    other.put_object(Bucket=bucket, Key="key", Body=b"theirs")
    assert keys_of(other.list_objects_v2(Bucket=bucket)) == ["key"]
    with denied():
        other.get_object(Bucket=bucket, Key="key")
    assert body_of(s3.get_object(Bucket=bucket, Key="key")) == b"theirs"
    assert status_of(other.delete_object(Bucket=bucket, Key="key")) == 204


def test_many_are_deleted_as_far_as_allowed(s3, other, bucket):
    put_all(s3, bucket, "in/a", "out/b")
    set_policy(s3, bucket, {"Principal": {"AWS": OTHER}, "Action": "s3:DeleteObject",
                            "Resource": f"arn:aws:s3:::{bucket}/in/*"})
    reply = other.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "in/a"}, {"Key": "out/b"}]})
    assert keys_of(reply, "Deleted") == ["in/a"]
    assert [(e["Key"], e["Code"]) for e in reply["Errors"]] == [("out/b", "AccessDenied")]


def test_a_deny_counts_more_than_any_allow_even_for_the_owner(menagerie, s3, bucket):
    put_all(s3, bucket, "key", "secret", body=b"data")
    set_policy(s3, bucket, {}, {"Effect": "Deny", "Resource": f"arn:aws:s3:::{bucket}/secret"})
    assert get(menagerie, bucket)[2] == b"data"
    expect(get(menagerie, bucket, "secret"), 403, "AccessDenied")
    with denied():
        s3.get_object(Bucket=bucket, Key="secret")


def test_an_owner_who_locked_everybody_out_can_still_change_the_policy(s3, bucket):
    set_policy(s3, bucket, {"Effect": "Deny", "Action": "s3:*",
                            "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]})
    with denied():
        s3.list_objects_v2(Bucket=bucket)
    assert s3.get_bucket_policy(Bucket=bucket)["Policy"]
    s3.delete_bucket_policy(Bucket=bucket)
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_a_deny_with_not_principal_spares_whom_it_names(menagerie, s3, other, third, bucket):
    put_all(s3, bucket, "key", body=b"data")
    set_policy(s3, bucket, {}, {"Effect": "Deny", "Principal": None, "NotPrincipal": {"AWS": [
        f"arn:aws:iam::{OTHER}:root", "arn:aws:iam::000000000000:root"]}})
    assert body_of(other.get_object(Bucket=bucket, Key="key")) == b"data"
    assert body_of(s3.get_object(Bucket=bucket, Key="key")) == b"data"
    with denied():
        third.get_object(Bucket=bucket, Key="key")
    expect(get(menagerie, bucket), 403, "AccessDenied")


def test_not_action_and_not_resource_are_all_the_others(s3, other, bucket):
    put_all(s3, bucket, "a", "b", body=b"data")
    set_policy(s3, bucket, {"Principal": {"AWS": OTHER}, "Action": None, "NotAction": "s3:DeleteObject",
                            "Resource": None, "NotResource": f"arn:aws:s3:::{bucket}/b"})
    assert body_of(other.get_object(Bucket=bucket, Key="a")) == b"data"
    for call in (lambda: other.get_object(Bucket=bucket, Key="b"), lambda: other.delete_object(Bucket=bucket, Key="a")):
        with denied():
            call()


CONDITIONS = [
    ({"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}, {}, True),
    ({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}, {}, False),
    ({"NotIpAddress": {"aws:SourceIp": ["192.0.2.0/24", "198.51.100.0/24"]}}, {}, True),
    ({"StringLike": {"aws:Referer": "https://example.com/*"}}, {"Referer": "https://example.com/page"}, True),
    ({"StringLike": {"aws:Referer": "https://example.com/*"}}, {"Referer": "https://evil.example/"}, False),
    ({"StringLike": {"aws:Referer": "https://example.com/*"}}, {}, False),
    ({"StringEquals": {"aws:UserAgent": "browser"}}, {"User_Agent": "browser"}, True),
    ({"Bool": {"aws:SecureTransport": "true"}}, {}, False),
    ({"Bool": {"aws:SecureTransport": "false"}}, {}, True),
    ({"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, {}, True),
    ({"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, {}, False),
    ({"StringEquals": {"s3:ExistingObjectTag/open": "yes"}}, {}, True),
    ({"StringEquals": {"s3:ExistingObjectTag/open": "no"}}, {}, False),
]


@pytest.mark.parametrize("condition,headers,allowed", CONDITIONS)
def test_a_condition_narrows_what_is_allowed(menagerie, s3, bucket, condition, headers, allowed):
    s3.put_object(Bucket=bucket, Key="key", Body=b"data", Tagging="open=yes")
    set_policy(s3, bucket, {"Condition": condition})
    status, _, body = get(menagerie, bucket, **headers)
    assert (status, body == b"data") == ((200, True) if allowed else (403, False))


def test_a_list_can_be_allowed_of_a_prefix(s3, other, bucket):
    put_all(s3, bucket, "home/a", "home/b", "else/c")
    set_policy(s3, bucket, {"Principal": {"AWS": OTHER}, "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{bucket}",
                            "Condition": {"StringLike": {"s3:prefix": "home/*"}, "StringEquals": {"s3:delimiter": "/"}}})
    assert keys_of(other.list_objects_v2(Bucket=bucket, Prefix="home/", Delimiter="/")) == ["home/a", "home/b"]
    for arguments in ({}, {"Prefix": "home/"}, {"Prefix": "else/", "Delimiter": "/"}):
        with denied():
            other.list_objects_v2(Bucket=bucket, **arguments)


def test_a_number_of_keys_can_be_a_condition(s3, other, bucket):
    set_policy(s3, bucket, {"Principal": {"AWS": OTHER}, "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{bucket}",
                            "Condition": {"NumericLessThanEquals": {"s3:max-keys": "10"}}})
    assert other.list_objects_v2(Bucket=bucket, MaxKeys=10)["KeyCount"] == 0
    with denied():
        other.list_objects_v2(Bucket=bucket, MaxKeys=11)


def test_a_policy_can_demand_encryption(s3, bucket):
    set_policy(s3, bucket, {"Effect": "Deny", "Action": "s3:PutObject",
                            "Condition": {"StringNotEquals": {"s3:x-amz-server-side-encryption": "AES256"}}})
    with denied():
        s3.put_object(Bucket=bucket, Key="key")
    s3.put_object(Bucket=bucket, Key="key", ServerSideEncryption="AES256")


def test_a_policy_can_demand_tags(s3, other, bucket):
    set_policy(s3, bucket, {"Principal": {"AWS": OTHER}, "Action": ["s3:PutObject", "s3:PutObjectTagging"],
                            "Condition": {"StringEquals": {"s3:RequestObjectTag/team": "zoo"}}})
    other.put_object(Bucket=bucket, Key="key", Tagging="team=zoo")
    for tags in ({}, {"Tagging": "team=circus"}):
        with denied():
            other.put_object(Bucket=bucket, Key="key", **tags)


def test_a_version_wants_a_permission_of_its_own(s3, other, versioned):
    version = s3.put_object(Bucket=versioned, Key="key", Body=b"1")["VersionId"]
    set_policy(s3, versioned, {"Principal": {"AWS": OTHER}})
    assert body_of(other.get_object(Bucket=versioned, Key="key")) == b"1"
    with denied():
        other.get_object(Bucket=versioned, Key="key", VersionId=version)
    set_policy(s3, versioned, {"Principal": {"AWS": OTHER}, "Action": "s3:GetObjectVersion"})
    assert body_of(other.get_object(Bucket=versioned, Key="key", VersionId=version)) == b"1"


def test_only_the_owners_account_changes_the_policy(s3, other, bucket):
    set_policy(s3, bucket, {"Principal": {"AWS": OTHER}, "Action": "s3:*",
                            "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]})
    assert other.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    with refused("MethodNotAllowed", 405):
        other.delete_bucket_policy(Bucket=bucket)


# --- Block Public Access


def block(s3, bucket, name):
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={name: True})


def test_block_public_policy_refuses_one(s3, bucket):
    block(s3, bucket, "BlockPublicPolicy")
    with refused("AccessDenied", 403):
        set_policy(s3, bucket, {})
    set_policy(s3, bucket, {"Principal": {"AWS": OTHER}})


def test_restrict_public_buckets_leaves_a_public_policy_without_effect(menagerie, s3, other, bucket):
    put_all(s3, bucket, "key", body=b"data")
    set_policy(s3, bucket, {})
    block(s3, bucket, "RestrictPublicBuckets")
    expect(get(menagerie, bucket), 403, "AccessDenied")
    with denied():
        other.get_object(Bucket=bucket, Key="key")
    assert body_of(s3.get_object(Bucket=bucket, Key="key")) == b"data"


def test_block_public_acls_refuses_one(s3, open_bucket):
    block(s3, open_bucket, "BlockPublicAcls")
    for call in (lambda: s3.put_bucket_acl(Bucket=open_bucket, ACL="public-read"),
                 lambda: s3.put_object(Bucket=open_bucket, Key="key", ACL="public-read"),
                 lambda: s3.put_object(Bucket=open_bucket, Key="key", GrantRead=f'uri="{ALL_ACCOUNTS}"')):
        with denied():
            call()
    s3.put_object(Bucket=open_bucket, Key="key", ACL="private")


def test_ignore_public_acls_leaves_a_public_one_without_effect(menagerie, s3, open_bucket):
    s3.put_object(Bucket=open_bucket, Key="key", Body=b"data", ACL="public-read")
    assert get(menagerie, open_bucket)[2] == b"data"
    block(s3, open_bucket, "IgnorePublicAcls")
    expect(get(menagerie, open_bucket), 403, "AccessDenied")
    assert len(s3.get_object_acl(Bucket=open_bucket, Key="key")["Grants"]) == 2


# --- Access control lists


def grants(reply):
    return sorted((g["Grantee"].get("URI") or g["Grantee"]["ID"], g["Permission"]) for g in reply["Grants"])


def owner(client):
    return client.list_buckets()["Owner"]["ID"]


def test_a_bucket_that_takes_no_acls_says_so(s3, bucket):
    put_all(s3, bucket, "key")
    for call in (lambda: s3.put_bucket_acl(Bucket=bucket, ACL="public-read"),
                 lambda: s3.put_object_acl(Bucket=bucket, Key="key", ACL="public-read"),
                 lambda: s3.put_object(Bucket=bucket, Key="key", ACL="public-read"),
                 lambda: s3.put_object(Bucket=bucket, Key="key", GrantRead=f'uri="{ALL_USERS}"'),
                 lambda: s3.create_multipart_upload(Bucket=bucket, Key="key", ACL="public-read")):
        with refused("AccessControlListNotSupported", 400, NO_ACLS):
            call()
    s3.put_object(Bucket=bucket, Key="key", ACL="bucket-owner-full-control")


def test_a_list_shows_the_owner_by_default(s3, bucket):
    put_all(s3, bucket, "key")
    for reply in (s3.get_bucket_acl(Bucket=bucket), s3.get_object_acl(Bucket=bucket, Key="key")):
        assert reply["Owner"]["ID"] == owner(s3)
        assert grants(reply) == [(owner(s3), "FULL_CONTROL")]
        assert reply["Grants"][0]["Grantee"]["Type"] == "CanonicalUser"


@pytest.mark.parametrize("acl,granted", [
    ("private", []), ("public-read", [(ALL_USERS, "READ")]), ("authenticated-read", [(ALL_ACCOUNTS, "READ")]),
    ("public-read-write", [(ALL_USERS, "READ"), (ALL_USERS, "WRITE")]),
])
def test_a_canned_list_is_a_list_of_grants(s3, open_bucket, acl, granted):
    expected = sorted([(owner(s3), "FULL_CONTROL")] + granted)
    s3.put_bucket_acl(Bucket=open_bucket, ACL=acl)
    assert grants(s3.get_bucket_acl(Bucket=open_bucket)) == expected
    s3.put_object(Bucket=open_bucket, Key="key", ACL=acl)
    assert grants(s3.get_object_acl(Bucket=open_bucket, Key="key")) == expected


def test_an_object_is_opened_by_its_own_list(menagerie, s3, other, open_bucket):
    for acl in ("private", "authenticated-read", "public-read"):
        s3.put_object(Bucket=open_bucket, Key=acl, Body=b"data", ACL=acl)
    assert [get(menagerie, open_bucket, acl)[0] for acl in ("private", "authenticated-read", "public-read")] == \
        [403, 403, 200]
    assert body_of(other.get_object(Bucket=open_bucket, Key="authenticated-read")) == b"data"
    with denied():
        other.get_object(Bucket=open_bucket, Key="private")


def test_a_bucket_is_opened_by_its_list(menagerie, s3, other, open_bucket):
    put_all(s3, open_bucket, "key")
    s3.put_bucket_acl(Bucket=open_bucket, ACL="public-read")
    assert b"<Key>key</Key>" in menagerie.request("GET", f"/{open_bucket}")[2]
    expect(get(menagerie, open_bucket), 403, "AccessDenied")
    expect(menagerie.request("PUT", f"/{open_bucket}/new", b"x"), 403, "AccessDenied")
    s3.put_bucket_acl(Bucket=open_bucket, ACL="public-read-write")
    assert menagerie.request("PUT", f"/{open_bucket}/new", b"x")[0] == 200
    assert status_of(other.delete_object(Bucket=open_bucket, Key="key")) == 204


def test_grants_are_given_by_headers_to_accounts(s3, other, third, open_bucket):
    them = owner(other)
    s3.put_object(Bucket=open_bucket, Key="key", Body=b"data", GrantRead=f'id="{them}"', GrantReadACP=f"id={them}")
    assert grants(s3.get_object_acl(Bucket=open_bucket, Key="key")) == [(them, "READ"), (them, "READ_ACP")]
    assert body_of(other.get_object(Bucket=open_bucket, Key="key")) == b"data"
    assert grants(other.get_object_acl(Bucket=open_bucket, Key="key")) == [(them, "READ"), (them, "READ_ACP")]
    with denied():
        other.put_object_acl(Bucket=open_bucket, Key="key", ACL="private")
    with denied():
        third.get_object(Bucket=open_bucket, Key="key")


def test_grants_are_given_by_a_document(s3, other, open_bucket):
    put_all(s3, open_bucket, "key", body=b"data")
    me, them = owner(s3), owner(other)
    document = {"Owner": {"ID": me}, "Grants": [
        {"Grantee": {"Type": "CanonicalUser", "ID": me}, "Permission": "FULL_CONTROL"},
        {"Grantee": {"Type": "CanonicalUser", "ID": them}, "Permission": "WRITE_ACP"},
        {"Grantee": {"Type": "Group", "URI": ALL_ACCOUNTS}, "Permission": "READ_ACP"}]}
    s3.put_object_acl(Bucket=open_bucket, Key="key", AccessControlPolicy=document)
    assert grants(other.get_object_acl(Bucket=open_bucket, Key="key")) == sorted(
        [(me, "FULL_CONTROL"), (them, "WRITE_ACP"), (ALL_ACCOUNTS, "READ_ACP")])
    other.put_object_acl(Bucket=open_bucket, Key="key", GrantRead=f"id={them}")
    assert body_of(other.get_object(Bucket=open_bucket, Key="key")) == b"data"


def wrong_document(me, grantee, permission="READ"):
    return {"AccessControlPolicy": {"Owner": {"ID": me}, "Grants": [{"Grantee": grantee, "Permission": permission}]}}


@pytest.mark.parametrize("make,code,message", [
    (lambda me: {"ACL": "fake-acl"}, "InvalidArgument", None),
    (lambda me: {"GrantWrite": "uri=http://acs.amazonaws.com/groups/s3/FakeGroup"}, "InvalidArgument", "Invalid group uri"),
    (lambda me: {"GrantWrite": 'fakekey="1234"'}, "InvalidArgument", "Argument format not recognized"),
    (lambda me: {"GrantWrite": 'id="wrong-id"'}, "InvalidArgument", "Invalid id"),
    (lambda me: {"ACL": "private", "GrantRead": f"id={me}"}, "InvalidRequest",
     "Specifying both Canned ACLs and Header Grants is not allowed"),
    (lambda me: wrong_document(me, {"Type": "CanonicalUser", "ID": "wrong-id"}), "InvalidArgument", "Invalid id"),
    (lambda me: wrong_document(me, {"Type": "Group", "URI": "http://fake"}), "InvalidArgument", "Invalid group uri"),
    (lambda me: wrong_document("wrong-id", {"Type": "CanonicalUser", "ID": me}), "InvalidArgument", "Invalid id"),
    (lambda me: wrong_document(me, {"Type": "CanonicalUser", "ID": me}, "EVERYTHING"), "MalformedACLError", None),
    (lambda me: {"AccessControlPolicy": {}}, "MalformedACLError", None),
    (lambda me: {}, "MissingSecurityHeader", "Your request was missing a required header"),
    (lambda me: {"ACL": "private", **wrong_document(me, {"Type": "CanonicalUser", "ID": me})}, "UnexpectedContent",
     "This request does not support content"),
])
def test_a_list_that_is_wrong_is_refused(s3, open_bucket, make, code, message):
    with refused(code, 400, message):
        s3.put_bucket_acl(Bucket=open_bucket, **make(owner(s3)))


def write_as_other(s3, other, ownership, **acl):
    bucket = new_name()
    s3.create_bucket(Bucket=bucket, ObjectOwnership=ownership)
    set_policy(s3, bucket, {"Principal": {"AWS": OTHER}, "Action": ["s3:PutObject", "s3:PutObjectAcl"]})
    other.put_object(Bucket=bucket, Key="key", Body=b"theirs", **acl)
    return bucket


@pytest.mark.parametrize("ownership,acl,owned_by_bucket_owner", [
    ("BucketOwnerEnforced", {}, True), ("BucketOwnerPreferred", {}, False),
    ("BucketOwnerPreferred", {"ACL": "bucket-owner-full-control"}, True), ("ObjectWriter", {}, False),
    ("ObjectWriter", {"ACL": "bucket-owner-full-control"}, False),
])
def test_ownership_decides_whose_an_object_is(s3, other, ownership, acl, owned_by_bucket_owner):
    bucket = write_as_other(s3, other, ownership, **acl)
    listed = s3.list_objects_v2(Bucket=bucket, FetchOwner=True)["Contents"][0]
    assert listed["Owner"]["ID"] == owner(s3 if owned_by_bucket_owner else other)
    if owned_by_bucket_owner or acl:
        assert body_of(s3.get_object(Bucket=bucket, Key="key")) == b"theirs"
    else:
        with denied():
            s3.get_object(Bucket=bucket, Key="key")


def test_enforcing_ownership_wants_a_bucket_without_grants(s3, open_bucket):
    s3.put_bucket_acl(Bucket=open_bucket, ACL="public-read")
    with refused("InvalidBucketAclWithObjectOwnership", 400,
                 "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting"):
        s3.put_bucket_ownership_controls(Bucket=open_bucket,
                                         OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]})


def test_a_new_bucket_cannot_have_both_a_list_and_enforced_ownership(s3):
    with refused("InvalidBucketAclWithObjectOwnership", 400,
                 "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting"):
        s3.create_bucket(Bucket=new_name(), ACL="public-read")


# --- Whose the bucket is expected to be


def test_a_bucket_of_the_expected_owner_is_answered(s3, bucket):
    put_all(s3, bucket, "key", body=b"data")
    mine = {"ExpectedBucketOwner": "000000000000"}
    assert body_of(s3.get_object(Bucket=bucket, Key="key", **mine)) == b"data"
    assert status_of(s3.head_bucket(Bucket=bucket, **mine)) == 200


def test_a_bucket_of_another_owner_is_denied(s3, bucket):
    put_all(s3, bucket, "key")
    theirs = {"ExpectedBucketOwner": OTHER}
    for call in (lambda: s3.get_object(Bucket=bucket, Key="key", **theirs),
                 lambda: s3.put_object(Bucket=bucket, Key="key", **theirs),
                 lambda: s3.list_objects_v2(Bucket=bucket, **theirs),
                 lambda: s3.delete_bucket(Bucket=bucket, **theirs),
                 lambda: s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/key", ExpectedSourceBucketOwner=OTHER)):
        with refused("AccessDenied", 403, "Access Denied"):
            call()


def test_an_owner_is_twelve_digits(menagerie, bucket):
    answer = raw(menagerie, "GET", f"/{bucket}", headers={"x-amz-expected-bucket-owner": "me"})
    expect(answer, 400, "InvalidBucketOwnerAWSAccountID")


# --- Strangers


def test_what_only_owners_do_is_denied_to_strangers(menagerie, s3, bucket):
    put_all(s3, bucket, "key")
    set_policy(s3, bucket, {})
    body = b"<Delete><Object><Key>key</Key></Object></Delete>"
    answer = menagerie.request("POST", f"/{bucket}?delete", body, {"Content-MD5": base64_md5(body)})
    assert b"AccessDenied" in answer[2]
    assert keys_of(s3.list_objects_v2(Bucket=bucket)) == ["key"]
    for method, target in (("DELETE", ""), ("PUT", "?policy"), ("GET", "?acl"), ("DELETE", "/key"), ("GET", "?versioning")):
        answer = menagerie.request(method, f"/{bucket}{target}", b"{}" if method == "PUT" else b"")
        assert (answer[0], problem(answer[2])["Code"]) == (403, "AccessDenied")


def test_overrides_of_headers_want_a_signature(menagerie, s3, bucket):
    put_all(s3, bucket, "key")
    set_policy(s3, bucket, {})
    expect(menagerie.get(f"/{bucket}/key?response-content-type=text/html"), 400, "InvalidRequest",
           "Request specific response headers cannot be used for anonymous GET requests.")
