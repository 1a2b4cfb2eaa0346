"""A bucket as a website, asked by a browser."""
import json
import re

import pytest

from . import md5, new_name, put_all

INDEX = {"IndexDocument": {"Suffix": "index.html"}}
ERROR = {**INDEX, "ErrorDocument": {"Key": "error.html"}}
LIST = "s3:ListBucket"


def open_to_all(s3, bucket, *actions):
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": action,
         "Resource": f"arn:aws:s3:::{bucket}" + ("" if action == LIST else "/*")} for action in actions]}))


@pytest.fixture
def site(s3, bucket):
    """A website in which everybody may read, and list, so that what is missing is a 404."""
    open_to_all(s3, bucket, "s3:GetObject", LIST)
    s3.put_bucket_website(Bucket=bucket, WebsiteConfiguration=INDEX)
    for key in ("index.html", "folder/index.html", "a/b/index.html", "page.html"):
        s3.put_object(Bucket=bucket, Key=key, Body=f"<p>{key}</p>".encode(), ContentType="text/html")
    return bucket


def visit(menagerie, bucket, target="/", method="GET", pattern="{}.s3-website-us-east-1.localhost", **headers):
    host = f"{pattern.format(bucket)}:{menagerie.port}"
    return menagerie.request(method, target, b"" if method == "POST" else None,
                             {"Host": host, **{k.replace("_", "-"): v for k, v in headers.items()}})


def error_page(title, items, more=""):
    """S3's own page, as a pattern: the ids at the end of the list are never the same."""
    lines = "".join(f"<li>{re.escape(name)}: {re.escape(value)}</li>\n" for name, value in items)
    return (f"<html>\n<head><title>{title}</title></head>\n<body>\n<h1>{title}</h1>\n<ul>\n{lines}"
            f"<li>RequestId: [^<]+</li>\n<li>HostId: [^<]+</li>\n</ul>\n{more}<hr/>\n</body>\n</html>\n").encode()


def missing(key, more=""):
    return error_page("404 Not Found", [("Code", "NoSuchKey"), ("Message", "The specified key does not exist."),
                                        ("Key", key)], more)


# --- Pages


@pytest.mark.parametrize("pattern", ["{}.s3-website-us-east-1.localhost", "{}.s3-website.us-east-1.localhost",
                                     "{}.s3-website-eu-west-1.localhost", "{}.s3-website.eu-central-1.amazonaws.com"])
def test_a_website_is_found_by_its_host(menagerie, site, pattern):
    status, headers, body = visit(menagerie, site, pattern=pattern)
    assert (status, headers["content-type"], body) == (200, "text/html", b"<p>index.html</p>")


def test_a_website_is_found_by_a_path(menagerie, site):
    for target, key in (("", "index.html"), ("page.html", "page.html"), ("a/b/", "a/b/index.html")):
        status, _, body = menagerie.get(f"/_menagerie/website/{site}/{target}")
        assert (status, body) == (200, f"<p>{key}</p>".encode())
    assert menagerie.get(f"/_menagerie/website/{site}/none")[0] == 404


@pytest.mark.parametrize("target,key", [
    ("/", "index.html"), ("/folder/", "folder/index.html"), ("/a/b/", "a/b/index.html"), ("/page.html", "page.html"),
    ("/index.html", "index.html"), ("/?a=b", "index.html"), ("/page.html?versions", "page.html"), ("/page%2Ehtml", "page.html"),
])
def test_each_folder_has_its_index(menagerie, site, target, key):
    status, _, body = visit(menagerie, site, target)
    assert (status, body) == (200, f"<p>{key}</p>".encode())


def test_a_folder_without_its_slash_is_redirected(menagerie, site):
    status, headers, _ = visit(menagerie, site, "/folder")
    assert (status, headers["location"]) == (302, "/folder/")
    status, headers, _ = visit(menagerie, site, "/a/b")
    assert (status, headers["location"]) == (302, "/a/b/")


def test_a_folder_is_redirected_for_who_may_not_list_too(menagerie, s3, site):
    open_to_all(s3, site, "s3:GetObject")
    status, headers, _ = visit(menagerie, site, "/folder")
    assert (status, headers["location"]) == (302, "/folder/")


def test_an_object_counts_more_than_a_folder(menagerie, s3, site):
    put_all(s3, site, "folder", body=b"object")
    assert visit(menagerie, site, "/folder")[2] == b"object"


