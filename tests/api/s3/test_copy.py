"""Copies of objects: what goes along and what is given anew."""
import pytest

from . import NO_KEY, OTHER, body_of, headers_of, md5, new_name, parse, put_all, raw, refused, upload

ITSELF = ("This copy request is illegal because it is trying to copy an object to itself without changing the object's "
          "metadata, storage class, website redirect location or encryption attributes.")


@pytest.fixture
def source(s3, bucket):
    s3.put_object(Bucket=bucket, Key="source", Body=b"data", ContentType="text/plain", ContentLanguage="de",
                  Metadata={"a": "1"}, Tagging="t=1")
    return {"Bucket": bucket, "Key": "source"}


def tags(s3, bucket, key):
    return {tag["Key"]: tag["Value"] for tag in s3.get_object_tagging(Bucket=bucket, Key=key)["TagSet"]}


def test_a_copy_is_answered_with_its_tag_and_date(menagerie, bucket, source):
    status, headers, body = raw(menagerie, "PUT", f"/{bucket}/copy", headers={"x-amz-copy-source": f"/{bucket}/source"})
    answer = parse(body)
    assert (status, headers["content-type"], answer.tag) == (200, "application/xml", "CopyObjectResult")
    assert answer.find("ETag").text == f'"{md5(b"data")}"'
    assert answer.find("LastModified").text.endswith("Z")


def test_a_copy_has_the_content_metadata_and_tags(s3, bucket, source):
    s3.copy_object(Bucket=bucket, Key="copy", CopySource=source)
    got = s3.get_object(Bucket=bucket, Key="copy")
    assert (body_of(got), got["ContentType"], got["ContentLanguage"]) == (b"data", "text/plain", "de")
    assert got["Metadata"] == {"a": "1"}
    assert tags(s3, bucket, "copy") == {"t": "1"}


def test_a_copy_into_another_bucket(s3, bucket, source):
    there = new_name()
    s3.create_bucket(Bucket=there)
    s3.copy_object(Bucket=there, Key="copy", CopySource=source)
    assert body_of(s3.get_object(Bucket=there, Key="copy")) == b"data"


def test_a_copy_stays_when_its_source_is_gone(s3, bucket, source):
    s3.put_object(Bucket=bucket, Key="source", Body=b"x" * 3_000_000)
    s3.copy_object(Bucket=bucket, Key="copy", CopySource=source)
    s3.put_object(Bucket=bucket, Key="source", Body=b"other")
    s3.delete_object(Bucket=bucket, Key="source")
    assert body_of(s3.get_object(Bucket=bucket, Key="copy")) == b"x" * 3_000_000


def test_metadata_can_be_replaced(s3, bucket, source):
    s3.copy_object(Bucket=bucket, Key="copy", CopySource=source, MetadataDirective="REPLACE", Metadata={"b": "2"},
                   ContentType="image/png")
    head = s3.head_object(Bucket=bucket, Key="copy")
    assert (head["Metadata"], head["ContentType"]) == ({"b": "2"}, "image/png")
    assert "ContentLanguage" not in head
    assert tags(s3, bucket, "copy") == {"t": "1"}


def test_metadata_that_is_given_without_replace_is_ignored(s3, bucket, source):
    s3.copy_object(Bucket=bucket, Key="copy", CopySource=source, Metadata={"b": "2"}, ContentType="image/png")
    head = s3.head_object(Bucket=bucket, Key="copy")
    assert (head["Metadata"], head["ContentType"]) == ({"a": "1"}, "text/plain")


def test_tags_can_be_replaced(s3, bucket, source):
    s3.copy_object(Bucket=bucket, Key="copy", CopySource=source, TaggingDirective="REPLACE", Tagging="u=2")
    assert tags(s3, bucket, "copy") == {"u": "2"}
    assert s3.head_object(Bucket=bucket, Key="copy")["Metadata"] == {"a": "1"}


@pytest.mark.parametrize("directive", [None, "COPY"])
def test_tags_that_are_given_without_replace_are_ignored(s3, bucket, source, directive):
    more = {"TaggingDirective": directive} if directive else {}
    s3.copy_object(Bucket=bucket, Key="copy", CopySource=source, Tagging="u=2", **more)
    assert tags(s3, bucket, "copy") == {"t": "1"}


