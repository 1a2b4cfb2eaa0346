"""Lists of objects, of versions and of uploads: prefixes, delimiters, pages, encodings."""
import urllib.parse

import pytest

from . import expect, keys_of, new_name, parse, put_all, raw, refused

TREE = ["a", "b/1", "b/2", "b/c/3", "d", "e/4", "z", "é/5"]


@pytest.fixture
def tree(s3, bucket):
    put_all(s3, bucket, *TREE, body=b"12345")
    return bucket


def prefixes_of(reply):
    return [entry["Prefix"] for entry in reply.get("CommonPrefixes", [])]


def listing(menagerie, bucket, query):
    status, headers, body = raw(menagerie, "GET", f"/{bucket}?{query}")
    assert (status, headers["content-type"]) == (200, "application/xml"), body
    return parse(body)


def texts(answer, path):
    return [element.text for element in answer.iterfind(path)]


# --- The document


def test_the_second_version_of_the_list(menagerie, tree):
    answer = listing(menagerie, tree, "list-type=2")
    assert answer.tag == "ListBucketResult"
    assert {e.tag for e in answer} == {"Name", "Prefix", "KeyCount", "MaxKeys", "IsTruncated", "Contents"}
    assert [answer.find(n).text for n in ("Name", "Prefix", "KeyCount", "MaxKeys", "IsTruncated")] == \
        [tree, None, "8", "1000", "false"]
    first = answer.find("Contents")
    assert {e.tag for e in first} == {"Key", "LastModified", "ETag", "Size", "StorageClass", "ChecksumAlgorithm",
                                      "ChecksumType"}
    assert (first.find("Size").text, first.find("StorageClass").text) == ("5", "STANDARD")
    assert first.find("LastModified").text.endswith(".000Z")


def test_the_first_version_of_the_list(menagerie, s3, tree):
    answer = listing(menagerie, tree, "")
    assert {e.tag for e in answer} == {"Name", "Prefix", "Marker", "MaxKeys", "IsTruncated", "Contents"}
    assert answer.find("Contents/Owner/ID").text == s3.list_buckets()["Owner"]["ID"]


def test_the_list_tells_the_region_of_the_bucket(menagerie, tree):
    assert raw(menagerie, "GET", f"/{tree}?list-type=2")[1]["x-amz-bucket-region"] == "us-east-1"


def test_an_empty_bucket_lists_nothing(s3, bucket):
    reply = s3.list_objects_v2(Bucket=bucket)
    assert (reply["KeyCount"], reply["IsTruncated"], "Contents" in reply) == (0, False, False)
    assert "Contents" not in s3.list_objects(Bucket=bucket)


def test_the_owner_is_listed_when_asked_for(s3, tree):
    assert "Owner" not in s3.list_objects_v2(Bucket=tree)["Contents"][0]
    owned = s3.list_objects_v2(Bucket=tree, FetchOwner=True)["Contents"][0]
    assert owned["Owner"]["ID"] == s3.list_buckets()["Owner"]["ID"]


# --- Prefixes and delimiters

CASES = [
    ("", "", TREE, []),
    ("b", "", ["b/1", "b/2", "b/c/3"], []),
    ("b/", "/", ["b/1", "b/2"], ["b/c/"]),
    ("", "/", ["a", "d", "z"], ["b/", "e/", "é/"]),
    ("b", "/", [], ["b/"]),
    ("b/c", "/", [], ["b/c/"]),
    ("é", "/", [], ["é/"]),
    ("nothing", "/", [], []),
    ("", "/c/", ["a", "b/1", "b/2", "d", "e/4", "z", "é/5"], ["b/c/"]),
    ("", "é", ["a", "b/1", "b/2", "b/c/3", "d", "e/4", "z"], ["é"]),
    ("", "none", TREE, []),
    ("b/1", "/", ["b/1"], []),
]


