"""Access logs: delivered to another bucket, a line for each request."""
import datetime
import json
import re

import pytest

from . import OTHER, body_of, keys_of, new_name, put_all

START, LATER = "2030-01-01T12:00:00Z", "2030-01-01T13:00:00Z"
LINE = re.compile(
    r'(?P<owner>\S+) (?P<bucket>\S+) \[(?P<time>[^\]]+)\] (?P<ip>\S+) (?P<requester>\S+) (?P<request_id>\S+) '
    r'(?P<operation>\S+) (?P<key>\S+) (?P<request>-|"[^"]*") (?P<status>\S+) (?P<error>\S+) (?P<sent>\S+) (?P<size>\S+) '
    r'(?P<total>\S+) (?P<turnaround>\S+) (?P<referer>-|"[^"]*") (?P<agent>-|"[^"]*") (?P<version>\S+) (?P<host_id>\S+) '
    r'(?P<signature>\S+) (?P<cipher>\S+) (?P<auth>\S+) (?P<host>\S+) (?P<tls>\S+) (?P<point>\S+) (?P<acl>\S+)')


@pytest.fixture
def program(start):
    running = start("--settable-clock")
    running.set_clock(START)
    return running


@pytest.fixture
def s3(program):
    return program.client("s3", signature_version="s3v4")


