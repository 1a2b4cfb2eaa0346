"""Buckets: their names, where they are, whose they are, and the list of them."""
import datetime
import random
import urllib.parse

import pytest

from . import NO_BUCKET, OTHER, client_in, expect, headers_of, new_name, parse, put_all, raw, refused, status_of

LOCATION = ('<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
            "<LocationConstraint>%s</LocationConstraint></CreateBucketConfiguration>")


@pytest.fixture
def account():
    """The key of an account that has no buckets yet."""
    return f"{random.randrange(10 ** 11, 10 ** 12)}"


@pytest.mark.parametrize("name", [
    "abc", "a.b", "a-b", "123", "0ab", "ab0", "a--b", "a.b-c.d", "1.2.3", "1.2.3.4.5", "192.168.5.x", "test.example.com",
    "b" * 63,
])
def test_a_name_that_follows_the_rules_is_taken(menagerie, name):
    assert raw(menagerie, "PUT", f"/{name}")[0] == 200
    assert raw(menagerie, "DELETE", f"/{name}")[0] == 204


@pytest.mark.parametrize("name", [
    "ab", "a" * 64, "Abc", "abC", "a_b", "abc-", "-abc", ".abc", "abc.", "a..b", "a.-b", "a-.b", "192.168.5.4", "0.0.0.0",
    "xn--abc", "sthree-abc", "amzn-s3-demo-abc", "abc-s3alias", "abc--ol-s3", "abc.mrap", "abc--x-s3", "abc--table-s3",
    "a%20b", "a%2Bb", "a~b", "%C3%A9t%C3%A9", "a!b",
])
def test_a_name_that_breaks_a_rule_is_invalid(menagerie, name):
    error = expect(raw(menagerie, "PUT", f"/{name}"), 400, "InvalidBucketName", "The specified bucket is not valid.")
    assert error["BucketName"]


def test_creating_a_bucket_answers_with_its_path(menagerie):
    name = new_name()
    status, headers, body = raw(menagerie, "PUT", f"/{name}")
    assert (status, headers["location"], body) == (200, f"/{name}", b"")


def test_a_bucket_elsewhere_is_created_from_us_east_1_with_a_constraint(menagerie, s3):
    name = new_name()
    made = s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    assert made["Location"].startswith(f"http://{name}.")
    assert s3.get_bucket_location(Bucket=name)["LocationConstraint"] == "eu-west-1"
    assert headers_of(s3.head_bucket(Bucket=name))["x-amz-bucket-region"] == "eu-west-1"


def test_a_region_creates_buckets_in_itself(menagerie):
    name, client = new_name(), client_in(menagerie, "eu-central-1")
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    assert client.get_bucket_location(Bucket=name)["LocationConstraint"] == "eu-central-1"


def test_eu_is_the_old_name_of_ireland(menagerie, s3):
    name = new_name()
    assert raw(menagerie, "PUT", f"/{name}", (LOCATION % "EU").encode())[0] == 200
    assert s3.get_bucket_location(Bucket=name)["LocationConstraint"] == "EU"
    assert headers_of(s3.head_bucket(Bucket=name))["x-amz-bucket-region"] == "eu-west-1"


@pytest.mark.parametrize("location", ["us-east-1", "moon-north-1", "EU-WEST-1"])
def test_a_constraint_that_is_no_region_is_invalid(menagerie, location):
    answer = raw(menagerie, "PUT", f"/{new_name()}", (LOCATION % location).encode())
    error = expect(answer, 400, "InvalidLocationConstraint", "The specified location-constraint is not valid")
    assert error["LocationConstraint"] == location


def test_another_region_wants_a_constraint(menagerie):
    with refused("IllegalLocationConstraintException", 400,
                 "The unspecified location constraint is incompatible for the region specific endpoint this request "
                 "was sent to."):
        client_in(menagerie, "eu-west-1").create_bucket(Bucket=new_name())


def test_another_region_creates_buckets_in_itself_only(menagerie):
    with refused("IllegalLocationConstraintException", 400,
                 "The us-west-2 location constraint is incompatible for the region specific endpoint this request was "
                 "sent to."):
        client_in(menagerie, "eu-west-1").create_bucket(
            Bucket=new_name(), CreateBucketConfiguration={"LocationConstraint": "us-west-2"})


@pytest.mark.parametrize("body", [
    b"<CreateBucketConfiguration><LocationConstraint>eu-west-1", b"not xml", b"<Other/>",
])
def test_a_configuration_that_is_none_is_malformed(menagerie, body):
    expect(raw(menagerie, "PUT", f"/{new_name()}", body), 400, "MalformedXML")