@pytest.mark.parametrize("prefix,delimiter,keys,prefixes", CASES)
def test_a_delimiter_folds_what_has_it_behind_the_prefix(s3, tree, prefix, delimiter, keys, prefixes):
    for method in (s3.list_objects_v2, s3.list_objects):
        reply = method(Bucket=tree, Prefix=prefix, Delimiter=delimiter)
        assert (keys_of(reply), prefixes_of(reply)) == (keys, prefixes)
    assert s3.list_objects_v2(Bucket=tree, Prefix=prefix, Delimiter=delimiter)["KeyCount"] == len(keys) + len(prefixes)


def test_the_prefix_and_delimiter_are_repeated(s3, tree):
    reply = s3.list_objects_v2(Bucket=tree, Prefix="b/", Delimiter="/")
    assert (reply["Prefix"], reply["Delimiter"]) == ("b/", "/")


def test_a_delimiter_of_several_characters(s3, bucket):
    put_all(s3, bucket, "a--b", "a--c", "a-d", "b--", "c")
    reply = s3.list_objects_v2(Bucket=bucket, Delimiter="--")
    assert (keys_of(reply), prefixes_of(reply)) == (["a-d", "c"], ["a--", "b--"])


# --- Pages of the second version


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8])
@pytest.mark.parametrize("delimiter", ["", "/"])
def test_pages_come_to_the_whole(s3, tree, size, delimiter):
    keys, prefixes, token = [], [], {}
    while True:
        reply = s3.list_objects_v2(Bucket=tree, MaxKeys=size, Delimiter=delimiter, **token)
        keys += keys_of(reply)
        prefixes += prefixes_of(reply)
        assert reply["KeyCount"] == len(keys_of(reply)) + len(prefixes_of(reply)) <= size
        if not reply["IsTruncated"]:
            break
        assert reply["KeyCount"] == size
        token = {"ContinuationToken": reply["NextContinuationToken"]}
    assert "NextContinuationToken" not in reply
    assert keys == (["a", "d", "z"] if delimiter else TREE)
    assert prefixes == (["b/", "e/", "é/"] if delimiter else [])


def test_a_token_is_repeated_and_knows_keys_that_are_gone(s3, tree):
    first = s3.list_objects_v2(Bucket=tree, MaxKeys=2)
    s3.delete_object(Bucket=tree, Key="b/1")
    second = s3.list_objects_v2(Bucket=tree, ContinuationToken=first["NextContinuationToken"])
    assert second["ContinuationToken"] == first["NextContinuationToken"]
    assert keys_of(second) == TREE[2:]


def test_a_token_that_is_none_is_refused(s3, tree):
    with refused("InvalidArgument", 400, "The continuation token provided is incorrect") as error:
        s3.list_objects_v2(Bucket=tree, ContinuationToken="nonsense")
    assert error["ArgumentName"] == "continuation-token"


@pytest.mark.parametrize("after,first", [("", "a"), ("a", "b/1"), ("b", "b/1"), ("b/", "b/1"), ("b/2", "b/c/3"), ("e/4x", "z")])
def test_a_list_can_start_after_a_key(s3, tree, after, first):
    reply = s3.list_objects_v2(Bucket=tree, StartAfter=after)
    assert keys_of(reply)[0] == first
    if after:
        assert reply["StartAfter"] == after


def test_a_list_can_start_after_the_end(s3, tree):
    assert s3.list_objects_v2(Bucket=tree, StartAfter="é/5")["KeyCount"] == 0


def test_a_token_counts_more_than_where_to_start(s3, tree):
    first = s3.list_objects_v2(Bucket=tree, MaxKeys=1, StartAfter="b/1")
    second = s3.list_objects_v2(Bucket=tree, StartAfter="b/1", ContinuationToken=first["NextContinuationToken"])
    assert keys_of(second)[0] == "b/c/3"


# --- Pages of the first version


def test_the_next_marker_is_told_with_a_delimiter_only(s3, tree):
    assert "NextMarker" not in s3.list_objects(Bucket=tree, MaxKeys=1)
    first = s3.list_objects(Bucket=tree, MaxKeys=2, Delimiter="/")
    assert (keys_of(first), prefixes_of(first), first["NextMarker"]) == (["a"], ["b/"], "b/")
    second = s3.list_objects(Bucket=tree, MaxKeys=2, Delimiter="/", Marker="b/")
    assert (keys_of(second), prefixes_of(second), second["Marker"]) == (["d"], ["e/"], "b/")


