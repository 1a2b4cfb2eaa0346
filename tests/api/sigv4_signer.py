"""Signed requests from every signer at hand, for test_sigv4_botocore.py and for use by hand.

Runs under any Python with botocore: `python3 sigv4_signer.py` prints one JSON object a line, with the
request's method, target, headers (a list of pairs) and body (base64), and how it is to be judged.
Requests are caught just before botocore would send them, so they are what its clients really send.
"""
import base64
import datetime
import hashlib
import hmac
import io
import json
import random
import sys
import urllib.parse
import zlib

import botocore
import botocore.session
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.config import Config
from botocore.credentials import Credentials

ROOT = ("test", "test", None)
ACCOUNT = ("111122223333", "test", None)
TEMPORARY = ("ASIATEMPORARY", "temporary", "the/token+of=the&key")
KEYS = [ROOT, ACCOUNT, TEMPORARY]

ODD_TEXTS = [
    "plain", "a b", "a+b", "a%20b", "a%2Bb", "100%", "%zz", "~tilde~", "a~b-c_d.e", "!*'()", "=&?#", "a:b@c$d,e;f",
    "ü/中/😀", "a\"<>\\^`{|}", "q=1&r=2", "line\tbreak", "é", "\u00a0nbsp", "x" * 300,
]
ODD_KEYS = ODD_TEXTS + [
    "a/b/c", "a//b", "//lead", "trail/", "a/./b", "a/../b", "../up", "./here", "...", ".", "..", "a/..", "+", "%", " ",
    "a?b=c",
]


class Caught:
    """Stands in for the network: keeps each request and answers with an empty success."""

    def __init__(self):
        self.requests = []

    def __call__(self, request, **kwargs):
        self.requests.append(request)
        return AWSResponse(request.url, 200, {}, Raw(b""))


class Raw(io.BytesIO):
    def stream(self, **kwargs):
        yield self.read()


def client(service, caught, keys=ROOT, secure=False, region="us-east-1", **config):
    session = botocore.session.Session()
    made = session.create_client(
        service, region_name=region, endpoint_url=("https" if secure else "http") + "://localhost:4566",
        aws_access_key_id=keys[0], aws_secret_access_key=keys[1], aws_session_token=keys[2],
        config=Config(retries={"max_attempts": 0}, parameter_validation=False, **config))
    made.meta.events.register_last("before-send", caught)
    return made


def body_of(request):
    body = request.body
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if hasattr(body, "read"):
        if hasattr(body, "seek"):
            body.seek(0)
        return body.read()
    return bytes(body)


def text(value):
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def plain(name, flavour, service, request, payload=None):
    """As a line of output: what would be on the wire."""
    url = urllib.parse.urlsplit(request.url)
    target = (url.path or "/") + ("?" + url.query if url.query else "")
    headers = [(k, text(v)) for k, v in request.headers.items()]
    if not any(k.lower() == "host" for k, _ in headers):
        headers.insert(0, ("Host", url.netloc))
    return {"name": name, "flavour": flavour, "service": service, "method": request.method, "target": target,
            "headers": headers, "body": base64.b64encode(body_of(request)).decode(),
            "payload": None if payload is None else base64.b64encode(payload).decode()}


def s3_calls(c, keys=tuple(ODD_KEYS), texts=tuple(ODD_TEXTS)):
    """Name, call, payload that the service must get (None: whatever botocore makes of it)."""
    for key in keys:
        yield f"PutObject {key!r}", lambda k=key: c.put_object(Bucket="bucket", Key=k, Body=b"hello"), b"hello"
        yield f"GetObject {key!r}", lambda k=key: c.get_object(Bucket="bucket", Key=k, Range="bytes=0-9"), b""
    for value in texts:
        yield f"ListObjectsV2 {value!r}", lambda v=value: c.list_objects_v2(Bucket="bucket", Prefix=v), b""
    big = random.Random(1).randbytes(200_017)
    yield "PutObject big", lambda: c.put_object(Bucket="bucket", Key="big", Body=io.BytesIO(big)), big
    yield "PutObject empty", lambda: c.put_object(Bucket="bucket", Key="empty", Body=b""), b""
    for algorithm in ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"]:
        yield f"PutObject {algorithm}", lambda a=algorithm: c.put_object(
            Bucket="bucket", Key="k", Body=io.BytesIO(b"123456789"), ChecksumAlgorithm=a), b"123456789"
    yield "metadata", lambda: c.put_object(
        Bucket="bucket", Key="k", Body=b"x", ACL="private", ContentType="text/plain; charset=utf-8",
        CacheControl="  max-age=1,   public ", ContentEncoding="gzip", ContentDisposition='attachment; filename="a  b"',
        Metadata={"a": "  two   spaces  ", "B-C": "x,y", "empty": ""}, Tagging="a=b&c=d%20e"), b"x"
    yield "CopyObject", lambda: c.copy_object(
        Bucket="bucket", Key="to", CopySource={"Bucket": "b", "Key": "fröm +%"}), b""
    yield "DeleteObjects", lambda: c.delete_objects(
        Bucket="bucket", Delete={"Objects": [{"Key": "ü"}, {"Key": "a<b"}]}), None
    yield "UploadPart", lambda: c.upload_part(
        Bucket="bucket", Key="k", UploadId="a/b+c=", PartNumber=3, Body=b"part"), b"part"
    yield "GetBucketAcl", lambda: c.get_bucket_acl(Bucket="bucket"), b""
    yield "ListBuckets", c.list_buckets, b""
    yield "PutBucketPolicy", lambda: c.put_bucket_policy(Bucket="bucket", Policy='{"Version":"2012-10-17"}'), None