@pytest.mark.parametrize("name,header", [("MetadataDirective", "metadata"), ("TaggingDirective", "tagging")])
def test_a_directive_that_is_none_is_refused(s3, bucket, source, name, header):
    with refused("InvalidArgument", 400, f"Unknown {header} directive.") as error:
        s3.copy_object(Bucket=bucket, Key="copy", CopySource=source, **{name: "SOMETHING"})
    assert (error["ArgumentName"], error["ArgumentValue"]) == (f"x-amz-{header}-directive", "SOMETHING")


def test_a_copy_to_itself_has_to_change_something(s3, bucket, source):
    with refused("InvalidRequest", 400, ITSELF):
        s3.copy_object(Bucket=bucket, Key="source", CopySource=source)
    with refused("InvalidRequest", 400, ITSELF):
        s3.copy_object(Bucket=bucket, Key="source", CopySource=source, MetadataDirective="COPY")


@pytest.mark.parametrize("change", [
    {"MetadataDirective": "REPLACE"}, {"StorageClass": "STANDARD"}, {"WebsiteRedirectLocation": "/there"},
    {"ServerSideEncryption": "AES256"},
])
def test_a_copy_to_itself_that_changes_something_succeeds(s3, bucket, source, change):
    s3.copy_object(Bucket=bucket, Key="source", CopySource=source, **change)
    assert body_of(s3.get_object(Bucket=bucket, Key="source")) == b"data"


def test_a_redirect_does_not_go_along(s3, bucket):
    s3.put_object(Bucket=bucket, Key="source", WebsiteRedirectLocation="/there")
    s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": "source"})
    assert "WebsiteRedirectLocation" not in s3.head_object(Bucket=bucket, Key="copy")


def test_a_source_that_is_not_there_is_missing(s3, bucket):
    with refused("NoSuchKey", 404, NO_KEY) as error:
        s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": "none"})
    assert error["Key"] == "none"
    nowhere = new_name()
    with refused("NoSuchBucket", 404) as error:
        s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": nowhere, "Key": "none"})
    assert error["BucketName"] == nowhere


@pytest.mark.parametrize("written", ["{b}/a%2Bb%20c", "/{b}/a%2Bb%20c", "{b}%2Fa%2Bb%20c", "{b}/a%2Bb%20c?versionId=null"])
def test_a_source_can_be_written_in_several_ways(menagerie, s3, bucket, written):
    put_all(s3, bucket, "a+b c", body=b"data")
    answer = raw(menagerie, "PUT", f"/{bucket}/copy", headers={"x-amz-copy-source": written.format(b=bucket)})
    assert answer[0] == 200, answer
    assert body_of(s3.get_object(Bucket=bucket, Key="copy")) == b"data"


@pytest.mark.parametrize("written", ["nothing", "/", "/bucket"])
def test_a_source_that_is_no_object_is_refused(s3, bucket, written):
    with refused("InvalidArgument", 400) as error:
        s3.copy_object(Bucket=bucket, Key="copy", CopySource=written)
    assert error["ArgumentName"] == "x-amz-copy-source"


def test_a_copy_of_an_upload_in_parts_has_the_tag_of_a_whole(s3, bucket):
    upload(s3, bucket, "source", [b"parts"])
    copied = s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": "source"})
    assert copied["CopyObjectResult"]["ETag"] == f'"{md5(b"parts")}"'


def test_a_source_in_a_foreign_bucket_has_to_be_readable(s3, other, bucket, source):
    there = new_name()
    other.create_bucket(Bucket=there)
    with refused("AccessDenied", 403):
        other.copy_object(Bucket=there, Key="copy", CopySource=source)
    s3.put_bucket_policy(Bucket=bucket, Policy=f'''{{"Version": "2012-10-17", "Statement": [{{
        "Effect": "Allow", "Principal": {{"AWS": "{OTHER}"}}, "Action": ["s3:GetObject", "s3:GetObjectTagging"],
        "Resource": "arn:aws:s3:::{bucket}/*"}}]}}''')
    other.copy_object(Bucket=there, Key="copy", CopySource=source)
    assert body_of(other.get_object(Bucket=there, Key="copy")) == b"data"


def test_a_copy_has_no_version_in_a_bucket_without(s3, bucket, source):
    copied = s3.copy_object(Bucket=bucket, Key="copy", CopySource=source)
    assert "x-amz-version-id" not in headers_of(copied)
    assert "x-amz-copy-source-version-id" not in headers_of(copied)