def test_a_bucket_is_made_with_tags(menagerie, s3):
    name = new_name()
    body = b"<CreateBucketConfiguration><Tags><Tag><Key>a</Key><Value>b</Value></Tag></Tags></CreateBucketConfiguration>"
    assert raw(menagerie, "PUT", f"/{name}", body)[0] == 200
    assert s3.get_bucket_tagging(Bucket=name)["TagSet"] == [{"Key": "a", "Value": "b"}]


def test_a_bucket_is_not_made_with_tags_that_break_a_rule(menagerie):
    body = b"<CreateBucketConfiguration><Tags><Tag><Key>aws:a</Key><Value>b</Value></Tag></Tags></CreateBucketConfiguration>"
    expect(raw(menagerie, "PUT", f"/{new_name()}", body), 400, "InvalidTag")


def test_a_bucket_is_made_with_object_lock(s3):
    name = new_name()
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    assert s3.get_object_lock_configuration(Bucket=name)["ObjectLockConfiguration"] == {"ObjectLockEnabled": "Enabled"}


def test_an_open_upload_does_not_keep_a_bucket(s3, bucket):
    made = s3.create_multipart_upload(Bucket=bucket, Key="key")
    s3.upload_part(Bucket=bucket, Key="key", UploadId=made["UploadId"], PartNumber=1, Body=b"part")
    assert status_of(s3.delete_bucket(Bucket=bucket)) == 204
    s3.create_bucket(Bucket=bucket)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)


def test_what_is_written_unsigned_belongs_to_nobody(menagerie, s3):
    name = new_name()
    s3.create_bucket(Bucket=name, ObjectOwnership="ObjectWriter", ACL="public-read-write")
    assert menagerie.request("PUT", f"/{name}/key", b"x")[0] == 200
    listed = s3.list_objects_v2(Bucket=name, FetchOwner=True)["Contents"][0]
    assert listed["Owner"]["ID"] == "65a011a29cdf8ec533ec3d1ccaae921c"
    with refused("AccessDenied", 403):
        s3.get_object(Bucket=name, Key="key")
    assert status_of(s3.delete_object(Bucket=name, Key="key")) == 204


def test_creating_it_again_succeeds_for_its_owner_in_us_east_1(s3, bucket):
    put_all(s3, bucket, "kept")
    assert status_of(s3.create_bucket(Bucket=bucket)) == 200
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 1


def test_creating_it_again_is_refused_to_its_owner_elsewhere(menagerie):
    name, client = new_name(), client_in(menagerie, "eu-west-1")
    there = {"LocationConstraint": "eu-west-1"}
    client.create_bucket(Bucket=name, CreateBucketConfiguration=there)
    with refused("BucketAlreadyOwnedByYou", 409, "Your previous request to create the named bucket succeeded and you "
                                                 "already own it.") as error:
        client.create_bucket(Bucket=name, CreateBucketConfiguration=there)
    assert error["BucketName"] == name


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_a_name_that_another_account_has_is_taken(menagerie, bucket, region):
    client = client_in(menagerie, region, OTHER)
    there = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    with refused("BucketAlreadyExists", 409, "The requested bucket name is not available. The bucket namespace is shared "
                                             "by all users of the system. Please select a different name and try again."):
        client.create_bucket(Bucket=bucket, **there)


def test_nobody_creates_a_bucket_without_a_signature(menagerie):
    expect(menagerie.request("PUT", f"/{new_name()}", b""), 403, "AccessDenied")


def test_a_deleted_name_is_free_for_others(s3, other, bucket):
    s3.delete_bucket(Bucket=bucket)
    assert status_of(other.create_bucket(Bucket=bucket)) == 200


def test_head_tells_the_region_and_has_no_body(menagerie, bucket):
    status, headers, body = raw(menagerie, "HEAD", f"/{bucket}")
    assert (status, body) == (200, b"")
    assert headers["x-amz-bucket-region"] == "us-east-1"
    assert headers["content-type"] == "application/xml"
    assert headers["x-amz-access-point-alias"] == "false"


def test_head_of_a_bucket_that_is_not_there_has_no_body(menagerie):
    status, headers, body = raw(menagerie, "HEAD", f"/{new_name()}")
    assert (status, body) == (404, b"")
    assert headers["x-amz-request-id"] and headers["x-amz-id-2"]


def test_head_of_anothers_bucket_is_forbidden_and_tells_the_region(menagerie, bucket):
    status, headers, body = raw(menagerie, "HEAD", f"/{bucket}", key=OTHER)
    assert (status, body) == (403, b"")
    assert headers["x-amz-bucket-region"] == "us-east-1"


def test_a_bucket_in_us_east_1_has_an_empty_location(menagerie, bucket):
    status, headers, body = raw(menagerie, "GET", f"/{bucket}?location")
    assert status == 200
    assert headers["content-type"] == "application/xml"
    assert body.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<LocationConstraint '
                           b'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"')
    assert parse(body).text is None