@pytest.mark.parametrize("marker,first", [("", "a"), ("a", "b/1"), ("b", "b/1"), ("b/2", "b/c/3"), ("d0", "e/4")])
def test_a_marker_is_any_text(s3, tree, marker, first):
    reply = s3.list_objects(Bucket=tree, Marker=marker)
    assert (keys_of(reply)[0], reply["Marker"]) == (first, marker)


# --- How many


@pytest.mark.parametrize("asked,answered", [(0, 0), (1, 1), (1000, 1000), (5000, 1000), (2 ** 31 - 1, 1000)])
def test_a_page_has_at_most_1000(s3, tree, asked, answered):
    for method in (s3.list_objects_v2, s3.list_objects, s3.list_object_versions):
        reply = method(Bucket=tree, MaxKeys=asked)
        assert reply["MaxKeys"] == answered
        assert reply["IsTruncated"] == (asked == 1)


def test_a_page_of_none_has_none(s3, tree):
    reply = s3.list_objects_v2(Bucket=tree, MaxKeys=0)
    assert (reply["KeyCount"], reply["IsTruncated"], "Contents" in reply) == (0, False, False)


@pytest.mark.parametrize("query", ["", "list-type=2&", "versions&"])
@pytest.mark.parametrize("asked", ["-1", "many", "2147483648", "1.5"])
def test_a_number_of_keys_that_is_none_is_refused(menagerie, tree, query, asked):
    error = expect(raw(menagerie, "GET", f"/{tree}?{query}max-keys={asked}"), 400, "InvalidArgument")
    assert error["ArgumentValue"] == asked
    assert error["Message"] in ("Provided max-keys not an integer or within integer range",
                                "Argument maxKeys must be an integer between 0 and 2147483647")


@pytest.mark.slow
def test_a_thousand_and_more_come_in_pages(s3, bucket):
    keys = [f"k{i:04}" for i in range(1005)]
    put_all(s3, bucket, *keys)
    first = s3.list_objects_v2(Bucket=bucket)
    assert (first["KeyCount"], first["IsTruncated"], keys_of(first)) == (1000, True, keys[:1000])
    second = s3.list_objects_v2(Bucket=bucket, ContinuationToken=first["NextContinuationToken"])
    assert keys_of(second) == keys[1000:]


# --- Encodings

ODD = ["a b/ü+=&", "a%2Fb", "<&>\"'", "line\nbreak", "~!*'()-_."]


def test_names_can_be_encoded_as_in_addresses(menagerie, s3, bucket):
    put_all(s3, bucket, *ODD)
    answer = listing(menagerie, bucket, "encoding-type=url&list-type=2")
    assert answer.find("EncodingType").text == "url"
    found = texts(answer, "Contents/Key")
    assert [urllib.parse.unquote_plus(key) for key in found] == sorted(ODD)
    assert "a+b/%C3%BC%2B%3D%26" in found
    assert "a%252Fb" in found


def test_the_other_names_in_the_list_are_encoded_too(menagerie, s3, bucket):
    put_all(s3, bucket, "ü x/1", "ü x/2", "ü x/ä/3")
    answer = listing(menagerie, bucket, "delimiter=%2F&encoding-type=url&marker=%C3%BC%20x%2F0&prefix=%C3%BC%20x%2F&max-keys=2")
    assert [answer.find(n).text for n in ("Prefix", "Marker", "Delimiter", "NextMarker")] == \
        ["%C3%BC+x/", "%C3%BC+x/0", "/", "%C3%BC+x/2"]
    answer = listing(menagerie, bucket, "delimiter=%2F&encoding-type=url&list-type=2&prefix=%C3%BC%20x%2F&start-after=%C3%BC")
    assert (answer.find("StartAfter").text, texts(answer, "CommonPrefixes/Prefix")) == ("%C3%BC", ["%C3%BC+x/%C3%A4/"])


