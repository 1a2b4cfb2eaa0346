"""What a bucket can be told: put, get back, delete, missing, malformed."""
import datetime
import json

import pytest

from . import MALFORMED, NO_BUCKET, OTHER, base64_md5, expect, new_name, parse, raw, refused, status_of, without_md5

# --- Versioning


def test_a_new_bucket_has_never_been_versioned(menagerie, s3, bucket):
    assert "Status" not in s3.get_bucket_versioning(Bucket=bucket)
    body = raw(menagerie, "GET", f"/{bucket}?versioning")[2]
    assert parse(body).tag == "VersioningConfiguration"
    assert list(parse(body)) == []


@pytest.mark.parametrize("status", ["Enabled", "Suspended"])
def test_versioning_is_kept(s3, bucket, status):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == status


@pytest.mark.parametrize("status", ["enabled", "Disabled", ""])
def test_versioning_has_two_states(s3, bucket, status):
    with refused("MalformedXML", 400, MALFORMED):
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})


def test_versioning_without_a_status_is_illegal(s3, bucket):
    with refused("IllegalVersioningConfigurationException", 400, "The Versioning element must be specified"):
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={})


def test_mfa_delete_is_refused_and_not_ignored(s3, bucket):
    with refused("NotImplemented", 501):
        s3.put_bucket_versioning(Bucket=bucket, MFA="serial 123456",
                                 VersioningConfiguration={"Status": "Enabled", "MFADelete": "Enabled"})
    assert "Status" not in s3.get_bucket_versioning(Bucket=bucket)


# --- Tagging

TAGS = [{"Key": "team", "Value": "zoo"}, {"Key": "empty", "Value": ""}, {"Key": "ünï/+-=._:@ x", "Value": "Straße 1"}]


def in_order(tags):
    return sorted(tags, key=lambda tag: tag["Key"])


def test_tags_are_kept_and_replaced_and_deleted(s3, bucket):
    assert status_of(s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": TAGS})) == 204
    assert in_order(s3.get_bucket_tagging(Bucket=bucket)["TagSet"]) == in_order(TAGS)
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": TAGS[:1]})
    assert s3.get_bucket_tagging(Bucket=bucket)["TagSet"] == TAGS[:1]
    assert status_of(s3.delete_bucket_tagging(Bucket=bucket)) == 204
    with refused("NoSuchTagSet", 404, "The TagSet does not exist") as error:
        s3.get_bucket_tagging(Bucket=bucket)
    assert error["BucketName"] == bucket


@pytest.mark.parametrize("tags,message,key", [
    ([("a", "1"), ("a", "2")], "Cannot provide multiple Tags with the same key", "a"),
    ([("a,b", "1")], "The TagKey you have provided is invalid", "a,b"),
    ([("", "1")], "The TagKey you have provided is invalid", None),
    ([("k" * 129, "1")], "The TagKey you have provided is invalid", "k" * 129),
    ([("a", "b,c")], "The TagValue you have provided is invalid", "a"),
    ([("a", "v" * 257)], "The TagValue you have provided is invalid", "a"),
    ([("aws:a", "1")], "System tags cannot be added/updated by requester", "aws:a"),
])
def test_a_tag_that_breaks_a_rule_is_invalid(s3, bucket, tags, message, key):
    with refused("InvalidTag", 400, message) as error:
        s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": [{"Key": k, "Value": v} for k, v in tags]})
    assert error.get("TagKey") == key


def test_a_bucket_has_at_most_50_tags(s3, bucket):
    tags = [{"Key": f"k{i:02}", "Value": ""} for i in range(51)]
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tags[:50]})
    with refused("BadRequest", 400, "Bucket tag count cannot be greater than 50"):
        s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tags})


# --- Policy


