"""What the API promises, by this program's DynamoDB and by dynalite alike."""
import gzip
import http.client
import json

import pytest

from . import FILTERS, TABLE, environment, item_of, make_table, mysfit, put, shown


def get(service, target, headers=None):
    status, headers, body = service.request("GET", target, headers=headers)
    return status, headers, json.loads(body) if body else None


def by_id(mysfits):
    return sorted(mysfits, key=lambda m: m["mysfitId"])


def problem(service, method, target, **more):
    """Status and message of an error, which is JSON with nothing but a message."""
    status, headers, body = service.request(method, target, **more)
    assert headers["content-type"] == "application/json"
    document = json.loads(body)
    assert list(document) == ["message"] and document["message"]
    return status, document["message"]


def test_health_is_answered(service):
    status, headers, body = get(service, "/")
    assert (status, headers["content-type"]) == (200, "application/json")
    assert body["message"]


def test_list_has_all_mysfits_with_the_fields_of_the_site(service):
    status, headers, body = get(service, "/mysfits")
    assert (status, headers["content-type"]) == (200, "application/json")
    assert list(body) == ["mysfits"]
    assert by_id(body["mysfits"]) == by_id([shown(mysfit(n)) for n in range(12)])
    assert list(body["mysfits"][0]) == ["mysfitId", "name", "species", "goodevil", "lawchaos", "alignment", "thumbImageUri"]


@pytest.mark.parametrize("attribute", FILTERS)
def test_filter_gives_those_with_that_value(service, attribute):
    wanted = mysfit(1)[attribute]["S"]
    status, _, body = get(service, f"/mysfits?filter={attribute}&value={wanted.replace(' ', '%20')}")
    assert status == 200
    expected = [shown(mysfit(n)) for n in range(12) if mysfit(n)[attribute]["S"] == wanted]
    assert 0 < len(expected) < 12
    assert by_id(body["mysfits"]) == by_id(expected)


def test_filter_that_nobody_meets_gives_an_empty_list(service):
    assert get(service, "/mysfits?filter=Species&value=Unicorn")[::2] == (200, {"mysfits": []})


def test_one_mysfit_has_all_fields(service):
    status, _, body = get(service, "/mysfits/mysfit-7")
    assert (status, body) == (200, shown(mysfit(7), whole=True))
    assert (body["age"], body["likes"], body["adopted"]) == (7, 0, False)


def test_unknown_is_404(service):
    assert problem(service, "GET", "/mysfits/nobody")[0] == 404
    assert problem(service, "POST", "/mysfits/nobody/like")[0] == 404
    assert problem(service, "POST", "/mysfits/nobody/adopt")[0] == 404
    assert problem(service, "GET", "/nothing")[0] == 404
    assert problem(service, "GET", "/mysfits/")[0] == 404
    assert problem(service, "GET", "/mysfits/mysfit-1/like/more")[0] == 404


def test_liking_nobody_makes_nobody(service, database):
    service.request("POST", "/mysfits/nobody/like")
    service.request("POST", "/mysfits/nobody/adopt")
    assert item_of(database.dynamodb(), "nobody") is None


@pytest.mark.parametrize("query", [
    "filter=Name&value=a", "filter=species&value=Troll", "filter=Species", "value=Troll", "filter=&value=", "filter=Species&value=",
    "filter=Species&value=a&value=b", "filter=Species&filter=Species&value=a", "filter=Species&value=%FF", "filter=Species&value=%",
    pytest.param("filter=Species&value=" + "x" * 2049, id="long")])
def test_bad_filter_is_400(service, query):
    assert problem(service, "GET", "/mysfits?" + query)[0] == 400


def test_other_parameters_do_not_matter(service):
    assert get(service, "/mysfits?_=123&x")[0] == 200


