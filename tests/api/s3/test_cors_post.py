"""Browsers: cross-origin requests, and forms that upload a file."""
import base64
import datetime
import hashlib
import hmac
import json

import pytest

from . import body_of, expect, keys_of, md5, new_name, parse, put_all

ORIGIN = "https://www.example.com"
RULE = {"AllowedMethods": ["GET", "PUT"], "AllowedOrigins": [ORIGIN], "AllowedHeaders": ["x-amz-*", "Content-Type"],
        "ExposeHeaders": ["ETag", "x-amz-request-id"], "MaxAgeSeconds": 3000}
VARY = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method"
NOT_ALLOWED = ("CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request "
               "method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the "
               "resource's CORS spec.")


def set_cors(s3, bucket, *rules):
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": list(rules)})


def preflight(menagerie, bucket, method="GET", origin=ORIGIN, headers=None, key="/key"):
    sent = {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}
    return menagerie.request("OPTIONS", f"/{bucket}{key}", headers={k: v for k, v in sent.items() if v is not None})


def cors(headers):
    return {name: value for name, value in headers.items() if name.startswith("access-control-") or name == "vary"}


# --- Preflights


def test_a_preflight_is_told_what_is_allowed(menagerie, s3, bucket):
    set_cors(s3, bucket, RULE)
    status, headers, body = preflight(menagerie, bucket, "PUT", headers="X-Amz-Date, content-type")
    assert (status, body) == (200, b"")
    assert cors(headers) == {
        "access-control-allow-origin": ORIGIN, "access-control-allow-methods": "GET, PUT",
        "access-control-allow-headers": "x-amz-date, content-type", "access-control-max-age": "3000",
        "access-control-expose-headers": "ETag, x-amz-request-id", "access-control-allow-credentials": "true", "vary": VARY}