def policy(bucket, **statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{OTHER}:root"}, "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/*", **statement}]})


def test_a_policy_comes_back_as_it_was_put(menagerie, s3, bucket):
    text = policy(bucket).replace(": ", " :  ")
    assert status_of(s3.put_bucket_policy(Bucket=bucket, Policy=text)) == 204
    status, headers, body = raw(menagerie, "GET", f"/{bucket}?policy")
    assert (status, headers["content-type"]) == (200, "application/json")
    assert json.loads(body) == json.loads(text)
    assert status_of(s3.delete_bucket_policy(Bucket=bucket)) == 204
    with refused("NoSuchBucketPolicy", 404, "The bucket policy does not exist") as error:
        s3.get_bucket_policy(Bucket=bucket)
    assert error["BucketName"] == bucket
    assert status_of(s3.delete_bucket_policy(Bucket=bucket)) == 204


@pytest.mark.parametrize("text,message", [
    ("", "Policies must be valid JSON and the first byte must be '{'"),
    ("nonsense", "Policies must be valid JSON and the first byte must be '{'"),
    ("[]", "Policies must be valid JSON and the first byte must be '{'"),
    (" {}", "Policies must be valid JSON and the first byte must be '{'"),
    ("{", None),
    ("{}", "Missing required field Statement"),
    ('{"Version": "2011-01-01", "Statement": []}', None),
])
def test_a_text_that_is_no_policy_is_malformed(s3, bucket, text, message):
    with refused("MalformedPolicy", 400, message):
        s3.put_bucket_policy(Bucket=bucket, Policy=text)


@pytest.mark.parametrize("change,message", [
    ({"Effect": "Maybe"}, "Invalid effect: Maybe"),
    ({"Action": "s3:NoSuchAction"}, "Policy has invalid action"),
    ({"Action": "sqs:SendMessage"}, "Policy has invalid action"),
    ({"Resource": "arn:aws:s3:::somebody-elses/*"}, "Policy has invalid resource"),
    ({"Resource": "everything"}, "Policy has invalid resource"),
    ({"Action": "s3:ListBucket"}, "Action does not apply to any resource(s) in statement"),
    ({"Principal": {"AWS": "nobody"}}, "Invalid principal in policy"),
    ({"Principal": "someone"}, "Invalid policy syntax."),
    ({"Condition": {"StringSortOf": {"aws:username": "x"}}}, "Invalid Condition type : StringSortOf"),
    ({"Condition": {"StringEquals": {"s3:x-acl": "private"}}}, "Policy has an invalid condition key"),
    ({"Condition": {"Null": {"nothing": "true"}}}, "Policy has an invalid condition key"),
])
def test_a_statement_that_means_nothing_is_malformed(s3, bucket, change, message):
    with refused("MalformedPolicy", 400, message):
        s3.put_bucket_policy(Bucket=bucket, Policy=policy(bucket, **change))


@pytest.mark.parametrize("missing", ["Effect", "Principal", "Action", "Resource"])
def test_a_statement_that_lacks_an_element_is_malformed(s3, bucket, missing):
    document = json.loads(policy(bucket))
    del document["Statement"][0][missing]
    with refused("MalformedPolicy", 400, f"Missing required field {missing}"):
        s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(document))


@pytest.mark.parametrize("key", ["s3:ObjectCreationOperation", "s3:BucketTag/team"])
def test_a_condition_that_is_not_built_is_refused_by_name(s3, bucket, key):
    with refused("NotImplemented", 501, f"The condition key {key} is not built in Menagerie; nothing was done."):
        s3.put_bucket_policy(Bucket=bucket, Policy=policy(bucket, Condition={"StringEquals": {key: "x"}}))


@pytest.mark.parametrize("key", ["aws:Anything", "S3:PREFIX", "s3:ExistingObjectTag/team", "s3:x-amz-grant-read"])
def test_a_condition_that_is_known_is_taken(s3, bucket, key):
    s3.put_bucket_policy(Bucket=bucket, Policy=policy(bucket, Condition={"StringEquals": {key: "x"}}))


def test_a_policy_of_20_kib_is_the_largest(s3, bucket):
    room = 20 * 1024 - len(policy(bucket, Sid=""))
    s3.put_bucket_policy(Bucket=bucket, Policy=policy(bucket, Sid="x" * (room - 100)))
    with refused("PolicyTooLarge", 400):
        s3.put_bucket_policy(Bucket=bucket, Policy=policy(bucket, Sid="x" * (room + 100)))


def test_a_policy_status_tells_whether_it_is_public(s3, bucket):
    s3.delete_public_access_block(Bucket=bucket)
    with refused("NoSuchBucketPolicy", 404):
        s3.get_bucket_policy_status(Bucket=bucket)
    s3.put_bucket_policy(Bucket=bucket, Policy=policy(bucket))
    assert s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"] == {"IsPublic": False}
    s3.put_bucket_policy(Bucket=bucket, Policy=policy(bucket, Principal="*"))
    assert s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"] == {"IsPublic": True}


def test_a_policy_that_asks_for_an_address_is_not_public(s3, bucket):
    s3.put_bucket_policy(Bucket=bucket, Policy=policy(
        bucket, Principal="*", Condition={"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}))
    assert s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"] == {"IsPublic": False}


# --- Public access block and ownership

BLOCKS = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"]


def test_a_new_bucket_blocks_nothing_that_is_public(s3, bucket):
    """Unlike AWS's since April 2023: see docs/services/s3.md."""
    with refused("NoSuchPublicAccessBlockConfiguration", 404):
        s3.get_public_access_block(Bucket=bucket)


@pytest.mark.parametrize("name", BLOCKS)
def test_each_block_is_kept(s3, bucket, name):
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration={name: True})
    found = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert found == {other: other == name for other in BLOCKS}


def test_a_deleted_block_is_missing(s3, bucket):
    assert status_of(s3.delete_public_access_block(Bucket=bucket)) == 204
    with refused("NoSuchPublicAccessBlockConfiguration", 404,
                 "The public access block configuration was not found") as error:
        s3.get_public_access_block(Bucket=bucket)
    assert error["BucketName"] == bucket
    assert status_of(s3.delete_public_access_block(Bucket=bucket)) == 204


def rules(ownership):
    return {"Rules": [{"ObjectOwnership": ownership}]}


def test_a_new_bucket_owns_all_its_objects(s3, bucket):
    assert s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"] == rules("BucketOwnerEnforced")


@pytest.mark.parametrize("ownership", ["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"])
def test_ownership_is_kept(s3, bucket, ownership):
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=rules(ownership))
    assert s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"] == rules(ownership)


def test_ownership_can_be_said_when_the_bucket_is_made(s3):
    name = new_name()
    s3.create_bucket(Bucket=name, ObjectOwnership="BucketOwnerPreferred")
    assert s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"] == rules("BucketOwnerPreferred")


def test_ownership_that_is_none_is_refused_when_the_bucket_is_made(s3):
    with refused("InvalidArgument", 400, "Invalid x-amz-object-ownership header: Random") as error:
        s3.create_bucket(Bucket=new_name(), ObjectOwnership="Random")
    assert error["ArgumentName"] == "x-amz-object-ownership"


def test_deleted_ownership_is_missing(s3, bucket):
    assert status_of(s3.delete_bucket_ownership_controls(Bucket=bucket)) == 204
    with refused("OwnershipControlsNotFoundError", 404, "The bucket ownership controls were not found"):
        s3.get_bucket_ownership_controls(Bucket=bucket)
    assert status_of(s3.delete_bucket_ownership_controls(Bucket=bucket)) == 204


@pytest.mark.parametrize("wrong", [
    rules("Nobody"), {"Rules": []}, {"Rules": rules("ObjectWriter")["Rules"] + rules("BucketOwnerPreferred")["Rules"]},
])
def test_ownership_is_one_rule_of_three(s3, bucket, wrong):
    with refused("MalformedXML", 400, MALFORMED):
        s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=wrong)


# --- Encryption. What nobody asked to encrypt is stored plain here, and said to be.

AES = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}]}


def test_a_new_bucket_encrypts_nothing(s3, bucket):
    with refused("ServerSideEncryptionConfigurationNotFoundError", 404,
                 "The server side encryption configuration was not found") as error:
        s3.get_bucket_encryption(Bucket=bucket)
    assert error["BucketName"] == bucket


def test_encryption_is_kept_and_deleted(s3, bucket):
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=AES)
    found = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]
    assert found["Rules"][0]["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert not found["Rules"][0].get("BucketKeyEnabled")
    assert status_of(s3.delete_bucket_encryption(Bucket=bucket)) == 204
    with refused("ServerSideEncryptionConfigurationNotFoundError", 404):
        s3.get_bucket_encryption(Bucket=bucket)
    assert status_of(s3.delete_bucket_encryption(Bucket=bucket)) == 204


@pytest.mark.parametrize("wrong", [
    {"Rules": []}, {"Rules": AES["Rules"] * 2},
    {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "ROT13"}}]},
])
def test_encryption_is_one_rule(s3, bucket, wrong):
    with refused("MalformedXML", 400, MALFORMED):
        s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=wrong)


def test_aes256_takes_no_key_of_kms(s3, bucket):
    with refused("InvalidArgument", 400, "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms "
                                         "or aws:kms:dsse"):
        s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [
            {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256", "KMSMasterKeyID": "key"}}]})


# --- Lifecycle

RULE = {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 7}}


def put_lifecycle(s3, bucket, *lifecycle_rules):
    return s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": list(lifecycle_rules)})


def test_lifecycle_is_kept_and_deleted(s3, bucket):
    tag = {"Key": "keep", "Value": "no"}
    given = [
        RULE,
        {"ID": "dated", "Status": "Disabled", "Filter": {},
         "Expiration": {"Date": datetime.datetime(2040, 1, 1, tzinfo=datetime.timezone.utc)}},
        {"ID": "and", "Status": "Enabled", "Expiration": {"Days": 1}, "Filter": {"And": {
            "Prefix": "a", "Tags": [tag], "ObjectSizeGreaterThan": 10, "ObjectSizeLessThan": 20}}},
        {"ID": "versions", "Status": "Enabled", "Filter": {"Prefix": ""},
         "NoncurrentVersionExpiration": {"NoncurrentDays": 3, "NewerNoncurrentVersions": 2},
         "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 4}},
        {"ID": "markers", "Status": "Enabled", "Filter": {"Prefix": "m"}, "Expiration": {"ExpiredObjectDeleteMarker": True}},
        {"ID": "tag", "Status": "Enabled", "Filter": {"Tag": tag}, "Expiration": {"Days": 2}},
    ]
    assert status_of(put_lifecycle(s3, bucket, *given)) == 200
    found = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert sorted(found, key=lambda r: r["ID"]) == sorted(given, key=lambda r: r["ID"])
    assert status_of(s3.delete_bucket_lifecycle(Bucket=bucket)) == 204
    with refused("NoSuchLifecycleConfiguration", 404, "The lifecycle configuration does not exist") as error:
        s3.get_bucket_lifecycle_configuration(Bucket=bucket)
    assert error["BucketName"] == bucket


def test_a_lifecycle_rule_without_a_name_gets_one(s3, bucket):
    put_lifecycle(s3, bucket, {k: v for k, v in RULE.items() if k != "ID"})
    assert s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"][0]["ID"]


@pytest.mark.parametrize("change,code,message", [
    ({"Filter": None}, "MalformedXML", MALFORMED),
    ({"Prefix": "both"}, "MalformedXML", MALFORMED),
    ({"Status": "On"}, "MalformedXML", MALFORMED),
    ({"Expiration": {"Days": 1, "ExpiredObjectDeleteMarker": True}}, "MalformedXML", MALFORMED),
    ({"NoncurrentVersionExpiration": {}}, "MalformedXML", MALFORMED),
    ({"Filter": {"Prefix": "a", "ObjectSizeLessThan": 3}}, "MalformedXML", MALFORMED),
    ({"Expiration": {"Days": 0}}, "InvalidArgument", "'Days' for Expiration action must be a positive integer"),
    ({"Expiration": {"Date": datetime.datetime(2040, 1, 1, 1)}}, "InvalidArgument", "'Date' must be at midnight GMT"),
    ({"Expiration": None}, "InvalidRequest", "At least one action needs to be specified in a rule"),
    ({"ID": "x" * 256}, "InvalidArgument", "ID length should not exceed allowed limit of 255"),
    ({"Filter": {"And": {"Prefix": "", "Tags": [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]}}},
     "InvalidRequest", "Duplicate Tag Keys are not allowed."),
    ({"Transitions": [{"Days": 1, "StorageClass": "GLACIER"}]}, "NotImplemented", None),
])
def test_a_lifecycle_rule_that_is_wrong_is_refused(s3, bucket, change, code, message):
    rule = {k: v for k, v in {**RULE, **change}.items() if v is not None}
    with refused(code, 501 if code == "NotImplemented" else 400, message):
        put_lifecycle(s3, bucket, rule)


def test_lifecycle_rules_have_names_of_their_own(s3, bucket):
    with refused("InvalidArgument", 400, "Rule ID must be unique. Found same ID for more than one rule"):
        put_lifecycle(s3, bucket, RULE, RULE)


# --- CORS

CORS = {"AllowedMethods": ["GET", "PUT"], "AllowedOrigins": ["https://*.example.com"], "AllowedHeaders": ["x-amz-*"],
        "ExposeHeaders": ["ETag"], "MaxAgeSeconds": 3000, "ID": "one"}


def test_cors_rules_are_kept_in_order_and_deleted(s3, bucket):
    given = [CORS, {"AllowedMethods": ["HEAD"], "AllowedOrigins": ["*"]}]
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": given})
    assert s3.get_bucket_cors(Bucket=bucket)["CORSRules"] == given
    assert status_of(s3.delete_bucket_cors(Bucket=bucket)) == 204
    with refused("NoSuchCORSConfiguration", 404, "The CORS configuration does not exist") as error:
        s3.get_bucket_cors(Bucket=bucket)
    assert error["BucketName"] == bucket
    assert status_of(s3.delete_bucket_cors(Bucket=bucket)) == 204


@pytest.mark.parametrize("change,code,message", [
    ({"AllowedMethods": ["MYMETHOD"]}, "InvalidRequest",
     "Found unsupported HTTP method in CORS config. Unsupported method is MYMETHOD"),
    ({"AllowedMethods": ["OPTIONS"]}, "InvalidRequest",
     "Found unsupported HTTP method in CORS config. Unsupported method is OPTIONS"),
    ({"AllowedOrigins": ["http://*.*"]}, "InvalidRequest",
     'AllowedOrigin "http://*.*" can not have more than one wildcard.'),
    ({"AllowedHeaders": ["*-*"]}, "InvalidRequest", 'AllowedHeader "*-*" can not have more than one wildcard.'),
    ({"ExposeHeaders": ["x-*"]}, "InvalidRequest",
     'ExposeHeader "x-*" contains wildcard. We currently do not support wildcard for ExposeHeader.'),
    ({"AllowedMethods": []}, "MalformedXML", MALFORMED),
    ({"AllowedOrigins": []}, "MalformedXML", MALFORMED),
])
def test_a_cors_rule_that_is_wrong_is_refused(s3, bucket, change, code, message):
    with refused(code, 400, message):
        s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [{**CORS, **change}]})


# --- Website

SITE = {"IndexDocument": {"Suffix": "index.html"}}


def test_a_website_is_kept_and_deleted(s3, bucket):
    given = {**SITE, "ErrorDocument": {"Key": "error.html"}, "RoutingRules": [{
        "Condition": {"KeyPrefixEquals": "docs/", "HttpErrorCodeReturnedEquals": "404"},
        "Redirect": {"HostName": "example.com", "Protocol": "https", "HttpRedirectCode": "302",
                     "ReplaceKeyPrefixWith": "documents/"}}]}
    s3.put_bucket_website(Bucket=bucket, WebsiteConfiguration=given)
    found = s3.get_bucket_website(Bucket=bucket)
    assert {name: found[name] for name in given} == given
    assert status_of(s3.delete_bucket_website(Bucket=bucket)) == 204
    with refused("NoSuchWebsiteConfiguration", 404,
                 "The specified bucket does not have a website configuration") as error:
        s3.get_bucket_website(Bucket=bucket)
    assert error["BucketName"] == bucket
    assert status_of(s3.delete_bucket_website(Bucket=bucket)) == 204


def rule(redirect, condition=None):
    return {**SITE, "RoutingRules": [{"Redirect": redirect, **({"Condition": condition} if condition else {})}]}


@pytest.mark.parametrize("site,code,message", [
    ({"IndexDocument": {"Suffix": "/index.html"}}, "InvalidArgument", "The IndexDocument Suffix is not well formed"),
    ({"IndexDocument": {"Suffix": ""}}, "InvalidArgument", "The IndexDocument Suffix is not well formed"),
    ({**SITE, "RedirectAllRequestsTo": {"HostName": "a.b"}}, "InvalidArgument",
     "RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules."),
    ({"ErrorDocument": {"Key": "e.html"}}, "InvalidArgument",
     "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty"),
    ({"RedirectAllRequestsTo": {"HostName": "a.b", "Protocol": "ftp"}}, "InvalidRequest",
     "Invalid protocol, protocol can be http or https. If not defined the protocol will be selected automatically."),
    (rule({"ReplaceKeyWith": "a", "ReplaceKeyPrefixWith": "b"}), "InvalidRequest",
     "You can only define ReplaceKeyPrefix or ReplaceKey but not both."),
    (rule({"HttpRedirectCode": "200"}), "InvalidRequest",
     "The provided HTTP redirect code (200) is not valid. Valid codes are 3XX except 300."),
    (rule({"HostName": "a.b"}, {"HttpErrorCodeReturnedEquals": "200"}), "InvalidRequest",
     "The provided HTTP error code (200) is not valid. Valid codes are 4XX or 5XX."),
    ({**SITE, "RoutingRules": []}, "MalformedXML", MALFORMED),
    ({**SITE, "RoutingRules": [{"Redirect": {"HostName": "a.b"}}] * 51}, "InvalidRequest",
     "51 routing rules provided, the number of routing rules in a website configuration is limited to 50."),
])
def test_a_website_that_is_wrong_is_refused(s3, bucket, site, code, message):
    with refused(code, 400, message):
        s3.put_bucket_website(Bucket=bucket, WebsiteConfiguration=site)


# --- Logging, payment, object lock


def test_logging_is_kept_and_switched_off(s3, bucket):
    assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket=bucket)
    given = {"TargetBucket": bucket, "TargetPrefix": "log/"}
    s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={"LoggingEnabled": given})
    assert s3.get_bucket_logging(Bucket=bucket)["LoggingEnabled"] == given
    s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={})
    assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket=bucket)


def test_logging_wants_a_target_that_is_there(s3, bucket):
    nowhere = new_name()
    with refused("InvalidTargetBucketForLogging", 400, "The target bucket for logging does not exist") as error:
        s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={
            "LoggingEnabled": {"TargetBucket": nowhere, "TargetPrefix": ""}})
    assert error["TargetBucket"] == nowhere


def test_logging_wants_a_target_in_the_same_region(s3, bucket):
    far = new_name()
    s3.create_bucket(Bucket=far, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    with refused("CrossLocationLoggingProhibitted", 403, "Cross S3 location logging not allowed. ") as error:
        s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={
            "LoggingEnabled": {"TargetBucket": far, "TargetPrefix": ""}})
    assert error["TargetBucketLocation"] == "us-west-2"


def test_the_owner_pays_unless_told_otherwise(s3, bucket):
    assert s3.get_bucket_request_payment(Bucket=bucket)["Payer"] == "BucketOwner"
    s3.put_bucket_request_payment(Bucket=bucket, RequestPaymentConfiguration={"Payer": "Requester"})
    assert s3.get_bucket_request_payment(Bucket=bucket)["Payer"] == "Requester"
    with refused("MalformedXML", 400, MALFORMED):
        s3.put_bucket_request_payment(Bucket=bucket, RequestPaymentConfiguration={"Payer": "Random"})


def test_object_lock_is_missing_unless_configured(s3, bucket):
    with refused("ObjectLockConfigurationNotFoundError", 404,
                 "Object Lock configuration does not exist for this bucket") as error:
        s3.get_object_lock_configuration(Bucket=bucket)
    assert error["BucketName"] == bucket


@pytest.mark.parametrize("versioning", [None, "Suspended"])
def test_object_lock_wants_versioning(s3, bucket, versioning):
    if versioning:
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": versioning})
    with refused("InvalidBucketState", 409,
                 "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration"):
        s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"})


def test_object_lock_of_a_new_bucket_has_no_rule_until_given_one(s3):
    name = new_name()
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    enabled = {"ObjectLockEnabled": "Enabled"}
    assert s3.get_object_lock_configuration(Bucket=name)["ObjectLockConfiguration"] == enabled
    given = {**enabled, "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}}
    s3.put_object_lock_configuration(Bucket=name, ObjectLockConfiguration=given)
    assert s3.get_object_lock_configuration(Bucket=name)["ObjectLockConfiguration"] == given
    s3.put_object_lock_configuration(Bucket=name, ObjectLockConfiguration=enabled)
    assert s3.get_object_lock_configuration(Bucket=name)["ObjectLockConfiguration"] == enabled


@pytest.mark.parametrize("wrong", [
    {}, {"ObjectLockEnabled": "Enabled", "Rule": {}}, {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {}}},
    {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE"}}},
    {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1, "Years": 1}}},
    {"Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}},
])
def test_an_object_lock_that_is_wrong_is_malformed(s3, wrong):
    name = new_name()
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    with refused("MalformedXML", 400, MALFORMED):
        s3.put_object_lock_configuration(Bucket=name, ObjectLockConfiguration=wrong)


def test_versioning_of_a_locked_bucket_stays(s3):
    name = new_name()
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    with refused("InvalidBucketState", 409, "An Object Lock configuration is present on this bucket, so the versioning "
                                            "state cannot be changed."):
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Suspended"})
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})


# --- All of them

SETTINGS = ["versioning", "tagging", "publicAccessBlock", "ownershipControls", "encryption", "lifecycle", "cors", "website",
            "logging", "requestPayment", "object-lock"]


@pytest.mark.parametrize("name", SETTINGS + ["acl"])
def test_a_body_that_is_no_xml_is_malformed(menagerie, bucket, name):
    for body in (b"<Unfinished", b"nonsense", b"<Wrong xmlns='http://s3.amazonaws.com/doc/2006-03-01/'/>"):
        answer = raw(menagerie, "PUT", f"/{bucket}?{name}", body, {"Content-MD5": base64_md5(body)})
        expect(answer, 400, "MalformedACLError" if name == "acl" else "MalformedXML", MALFORMED)


@pytest.mark.parametrize("word,body", [
    ("tagging", "<Tagging><TagSet/><Nothing/></Tagging>"),
    ("tagging", "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag><Nothing/></TagSet></Tagging>"),
    ("tagging", "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value><Scope>x</Scope></Tag></TagSet></Tagging>"),
    ("tagging", "<Tagging><TagSet/><TagSet/></Tagging>"),
    ("versioning", "<VersioningConfiguration><Status>Enabled</Status><Status>Suspended</Status></VersioningConfiguration>"),
    ("versioning", "<VersioningConfiguration><Status>Enabled<Nothing/></Status></VersioningConfiguration>"),
    ("lifecycle", "<LifecycleConfiguration><Rule><Status>Enabled</Status><Filter/><Expiration><Days>1</Days></Expiration>"
                  "<Unless>used</Unless></Rule></LifecycleConfiguration>"),
    ("cors", "<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod>"
             "<AllowCredentials>false</AllowCredentials></CORSRule></CORSConfiguration>"),
])
def test_an_element_that_means_nothing_is_malformed(menagerie, bucket, word, body):
    body = body.encode()
    expect(raw(menagerie, "PUT", f"/{bucket}?{word}", body, {"Content-MD5": base64_md5(body)}), 400, "MalformedXML",
           MALFORMED)


@pytest.mark.parametrize("name", SETTINGS + ["policy"])
def test_a_setting_of_a_bucket_that_is_not_there_is_refused(menagerie, name):
    bucket = new_name()
    error = expect(raw(menagerie, "GET", f"/{bucket}?{name}"), 404, "NoSuchBucket", NO_BUCKET)
    assert error["BucketName"] == bucket


@pytest.mark.parametrize("name", SETTINGS + ["policy", "acl"])
def test_a_setting_is_not_told_to_another_account(menagerie, bucket, name):
    expect(raw(menagerie, "GET", f"/{bucket}?{name}", key=OTHER), 403)


@pytest.mark.parametrize("operation,call", [
    ("PutBucketTagging", lambda s3, b: s3.put_bucket_tagging(Bucket=b, Tagging={"TagSet": []})),
    ("PutBucketCors", lambda s3, b: s3.put_bucket_cors(Bucket=b, CORSConfiguration={"CORSRules": [CORS]})),
    ("PutBucketLifecycleConfiguration", lambda s3, b: put_lifecycle(s3, b, RULE)),
    ("DeleteObjects", lambda s3, b: s3.delete_objects(Bucket=b, Delete={"Objects": [{"Key": "k"}]})),
])
def test_some_bodies_want_a_checksum(menagerie, bucket, operation, call):
    with refused("InvalidRequest", 400, "Missing required header for this request: Content-MD5 OR x-amz-checksum-*"):
        call(without_md5(menagerie.new_client("s3"), operation), bucket)


# --- What is not built

NOT_BUILT = {
    "notification": lambda s3, b: s3.put_bucket_notification_configuration(
        Bucket=b, NotificationConfiguration={"EventBridgeConfiguration": {}}),
    "replication": lambda s3, b: s3.put_bucket_replication(Bucket=b, ReplicationConfiguration={
        "Role": "arn:aws:iam::000000000000:role/r",
        "Rules": [{"Status": "Enabled", "Destination": {"Bucket": "arn:aws:s3:::there"}}]}),
    "inventory": lambda s3, b: s3.put_bucket_inventory_configuration(Bucket=b, Id="i", InventoryConfiguration={
        "Id": "i", "IsEnabled": True, "IncludedObjectVersions": "All", "Schedule": {"Frequency": "Daily"},
        "Destination": {"S3BucketDestination": {"Bucket": "arn:aws:s3:::there", "Format": "CSV"}}}),
    "analytics": lambda s3, b: s3.put_bucket_analytics_configuration(Bucket=b, Id="i", AnalyticsConfiguration={
        "Id": "i", "StorageClassAnalysis": {}}),
    "metrics": lambda s3, b: s3.put_bucket_metrics_configuration(Bucket=b, Id="i", MetricsConfiguration={"Id": "i"}),
    "intelligent tiering": lambda s3, b: s3.put_bucket_intelligent_tiering_configuration(
        Bucket=b, Id="i", IntelligentTieringConfiguration={
            "Id": "i", "Status": "Enabled", "Tierings": [{"Days": 90, "AccessTier": "ARCHIVE_ACCESS"}]}),
    "accelerate": lambda s3, b: s3.put_bucket_accelerate_configuration(
        Bucket=b, AccelerateConfiguration={"Status": "Enabled"}),
}


@pytest.mark.parametrize("name", NOT_BUILT)
def test_a_setting_that_is_not_built_is_refused_by_name(s3, bucket, name):
    with refused("NotImplemented", 501):
        NOT_BUILT[name](s3, bucket)