@pytest.mark.parametrize("method, target, allow", [
    ("POST", "/", "GET, HEAD, OPTIONS"), ("DELETE", "/mysfits", "GET, HEAD, OPTIONS"),
    ("PUT", "/mysfits/mysfit-1", "GET, HEAD, OPTIONS"), ("GET", "/mysfits/mysfit-1/like", "POST, OPTIONS"),
    ("BREW", "/mysfits/mysfit-1/adopt", "POST, OPTIONS")])
def test_wrong_method_is_405_and_says_which_are_right(service, method, target, allow):
    status, headers, body = service.request(method, target)
    assert (status, headers["allow"]) == (405, allow)
    assert json.loads(body)["message"]


def test_like_counts_and_answers_the_mysfit(service, database):
    client = database.dynamodb()
    put(client, mysfit(100))
    for n in (1, 2, 3):
        status, _, body = service.request("POST", "/mysfits/mysfit-100/like")
        assert (status, json.loads(body)) == (200, {**shown(mysfit(100), whole=True), "likes": n})
    assert get(service, "/mysfits/mysfit-100")[2]["likes"] == 3
    assert item_of(client, "mysfit-100") == mysfit(100, Likes={"N": "3"})
    client.delete_item(TableName=TABLE, Key={"MysfitId": {"S": "mysfit-100"}})


def test_first_like_of_an_item_without_likes_counts(service, database):
    client = database.dynamodb()
    put(client, {"MysfitId": {"S": "bare"}})
    assert get(service, "/mysfits/bare")[2] == {
        "mysfitId": "bare", "name": "", "species": "", "goodevil": "", "lawchaos": "", "alignment": "", "thumbImageUri": "",
        "description": "", "profileImageUri": "", "likes": 0, "adopted": False}
    assert json.loads(service.request("POST", "/mysfits/bare/like")[2])["likes"] == 1
    assert json.loads(service.request("POST", "/mysfits/bare/adopt")[2])["adopted"] is True
    client.delete_item(TableName=TABLE, Key={"MysfitId": {"S": "bare"}})


def test_adoption_has_one_winner_and_tells_the_next(service, database):
    client = database.dynamodb()
    put(client, mysfit(101))
    status, _, body = service.request("POST", "/mysfits/mysfit-101/adopt")
    assert (status, json.loads(body)) == (200, {**shown(mysfit(101), whole=True), "adopted": True})
    for _ in range(2):
        assert problem(service, "POST", "/mysfits/mysfit-101/adopt") == (409, "Name 101 has been adopted already.")
    assert get(service, "/mysfits/mysfit-101")[2]["adopted"] is True
    assert item_of(client, "mysfit-101") == mysfit(101, Adopted={"BOOL": True})
    client.delete_item(TableName=TABLE, Key={"MysfitId": {"S": "mysfit-101"}})


@pytest.mark.parametrize("key, path", [
    ("a/b", "a%2Fb"), ("..", ".."), ("../x", "..%2Fx"), ("ü€𝄞", "%C3%BC%E2%82%AC%F0%9D%84%9E"), ("a b+c", "a%20b+c"), ('"\\', "%22%5C"),
    ("line\nfeed\r\t", "line%0Afeed%0D%09"), ("%", "%25"), ("\x00\x7f", "%00%7F"), ("<script>", "%3Cscript%3E"),
    ("' OR 1=1 --", "'%20OR%201=1%20--"), pytest.param("x" * 1024, "x" * 1024, id="long"), ("like", "like")])
def test_ids_may_be_any_text(service, database, key, path):
    client = database.dynamodb()
    assert get(service, f"/mysfits/{path}")[0] == 404
    item = mysfit(1, MysfitId={"S": key})
    put(client, item)
    try:
        assert get(service, f"/mysfits/{path}")[::2] == (200, shown(item, whole=True))
        assert service.request("POST", f"/mysfits/{path}/like")[0] == 200
        assert item_of(client, key)["Likes"] == {"N": "1"}
    finally:
        client.delete_item(TableName=TABLE, Key={"MysfitId": {"S": key}})