def test_names_are_not_encoded_unless_asked(menagerie, s3, bucket):
    put_all(s3, bucket, "a b/ü+=&", "<&>\"'")
    answer = listing(menagerie, bucket, "list-type=2")
    assert answer.find("EncodingType") is None
    assert texts(answer, "Contents/Key") == ["<&>\"'", "a b/ü+=&"]


@pytest.mark.parametrize("query", ["", "list-type=2&", "versions&", "uploads&"])
@pytest.mark.parametrize("value", ["value", ""])
def test_there_is_one_encoding(menagerie, bucket, query, value):
    error = expect(raw(menagerie, "GET", f"/{bucket}?{query}encoding-type={value}"), 400, "InvalidArgument",
                   "Invalid Encoding Method specified in Request")
    assert (error["ArgumentName"], error["ArgumentValue"]) == ("encoding-type", value)


# --- Versions


@pytest.fixture
def versions(s3, versioned):
    """a: two versions; b/1: a version and a delete marker; c: one."""
    ids = [s3.put_object(Bucket=versioned, Key=key, Body=b"x")["VersionId"] for key in ("a", "a", "b/1", "c")]
    ids.append(s3.delete_object(Bucket=versioned, Key="b/1")["VersionId"])
    return [("a", ids[1]), ("a", ids[0]), ("b/1", ids[4]), ("b/1", ids[2]), ("c", ids[3])]


def versions_of(answer):
    return [(e.find("Key").text, e.find("VersionId").text) for e in answer if e.tag in ("Version", "DeleteMarker")]


def test_versions_are_listed_newest_first(menagerie, versioned, versions):
    answer = listing(menagerie, versioned, "versions")
    assert answer.tag == "ListVersionsResult"
    assert versions_of(answer) == versions
    assert texts(answer, "*/IsLatest") == ["true", "false", "true", "false", "true"]
    assert [e.tag for e in answer][-5:] == ["Version", "Version", "DeleteMarker", "Version", "Version"]


def test_versions_of_a_bucket_without_are_null(s3, tree):
    found = s3.list_object_versions(Bucket=tree, Prefix="b/")["Versions"]
    assert [(v["Key"], v["VersionId"], v["IsLatest"]) for v in found] == [(k, "null", True) for k in TREE[1:4]]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_versions_come_in_pages(menagerie, versioned, versions, size):
    found, query = [], f"max-keys={size}&versions"
    while query:
        answer = listing(menagerie, versioned, query)
        found += versions_of(answer)
        query = None
        if answer.find("IsTruncated").text == "true":
            query = urllib.parse.urlencode({"key-marker": answer.find("NextKeyMarker").text, "max-keys": size,
                                            "version-id-marker": answer.find("NextVersionIdMarker").text,
                                            "versions": ""}, quote_via=urllib.parse.quote)
    assert found == versions


def test_versions_can_start_after_a_key(menagerie, versioned, versions):
    assert versions_of(listing(menagerie, versioned, "key-marker=a&versions")) == versions[2:]
    answer = listing(menagerie, versioned, f"key-marker=b%2F1&version-id-marker={versions[2][1]}&versions")
    assert versions_of(answer) == versions[3:]
    assert (answer.find("KeyMarker").text, answer.find("VersionIdMarker").text) == ("b/1", versions[2][1])


def test_a_version_marker_wants_a_key_marker(menagerie, versioned, versions):
    expect(raw(menagerie, "GET", f"/{versioned}?version-id-marker={versions[1][1]}&versions"), 400, "InvalidArgument",
           "A version-id marker cannot be specified without a key marker.")


def test_versions_can_be_folded(s3, versioned, versions):
    reply = s3.list_object_versions(Bucket=versioned, Delimiter="/")
    assert (keys_of(reply, "Versions"), prefixes_of(reply), "DeleteMarkers" in reply) == (["a", "a", "c"], ["b/"], False)
    assert keys_of(s3.list_object_versions(Bucket=versioned, Prefix="b/"), "DeleteMarkers") == ["b/1"]