def s3(out):
    few = {"keys": ODD_KEYS[::5], "texts": ODD_TEXTS[::5]}
    for keys, secure, style, which in [
            (ROOT, False, "path", {}), (ROOT, True, "virtual", few), (ACCOUNT, True, "path", few),
            (TEMPORARY, False, "virtual", few), (TEMPORARY, True, "path", few)]:
        caught = Caught()
        c = client("s3", caught, keys, secure, s3={"addressing_style": style})
        for name, call, payload in s3_calls(c, **which):
            before = len(caught.requests)
            try:
                call()
            except Exception:  # what this botocore cannot send is not sent; an empty answer may not parse
                pass
            for request in caught.requests[before:]:
                out(plain(f"s3 {style} {secure} {keys[0]} {name}", "s3", "s3", request, payload))


def s3_presigned(out):
    for keys in KEYS:
        c = client("s3", Caught(), keys, region="eu-central-1", signature_version="s3v4",
                   s3={"addressing_style": "path"})
        for key in ODD_KEYS if keys == ROOT else ODD_KEYS[::5]:
            url = c.generate_presigned_url("get_object", ExpiresIn=3600, Params={
                "Bucket": "bucket", "Key": key, "ResponseContentDisposition": 'attachment; filename="ü +&.txt"'})
            out(plain(f"presigned GET {key!r} {keys[0]}", "s3", "s3", AWSRequest("GET", url), b""))
        url = c.generate_presigned_url("put_object", Params={
            "Bucket": "bucket", "Key": "k", "ContentType": "text/x", "Metadata": {"color": "red"}}, ExpiresIn=604800)
        headers = {"Content-Type": "text/x", "x-amz-meta-color": "red"}
        if "x-amz-meta-color" in url.split("?")[1] and "meta-color" not in url.split("SignedHeaders=")[1].split("&")[0]:
            headers.pop("x-amz-meta-color")  # some versions move it to the query
        out(plain(f"presigned PUT {keys[0]}", "s3", "s3", AWSRequest("PUT", url, headers, b"any body"), b"any body"))


def others(out):
    """Calls of each protocol, as the real clients make them."""
    calls = [
        ("dynamodb", "json", "dynamodb", lambda c: c.put_item(TableName="t", Item={"k": {"S": "ü 😀"}})),
        ("dynamodb", "json", "dynamodb", lambda c: c.list_tables()),
        ("kinesis", "json", "kinesis", lambda c: c.put_record(StreamName="s", Data=b"\x00\xff", PartitionKey="p")),
        ("logs", "json", "logs", lambda c: c.describe_log_groups(logGroupNamePrefix="/aws/lambda")),
        ("sts", "query", "sts", lambda c: c.get_caller_identity()),
        ("iam", "query", "iam", lambda c: c.create_user(UserName="a+b=c,d.e@f", Path="/ü/")),
        ("sns", "query", "sns", lambda c: c.publish(TopicArn="arn:aws:sns:us-east-1:0:t", Message="a b&c=d+e%ü")),
        ("cloudformation", "query", "cloudformation", lambda c: c.create_stack(StackName="s", TemplateBody="a: b\n")),
        ("ec2", "ec2", "ec2", lambda c: c.describe_instances(Filters=[{"Name": "tag:a b", "Values": ["*", "ü"]}])),
        ("lambda", "rest-json", "lambda", lambda c: c.list_functions(Marker="a b/ü+%", MaxItems=3)),
        ("apigateway", "rest-json", "apigateway", lambda c: c.get_tags(resourceArn="arn:aws:apigateway:::/a/b")),
        ("apigateway", "rest-json", "apigateway", lambda c: c.get_rest_api(restApiId="a b+c")),
        ("cloudfront", "query", "cloudfront", lambda c: c.list_distributions(Marker="ü=&")),
    ]
    for value in ODD_TEXTS:
        calls.append(("lambda", "rest-json", "lambda",
                      lambda c, v=value: c.invoke(FunctionName=v, Payload=b'{"a": 1}', Qualifier=v)))
    for keys, some in [(ROOT, calls), (TEMPORARY, calls[:3] + calls[4:5])]:
        caught = Caught()
        clients = {}
        for service, flavour, signing_name, call in some:
            if service not in clients:
                clients[service] = client(service, caught, keys, region="ap-south-1")
            before = len(caught.requests)
            try:
                call(clients[service])
            except Exception:  # an empty answer may not parse
                pass
            assert len(caught.requests) > before, service
            for request in caught.requests[before:]:
                out(plain(f"{service} {keys[0]} {request.url}", flavour, signing_name, request))
        url = client("sts", caught, keys).generate_presigned_url("get_caller_identity", HttpMethod="GET")
        out(plain(f"presigned STS {keys[0]}", "query", "sts", AWSRequest("GET", url)))