@pytest.mark.parametrize("path", ["%", "%4", "%zz", "%FF", "%C3", "%ED%A0%80", pytest.param("x" * 2049, id="long")])
def test_what_is_no_text_is_400(service, path):
    assert problem(service, "GET", f"/mysfits/{path}")[0] == 400
    assert problem(service, "POST", f"/mysfits/{path}/adopt")[0] == 400


def test_list_goes_beyond_a_page_of_the_database(database, start_service):
    client = database.dynamodb()
    make_table(client, "Large")
    items = [mysfit(n, Description={"S": "x" * 200000}, Species={"S": "Giant"}) for n in range(18)]
    put(client, *items, table="Large")
    try:
        assert "LastEvaluatedKey" in client.scan(TableName="Large")
        service = start_service("--table", "Large", env=environment(database))
        for target in ("/mysfits", "/mysfits?filter=Species&value=Giant"):
            status, _, body = get(service, target)
            assert (status, by_id(body["mysfits"])) == (200, by_id(shown(item) for item in items))
    finally:
        client.delete_table(TableName="Large")


def test_empty_table_is_an_empty_list(database, start_service):
    client = database.dynamodb()
    make_table(client, "Empty")
    service = start_service(env=environment(database, MYSFITS_TABLE="Empty"))
    assert get(service, "/mysfits")[::2] == (200, {"mysfits": []})
    client.delete_table(TableName="Empty")


# Conditional requests, HEAD and compression.

@pytest.mark.parametrize("target", ["/mysfits", "/mysfits/mysfit-3", "/mysfits?filter=Species&value=Troll"])
def test_etag_is_strong_stable_and_gives_304(service, target):
    _, headers, _ = get(service, target)
    tag = headers["etag"]
    assert tag.startswith('"') and tag.endswith('"')
    assert headers["cache-control"] == "no-cache"
    assert get(service, target)[1]["etag"] == tag
    for condition in (tag, f'"other", W/{tag}', "*"):
        status, headers, body = service.request("GET", target, headers={"If-None-Match": condition})
        assert (status, body, headers["etag"]) == (304, b"", tag)
        assert headers["access-control-allow-origin"] == "*"
        assert "Accept-Encoding" in headers["vary"]
    assert get(service, target, {"If-None-Match": '"other"'})[0] == 200


def test_etag_changes_with_the_mysfit(service, database):
    put(database.dynamodb(), mysfit(102))
    before = get(service, "/mysfits/mysfit-102")[1]["etag"]
    service.request("POST", "/mysfits/mysfit-102/like")
    status, headers, body = get(service, "/mysfits/mysfit-102", {"If-None-Match": before})
    assert (status, body["likes"]) == (200, 1)
    assert headers["etag"] != before
    database.dynamodb().delete_item(TableName=TABLE, Key={"MysfitId": {"S": "mysfit-102"}})


def test_writes_are_never_304(service, database):
    put(database.dynamodb(), mysfit(103))
    status, headers, _ = service.request("POST", "/mysfits/mysfit-103/like", headers={"If-None-Match": "*"})
    assert status == 200
    assert "etag" not in headers and headers["cache-control"] == "no-store"
    database.dynamodb().delete_item(TableName=TABLE, Key={"MysfitId": {"S": "mysfit-103"}})


@pytest.mark.parametrize("target", ["/", "/mysfits", "/mysfits/mysfit-3", "/mysfits/nobody", "/nothing"])
def test_head_is_like_get_without_the_body(service, target):
    status, headers, body = service.request("GET", target)
    head = service.request("HEAD", target)
    assert (head[0], head[2]) == (status, b"")
    assert {**head[1], "date": ""} == {**headers, "date": ""}
    assert head[1]["content-length"] == str(len(body))