def test_a_preflight_for_everybody_has_no_credentials(menagerie, s3, bucket):
    set_cors(s3, bucket, {"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]})
    assert cors(preflight(menagerie, bucket)[1]) == {
        "access-control-allow-origin": "*", "access-control-allow-methods": "GET", "vary": VARY}


@pytest.mark.parametrize("pattern,origin,allowed", [
    ("https://*.example.com", ORIGIN, True), ("https://*.example.com", "https://example.com", False),
    ("http*://www.example.com", ORIGIN, True), ("https://www.example.com", "https://www.example.com:8443", False),
    ("https://www.example.com", "https://WWW.example.com", False), ("*", "null", True),
])
def test_an_origin_may_have_one_wildcard(menagerie, s3, bucket, pattern, origin, allowed):
    set_cors(s3, bucket, {"AllowedMethods": ["GET"], "AllowedOrigins": [pattern]})
    assert preflight(menagerie, bucket, origin=origin)[0] == (200 if allowed else 403)


@pytest.mark.parametrize("arguments,method", [
    ({"origin": "https://evil.example"}, "GET"), ({"method": "DELETE"}, "DELETE"), ({"headers": "x-other"}, "GET"),
    ({"headers": "x-amz-date,x-other"}, "GET"), ({"method": "get"}, "get"),
])
def test_a_preflight_that_no_rule_matches_is_forbidden(menagerie, s3, bucket, arguments, method):
    set_cors(s3, bucket, RULE)
    answer = preflight(menagerie, bucket, **arguments)
    error = expect(answer, 403, "AccessForbidden", NOT_ALLOWED)
    assert (error["Method"], error["ResourceType"]) == (method, "OBJECT")
    assert "access-control-allow-origin" not in answer[1]


def test_the_first_rule_that_matches_decides(menagerie, s3, bucket):
    set_cors(s3, bucket, {**RULE, "MaxAgeSeconds": 1, "AllowedMethods": ["PUT"]}, {**RULE, "MaxAgeSeconds": 2},
             {**RULE, "MaxAgeSeconds": 3})
    assert preflight(menagerie, bucket, "PUT")[1]["access-control-max-age"] == "1"
    assert preflight(menagerie, bucket, "GET")[1]["access-control-max-age"] == "2"


def test_a_preflight_says_where_it_comes_from(menagerie, s3, bucket):
    set_cors(s3, bucket, RULE)
    expect(preflight(menagerie, bucket, origin=None), 400, "BadRequest",
           "Insufficient information. Origin request header needed.")


@pytest.mark.parametrize("method,named", [("PUT", "PUT"), (None, "OPTIONS")])
def test_a_bucket_without_rules_says_so(menagerie, bucket, method, named):
    error = expect(preflight(menagerie, bucket, method), 403, "AccessForbidden",
                   "CORSResponse: CORS is not enabled for this bucket.")
    assert (error["Method"], error["ResourceType"]) == (named, "BUCKET")


def test_a_bucket_that_is_not_there_says_so(menagerie):
    error = expect(preflight(menagerie, new_name()), 403, "AccessForbidden", "CORSResponse: Bucket not found")
    assert error["ResourceType"] == "BUCKET"


def test_a_preflight_for_a_bucket_is_answered_like_one_for_a_key(menagerie, s3, bucket):
    set_cors(s3, bucket, RULE)
    assert preflight(menagerie, bucket, key="")[1]["access-control-allow-origin"] == ORIGIN
    host = {"Host": f"{bucket}.s3.localhost:{menagerie.port}", "Origin": ORIGIN, "Access-Control-Request-Method": "GET"}
    assert menagerie.request("OPTIONS", "/key", headers=host)[0] == 200


# --- Requests


def test_a_reply_says_who_may_read_it(menagerie, s3, bucket):
    set_cors(s3, bucket, RULE)
    put_all(s3, bucket, "key", body=b"data")
    status, headers, body = menagerie.signed("GET", f"/{bucket}/key", headers={"Origin": ORIGIN}, service="s3")
    assert (status, body) == (200, b"data")
    assert headers["access-control-allow-origin"] == ORIGIN
    assert headers["access-control-expose-headers"] == "ETag, x-amz-request-id"
    assert headers["vary"] == VARY
    headers = menagerie.signed("PUT", f"/{bucket}/key", b"x", {"Origin": ORIGIN}, service="s3")[1]
    assert headers["access-control-allow-origin"] == ORIGIN


def test_an_error_says_who_may_read_it(menagerie, s3, bucket):
    set_cors(s3, bucket, RULE)
    for target, status in (("/none", 404), ("?policy", 404)):
        answer = menagerie.signed("GET", f"/{bucket}{target}", headers={"Origin": ORIGIN}, service="s3")
        assert (answer[0], answer[1]["access-control-allow-origin"]) == (status, ORIGIN)
    answer = menagerie.request("GET", f"/{bucket}/key", headers={"Origin": ORIGIN})
    assert (answer[0], answer[1]["access-control-allow-origin"]) == (403, ORIGIN)


@pytest.mark.parametrize("headers,method", [({"Origin": "https://evil.example"}, "GET"), ({}, "GET"),
                                            ({"Origin": ORIGIN}, "DELETE")])
def test_a_request_that_no_rule_matches_is_answered_without(menagerie, s3, bucket, headers, method):
    set_cors(s3, bucket, RULE)
    put_all(s3, bucket, "key")
    answer = menagerie.signed(method, f"/{bucket}/key", headers=headers, service="s3")
    assert answer[0] in (200, 204)
    assert not [name for name in answer[1] if name.startswith("access-control-")]


# --- Forms


def multipart(fields, file=b"data", filename="name.txt", boundary="limit"):
    """What a browser makes of a form; `file` None: there is no file in it."""
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
             for name, value in fields.items()]
    if file is not None:
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n'
                     f"Content-Type: text/plain\r\n\r\n".encode() + file + b"\r\n")
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), {"Content-Type": f"multipart/form-data; boundary={boundary}"}