class Request:
    """What the signers below fill in, with headers that may repeat."""

    def __init__(self, method, url, headers=(), body=b""):
        self.method, self.url, self.headers, self.body = method, url, list(headers), body


TARGETS = ["/", "//", "/a//b/", "/./a/../b", "/a/b/../../c/.", "/..", "/a%20b", "/a%2Fb", "/a+b", "/%7Eu",
           "/a:b,c;d=e@f", "/!*'()", "/?", "/?a", "/?a=&b", "/?b=2&a=1&a=0&B=3", "/?k=1&k-x=2&k.y=3&k0=4",
           "/?a=b%20c&d=%2B%2F%3D",
           "/?%C3%BC=%F0%9F%98%80", "/p?x=1&x=1"]
HEADERS = [
    [],
    [("X-Empty", ""), ("X-Spaces", "  a   b\t c  "), ("X-Quoted", '"a   b"')],
    [("X-Twice", "b"), ("x-twice", "a"), ("X-Twice", "b")],
    [("X-Amz-Meta-Z", "1"), ("x-amz-meta-a", "2"), ("Content-Type", "a/b")],
]


def by_hand(out):
    """The bare signers of botocore, for requests that no client makes."""
    signers = [("s3", "s3", S3SigV4Auth, b"body"), ("s3", "s3", S3SigV4QueryAuth, b""),
               ("json", "service", SigV4Auth, b"{}"), ("query", "service", SigV4QueryAuth, b"")]
    for flavour, service, signer, body in signers:
        for at, target in enumerate(TARGETS):
            if "Query" in signer.__name__ and target.endswith(("=&b", "?a", "?")):
                continue  # they parse the query, and lose names without a value
            keys = (ROOT, TEMPORARY)[at % 2]
            more = HEADERS[at % len(HEADERS)]
            request = AWSRequest("POST", "http://localhost:4566" + target, data=body)
            for name, value in more:
                request.headers.add_header(name, value)
            signer(Credentials(*keys), service, "us-east-1").add_auth(request)
            made = Request(request.method, request.url, request.headers.items(), body)
            out(by_hand_line(f"{signer.__name__} {target} {more} {keys[0]}", flavour, service, made))


def by_date(out):
    """With a Date header in the request, botocore signs that and sends no X-Amz-Date."""
    for flavour, service, signer in [("s3", "s3", S3SigV4Auth), ("json", "service", SigV4Auth)]:
        request = AWSRequest("POST", "http://localhost:4566/", headers={"Date": "now"}, data=b"{}")
        signer(Credentials(*ROOT), service, "us-east-1").add_auth(request)
        out(plain(f"{signer.__name__} Date", flavour, service, request))


def crt(out):
    """The signer of the AWS Common Runtime, where it is installed: another implementation altogether."""
    try:
        from awscrt import auth, http
    except ImportError:
        return
    more = ["/%c3%bc", "/a%", "/?a=b+c", "/?a=%7e~", "/?%c3%bc=/:", "/?&&a=1", "/?=1"]
    for flavour, service in (("s3", "s3"), ("json", "service")):
        for at, target in enumerate(TARGETS + more):
            keys, in_query = (ROOT, TEMPORARY)[at % 2], at % 3 == 0
            headers = http.HttpHeaders([("Host", "localhost:4566"), *HEADERS[at % len(HEADERS)]])
            request = http.HttpRequest("POST", target, headers)
            settings = auth.AwsSigningConfig(
                algorithm=auth.AwsSigningAlgorithm.V4, region="us-east-1", service=service,
                signature_type=auth.AwsSignatureType.HTTP_REQUEST_QUERY_PARAMS if in_query
                else auth.AwsSignatureType.HTTP_REQUEST_HEADERS,
                credentials_provider=auth.AwsCredentialsProvider.new_static(*keys),
                date=datetime.datetime.now(datetime.timezone.utc), use_double_uri_encode=flavour != "s3",
                should_normalize_uri_path=flavour != "s3",
                signed_body_header_type=auth.AwsSignedBodyHeaderType.X_AMZ_CONTENT_SHA_256
                if flavour == "s3" and not in_query else auth.AwsSignedBodyHeaderType.NONE,
                signed_body_value=auth.AwsSignedBodyValue.UNSIGNED_PAYLOAD if flavour == "s3" else None,
                expiration_in_seconds=3600 if in_query else None)
            auth.aws_sign_request(request, settings).result()
            sent = [h for h in request.headers if h[0] != "Host"]
            made = Request(request.method, "http://localhost:4566" + request.path, sent)
            out(by_hand_line(f"CRT {target} {keys[0]}", flavour, service, made))


