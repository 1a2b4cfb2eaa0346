"""A tour of S3 with whatever boto3 runs this: `boto3_tour.py URL FOLDER`. Prints its version when all went well."""
import hashlib
import io
import os
import random
import sys

import boto3
import botocore
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import ClientError

BUCKET = "tour-" + os.urandom(6).hex()


def code_of(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None


def objects(s3):
    for body in (b"", b"text", io.BytesIO(b"a stream"), random.Random(1).randbytes(300_000)):
        s3.put_object(Bucket=BUCKET, Key="a b/ü+%.bin", Body=body, Metadata={"by": "tour"}, ContentType="text/x-tour")
        found = s3.get_object(Bucket=BUCKET, Key="a b/ü+%.bin")
        expected = body.getvalue() if isinstance(body, io.BytesIO) else body
        assert found["Body"].read() == expected
        assert (found["Metadata"], found["ContentType"]) == ({"by": "tour"}, "text/x-tour")
        assert found["ETag"] == f'"{hashlib.md5(expected).hexdigest()}"'
    assert code_of(s3.get_object, Bucket=BUCKET, Key="none") == "NoSuchKey"
    assert code_of(s3.head_object, Bucket=BUCKET, Key="none") == "404"
    tag = s3.head_object(Bucket=BUCKET, Key="a b/ü+%.bin")["ETag"]
    assert code_of(s3.get_object, Bucket=BUCKET, Key="a b/ü+%.bin", IfNoneMatch=tag) == "304"
    assert code_of(s3.get_object, Bucket=BUCKET, Key="a b/ü+%.bin", IfMatch='"x"') == "PreconditionFailed"


def checksums(s3):
    for algorithm in ("CRC32", "SHA1", "SHA256"):
        put = s3.put_object(Bucket=BUCKET, Key=algorithm, Body=io.BytesIO(b"checked"), ChecksumAlgorithm=algorithm)
        head = s3.head_object(Bucket=BUCKET, Key=algorithm, ChecksumMode="ENABLED")
        assert put["Checksum" + algorithm] == head["Checksum" + algorithm]


def files(s3, folder):
    config = TransferConfig(multipart_threshold=5 << 20, multipart_chunksize=5 << 20, max_concurrency=4)
    there, back = os.path.join(folder, "there"), os.path.join(folder, "back")
    data = random.Random(2).randbytes(17 << 20)
    with open(there, "wb") as f:
        f.write(data)
    s3.upload_file(there, BUCKET, "large", Config=config)
    s3.download_file(BUCKET, "large", back, Config=config)
    with open(back, "rb") as f:
        assert f.read() == data
    s3.copy({"Bucket": BUCKET, "Key": "large"}, BUCKET, "copied", Config=config)
    assert s3.get_object(Bucket=BUCKET, Key="copied", Range="bytes=5242878-5242882")["Body"].read() == data[5242878:5242883]


def lists(s3):
    for i in range(25):
        s3.put_object(Bucket=BUCKET, Key=f"list/{i:02d}/x", Body=b"")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix="list/", Delimiter="/",
                                                         PaginationConfig={"PageSize": 7})
    found = [prefix["Prefix"] for page in pages for prefix in page["CommonPrefixes"]]
    assert found == [f"list/{i:02d}/" for i in range(25)]
    gone = s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": f"list/{i:02d}/x"} for i in range(25)]})
    assert len(gone["Deleted"]) == 25


def resource(session):
    bucket = session.Bucket(BUCKET)
    bucket.Versioning().enable()
    for text in (b"one", b"two"):
        bucket.put_object(Key="versioned", Body=text)
    versions = [v.get()["Body"].read() for v in bucket.object_versions.filter(Prefix="versioned")]
    assert versions == [b"two", b"one"]
    bucket.object_versions.delete()
    bucket.delete()
    bucket.wait_until_not_exists()


def main(url, folder):
    options = {"endpoint_url": url, "region_name": "us-east-1", "aws_access_key_id": "test", "aws_secret_access_key": "test",
               "config": Config(retries={"max_attempts": 0})}
    s3 = boto3.client("s3", **options)
    s3.create_bucket(Bucket=BUCKET)
    s3.get_waiter("bucket_exists").wait(Bucket=BUCKET)
    objects(s3)
    checksums(s3)
    files(s3, folder)
    lists(s3)
    resource(boto3.resource("s3", **options))
    print(boto3.__version__, botocore.__version__)


main(*sys.argv[1:])