def test_a_page_has_the_headers_of_its_object(menagerie, s3, site):
    s3.put_object(Bucket=site, Key="page.html", Body=b"page", ContentType="text/html; charset=utf-8",
                  CacheControl="max-age=5", Metadata={"a": "1"})
    headers = visit(menagerie, site, "/page.html")[1]
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert (headers["cache-control"], headers["x-amz-meta-a"]) == ("max-age=5", "1")
    assert (headers["etag"], headers["content-length"]) == (f'"{md5(b"page")}"', "4")
    assert headers["last-modified"] and headers["x-amz-request-id"] and headers["x-amz-id-2"]


def test_head_has_no_body(menagerie, site):
    status, headers, body = visit(menagerie, site, "/", "HEAD")
    assert (status, headers["content-length"], body) == (200, "17", b"")
    status, headers, body = visit(menagerie, site, "/none", "HEAD")
    assert (status, body) == (404, b"")


def test_a_range_is_a_part_of_the_page(menagerie, site):
    status, headers, body = visit(menagerie, site, "/page.html", Range="bytes=3-6")
    assert (status, headers["content-range"], body) == (206, "bytes 3-6/16", b"page")
    assert visit(menagerie, site, "/page.html", Range="bytes=99-")[0] == 416


def test_a_page_that_a_browser_has_is_not_modified(menagerie, site):
    headers = visit(menagerie, site, "/page.html")[1]
    for condition in ({"If_None_Match": headers["etag"]}, {"If_Modified_Since": headers["last-modified"]}):
        status, _, body = visit(menagerie, site, "/page.html", **condition)
        assert (status, body) == (304, b"")


def test_a_signature_makes_no_difference(menagerie, s3, site):
    open_to_all(s3, site, "s3:ListBucket")
    host = {"Host": f"{site}.s3-website-us-east-1.localhost:{menagerie.port}"}
    assert menagerie.signed("GET", "/page.html", headers=host, service="s3")[0] == 403


# --- What goes wrong


@pytest.mark.parametrize("target,key", [("/none", "none"), ("/none/", "none/index.html"), ("/a/", "a/index.html"),
                                        ("/n%26ne", "n&ne")])