def deliver_to(s3, bucket, target, prefix="log/"):
    s3.put_bucket_policy(Bucket=target, Policy=json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{target}/*"}]}))
    s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={
        "LoggingEnabled": {"TargetBucket": target, "TargetPrefix": prefix}})


@pytest.fixture
def buckets(s3):
    """One that is logged, and where to."""
    bucket, target = new_name(), new_name()
    for name in (bucket, target):
        s3.create_bucket(Bucket=name)
    deliver_to(s3, bucket, target)
    return bucket, target


def lines(program, s3, target, later=LATER):
    program.set_clock(later)
    text = "".join(body_of(s3.get_object(Bucket=target, Key=key)).decode()
                   for key in keys_of(s3.list_objects_v2(Bucket=target)))
    found = [LINE.fullmatch(line) for line in text.splitlines()]
    assert all(found), text
    return [match.groupdict() for match in found]


def one(found, operation, **fields):
    chosen = [line for line in found if line["operation"] == operation
              and all(line[name] == value for name, value in fields.items())]
    assert len(chosen) == 1, found
    return chosen[0]


def test_a_log_is_named_by_its_time(program, s3, buckets):
    bucket, target = buckets
    put_all(s3, bucket, "key")
    program.set_clock(LATER)
    names = keys_of(s3.list_objects_v2(Bucket=target))
    assert names and all(re.fullmatch(r"log/2030-01-01-1[23]-\d\d-\d\d-[0-9A-F]{16}", name) for name in names)
    assert s3.head_object(Bucket=target, Key=names[0])["ContentType"] == "text/plain"


def test_a_line_tells_all_of_a_request(program, s3, buckets):
    bucket, target = buckets
    s3.put_object(Bucket=bucket, Key="dir/a b", Body=b"12345")
    answer = program.signed("GET", f"/{bucket}/dir/a%20b", headers={
        "Referer": "https://example.com/page", "User-Agent": "a browser", "Range": "bytes=1-3"}, service="s3")
    line = one(lines(program, s3, target), "REST.GET.OBJECT")
    me = s3.list_buckets()["Owner"]["ID"]
    assert (line["owner"], line["bucket"], line["requester"]) == (me, bucket, me)
    when = datetime.datetime.strptime(line["time"], "%d/%b/%Y:%H:%M:%S %z")
    assert 0 <= (when - datetime.datetime(2030, 1, 1, 12, tzinfo=datetime.timezone.utc)).total_seconds() < 600
    assert (line["ip"], line["request_id"], line["host_id"]) == \
        ("127.0.0.1", answer[1]["x-amz-request-id"], answer[1]["x-amz-id-2"])
    assert (line["key"], line["request"]) == ("dir/a%2520b", f'"GET /{bucket}/dir/a%20b HTTP/1.1"')  # encoded twice
    assert (line["status"], line["error"], line["sent"], line["size"]) == ("206", "-", "3", "5")
    assert line["total"].isdigit()
    assert (line["referer"], line["agent"]) == ('"https://example.com/page"', '"a browser"')
    assert (line["version"], line["signature"], line["auth"]) == ("-", "SigV4", "AuthHeader")
    assert (line["cipher"], line["tls"], line["host"]) == ("-", "-", program.address)


def test_each_kind_of_request_has_a_name(program, s3, buckets):
    bucket, target = buckets
    s3.put_object(Bucket=bucket, Key="key", Body=b"x")
    s3.head_object(Bucket=bucket, Key="key")
    s3.list_objects_v2(Bucket=bucket)
    s3.get_bucket_location(Bucket=bucket)
    s3.get_object_tagging(Bucket=bucket, Key="key")
    s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/key")
    s3.delete_object(Bucket=bucket, Key="copy")
    s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "key"}]})
    made = s3.create_multipart_upload(Bucket=bucket, Key="parts")
    upload = {"Bucket": bucket, "Key": "parts", "UploadId": made["UploadId"]}
    part = s3.upload_part(**upload, PartNumber=1, Body=b"x")
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})
    operations = [line["operation"] for line in lines(program, s3, target)]
    assert {"REST.PUT.OBJECT", "REST.HEAD.OBJECT", "REST.GET.BUCKET", "REST.GET.LOCATION", "REST.GET.OBJECT_TAGGING",
            "REST.COPY.OBJECT", "REST.DELETE.OBJECT", "REST.POST.MULTI_OBJECT_DELETE", "BATCH.DELETE.OBJECT",
            "REST.POST.UPLOADS", "REST.PUT.PART", "REST.POST.UPLOAD"} <= set(operations)


def test_what_was_refused_is_logged_with_its_error(program, s3, buckets):
    bucket, target = buckets
    program.request("GET", f"/{bucket}/key")
    program.signed("GET", f"/{bucket}/none", service="s3")
    program.signed("GET", f"/{bucket}/theirs", service="s3", key=OTHER)
    found = lines(program, s3, target)
    line = one(found, "REST.GET.OBJECT", key="key")
    assert (line["requester"], line["status"], line["error"], line["auth"]) == ("-", "403", "AccessDenied", "-")
    assert one(found, "REST.GET.OBJECT", key="none")["error"] == "NoSuchKey"
    line = one(found, "REST.GET.OBJECT", key="theirs")
    assert line["requester"] == program.client("s3", key=OTHER).list_buckets()["Owner"]["ID"]
    assert line["error"] == "AccessDenied"


def test_a_presigned_address_is_logged_as_one(program, s3, buckets):
    bucket, target = buckets
    put_all(s3, bucket, "key")
    url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "key"})
    assert program.get(url[len(program.url):])[0] == 200
    assert one(lines(program, s3, target), "REST.GET.OBJECT")["auth"] == "QueryString"


def test_a_visit_to_a_website_is_logged_as_one(program, s3, buckets):
    bucket, target = buckets
    s3.put_bucket_website(Bucket=bucket, WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}})
    program.request("GET", "/", headers={"Host": f"{bucket}.s3-website-us-east-1.localhost:{program.port}"})
    line = one(lines(program, s3, target), "WEBSITE.GET.OBJECT")
    assert (line["status"], line["host"].split(":")[0]) == ("403", f"{bucket}.s3-website-us-east-1.localhost")


def test_a_version_is_logged(program, s3, buckets):
    bucket, target = buckets
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket=bucket, Key="key", Body=b"x")["VersionId"]
    s3.get_object(Bucket=bucket, Key="key", VersionId=version)
    assert one(lines(program, s3, target), "REST.GET.OBJECT")["version"] == version


def test_an_agent_cannot_forge_a_line(program, s3, buckets):
    bucket, target = buckets
    program.signed("GET", f"/{bucket}/key", headers={"User-Agent": 'a" "b" - -', "Referer": "x y"}, service="s3")
    line = one(lines(program, s3, target), "REST.GET.OBJECT")
    assert line["status"] == "404"


def test_nothing_is_logged_when_it_is_switched_off(program, s3, buckets):
    bucket, target = buckets
    s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={})
    lines(program, s3, target)
    before = len(lines(program, s3, target, "2030-01-01T14:00:00Z"))
    put_all(s3, bucket, "key")
    assert len(lines(program, s3, target, "2030-01-01T16:00:00Z")) == before


def test_logs_survive_the_end_of_the_program(program, start, s3, buckets):
    bucket, target = buckets
    put_all(s3, bucket, "key")
    assert program.stop() == 0
    again = start("--settable-clock", data=program.data)
    again.set_clock(LATER)
    client = again.client("s3")
    assert "REST.PUT.OBJECT key" in "".join(body_of(client.get_object(Bucket=target, Key=key)).decode()
                                            for key in keys_of(client.list_objects_v2(Bucket=target)))