def by_hand_line(name, flavour, service, made):
    _, _, rest = made.url.partition("://")
    host, _, target = rest.partition("/")
    headers = [(k, text(v)) for k, v in made.headers]
    return {"name": name, "flavour": flavour, "service": service, "method": made.method, "target": "/" + target,
            "headers": [("Host", host), *headers], "body": base64.b64encode(made.body).decode(), "payload": None}


def sign(key, message):
    return hmac.new(key, message.encode(), hashlib.sha256).digest()


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def chunks_by_hand(keys, data, sizes, trailer, now, host="localhost:4566", path="/bucket/key", service="s3"):
    """aws-chunked with signed chunks, which botocore does not do: after the pages of the S3 documentation."""
    stamp, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
    scope = f"{day}/us-east-1/{service}/aws4_request"
    headers = {"content-encoding": "aws-chunked", "host": host, "x-amz-date": stamp,
               "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" + ("-TRAILER" if trailer else ""),
               "x-amz-decoded-content-length": str(len(data))}
    if keys[2]:
        headers["x-amz-security-token"] = keys[2]
    if trailer:
        headers["x-amz-trailer"] = trailer[0]
    names = ";".join(sorted(headers))
    canonical = "\n".join(["PUT", path, ""] + [f"{k}:{headers[k]}" for k in sorted(headers)] +
                          ["", names, headers["x-amz-content-sha256"]])
    key = ("AWS4" + keys[1]).encode()
    for part in scope.split("/"):
        key = sign(key, part)
    previous = sign(key, "\n".join(["AWS4-HMAC-SHA256", stamp, scope, sha256(canonical.encode())])).hex()
    headers["authorization"] = (f"AWS4-HMAC-SHA256 Credential={keys[0]}/{scope}, SignedHeaders={names}, "
                                f"Signature={previous}")
    body = b""
    pieces = []
    for size in sizes:
        pieces.append(data[:size])
        data = data[size:]
    for piece in [*filter(None, pieces), *([data] if data else []), b""]:
        previous = sign(key, "\n".join(["AWS4-HMAC-SHA256-PAYLOAD", stamp, scope, previous, sha256(b""),
                                        sha256(piece)])).hex()
        body += b"%x;chunk-signature=%s\r\n%s" % (len(piece), previous.encode(), piece)
        if piece:
            body += b"\r\n"
    if trailer:
        line = f"{trailer[0]}:{trailer[1]}"
        previous = sign(key, "\n".join(["AWS4-HMAC-SHA256-TRAILER", stamp, scope, previous,
                                        sha256((line + "\n").encode())])).hex()
        body += f"{line}\r\nx-amz-trailer-signature:{previous}\r\n".encode()
    return headers, body + b"\r\n"


def signed_chunks(out):
    now = datetime.datetime.now(datetime.timezone.utc)
    data = random.Random(2).randbytes(70001)
    for keys in KEYS:
        for content, sizes in [(b"", []), (b"x", []), (data[:100], []), (data, [65536]), (data, [8192] * 8),
                               (data, [8192, 16384, 9000])]:
            crc = base64.b64encode(zlib.crc32(content).to_bytes(4, "big")).decode()
            digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
            for trailer in (None, ("x-amz-checksum-crc32", crc), ("x-amz-checksum-sha256", digest)):
                headers, body = chunks_by_hand(keys, content, sizes, trailer, now)
                out({"name": f"chunks of {len(content)} {sizes} {trailer} {keys[0]}", "flavour": "s3", "service": "s3",
                     "method": "PUT", "target": "/bucket/key", "headers": list(headers.items()),
                     "body": base64.b64encode(body).decode(), "payload": base64.b64encode(content).decode()})


def everything(out):
    for part in (s3, s3_presigned, others, by_hand, by_date, crt, signed_chunks):
        part(out)


if __name__ == "__main__":
    print(json.dumps({"signer": f"botocore {botocore.__version__}"}))
    everything(lambda line: print(json.dumps(line)))
    sys.stdout.flush()