@pytest.mark.parametrize("accepted, packed", [
    ("gzip", True), ("deflate, GZIP;q=0.5", True), ("br;q=1.0, *;q=0.1", True), ("x-gzip", True), ("gzip;q=0", False),
    ("gzip; q=0.000, *", False), ("identity", False), ("", False), ("*;q=0", False), ("gzipp", False)])
def test_list_is_packed_for_who_takes_it(service, accepted, packed):
    _, plain, text = service.request("GET", "/mysfits")
    _, headers, body = service.request("GET", "/mysfits", headers={"Accept-Encoding": accepted})
    assert headers["vary"] == "Accept-Encoding" == plain["vary"]
    assert headers.get("content-encoding") == ("gzip" if packed else None)
    assert (gzip.decompress(body) if packed else body) == text
    assert (headers["etag"] != plain["etag"]) == packed
    condition = {"Accept-Encoding": accepted, "If-None-Match": headers["etag"]}
    assert service.request("GET", "/mysfits", headers=condition)[0] == 304


def test_packed_is_smaller(service):
    plain = service.request("HEAD", "/mysfits")[1]
    packed = service.request("HEAD", "/mysfits", headers={"Accept-Encoding": "gzip"})[1]
    assert int(packed["content-length"]) < int(plain["content-length"]) / 2


# Other sites.

def test_preflight_says_what_a_page_may_do(service):
    for target, methods in (("/mysfits", "GET, HEAD, OPTIONS"), ("/mysfits/mysfit-1/like", "POST, OPTIONS")):
        status, headers, body = service.request("OPTIONS", target, headers={
            "Origin": "https://site.example", "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization"})
        assert (status, body) == (204, b"")
        assert headers["access-control-allow-origin"] == "*"
        assert headers["access-control-allow-methods"] == methods
        assert "Authorization" in headers["access-control-allow-headers"]
        assert int(headers["access-control-max-age"]) > 0


def test_every_reply_may_be_read_by_any_site(service):
    for method, target in (("GET", "/"), ("GET", "/mysfits"), ("GET", "/mysfits/nobody"), ("POST", "/mysfits/nobody/like"),
                           ("GET", "/nothing"), ("PUT", "/mysfits"), ("GET", "/mysfits?filter=x")):
        headers = service.request(method, target)[1]
        assert headers["access-control-allow-origin"] == "*", (method, target)
        assert "access-control-allow-credentials" not in headers


def test_origins_can_be_named(database, start_service):
    service = start_service("--allow-origin", "https://a.example, http://b.example:8080", env=environment(database))
    for origin, allowed in (("https://a.example", True), ("http://b.example:8080", True), ("https://c.example", False),
                            ("null", False), (None, False)):
        headers = service.request("GET", "/mysfits", headers={"Origin": origin} if origin else {})[1]
        assert headers.get("access-control-allow-origin") == (origin if allowed else None)
        assert "Origin" in headers["vary"]


# Bodies.

def send_chunks(service, target, chunks):
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=60)
    connection.request("POST", target, iter(chunks), encode_chunked=True, headers={"Transfer-Encoding": "chunked"})
    status = connection.getresponse().status
    connection.close()
    return status


def test_body_of_a_like_may_be_there_but_not_be_large(service, database):
    put(database.dynamodb(), mysfit(104))
    assert service.request("POST", "/mysfits/mysfit-104/like", b"{}")[0] == 200
    assert service.request("POST", "/mysfits/mysfit-104/like", b"x" * 65536)[0] == 200
    assert problem(service, "POST", "/mysfits/mysfit-104/like", body=b"x" * 65537)[0] == 413
    assert problem(service, "POST", "/mysfits/mysfit-104/adopt", body=b"x" * 2000000)[0] == 413
    assert send_chunks(service, "/mysfits/mysfit-104/like", [b"x" * 65536, b"x"]) == 413
    assert item_of(database.dynamodb(), "mysfit-104")["Likes"] == {"N": "2"}
    database.dynamodb().delete_item(TableName=TABLE, Key={"MysfitId": {"S": "mysfit-104"}})