def post(menagerie, bucket, fields, **more):
    body, headers = multipart(fields, **more)
    return menagerie.request("POST", f"/{bucket}", body, headers)


def policy(bucket, *conditions, key="key", seconds=600, **fields):
    """The fields of a form that its owner signed; each field is a condition as well."""
    now = datetime.datetime.now(datetime.timezone.utc)
    day = now.strftime("%Y%m%d")
    fields = {"key": key, **{name if "action" in name else name.replace("_", "-"): value for name, value in fields.items()},
              "x-amz-credential": f"test/{day}/us-east-1/s3/aws4_request", "x-amz-algorithm": "AWS4-HMAC-SHA256",
              "x-amz-date": now.strftime("%Y%m%dT%H%M%SZ")}
    document = {"expiration": (now + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "conditions": [{"bucket": bucket}, *conditions, *({n: v} for n, v in fields.items() if n != "key")]}
    if not any("key" in c or "$key" in c for c in conditions):
        document["conditions"].append({"key": key})
    return signed(fields, json.dumps(document).encode(), day)


def signed(fields, document, day):
    encoded = base64.b64encode(document).decode()
    secret = b"AWS4test"
    for part in (day, "us-east-1", "s3", "aws4_request"):
        secret = hmac.new(secret, part.encode(), hashlib.sha256).digest()
    return {**fields, "policy": encoded,
            "x-amz-signature": hmac.new(secret, encoded.encode(), hashlib.sha256).hexdigest()}


def test_a_form_uploads_a_file(menagerie, s3, bucket):
    status, headers, body = post(menagerie, bucket, policy(bucket))
    assert (status, body) == (204, b"")
    assert headers["etag"] == f'"{md5(b"data")}"'
    assert headers["location"].endswith(f"/{bucket}/key")
    assert body_of(s3.get_object(Bucket=bucket, Key="key")) == b"data"


def test_boto3_makes_such_a_form(menagerie, s3, bucket):
    made = menagerie.client("s3", signature_version="s3v4").generate_presigned_post(
        bucket, "dir/${filename}", Fields={"x-amz-meta-a": "1"}, Conditions=[{"x-amz-meta-a": "1"}], ExpiresIn=60)
    assert post(menagerie, bucket, made["fields"], filename="ü.txt")[0] == 204
    assert s3.head_object(Bucket=bucket, Key="dir/ü.txt")["Metadata"] == {"a": "1"}


@pytest.mark.parametrize("asked,status", [("200", 200), ("201", 201), ("204", 204), ("418", 204)])
def test_a_form_chooses_the_status_of_success(menagerie, bucket, asked, status):
    answer = post(menagerie, bucket, policy(bucket, success_action_status=asked))
    assert answer[0] == status
    if status != 201:
        assert answer[2] == b""
        return
    document = parse(answer[2])
    assert document.tag == "PostResponse"
    assert {e.tag: e.text for e in document} == {"Location": answer[1]["location"], "Bucket": bucket, "Key": "key",
                                                 "ETag": f'"{md5(b"data")}"'}


@pytest.mark.parametrize("field", ["success_action_redirect", "redirect"])
@pytest.mark.parametrize("page", ["http://example.com/done", "http://example.com/done?a=b"])
def test_a_form_leads_on_to_another_page(menagerie, bucket, field, page):
    status, headers, _ = post(menagerie, bucket, policy(bucket, **{field: page}))
    assert status == 303
    joint = "&" if "?" in page else "?"
    assert headers["location"] == f"{page}{joint}bucket={bucket}&key=key&etag=%22{md5(b'data')}%22"


def test_a_form_tells_about_the_object(menagerie, s3, bucket):
    fields = policy(bucket, Content_Type="text/css", Cache_Control="no-cache", x_amz_meta_color="red",
                    x_amz_storage_class="STANDARD_IA", x_amz_website_redirect_location="/there")
    assert post(menagerie, bucket, fields)[0] == 204
    head = s3.head_object(Bucket=bucket, Key="key")
    assert (head["ContentType"], head["CacheControl"], head["Metadata"]) == ("text/css", "no-cache", {"color": "red"})
    assert (head["StorageClass"], head["WebsiteRedirectLocation"]) == ("STANDARD_IA", "/there")


def test_a_form_can_bring_tags(menagerie, s3, bucket):
    tags = "<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>"
    assert post(menagerie, bucket, policy(bucket, tagging=tags))[0] == 204
    assert s3.get_object_tagging(Bucket=bucket, Key="key")["TagSet"] == [{"Key": "a", "Value": "1"}]


@pytest.mark.parametrize("filename,key", [
    ("name.txt", "up/name.txt"), ("C:\\folder\\name.txt", "up/name.txt"), ("/home/me/name.txt", "up/name.txt")])
def test_a_key_can_contain_the_name_of_the_file(menagerie, s3, bucket, filename, key):
    fields = policy(bucket, ["starts-with", "$key", "up/"], key="up/${filename}")
    assert post(menagerie, bucket, fields, filename=filename)[0] == 204
    assert keys_of(s3.list_objects_v2(Bucket=bucket)) == [key]


def test_what_is_behind_the_file_is_ignored(menagerie, bucket):
    body, headers = multipart(policy(bucket))
    body = body[:-len(b"--limit--\r\n")] + b'--limit\r\nContent-Disposition: form-data; name="other"\r\n\r\nx\r\n--limit--\r\n'
    assert menagerie.request("POST", f"/{bucket}", body, headers)[0] == 204


@pytest.mark.parametrize("data", [b"", b"\r\n", b"x--limit", b"\r\n--limi", b"x" * 300_000, b"\r\n--\r\n" * 1000], ids=len)
def test_a_file_is_taken_as_it_is(menagerie, s3, bucket, data):
    assert post(menagerie, bucket, policy(bucket), file=data)[0] == 204
    assert body_of(s3.get_object(Bucket=bucket, Key="key")) == data


@pytest.mark.parametrize("size,status,code", [(9, 400, "EntityTooSmall"), (10, 204, None), (20, 204, None),
                                             (21, 400, "EntityTooLarge"), (300_000, 400, "EntityTooLarge")])
def test_a_file_has_the_size_that_was_signed(menagerie, s3, bucket, size, status, code):
    answer = post(menagerie, bucket, policy(bucket, ["content-length-range", 10, 20]), file=b"x" * size)
    error = expect(answer, status, code)
    if code == "EntityTooLarge":
        assert error["MaxSizeAllowed"] == "20"
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == (0 if code else 1)


def test_a_policy_ends(menagerie, bucket):
    expect(post(menagerie, bucket, policy(bucket, seconds=-10)), 403, "AccessDenied",
           "Invalid according to Policy: Policy expired.")


@pytest.mark.parametrize("conditions,fields,message", [
    ([["starts-with", "$key", "up/"]], {}, 'Invalid according to Policy: Policy Condition failed: ["starts-with", "$key", "up/"]'),
    ([["eq", "$acl", "public-read"]], {},
     'Invalid according to Policy: Policy Condition failed: ["eq", "$acl", "public-read"]'),
    ([], {"x-amz-meta-extra": "1"}, "Invalid according to Policy: Extra input fields: x-amz-meta-extra"),
])
def test_a_form_that_was_not_signed_like_this_is_denied(menagerie, bucket, conditions, fields, message):
    expect(post(menagerie, bucket, {**policy(bucket, *conditions), **fields}), 403, "AccessDenied", message)


def test_a_field_to_ignore_is_ignored(menagerie, bucket):
    assert post(menagerie, bucket, {"x-ignore-this": "1", **policy(bucket)})[0] == 204


def test_a_policy_is_for_one_bucket(menagerie, s3, bucket):
    other = new_name()
    s3.create_bucket(Bucket=other)
    answer = post(menagerie, other, policy(bucket))
    expect(answer, 403, "AccessDenied",
           f'Invalid according to Policy: Policy Condition failed: ["eq", "$bucket", "{bucket}"]')


@pytest.mark.parametrize("field,value", [("x-amz-signature", "0" * 64), ("policy", base64.b64encode(b"{}").decode())])
def test_a_form_with_a_wrong_signature_does_not_match(menagerie, bucket, field, value):
    error = expect(post(menagerie, bucket, {**policy(bucket), field: value}), 403, "SignatureDoesNotMatch",
                   "The request signature we calculated does not match the signature you provided. Check your key and "
                   "signing method.")
    assert error["AWSAccessKeyId"] == "test"


@pytest.mark.parametrize("missing,named", [("x-amz-signature", "X-Amz-Signature"), ("x-amz-algorithm", "X-Amz-Algorithm"),
                                          ("x-amz-credential", "X-Amz-Credential"), ("x-amz-date", "X-Amz-Date"),
                                          ("key", "key")])
def test_a_field_that_is_missing_is_said_to_be(menagerie, bucket, missing, named):
    fields = policy(bucket)
    del fields[missing]
    error = expect(post(menagerie, bucket, fields), 400, "InvalidArgument",
                   f"Bucket POST must contain a field named '{named}'.  If it is specified, please check the order of the "
                   "fields.")
    assert error["ArgumentName"] == named


@pytest.mark.parametrize("document", [b"not json", b"[]", b'{"expiration": "2040-01-01T00:00:00Z"}', b'{"conditions": []}'])
def test_a_policy_that_is_none_is_refused(menagerie, bucket, document):
    fields = policy(bucket)
    fields = signed(fields, document, fields["x-amz-date"][:8])
    expect(post(menagerie, bucket, fields), 400, "InvalidPolicyDocument")


def test_a_form_without_a_file_is_refused(menagerie, bucket):
    error = expect(post(menagerie, bucket, policy(bucket), file=None), 400, "InvalidArgument",
                   "POST requires exactly one file upload per request.")
    assert (error["ArgumentName"], error["ArgumentValue"]) == ("file", "0")


def test_a_post_is_a_form(menagerie, bucket):
    answer = menagerie.request("POST", f"/{bucket}", b"a=b", {"Content-Type": "application/x-www-form-urlencoded"})
    error = expect(answer, 412, "PreconditionFailed")
    assert error["Condition"] == "Bucket POST must be of the enclosure-type multipart/form-data"


@pytest.mark.parametrize("body", [b"", b"--limit", b"--limit\r\n\r\n", b"--other\r\nContent-Disposition: form-data\r\n\r\n"])
def test_a_form_that_is_torn_is_malformed(menagerie, bucket, body):
    answer = menagerie.request("POST", f"/{bucket}", body, {"Content-Type": "multipart/form-data; boundary=limit"})
    expect(answer, 400, "MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data.")


def test_a_form_without_a_signature_is_from_nobody(menagerie, s3, bucket):
    expect(post(menagerie, bucket, {"key": "key"}), 403, "AccessDenied", "Access Denied")
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": "*", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{bucket}/*"}]}))
    assert post(menagerie, bucket, {"key": "key"})[0] == 204


def test_a_form_has_the_permissions_of_who_signed_it(menagerie, other):
    theirs = new_name()
    other.create_bucket(Bucket=theirs)
    expect(post(menagerie, theirs, policy(theirs)), 403, "AccessDenied")
    assert other.list_objects_v2(Bucket=theirs)["KeyCount"] == 0


def test_a_form_is_answered_for_other_sites(menagerie, s3, bucket):
    set_cors(s3, bucket, {"AllowedMethods": ["POST"], "AllowedOrigins": ["*"]})
    body, headers = multipart(policy(bucket))
    answer = menagerie.request("POST", f"/{bucket}", body, {**headers, "Origin": ORIGIN})
    assert (answer[0], answer[1]["access-control-allow-origin"]) == (204, "*")
