"""Checksums: checked, kept, told; of one body and of many parts."""
import datetime
import urllib.parse

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from sigv4_signer import chunks_by_hand

from . import PART, base64_md5, body_of, expect, keys_of, parse, put_all, raw, upload
from .checksums import OF, checksum, composite, header

DATA = b"test-checksum"
ALGORITHMS = list(OF)
WRONG = {"CRC32": "AAAAAA==", "CRC32C": "AAAAAA==", "CRC64NVME": "AAAAAAAAAAA=", "SHA1": "A" * 27 + "=",
         "SHA256": "A" * 43 + "="}


def put(menagerie, bucket, headers, body=DATA, key="key"):
    return raw(menagerie, "PUT", f"/{bucket}/{key}", body, headers)


def put_chunks(menagerie, bucket, trailer, body=DATA):
    """aws-chunked, with the checksum behind the body."""
    now = datetime.datetime.now(datetime.timezone.utc)
    headers, chunks = chunks_by_hand(("test", "test", None), body, [8192], trailer, now, menagerie.address,
                                     f"/{bucket}/key", "s3")
    return menagerie.request("PUT", f"/{bucket}/key", chunks, headers)


def told(menagerie, bucket, key="key", method="HEAD", **headers):
    answer = raw(menagerie, method, f"/{bucket}/{key}", headers={"x-amz-checksum-mode": "ENABLED", **headers})
    return {name: value for name, value in answer[1].items() if name.startswith("x-amz-checksum")}


# --- Content-MD5


def test_a_body_that_has_its_md5_is_taken(menagerie, bucket):
    assert put(menagerie, bucket, {"Content-MD5": base64_md5(DATA)})[0] == 200


def test_a_body_that_has_another_md5_is_refused(menagerie, s3, bucket):
    error = expect(put(menagerie, bucket, {"Content-MD5": base64_md5(b"other")}), 400, "BadDigest",
                   "The Content-MD5 you specified did not match what we received.")
    assert error["ExpectedDigest"] and error["CalculatedDigest"]
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


@pytest.mark.parametrize("value", ["__invalid__", "000", "not base64 encoded checksum", "MTIz"])
def test_an_md5_that_is_none_is_invalid(menagerie, bucket, value):
    error = expect(put(menagerie, bucket, {"Content-MD5": value}), 400, "InvalidDigest",
                   "The Content-MD5 you specified was invalid.")
    assert error["Content-MD5"] == value


# --- x-amz-checksum-*


@pytest.mark.parametrize("body", [DATA, b""], ids=["some", "empty"])
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_checksum_in_a_header_is_kept_and_told(menagerie, bucket, algorithm, body):
    value = checksum(algorithm, body)
    expected = {header(algorithm): value, "x-amz-checksum-type": "FULL_OBJECT"}
    status, headers, _ = put(menagerie, bucket, {header(algorithm): value}, body)
    assert status == 200
    assert {name: headers[name] for name in expected} == expected
    assert told(menagerie, bucket) == expected
    assert told(menagerie, bucket, method="GET") == expected


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_checksum_in_a_trailer_is_kept_and_told(menagerie, s3, bucket, algorithm):
    body = DATA * 1000
    value = checksum(algorithm, body)
    status, headers, answer = put_chunks(menagerie, bucket, (header(algorithm), value), body)
    assert (status, headers.get(header(algorithm))) == (200, value), answer
    assert told(menagerie, bucket)[header(algorithm)] == value
    got = s3.get_object(Bucket=bucket, Key="key")
    assert body_of(got) == body
    assert "aws-chunked" not in got.get("ContentEncoding", "")


class UnsignedBody(S3SigV4Auth):
    def payload(self, request):
        return "STREAMING-UNSIGNED-PAYLOAD-TRAILER"


