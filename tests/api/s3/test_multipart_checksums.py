"""What completes an upload is held against what its parts have: as S3 was seen to do it."""
import urllib.parse

import pytest

from . import PART, expect, parse, raw
from .checksums import checksum, composite, header

DATA = b"123456789"
NO_PART = ("One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified "
           "entity tag may not match the part's entity tag.")


@pytest.fixture
def begin(menagerie, bucket):
    """Begins an upload with these headers and sends parts, each with a checksum of the algorithm, if one is given."""
    def begin_with(algorithm=None, kind=None, parts=(DATA,), part_algorithm=None):
        headers = {"x-amz-checksum-algorithm": algorithm, "x-amz-checksum-type": kind}
        made = raw(menagerie, "POST", f"/{bucket}/key?uploads", headers={k: v for k, v in headers.items() if v})
        upload_id = parse(made[2]).find("UploadId").text
        address = f"/{bucket}/key?uploadId={urllib.parse.quote(upload_id, safe='')}"
        part_algorithm = part_algorithm or algorithm
        tags = []
        for number, body in enumerate(parts, 1):
            sums = {header(part_algorithm): checksum(part_algorithm, body)} if part_algorithm else {}
            answer = raw(menagerie, "PUT", f"{address}&partNumber={number}", body, sums)
            assert answer[0] == 200, answer
            tags.append(answer[1]["etag"])
        return address, tags
    return begin_with


def complete(menagerie, begun, elements=(), headers=None):
    address, tags = begun
    parts = "".join(f"<Part><PartNumber>{n}</PartNumber><ETag>{tag}</ETag>{''.join(elements[n - 1:n])}</Part>"
                    for n, tag in enumerate(tags, 1))
    return raw(menagerie, "POST", address, f"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>".encode(), headers)


def element(algorithm, value):
    return f"<Checksum{algorithm}>{value}</Checksum{algorithm}>"


@pytest.mark.parametrize("behind", ["", "-1"])
@pytest.mark.parametrize("algorithm", ["CRC32", "CRC32C", "SHA1", "SHA256"])
def test_a_composite_checksum_may_say_how_many_parts_there_are(menagerie, begin, algorithm, behind):
    whole = composite(algorithm, [DATA])
    answer = complete(menagerie, begin(algorithm), [element(algorithm, checksum(algorithm, DATA))],
                      {header(algorithm): whole.split("-")[0] + behind})
    assert (answer[0], parse(answer[2]).find("Checksum" + algorithm).text) == (200, whole)


@pytest.mark.parametrize("behind,code,message", [
    ("-2", "BadDigest", "The sha256 you specified did not match the calculated checksum."),
    ("-a", "InvalidRequest", "Value for x-amz-checksum-sha256 header is invalid."),
])
def test_a_composite_checksum_of_another_number_of_parts_is_wrong(menagerie, begin, behind, code, message):
    headers = {header("SHA256"): composite("SHA256", [DATA]).split("-")[0] + behind}
    answer = complete(menagerie, begin("SHA256"), [element("SHA256", checksum("SHA256", DATA))], headers)
    expect(answer, 400, code, message)


def test_a_part_without_a_checksum_is_refused_where_each_needs_one(menagerie, begin):
    address, _ = begin("CRC32C")
    expect(raw(menagerie, "PUT", f"{address}&partNumber=2", DATA), 400, "InvalidRequest",
           "Checksum Type mismatch occurred, expected checksum Type: crc32c, actual checksum Type: null")


def test_a_wrong_part_is_found_by_the_checksum_of_all(menagerie, begin):
    begun = begin("CRC32")
    wrong = [element("CRC32", checksum("CRC32", b"other"))]
    expect(complete(menagerie, begun, wrong), 400, "InvalidPart", NO_PART)
    expect(complete(menagerie, begun, wrong, {header("CRC32"): composite("CRC32", [DATA])}), 400, "BadDigest",
           "The crc32 you specified did not match the calculated checksum.")