def test_a_delete_marker_is_not_listed_among_objects(s3, versioned, versions):
    assert keys_of(s3.list_objects_v2(Bucket=versioned)) == ["a", "c"]
    assert prefixes_of(s3.list_objects_v2(Bucket=versioned, Delimiter="/")) == []


# --- Uploads


@pytest.fixture
def uploads(s3, bucket):
    """In the order they are listed: by key, then as they began."""
    keys = ["b/1", "a", "a", "b/2", "c", "a"]
    ids = [(key, s3.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]) for key in keys]
    return sorted(ids, key=lambda pair: pair[0])


def uploads_of(reply):
    return [(u["Key"], u["UploadId"]) for u in reply.get("Uploads", [])]


def test_uploads_are_listed_as_they_began(s3, bucket, uploads):
    reply = s3.list_multipart_uploads(Bucket=bucket)
    assert uploads_of(reply) == uploads
    assert (reply["IsTruncated"], reply["MaxUploads"]) == (False, 1000)
    assert (reply["NextKeyMarker"], reply["NextUploadIdMarker"]) == uploads[-1]
    first = reply["Uploads"][0]
    assert first["Owner"]["ID"] == s3.list_buckets()["Owner"]["ID"]
    assert (first["StorageClass"], "Initiated" in first, "Initiator" in first) == ("STANDARD", True, True)


def test_a_bucket_without_uploads_lists_none(s3, bucket):
    reply = s3.list_multipart_uploads(Bucket=bucket)
    assert ("Uploads" in reply, reply["IsTruncated"]) == (False, False)
    assert [reply[n] for n in ("KeyMarker", "UploadIdMarker", "NextKeyMarker", "NextUploadIdMarker")] == [""] * 4


@pytest.mark.parametrize("size", [1, 2, 3, 6])
def test_uploads_come_in_pages(s3, bucket, uploads, size):
    found, marker = [], {}
    while True:
        reply = s3.list_multipart_uploads(Bucket=bucket, MaxUploads=size, **marker)
        found += uploads_of(reply)
        if not reply["IsTruncated"]:
            break
        marker = {"KeyMarker": reply["NextKeyMarker"], "UploadIdMarker": reply["NextUploadIdMarker"]}
    assert found == uploads


def test_a_key_marker_alone_skips_all_uploads_of_the_key(s3, bucket, uploads):
    assert uploads_of(s3.list_multipart_uploads(Bucket=bucket, KeyMarker="a")) == uploads[3:]
    assert uploads_of(s3.list_multipart_uploads(Bucket=bucket, KeyMarker="c")) == []


def test_an_upload_marker_alone_is_ignored(s3, bucket, uploads):
    reply = s3.list_multipart_uploads(Bucket=bucket, UploadIdMarker=uploads[1][1])
    assert (uploads_of(reply), reply["UploadIdMarker"]) == (uploads, "")


def test_an_upload_marker_of_another_key_is_invalid(s3, bucket, uploads):
    with refused("InvalidArgument", 400, "Invalid uploadId marker") as error:
        s3.list_multipart_uploads(Bucket=bucket, KeyMarker="a", UploadIdMarker=uploads[-1][1])
    assert error["ArgumentName"] == "upload-id-marker"


def test_uploads_can_be_folded(s3, bucket, uploads):
    reply = s3.list_multipart_uploads(Bucket=bucket, Delimiter="/")
    assert (keys_of(reply, "Uploads"), prefixes_of(reply)) == (["a", "a", "a", "c"], ["b/"])
    assert keys_of(s3.list_multipart_uploads(Bucket=bucket, Prefix="b/"), "Uploads") == ["b/1", "b/2"]


def test_a_list_of_a_bucket_that_is_not_there_is_refused(s3):
    for method in (s3.list_objects, s3.list_objects_v2, s3.list_object_versions, s3.list_multipart_uploads):
        with refused("NoSuchBucket", 404):
            method(Bucket=new_name())