@pytest.mark.parametrize("sent,kept", [("aws-chunked", None), ("gzip,aws-chunked", "gzip"), ("aws-chunked,gzip", "gzip")])
def test_a_body_that_is_not_signed_is_checked_by_its_trailer(menagerie, s3, bucket, sent, kept):
    target = f"/{bucket}/key"
    headers = {"Content-Encoding": sent, "x-amz-trailer": header("CRC32"), "x-amz-decoded-content-length": str(len(DATA))}
    request = AWSRequest("PUT", menagerie.url + target, headers=headers)
    UnsignedBody(Credentials("test", "test"), "s3", "us-east-1").add_auth(request)
    trailer = f"{header('CRC32')}:{checksum('CRC32', DATA)}"
    body = b"%x\r\n%s\r\n0\r\n%s\r\n\r\n" % (len(DATA), DATA, trailer.encode())
    status, _, answer = menagerie.request("PUT", target, body, dict(request.headers.items()))
    assert status == 200, answer
    got = s3.get_object(Bucket=bucket, Key="key")
    assert (body_of(got), got.get("ContentEncoding") or None) == (DATA, kept)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_wrong_checksum_is_refused_and_nothing_is_kept(menagerie, s3, bucket, algorithm):
    message = f"The {algorithm} you specified did not match the calculated checksum."
    expect(put(menagerie, bucket, {header(algorithm): WRONG[algorithm]}), 400, "BadDigest", message)
    expect(put_chunks(menagerie, bucket, (header(algorithm), WRONG[algorithm])), 400, "BadDigest", message)
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("value", ["short", "", "not base64!", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="])
def test_a_checksum_that_is_none_is_invalid(menagerie, bucket, algorithm, value):
    expect(put(menagerie, bucket, {header(algorithm): value}), 400, "InvalidRequest",
           f"Value for {header(algorithm)} header is invalid.")


def test_two_checksums_are_too_many(menagerie, bucket):
    expect(put(menagerie, bucket, {header(a): checksum(a, DATA) for a in ("CRC32", "SHA1")}), 400, "InvalidRequest",
           "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_what_boto3_computes_is_kept(s3, bucket, algorithm):
    put_reply = s3.put_object(Bucket=bucket, Key="key", Body=DATA, ChecksumAlgorithm=algorithm)
    name = "Checksum" + algorithm
    assert put_reply[name] == checksum(algorithm, DATA)
    assert s3.get_object(Bucket=bucket, Key="key", ChecksumMode="ENABLED")[name] == checksum(algorithm, DATA)
    got = s3.get_object_attributes(Bucket=bucket, Key="key", ObjectAttributes=["Checksum"])
    assert got["Checksum"][name] == checksum(algorithm, DATA)


def test_without_a_checksum_there_is_one_all_the_same(menagerie, bucket):
    expected = {"x-amz-checksum-crc64nvme": checksum("CRC64NVME", DATA), "x-amz-checksum-type": "FULL_OBJECT"}
    headers = put(menagerie, bucket, {})[1]
    assert {name: headers[name] for name in expected} == expected
    assert told(menagerie, bucket) == expected
    answer = raw(menagerie, "GET", f"/{bucket}/key?attributes", headers={"x-amz-object-attributes": "Checksum"})
    found = parse(answer[2]).find("Checksum")
    assert found.find("ChecksumCRC64NVME").text == checksum("CRC64NVME", DATA)
    assert found.find("ChecksumType").text == "FULL_OBJECT"


def test_a_checksum_is_told_to_who_asks_only(menagerie, bucket):
    put(menagerie, bucket, {header("SHA256"): checksum("SHA256", DATA)})
    for method in ("GET", "HEAD"):
        assert not [n for n in raw(menagerie, method, f"/{bucket}/key")[1] if n.startswith("x-amz-checksum")]


def test_a_range_has_no_checksum_unless_it_is_the_whole(menagerie, bucket):
    put(menagerie, bucket, {header("SHA256"): checksum("SHA256", DATA)})
    assert told(menagerie, bucket, method="GET", Range="bytes=0-3") == {}
    assert header("SHA256") in told(menagerie, bucket, method="GET", Range="bytes=0-100")


def test_lists_name_the_algorithm(menagerie, bucket):
    put(menagerie, bucket, {header("SHA1"): checksum("SHA1", DATA)}, key="a")
    put(menagerie, bucket, {}, key="b")
    for query, entry in (("?list-type=2", "Contents"), ("", "Contents"), ("?versions", "Version")):
        found = parse(raw(menagerie, "GET", f"/{bucket}{query}")[2]).findall(entry)
        assert [(e.find("ChecksumAlgorithm").text, e.find("ChecksumType").text) for e in found] == \
            [("SHA1", "FULL_OBJECT"), ("CRC64NVME", "FULL_OBJECT")]


# --- Copies


def test_a_copy_keeps_the_checksum(menagerie, s3, bucket):
    put(menagerie, bucket, {header("SHA1"): checksum("SHA1", DATA)})
    copied = s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": "key"})
    assert copied["CopyObjectResult"]["ChecksumSHA1"] == checksum("SHA1", DATA)
    assert told(menagerie, bucket, "copy")[header("SHA1")] == checksum("SHA1", DATA)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_copy_can_have_another_checksum(menagerie, bucket, algorithm):
    put(menagerie, bucket, {})
    headers = {"x-amz-copy-source": f"{bucket}/key", "x-amz-checksum-algorithm": algorithm}
    answer = raw(menagerie, "PUT", f"/{bucket}/copy", headers=headers)
    assert parse(answer[2]).find("Checksum" + algorithm).text == checksum(algorithm, DATA)
    assert told(menagerie, bucket, "copy")[header(algorithm)] == checksum(algorithm, DATA)


# --- Bodies that are not objects


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_list_to_delete_can_have_any_checksum(menagerie, s3, bucket, algorithm):
    put_all(s3, bucket, "key")
    body = b"<Delete><Object><Key>key</Key></Object></Delete>"
    expect(raw(menagerie, "POST", f"/{bucket}?delete", body, {header(algorithm): WRONG[algorithm]}), 400, "BadDigest")
    assert keys_of(s3.list_objects_v2(Bucket=bucket)) == ["key"]
    assert raw(menagerie, "POST", f"/{bucket}?delete", body, {header(algorithm): checksum(algorithm, body)})[0] == 200
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


# --- Uploads in parts


class Upload:
    """One of which each request can be told everything."""

    def __init__(self, menagerie, bucket, headers=None):
        self.menagerie, self.path = menagerie, f"/{bucket}/key"
        self.created = raw(menagerie, "POST", f"{self.path}?uploads", headers=headers)
        assert self.created[0] == 200, self.created
        self.id = urllib.parse.quote(parse(self.created[2]).find("UploadId").text, safe="")
        self.parts = []

    def part(self, body, headers=None):
        number = len(self.parts) + 1
        answer = raw(self.menagerie, "PUT", f"{self.path}?partNumber={number}&uploadId={self.id}", body, headers)
        if answer[0] == 200:
            self.parts.append((number, answer[1]["etag"]))
        return answer

    def complete(self, headers=None, part_checksums=()):
        parts = "".join(f"<Part><PartNumber>{n}</PartNumber><ETag>{tag}</ETag>{''.join(part_checksums[n - 1:n])}</Part>"
                        for n, tag in self.parts)
        body = f"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>".encode()
        return raw(self.menagerie, "POST", f"{self.path}?uploadId={self.id}", body, headers)


def test_parts_without_a_checksum_have_one_of_the_whole(menagerie, bucket):
    made = Upload(menagerie, bucket)
    assert made.part(DATA)[0] == 200
    answer = parse(made.complete()[2])
    assert answer.find("ChecksumCRC64NVME").text == checksum("CRC64NVME", DATA)
    assert answer.find("ChecksumType").text == "FULL_OBJECT"
    assert told(menagerie, bucket) == {"x-amz-checksum-crc64nvme": checksum("CRC64NVME", DATA),
                                       "x-amz-checksum-type": "FULL_OBJECT"}


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA1", "SHA256"])
def test_a_composite_checksum_is_that_of_the_parts_checksums(menagerie, s3, bucket, algorithm):
    made = Upload(menagerie, bucket, {"x-amz-checksum-algorithm": algorithm})
    assert made.created[1]["x-amz-checksum-algorithm"] == algorithm
    assert made.created[1]["x-amz-checksum-type"] == "COMPOSITE"
    bodies = [b"a" * PART, b"b"]
    for body in bodies:
        answer = made.part(body, {header(algorithm): checksum(algorithm, body)})
        assert answer[1][header(algorithm)] == checksum(algorithm, body)
    listed = s3.list_parts(Bucket=bucket, Key="key", UploadId=urllib.parse.unquote(made.id))
    assert listed["ChecksumAlgorithm"] == algorithm
    assert [p["Checksum" + algorithm] for p in listed["Parts"]] == [checksum(algorithm, b) for b in bodies]
    elements = [f"<Checksum{algorithm}>{checksum(algorithm, b)}</Checksum{algorithm}>" for b in bodies]
    answer = parse(made.complete(part_checksums=elements)[2])
    assert answer.find("Checksum" + algorithm).text == composite(algorithm, bodies)
    assert answer.find("ChecksumType").text == "COMPOSITE"
    assert told(menagerie, bucket) == {header(algorithm): composite(algorithm, bodies), "x-amz-checksum-type": "COMPOSITE"}


@pytest.mark.parametrize("algorithm", ["CRC32", "CRC32C", "CRC64NVME"])
def test_a_full_checksum_is_that_of_the_whole(menagerie, bucket, algorithm):
    made = Upload(menagerie, bucket, {"x-amz-checksum-algorithm": algorithm, "x-amz-checksum-type": "FULL_OBJECT"})
    assert made.created[1]["x-amz-checksum-type"] == "FULL_OBJECT"
    bodies = [bytes(PART), b"b"]
    for body in bodies:
        assert made.part(body)[0] == 200
    whole = checksum(algorithm, b"".join(bodies))
    expect(made.complete({header(algorithm): WRONG[algorithm]}), 400, "BadDigest")
    answer = made.complete({header(algorithm): whole})
    assert (answer[0], parse(answer[2]).find("Checksum" + algorithm).text) == (200, whole)
    assert told(menagerie, bucket) == {header(algorithm): whole, "x-amz-checksum-type": "FULL_OBJECT"}


def test_crc64nvme_is_of_the_whole_by_default(menagerie, bucket):
    made = Upload(menagerie, bucket, {"x-amz-checksum-algorithm": "CRC64NVME"})
    assert made.created[1]["x-amz-checksum-type"] == "FULL_OBJECT"


@pytest.mark.parametrize("algorithm,kind", [("SHA1", "FULL_OBJECT"), ("SHA256", "FULL_OBJECT"), ("CRC64NVME", "COMPOSITE")])
def test_some_algorithms_are_of_one_kind_only(menagerie, bucket, algorithm, kind):
    headers = {"x-amz-checksum-algorithm": algorithm, "x-amz-checksum-type": kind}
    expect(raw(menagerie, "POST", f"/{bucket}/key?uploads", headers=headers), 400, "InvalidRequest",
           f"The {kind} checksum type cannot be used with the {algorithm.lower()} checksum algorithm.")


def test_a_kind_wants_an_algorithm(menagerie, bucket):
    expect(raw(menagerie, "POST", f"/{bucket}/key?uploads", headers={"x-amz-checksum-type": "FULL_OBJECT"}), 400,
           "InvalidRequest", "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.")


def test_an_algorithm_that_is_none_is_refused(menagerie, bucket):
    expect(raw(menagerie, "POST", f"/{bucket}/key?uploads", headers={"x-amz-checksum-algorithm": "ROT13"}), 400,
           "InvalidRequest", "Checksum algorithm provided is unsupported. Please try again with any of the valid types: "
                             "[CRC32, CRC32C, CRC64NVME, SHA1, SHA256]")


def test_a_part_has_the_checksum_that_its_upload_has(menagerie, bucket):
    made = Upload(menagerie, bucket, {"x-amz-checksum-algorithm": "SHA256"})
    expect(made.part(DATA, {header("SHA1"): checksum("SHA1", DATA)}), 400, "InvalidRequest",
           "Checksum Type mismatch occurred, expected checksum Type: sha256, actual checksum Type: sha1")
    expect(made.part(DATA, {header("SHA256"): WRONG["SHA256"]}), 400, "BadDigest")


def test_a_composite_upload_is_completed_with_the_checksum_of_each_part(menagerie, bucket):
    made = Upload(menagerie, bucket, {"x-amz-checksum-algorithm": "SHA256"})
    made.part(DATA, {header("SHA256"): checksum("SHA256", DATA)})
    expect(made.complete(), 400, "InvalidRequest",
           "The upload was created using a sha256 checksum. The complete request must include the checksum for each part. "
           "It was missing for part 1 in the request.")
    wrong = [f"<ChecksumSHA256>{WRONG['SHA256']}</ChecksumSHA256>"]
    expect(made.complete(part_checksums=wrong), 400, "InvalidPart")


def test_the_size_of_the_whole_can_be_checked(menagerie, bucket):
    made = Upload(menagerie, bucket)
    made.part(DATA)
    expect(made.complete({"x-amz-mp-object-size": "14"}), 400, "InvalidRequest",
           "The provided 'x-amz-mp-object-size' header value 14 does not match what was computed: 13")
    assert made.complete({"x-amz-mp-object-size": "13"})[0] == 200


def test_attributes_tell_the_parts_of_a_composite_checksum(s3, bucket):
    bodies = [b"a" * PART, b"b"]
    upload_id = s3.create_multipart_upload(Bucket=bucket, Key="key", ChecksumAlgorithm="SHA256")["UploadId"]
    parts = []
    for number, body in enumerate(bodies, 1):
        part = s3.upload_part(Bucket=bucket, Key="key", UploadId=upload_id, PartNumber=number, Body=body,
                              ChecksumAlgorithm="SHA256")
        parts.append({"PartNumber": number, "ETag": part["ETag"], "ChecksumSHA256": part["ChecksumSHA256"]})
    s3.complete_multipart_upload(Bucket=bucket, Key="key", UploadId=upload_id, MultipartUpload={"Parts": parts})
    got = s3.get_object_attributes(Bucket=bucket, Key="key", ObjectAttributes=["ObjectParts", "Checksum"], MaxParts=1)
    assert got["Checksum"]["ChecksumSHA256"] == composite("SHA256", bodies).split("-")[0]
    first = {"PartNumber": 1, "Size": PART, "ChecksumSHA256": checksum("SHA256", bodies[0])}
    assert got["ObjectParts"] == {"TotalPartsCount": 2, "PartNumberMarker": 0, "NextPartNumberMarker": 1, "MaxParts": 1,
                                  "IsTruncated": True, "Parts": [first]}


def test_attributes_tell_only_how_many_parts_there_are_without_one(s3, bucket):
    upload(s3, bucket, "key", [b"a" * PART, b"b"])
    got = s3.get_object_attributes(Bucket=bucket, Key="key", ObjectAttributes=["ObjectParts"])
    assert got["ObjectParts"]["TotalPartsCount"] == 2
    assert "Parts" not in got["ObjectParts"]


def test_a_new_clients_default_checksum_is_kept(menagerie, bucket):
    """botocore since January 2025 sends CRC32 in a trailer, without signing the body, over HTTPS; here, in a header."""
    headers = {"x-amz-sdk-checksum-algorithm": "CRC32", header("CRC32"): checksum("CRC32", DATA)}
    assert put(menagerie, bucket, headers)[0] == 200
    assert told(menagerie, bucket)[header("CRC32")] == checksum("CRC32", DATA)


def test_an_announced_algorithm_has_to_come(menagerie, bucket):
    expect(put(menagerie, bucket, {"x-amz-sdk-checksum-algorithm": "CRC32"}), 400, "InvalidRequest",
           "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were "
           "found.")
