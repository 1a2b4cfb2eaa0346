"""`aws s3`, as a person types it, by each AWS CLI there is."""
import json
import os
import random
import time
import urllib.request

import pytest
from clients import CLIS, run_aws

from . import body_of, keys_of, new_name, put_all

pytestmark = [pytest.mark.slow, pytest.mark.scripts]


@pytest.fixture(params=CLIS, ids=range(len(CLIS)))
def aws(request, menagerie, tmp_path):
    """The command; what it prints."""
    config = tmp_path / "config"
    config.write_text("[default]\ns3 =\n  signature_version = s3v4\n  addressing_style = path\n")

    def run(*arguments, fails=False):
        done = run_aws(request.param, menagerie.url, *arguments, home=tmp_path, AWS_CONFIG_FILE=str(config))
        assert (done.returncode != 0) == fails, done.stderr + done.stdout
        return done.stderr if fails else done.stdout

    return run


LARGE = 2 * 8 * 1024 * 1024 + 5  # three of the parts in which the CLI sends


def fill(folder, count):
    """Files of many sizes and kinds of name, in folders."""
    dice = random.Random(count)
    for i in range(count):
        path = folder / f"folder {i % 7}" / f"sub-{i % 3}" / f"file+{i} ü.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(dice.randbytes(dice.choice((0, 1, 100, 5000, 70_000))))
        os.utime(path, (1_600_000_000, 1_600_000_000))  # sync would take what is newer than its copy for changed
    (folder / "large.bin").write_bytes(dice.randbytes(LARGE))
    os.utime(folder / "large.bin", (1_600_000_000, 1_600_000_000))


