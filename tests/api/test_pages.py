"""The program's own pages."""
import json
import re

import pytest


def test_health_names_the_services_as_running(menagerie):
    for path in ("/_menagerie/health", "/_localstack/health"):
        status, headers, body = menagerie.get(path)
        assert status == 200
        assert headers["content-type"] == "application/json"
        assert json.loads(body)["services"]["sts"] == "running"
        assert re.fullmatch(r"\d+\.\d+\.\d+", json.loads(body)["version"])


def test_metrics_count_requests_by_service_operation_and_status(menagerie):
    menagerie.client("sts").get_caller_identity()
    status, headers, body = menagerie.get("/_menagerie/metrics")
    assert status == 200
    assert headers["content-type"].startswith("text/plain; version=0.0.4")
    counted = re.search(rb'menagerie_requests_total\{service="sts",operation="GetCallerIdentity",status="200"\} (\d+)', body)
    assert int(counted[1]) >= 1
    for name in (b"menagerie_request_seconds_bucket", b"menagerie_store_batch_writes_bucket",
                 b"menagerie_store_commit_microseconds_bucket", b"menagerie_connections"):
        assert name in body


def test_metrics_are_in_prometheus_form(menagerie):
    for line in menagerie.get("/_menagerie/metrics")[2].decode().splitlines():
        assert line.startswith("# ") or re.fullmatch(r'[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? -?[0-9.e+]+', line), line


def test_status_says_version_uptime_address_and_what_is_stored(menagerie):
    status = menagerie.status()
    assert status["address"] == menagerie.address
    assert status["data"].endswith("/data")
    assert status["uptime_seconds"] >= 0
    assert status["database_bytes"] > 0
    assert status["pid"] == menagerie.process.pid


def test_an_unknown_page_is_named_as_such(menagerie):
    status, _, body = menagerie.get("/_menagerie/nonsense")
    assert status == 404
    assert b"/_menagerie/health" in body


def test_a_page_refuses_other_methods(menagerie):
    status, headers, _ = menagerie.request("DELETE", "/_menagerie/health")
    assert status == 405
    assert headers["allow"] == "GET"


def test_the_clock_cannot_be_set_unless_allowed(menagerie):
    status, _, body = menagerie.request("PUT", "/_menagerie/clock", b'{"now": null}')
    assert status == 403
    assert b"--settable-clock" in body


@pytest.mark.concurrency
def test_the_clock_moves_and_services_notice_at_once(probe):
    probe.signed("PUT", "/notes/short-lived", b"x", {"x-probe-expires": str(4102444800000)})
    assert probe.signed("GET", "/notes/short-lived")[0] == 200
    probe.set_clock("2100-01-01T00:00:01Z")
    assert probe.signed("GET", "/notes/short-lived")[0] == 404
    probe.set_clock(None)


def test_a_clock_that_is_no_time_is_refused(probe):
    for body in (b"", b"{}", b'{"now": 3}', b'{"now": "soon"}', b'{"now": "2100-01-01T00:00:00Z"} x'):
        assert probe.request("PUT", "/_menagerie/clock", body)[0] == 400


def test_a_browser_at_the_root_gets_a_page(menagerie):
    for host in (f"localhost:{menagerie.port}", f"127.0.0.1:{menagerie.port}", "[::1]", "localhost"):
        status, headers, body = menagerie.request("GET", "/", headers={"Host": host, "Accept": "text/html,*/*;q=0.8"})
        assert status == 200
        assert headers["content-type"] == "text/html; charset=utf-8"
        assert b"<title>Menagerie</title>" in body


@pytest.mark.parametrize("target,headers", [
    ("/", {"Accept": "*/*"}), ("/", {}), ("/?x-id=ListBuckets", {"Accept": "text/html"}), ("/a", {"Accept": "text/html"}),
    ("/", {"Accept": "text/html", "Host": "bucket.s3.localhost:4566"}), ("/", {"Accept": "text/html", "Host": "localhost.example"}),
])
def test_the_root_is_a_service_s_for_everybody_else(menagerie, target, headers):
    status, answer, body = menagerie.request("GET", target, headers=headers)
    assert status in (403, 404)
    assert answer["content-type"] == "application/xml"
    assert b"<title>" not in body


def test_a_signed_request_for_the_root_lists_buckets(menagerie):
    status, _, body = menagerie.signed("GET", "/", headers={"Accept": "text/html"}, service="s3")
    assert status == 200
    assert b"<ListAllMyBucketsResult" in body