def test_a_page_that_is_not_there_is_said_to_be_missing(menagerie, site, target, key):
    status, headers, body = visit(menagerie, site, target)
    assert (status, headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert re.fullmatch(missing(key.replace("&", "&amp;")), body), body


def test_an_error_is_told_in_headers_too(menagerie, site):
    headers = visit(menagerie, site, "/none")[1]
    assert headers["x-amz-error-code"] == "NoSuchKey"
    assert headers["x-amz-error-message"] == "The specified key does not exist."
    assert headers["x-amz-error-detail-key"] == "none"


def test_a_page_that_is_not_open_is_forbidden(menagerie, s3, site):
    open_to_all(s3, site, LIST)
    status, headers, body = visit(menagerie, site, "/page.html")
    assert (status, headers["content-type"]) == (403, "text/html; charset=utf-8")
    assert re.fullmatch(error_page("403 Forbidden", [("Code", "AccessDenied"), ("Message", "Access Denied")]), body), body


def test_what_is_missing_is_forbidden_to_who_may_not_list(menagerie, s3, site):
    open_to_all(s3, site, "s3:GetObject")
    assert visit(menagerie, site, "/none")[0] == 403
    assert visit(menagerie, site, "/page.html")[0] == 200


def test_a_bucket_without_a_website_says_so(menagerie, bucket):
    for target in ("/", "/key"):
        status, _, body = visit(menagerie, bucket, target)
        assert status == 404
        assert re.fullmatch(error_page("404 Not Found", [
            ("Code", "NoSuchWebsiteConfiguration"),
            ("Message", "The specified bucket does not have a website configuration"), ("BucketName", bucket)]), body), body


def test_a_bucket_that_is_not_there_says_so(menagerie):
    name = new_name()
    status, _, body = visit(menagerie, name)
    assert status == 404
    assert re.fullmatch(error_page("404 Not Found", [
        ("Code", "NoSuchBucket"), ("Message", "The specified bucket does not exist"), ("BucketName", name)]), body), body


@pytest.mark.parametrize("method", ["POST", "DELETE", "PUT"])
def test_a_website_is_only_read(menagerie, site, method):
    status, _, body = visit(menagerie, site, "/page.html", method)
    assert status == 405
    assert re.fullmatch(error_page("405 Method Not Allowed", [
        ("Code", "MethodNotAllowed"), ("Message", "The specified method is not allowed against this resource."),
        ("Method", method), ("ResourceType", "OBJECT")]), body), body


def test_a_website_has_an_error_page_of_its_own(menagerie, s3, site):
    s3.put_bucket_website(Bucket=site, WebsiteConfiguration=ERROR)
    s3.put_object(Bucket=site, Key="error.html", Body=b"<p>sorry</p>", ContentType="text/html")
    status, headers, body = visit(menagerie, site, "/none")
    assert (status, headers["content-type"], body) == (404, "text/html", b"<p>sorry</p>")
    open_to_all(s3, site, "s3:GetObject")
    status, _, body = visit(menagerie, site, "/none")
    assert (status, body) == (403, b"<p>sorry</p>")


def test_an_error_page_that_is_missing_is_said_to_be(menagerie, s3, site):
    s3.put_bucket_website(Bucket=site, WebsiteConfiguration=ERROR)
    more = ("<h3>An Error Occurred While Attempting to Retrieve a Custom Error Document</h3>\n<ul>\n<li>Code: NoSuchKey</li>\n"
            "<li>Message: The specified key does not exist.</li>\n<li>Key: error.html</li>\n</ul>\n")
    status, _, body = visit(menagerie, site, "/none")
    assert status == 404
    assert re.fullmatch(missing("none", more), body), body


def test_a_page_that_was_deleted_is_missing(menagerie, s3, site):
    s3.put_bucket_versioning(Bucket=site, VersioningConfiguration={"Status": "Enabled"})
    s3.delete_object(Bucket=site, Key="page.html")
    s3.delete_object(Bucket=site, Key="folder/index.html")
    assert visit(menagerie, site, "/page.html")[0] == 404
    assert visit(menagerie, site, "/folder")[0] == 404


def test_a_page_that_only_a_client_can_open_is_not_shown(menagerie, s3, site):
    s3.put_object(Bucket=site, Key="page.html", Body=b"secret", SSECustomerAlgorithm="AES256", SSECustomerKey=b"k" * 32)
    status, headers, body = visit(menagerie, site, "/page.html")
    assert (status, headers["x-amz-error-code"]) == (400, "InvalidRequest")
    assert b"<li>Code: InvalidRequest</li>" in body


def test_requesters_do_not_pay_for_a_website(menagerie, s3, site):
    s3.put_bucket_request_payment(Bucket=site, RequestPaymentConfiguration={"Payer": "Requester"})
    assert visit(menagerie, site, "/page.html")[0] == 403


def test_a_condition_that_does_not_hold_has_a_page(menagerie, site):
    status, headers, body = visit(menagerie, site, "/page.html", If_Match='"other"')
    assert (status, headers["x-amz-error-code"]) == (412, "PreconditionFailed")
    assert b"<h1>412 Precondition Failed</h1>" in body


def test_an_error_page_of_ones_own_knows_no_conditions(menagerie, s3, site):
    s3.put_bucket_website(Bucket=site, WebsiteConfiguration=ERROR)
    s3.put_object(Bucket=site, Key="error.html", Body=b"<p>sorry</p>")
    status, headers, body = visit(menagerie, site, "/none", Range="bytes=1-2", If_None_Match="*")
    assert (status, headers["x-amz-error-code"], body) == (404, "NoSuchKey", b"<p>sorry</p>")
    status, headers, body = visit(menagerie, site, "/none", "HEAD")
    assert (status, headers["content-length"], body) == (404, "12", b"")


# --- Redirects


def test_an_object_can_be_a_redirect(menagerie, s3, site):
    for location in ("/page.html", "https://example.com/there?a=b"):
        s3.put_object(Bucket=site, Key="moved", WebsiteRedirectLocation=location)
        status, headers, _ = visit(menagerie, site, "/moved")
        assert (status, headers["location"]) == (301, location)


def test_an_index_can_be_a_redirect(menagerie, s3, site):
    s3.put_object(Bucket=site, Key="folder/index.html", WebsiteRedirectLocation="/page.html")
    status, headers, _ = visit(menagerie, site, "/folder/")
    assert (status, headers["location"]) == (301, "/page.html")


@pytest.mark.parametrize("to,target,location", [
    ({"HostName": "example.com"}, "/a/b?c=d", "http://example.com/a/b?c=d"),
    ({"HostName": "example.com", "Protocol": "https"}, "/", "https://example.com/"),
    ({"HostName": "example.com"}, "/%C3%BC%20x", "http://example.com/%C3%BC%20x"),
])
def test_all_requests_can_be_redirected(menagerie, s3, site, to, target, location):
    s3.put_bucket_website(Bucket=site, WebsiteConfiguration={"RedirectAllRequestsTo": to})
    status, headers, _ = visit(menagerie, site, target)
    assert (status, headers["location"]) == (301, location)


ROUTES = [
    ({"KeyPrefixEquals": "docs/"}, {"ReplaceKeyPrefixWith": "documents/"}, "/docs/a", 301, "http://{host}/documents/a"),
    ({"KeyPrefixEquals": "docs/"}, {"ReplaceKeyWith": "one.html"}, "/docs/a", 301, "http://{host}/one.html"),
    ({"KeyPrefixEquals": "docs/"}, {"HostName": "example.com", "HttpRedirectCode": "302"}, "/docs/a", 302,
     "http://example.com/docs/a"),
    ({"KeyPrefixEquals": "docs/"}, {"Protocol": "https"}, "/docs/a", 301, "https://{host}/docs/a"),
    ({"HttpErrorCodeReturnedEquals": "404"}, {"ReplaceKeyPrefixWith": "#!/"}, "/none", 301, "http://{host}/#!/none"),
    ({"HttpErrorCodeReturnedEquals": "404", "KeyPrefixEquals": "x/"}, {"HostName": "example.com"}, "/x/y", 301,
     "http://example.com/x/y"),
    (None, {"HostName": "example.com"}, "/page.html", 301, "http://example.com/page.html"),
]


@pytest.mark.parametrize("condition,redirect,target,status,location", ROUTES)
def test_a_routing_rule_redirects(menagerie, s3, site, condition, redirect, target, status, location):
    rule = {"Redirect": redirect, **({"Condition": condition} if condition else {})}
    s3.put_bucket_website(Bucket=site, WebsiteConfiguration={**INDEX, "RoutingRules": [rule]})
    answer = visit(menagerie, site, target)
    host = f"{site}.s3-website-us-east-1.localhost:{menagerie.port}"
    assert (answer[0], answer[1]["location"]) == (status, location.format(host=host))


def test_a_routing_rule_leaves_the_others_alone(menagerie, s3, site):
    s3.put_bucket_website(Bucket=site, WebsiteConfiguration={**INDEX, "RoutingRules": [
        {"Condition": {"KeyPrefixEquals": "docs/"}, "Redirect": {"HostName": "a.example"}},
        {"Condition": {"KeyPrefixEquals": "do"}, "Redirect": {"HostName": "b.example"}},
        {"Condition": {"HttpErrorCodeReturnedEquals": "403"}, "Redirect": {"HostName": "c.example"}}]})
    assert visit(menagerie, site, "/page.html")[0] == 200
    assert visit(menagerie, site, "/docs/a")[1]["location"] == "http://a.example/docs/a"
    assert visit(menagerie, site, "/dog")[1]["location"] == "http://b.example/dog"
    assert visit(menagerie, site, "/none")[0] == 404
    open_to_all(s3, site, "s3:GetObject")
    assert visit(menagerie, site, "/none")[1]["location"] == "http://c.example/none"


def by_path(menagerie, bucket, target):
    answer = menagerie.get(f"/_menagerie/website/{bucket}{target}")
    return answer[0], answer[1]["location"].replace(f"/_menagerie/website/{bucket}", "{site}")


def test_redirects_of_a_website_that_is_found_by_a_path_stay_in_it(menagerie, s3, site):
    s3.put_object(Bucket=site, Key="moved", WebsiteRedirectLocation="/page.html")
    s3.put_object(Bucket=site, Key="away", WebsiteRedirectLocation="https://example.com/there")
    s3.put_bucket_website(Bucket=site, WebsiteConfiguration={**INDEX, "RoutingRules": [
        {"Condition": {"KeyPrefixEquals": "docs/"}, "Redirect": {"ReplaceKeyPrefixWith": "a/"}},
        {"Condition": {"KeyPrefixEquals": "x/"}, "Redirect": {"HostName": "example.com"}}]})
    assert by_path(menagerie, site, "/folder") == (302, "{site}/folder/")
    assert by_path(menagerie, site, "/moved") == (301, "{site}/page.html")
    assert by_path(menagerie, site, "/away") == (301, "https://example.com/there")
    assert by_path(menagerie, site, "/docs/b?c=d") == (301, f"http://127.0.0.1:{menagerie.port}{{site}}/a/b?c=d")
    assert by_path(menagerie, site, "/x/y?z") == (301, "http://example.com/x/y?z")
    assert by_path(menagerie, site, "") == (302, "{site}/")


def test_a_website_can_have_such_a_path_itself(menagerie, s3, site):
    key = f"_menagerie/website/{site}/folder"
    put_all(s3, site, f"{key}/index.html", body=b"deep")
    status, headers, _ = visit(menagerie, site, f"/{key}")
    assert (status, headers["location"]) == (302, f"/{key}/")
    assert visit(menagerie, site, f"/{key}/")[2] == b"deep"


# --- Browsers of other sites


def test_a_page_can_be_read_by_other_sites(menagerie, s3, site):
    s3.put_bucket_cors(Bucket=site, CORSConfiguration={"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]})
    headers = visit(menagerie, site, "/page.html", Origin="https://example.com")[1]
    assert headers["access-control-allow-origin"] == "*"