def contents(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_bucket_is_made_and_listed_and_removed(aws, s3):
    name = new_name()
    assert f"make_bucket: {name}" in aws("s3", "mb", f"s3://{name}")
    assert name in aws("s3", "ls")
    assert f"remove_bucket: {name}" in aws("s3", "rb", f"s3://{name}")
    assert name not in [b["Name"] for b in s3.list_buckets()["Buckets"]]


def test_a_bucket_that_is_not_empty_is_removed_by_force_only(aws, s3, bucket):
    put_all(s3, bucket, "a", "b/c")
    assert "BucketNotEmpty" in aws("s3", "rb", f"s3://{bucket}", fails=True)
    assert f"remove_bucket: {bucket}" in aws("s3", "rb", "--force", f"s3://{bucket}")
    assert bucket not in [b["Name"] for b in s3.list_buckets()["Buckets"]]


def test_a_file_is_copied_there_and_back(aws, s3, bucket, tmp_path):
    (tmp_path / "page.html").write_text("<p>hello</p>")
    aws("s3", "cp", tmp_path / "page.html", f"s3://{bucket}/there/")  # to a folder: it keeps its name
    assert keys_of(s3.list_objects_v2(Bucket=bucket)) == ["there/page.html"]
    head = s3.head_object(Bucket=bucket, Key="there/page.html")
    assert (head["ContentType"], head["ContentLength"]) == ("text/html", 12)
    aws("s3", "cp", f"s3://{bucket}/there/page.html", tmp_path / "back.html")
    assert (tmp_path / "back.html").read_text() == "<p>hello</p>"


def test_a_large_file_goes_in_parts(aws, s3, bucket, tmp_path):
    data = random.Random(3).randbytes(LARGE)
    (tmp_path / "large").write_bytes(data)
    aws("s3", "cp", tmp_path / "large", f"s3://{bucket}/large")
    assert s3.head_object(Bucket=bucket, Key="large")["ETag"].endswith('-3"')
    aws("s3", "cp", f"s3://{bucket}/large", f"s3://{bucket}/copy")
    aws("s3", "cp", f"s3://{bucket}/copy", tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == data


def test_standard_input_and_output_can_be_copied(aws, s3, bucket):
    put_all(s3, bucket, "key", body=b"from the bucket\n")
    assert aws("s3", "cp", f"s3://{bucket}/key", "-") == "from the bucket\n"


def test_hundreds_of_files_are_synced_there_and_back_and_what_is_gone_is_deleted(aws, s3, bucket, tmp_path):
    fill(tmp_path / "here", 250)
    aws("s3", "sync", "--quiet", tmp_path / "here", f"s3://{bucket}")
    aws("s3", "sync", "--quiet", f"s3://{bucket}", tmp_path / "back")
    assert contents(tmp_path / "back") == contents(tmp_path / "here")
    (tmp_path / "here" / "large.bin").unlink()
    said = aws("s3", "sync", "--delete", tmp_path / "here", f"s3://{bucket}")
    assert said == f"delete: s3://{bucket}/large.bin\n"  # and of the others, which are the same, nothing
    assert sorted(keys_of(s3.list_objects_v2(Bucket=bucket))) == sorted(contents(tmp_path / "here"))


def test_ls_lists_folders_and_files(aws, s3, bucket):
    put_all(s3, bucket, "a.txt", "dir/b.txt", "dir/c.txt", body=b"12345")
    lines = aws("s3", "ls", f"s3://{bucket}").splitlines()
    assert lines[0].split() == ["PRE", "dir/"]
    assert lines[1].split()[2:] == ["5", "a.txt"]
    assert time.strptime(" ".join(lines[1].split()[:2]), "%Y-%m-%d %H:%M:%S")
    every = aws("s3", "ls", "--recursive", "--summarize", f"s3://{bucket}")
    assert "Total Objects: 3" in every and "Total Size: 15" in every


def test_ls_goes_on_from_page_to_page(aws, s3, bucket):
    keys = [f"k{i:02}" for i in range(10)]
    put_all(s3, bucket, *keys)
    assert [line.split()[-1] for line in aws("s3", "ls", "--page-size", 3, f"s3://{bucket}").splitlines()] == keys


def test_mv_leaves_nothing_behind(aws, s3, bucket, tmp_path):
    (tmp_path / "file").write_text("moved")
    aws("s3", "mv", tmp_path / "file", f"s3://{bucket}/a")
    aws("s3", "mv", f"s3://{bucket}/a", f"s3://{bucket}/b")
    assert not (tmp_path / "file").exists()
    assert keys_of(s3.list_objects_v2(Bucket=bucket)) == ["b"]
    assert body_of(s3.get_object(Bucket=bucket, Key="b")) == b"moved"


def test_rm_removes_one_or_all_of_a_folder(aws, s3, bucket):
    put_all(s3, bucket, "a", "dir/b", "dir/sub/c", "directory")
    aws("s3", "rm", f"s3://{bucket}/a")
    aws("s3", "rm", "--recursive", f"s3://{bucket}/dir/")
    assert keys_of(s3.list_objects_v2(Bucket=bucket)) == ["directory"]


def test_a_presigned_address_opens_without_keys(aws, s3, bucket):
    put_all(s3, bucket, "a b+c", body=b"for everyone with the address")
    url = aws("s3", "presign", f"s3://{bucket}/a b+c", "--expires-in", "60").strip()
    assert "X-Amz-Signature=" in url
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    assert opener.open(url, timeout=30).read() == b"for everyone with the address"


def test_what_goes_wrong_is_said_as_aws_says_it(aws, bucket, tmp_path):
    said = aws("s3", "ls", f"s3://{new_name()}", fails=True)
    assert "An error occurred (NoSuchBucket) when calling the ListObjectsV2 operation" in said
    assert "The specified bucket does not exist" in said
    assert "An error occurred (404) when calling the HeadObject operation" in \
        aws("s3", "cp", f"s3://{bucket}/none", tmp_path / "none", fails=True)


def test_the_first_module_of_the_workshop_serves_a_page(aws, menagerie, tmp_path):
    """Make a bucket, make it a website, open it by a policy, copy the page, look at it."""
    name = new_name()
    host = {"Host": f"{name}.s3-website-us-east-1.localhost:{menagerie.port}"}
    (tmp_path / "index.html").write_text("<h1>Mythical Mysfits</h1>")
    (tmp_path / "policy.json").write_text(json.dumps({"Id": "MyPolicy", "Version": "2012-10-17", "Statement": [{
        "Sid": "PublicReadForGetBucketObjects", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{name}/*"}]}))
    aws("s3", "mb", f"s3://{name}")
    aws("s3", "website", f"s3://{name}", "--index-document", "index.html")
    status, headers, body = menagerie.request("GET", "/", headers=host)
    assert (status, headers["content-type"].split(";")[0]) == (403, "text/html")
    assert b"ListBucketResult" not in body
    aws("s3api", "put-bucket-policy", "--bucket", name, "--policy", f"file://{tmp_path}/policy.json")
    aws("s3", "cp", tmp_path / "index.html", f"s3://{name}/index.html")
    status, headers, body = menagerie.request("GET", "/", headers=host)
    assert (status, headers["content-type"], body) == (200, "text/html", b"<h1>Mythical Mysfits</h1>")
    assert menagerie.request("GET", f"/{name}/index.html")[2] == b"<h1>Mythical Mysfits</h1>"