@pytest.mark.parametrize("method,target", [
    ("GET", ""), ("GET", "?location"), ("GET", "?list-type=2"), ("GET", "?versions"), ("GET", "?uploads"), ("GET", "/key"),
    ("PUT", "/key"), ("DELETE", ""), ("DELETE", "/key"), ("POST", "/key?uploads"),
])
def test_what_is_done_to_a_bucket_that_is_not_there_is_refused(menagerie, method, target):
    name = new_name()
    error = expect(raw(menagerie, method, f"/{name}{target}"), 404, "NoSuchBucket", NO_BUCKET)
    assert error["BucketName"] == name
    assert error["RequestId"] and error["HostId"]


def test_an_error_is_a_document_with_the_ids_of_its_headers(menagerie):
    status, headers, body = raw(menagerie, "GET", f"/{new_name()}")
    assert body.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchBucket</Code><Message>')
    assert headers["content-type"] == "application/xml"
    error = parse(body)
    assert error.find("RequestId").text == headers["x-amz-request-id"]
    assert error.find("HostId").text == headers["x-amz-id-2"]


def test_a_deleted_bucket_is_gone(s3, bucket):
    reply = s3.delete_bucket(Bucket=bucket)
    assert status_of(reply) == 204
    with refused("NoSuchBucket", 404, NO_BUCKET):
        s3.list_objects_v2(Bucket=bucket)


def test_a_bucket_with_an_object_is_not_deleted(s3, bucket):
    put_all(s3, bucket, "key")
    with refused("BucketNotEmpty", 409, "The bucket you tried to delete is not empty") as error:
        s3.delete_bucket(Bucket=bucket)
    assert error["BucketName"] == bucket
    s3.delete_object(Bucket=bucket, Key="key")
    assert status_of(s3.delete_bucket(Bucket=bucket)) == 204


def test_a_bucket_with_only_a_delete_marker_is_not_deleted(s3, versioned):
    marker = s3.delete_object(Bucket=versioned, Key="key")["VersionId"]
    with refused("BucketNotEmpty", 409,
                 "The bucket you tried to delete is not empty. You must delete all versions in the bucket."):
        s3.delete_bucket(Bucket=versioned)
    s3.delete_object(Bucket=versioned, Key="key", VersionId=marker)
    assert status_of(s3.delete_bucket(Bucket=versioned)) == 204


def test_another_account_does_not_delete_it(other, bucket):
    with refused("AccessDenied", 403):
        other.delete_bucket(Bucket=bucket)


def test_a_new_bucket_of_an_old_name_has_none_of_its_settings(s3, bucket):
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    s3.delete_bucket(Bucket=bucket)
    s3.create_bucket(Bucket=bucket)
    with refused("NoSuchTagSet", 404):
        s3.get_bucket_tagging(Bucket=bucket)


def list_buckets(menagerie, account, query=""):
    status, _, body = raw(menagerie, "GET", "/" + query, key=account)
    assert status == 200, body
    return parse(body)


def names(answer):
    return [name.text for name in answer.iterfind("Buckets/Bucket/Name")]


def test_an_account_without_buckets_lists_none(menagerie, account):
    answer = list_buckets(menagerie, account)
    assert answer.tag == "ListAllMyBucketsResult"
    assert len(answer.find("Owner/ID").text) == 64
    assert answer.find("Buckets") is not None
    assert names(answer) == []


def test_an_account_lists_its_own_buckets_in_order(menagerie, account, bucket):
    client = menagerie.client("s3", key=account)
    mine = sorted(new_name() for _ in range(3))
    for name in reversed(mine):
        client.create_bucket(Bucket=name)
    reply = client.list_buckets()
    assert [b["Name"] for b in reply["Buckets"]] == mine
    age = datetime.datetime.now(datetime.timezone.utc) - reply["Buckets"][0]["CreationDate"]
    assert age.total_seconds() < 300


def test_owners_differ_between_accounts_and_stay_the_same(menagerie, s3, other):
    assert s3.list_buckets()["Owner"]["ID"] != other.list_buckets()["Owner"]["ID"]
    assert s3.list_buckets()["Owner"]["ID"] == menagerie.client("s3").list_buckets()["Owner"]["ID"]


def test_a_whole_list_has_no_regions_and_no_prefix(menagerie, account):
    menagerie.client("s3", key=account).create_bucket(Bucket=new_name())
    answer = list_buckets(menagerie, account)
    assert answer.find("Buckets/Bucket/BucketRegion") is None
    assert answer.find("Prefix") is None
    assert answer.find("ContinuationToken") is None


