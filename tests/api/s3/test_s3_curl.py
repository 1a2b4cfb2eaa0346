"""curl, as a person uses it: signed by --aws-sigv4, anonymous, with a form, at a website."""
import json
import os
import subprocess

import pytest

from . import base64_md5, body_of
from .test_cors_post import policy

pytestmark = pytest.mark.slow

SIGNED = ("--aws-sigv4", "aws:amz:us-east-1:s3", "--user", "test:test", "-H", "x-amz-content-sha256: UNSIGNED-PAYLOAD")


def curl(*arguments, status=200):
    """What it prints, which with -o is only the status."""
    done = subprocess.run(["curl", "-sS", "-w", "%{stderr}%{http_code}", *map(str, arguments)], capture_output=True,
                          timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr.decode() == str(status), done.stdout
    return done.stdout


def make_public(s3, bucket):
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}]}))


@pytest.mark.parametrize("size", [0, 10, 3 * 1024 * 1024 + 1])  # the last with Expect: 100-continue
def test_a_file_is_put_and_got_and_deleted(menagerie, s3, bucket, tmp_path, size):
    url = f"{menagerie.url}/{bucket}/key"
    data = os.urandom(size)
    (tmp_path / "file").write_bytes(data)
    curl(*SIGNED, "-T", tmp_path / "file", "-H", f"Content-MD5: {base64_md5(data)}", url)
    assert body_of(s3.get_object(Bucket=bucket, Key="key")) == data
    curl(*SIGNED, "-o", tmp_path / "back", url)
    assert (tmp_path / "back").read_bytes() == data
    assert f"Content-Length: {size}".encode() in curl(*SIGNED, "-I", url)
    curl(*SIGNED, "-X", "DELETE", url, status=204)
    assert b"<Code>NoSuchKey</Code>" in curl(*SIGNED, url, status=404)


def test_a_part_is_got_and_a_download_goes_on(menagerie, s3, bucket, tmp_path):
    data = os.urandom(200_000)
    s3.put_object(Bucket=bucket, Key="key", Body=data)
    make_public(s3, bucket)
    url = f"{menagerie.url}/{bucket}/key"
    assert curl("-r", "100-199", url, status=206) == data[100:200]
    (tmp_path / "half").write_bytes(data[:77_777])
    curl("-C", "-", "-o", tmp_path / "half", url, status=206)
    assert (tmp_path / "half").read_bytes() == data


def test_what_has_not_changed_is_not_got_again(menagerie, s3, bucket, tmp_path):
    s3.put_object(Bucket=bucket, Key="key", Body=b"data")
    make_public(s3, bucket)
    url = f"{menagerie.url}/{bucket}/key"
    curl("--etag-save", tmp_path / "etag", "-o", tmp_path / "file", url)
    assert curl("--etag-compare", tmp_path / "etag", url, status=304) == b""
    assert curl("-z", tmp_path / "file", url, status=304) == b""


def test_an_upload_of_unknown_length_is_refused(menagerie, bucket):
    url = f"{menagerie.url}/{bucket}/key"
    answer = curl(*SIGNED, "-T", "-", "-H", "Transfer-Encoding: chunked", url, status=411)
    assert b"<Code>MissingContentLength</Code>" in answer


def test_a_form_uploads_a_file(menagerie, s3, bucket, tmp_path):
    (tmp_path / "page.html").write_text("<p>hello</p>")
    fields = [argument for name, value in policy(bucket).items() for argument in ("-F", f"{name}={value}")]
    curl(*fields, "-F", f"file=@{tmp_path}/page.html", f"{menagerie.url}/{bucket}", status=204)
    assert body_of(s3.get_object(Bucket=bucket, Key="key")) == b"<p>hello</p>"


def test_a_website_is_at_its_name(menagerie, s3, bucket):
    s3.put_object(Bucket=bucket, Key="index.html", Body=b"<h1>Mysfits</h1>", ContentType="text/html")
    s3.put_object(Bucket=bucket, Key="about/index.html", Body=b"About")
    s3.put_bucket_website(Bucket=bucket, WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}})
    site = f"http://{bucket}.s3-website-us-east-1.localhost:{menagerie.port}"
    assert b"<li>Code: AccessDenied</li>" in curl(site, status=403)
    make_public(s3, bucket)
    assert curl(site) == b"<h1>Mysfits</h1>"
    assert curl("-L", f"{site}/about") == b"About"