@pytest.mark.parametrize("elements,value", [
    (element("CRC32", "y/Q5Jh=="), "CRC32:y/Q5Jh==;"),
    (element("CRC32", "short"), "CRC32:short;"),
    (element("CRC32", "y/Q5Jg==") + element("SHA1", checksum("SHA1", DATA)),
     f"CRC32:y/Q5Jg==;SHA1:{checksum('SHA1', DATA)};"),
    (element("XXHASH64", "AAAAAAAAAAA="), "XXHASH64:AAAAAAAAAAA=;"),
])
def test_a_part_has_one_checksum_in_base64(menagerie, begin, elements, value):
    error = expect(complete(menagerie, begin("CRC32"), [elements]), 400, "InvalidArgument",
                   "Invalid Base64 or multiple checksums present in request")
    assert (error["ArgumentName"], error["ArgumentValue"]) == ("Checksum", value)


def test_the_kind_of_checksum_stays(menagerie, begin):
    elements = [element("CRC32", checksum("CRC32", DATA))]
    expect(complete(menagerie, begin("CRC32"), elements, {"x-amz-checksum-type": "FULL_OBJECT"}), 400, "InvalidRequest",
           "The upload was created using the COMPOSITE checksum mode. The complete request must use the same checksum mode.")
    assert complete(menagerie, begin("CRC32"), elements, {"x-amz-checksum-type": "COMPOSITE"})[0] == 200


def test_the_checksum_of_all_is_one(menagerie, begin):
    headers = {header("CRC32"): "AAAAAA==", header("SHA1"): checksum("SHA1", b"")}
    expect(complete(menagerie, begin(), (), headers), 400, "InvalidRequest",
           "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
    expect(complete(menagerie, begin("CRC32", "FULL_OBJECT"), (), {header("CRC32C"): "AAAAAA=="}), 400, "InvalidRequest",
           "Checksum Type mismatch occurred, expected checksum Type: crc32, actual checksum Type: crc32c")
    expect(complete(menagerie, begin(), (), {"x-amz-checksum-xxhash64": "AAAAAAAAAAA="}), 400, "InvalidRequest",
           "The algorithm type you specified in x-amz-checksum- header is invalid.")


@pytest.mark.parametrize("algorithm", ["CRC32", "SHA256"])
def test_parts_may_have_checksums_though_their_upload_has_none(menagerie, begin, algorithm):
    bodies = [b"a" * PART, DATA]
    begun = begin(parts=bodies, part_algorithm=algorithm)
    elements = [element(algorithm, checksum(algorithm, body)) for body in bodies]
    expect(complete(menagerie, begun, elements[::-1]), 400, "InvalidPart", NO_PART)
    expect(complete(menagerie, begun, elements, {header(algorithm): checksum(algorithm, b"other")}), 400, "BadDigest")
    answer = complete(menagerie, begun, elements, {header(algorithm): composite(algorithm, bodies).split("-")[0]})
    assert answer[0] == 200, answer
    assert parse(answer[2]).find("ChecksumCRC64NVME").text == checksum("CRC64NVME", b"".join(bodies))


@pytest.mark.parametrize("algorithm", ["CRC32", "CRC32C", "CRC64NVME"])
def test_a_part_that_was_copied_has_the_checksum_of_its_upload(menagerie, s3, bucket, begin, algorithm):
    s3.put_object(Bucket=bucket, Key="source", Body=DATA)
    address, tags = begin(algorithm, "FULL_OBJECT", [b"a" * PART])
    answer = raw(menagerie, "PUT", f"{address}&partNumber=2",
                 headers={"x-amz-copy-source": f"/{bucket}/source", "x-amz-copy-source-range": "bytes=2-4"})
    copied = parse(answer[2])
    assert copied.find("Checksum" + algorithm).text == checksum(algorithm, DATA[2:5])
    whole = checksum(algorithm, b"a" * PART + DATA[2:5])
    assert complete(menagerie, (address, tags + [copied.find("ETag").text]), (), {header(algorithm): whole})[0] == 200


@pytest.mark.parametrize("size,message", [
    (-1, "Value for x-amz-mp-object-size header is less than zero: '-1'"),
    (10, "The provided 'x-amz-mp-object-size' header value 10 does not match what was computed: 9"),
])
def test_a_size_that_is_wrong_is_refused(menagerie, begin, size, message):
    expect(complete(menagerie, begin(), (), {"x-amz-mp-object-size": str(size)}), 400, "InvalidRequest", message)