def test_a_list_comes_in_pages(menagerie, account):
    client = menagerie.client("s3", key=account)
    mine = sorted(new_name() for _ in range(5))
    for name in mine:
        client.create_bucket(Bucket=name)
    found, query, token = [], "?max-buckets=2", None
    for expected in (2, 2, 1):
        answer = list_buckets(menagerie, account, query)
        assert len(names(answer)) == expected
        assert answer.find("Buckets/Bucket/BucketRegion").text == "us-east-1"
        found += names(answer)
        token = answer.find("ContinuationToken")
        if token is not None:
            query = f"?continuation-token={urllib.parse.quote(token.text, safe='')}&max-buckets=2"
    assert found == mine
    assert token is None


def test_a_list_can_be_of_a_prefix(menagerie, account):
    client = menagerie.client("s3", key=account)
    stem = new_name()
    for name in (stem + "-a", stem + "-b", "x" + stem):
        client.create_bucket(Bucket=name)
    answer = list_buckets(menagerie, account, f"?prefix={stem}")
    assert names(answer) == [stem + "-a", stem + "-b"]
    assert answer.find("Prefix").text == stem


def test_a_list_can_be_of_a_region(menagerie, account):
    client = menagerie.client("s3", key=account)
    here, there = new_name(), new_name()
    client.create_bucket(Bucket=here)
    client.create_bucket(Bucket=there, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    answer = list_buckets(menagerie, account, "?bucket-region=eu-west-1")
    assert names(answer) == [there]
    assert answer.find("Buckets/Bucket/BucketRegion").text == "eu-west-1"
    assert names(list_buckets(menagerie, account, "?bucket-region=us-east-1")) == [here]


def test_a_list_of_a_region_that_is_none_is_refused(menagerie, account):
    error = expect(raw(menagerie, "GET", "/?bucket-region=eu-east-1", key=account), 400, "InvalidArgument",
                   "Argument value eu-east-1 is not a valid AWS Region")
    assert error["ArgumentName"] == "bucket-region"


@pytest.mark.parametrize("value", ["0", "10001", "-1"])
def test_a_page_has_from_1_to_10000_buckets(menagerie, account, value):
    error = expect(raw(menagerie, "GET", f"/?max-buckets={value}", key=account), 400, "InvalidArgument")
    assert error["ArgumentName"] == "max-buckets"


def test_a_token_that_is_none_is_refused(menagerie, account):
    expect(raw(menagerie, "GET", "/?continuation-token=nonsense&max-buckets=2", key=account), 400, "InvalidArgument")


def test_listing_buckets_wants_a_signature(menagerie):
    status, headers, body = menagerie.request("GET", "/?x-id=ListBuckets")
    expect((status, headers, body), 403, "AccessDenied", "Access Denied")


def test_a_bucket_is_found_by_its_host_name(menagerie, s3, bucket):
    put_all(s3, bucket, "key", body=b"by host")
    host = f"{bucket}.s3.us-east-1.localhost:{menagerie.port}"
    assert raw(menagerie, "GET", "/key", headers={"Host": host})[2] == b"by host"
    answer = raw(menagerie, "GET", "/?list-type=2", headers={"Host": host})
    assert parse(answer[2]).find("Name").text == bucket


def test_a_bucket_with_dots_is_found_by_its_host_name(menagerie, s3):
    name = "dots." + new_name()
    s3.create_bucket(Bucket=name)
    host = f"{name}.s3.localhost:{menagerie.port}"
    assert raw(menagerie, "PUT", "/key", b"x", {"Host": host})[0] == 200
    assert s3.get_object(Bucket=name, Key="key")["Body"].read() == b"x"


@pytest.mark.parametrize("word", ["acl", "versioning", "logging", "requestPayment", "object-lock", "notification", "uploads"])
def test_a_word_that_means_a_setting_does_not_delete_the_bucket(menagerie, s3, bucket, word):
    error = expect(raw(menagerie, "DELETE", f"/{bucket}?{word}"), 405, "MethodNotAllowed")
    assert (error["Method"], error["ResourceType"]) == ("DELETE", "BUCKET")
    s3.head_bucket(Bucket=bucket)


@pytest.mark.parametrize("word", ["location", "versions", "policyStatus", "legal-hold"])
def test_a_word_that_means_something_else_does_not_create_a_bucket(menagerie, s3, word):
    name = new_name()
    expect(raw(menagerie, "PUT", f"/{name}?{word}"), 405, "MethodNotAllowed")
    with refused("404", 404):
        s3.head_bucket(Bucket=name)


@pytest.mark.parametrize("method,target", [("POST", "/"), ("DELETE", "/"), ("PUT", "/"), ("PATCH", "/bucket/key")])
def test_a_method_that_means_nothing_is_not_allowed(menagerie, method, target):
    error = expect(raw(menagerie, method, target), 405, "MethodNotAllowed",
                   "The specified method is not allowed against this resource.")
    assert error["Method"] == method
