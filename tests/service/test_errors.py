"""Whatever is wrong with a request, the answer is a problem document that helps."""

import json

import pytest
from fastapi.testclient import TestClient


def test_an_address_where_nothing_is_says_so_and_points_to_the_documentation(untouched):
    sentence = untouched.refused(untouched.http.get("/v1/nothing"), 404)

    assert "/v1/nothing" in sentence
    assert "/docs" in sentence


def test_a_method_that_is_not_allowed_names_those_that_are(untouched):
    answer = untouched.http.delete("/v1/jobs")

    assert "DELETE" in untouched.refused(answer, 405)
    assert answer.headers["Allow"]


@pytest.mark.parametrize("content", [b"{", b"", b"\xff\xfe", b"[1, 2", b"nonsense"])
def test_a_body_that_is_not_json_is_refused(untouched, content):
    answer = untouched.http.post(
        "/v1/jobs", content=content, headers={"Content-Type": "application/json"}
    )

    assert "JSON" in untouched.refused(answer, 422)


@pytest.mark.parametrize("nesting", [b"[" * 100_000, b'{"a":' * 100_000, b"9" * 10_000])
def test_json_made_to_break_a_parser_is_refused(untouched, nesting):
    answer = untouched.http.post(
        "/v1/jobs", content=nesting, headers={"Content-Type": "application/json"}
    )

    assert 400 <= answer.status_code < 500
    untouched.refused(answer, answer.status_code)


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", None])
def test_a_json_body_under_another_content_type_is_refused_and_json_is_asked_for(
    untouched, content_type
):
    headers = {"Content-Type": content_type} if content_type else {}
    answer = untouched.http.post(
        "/v1/jobs", content=b'{"dataset": "digits", "architecture": "cnn"}', headers=headers
    )

    assert "application/json" in untouched.refused(answer, answer.status_code)
    assert answer.status_code in {415, 422}


@pytest.mark.parametrize("body", ["[]", "7", "null", '"digits"'])
def test_json_that_is_no_object_is_refused(untouched, body):
    answer = untouched.http.post(
        "/v1/jobs", content=body, headers={"Content-Type": "application/json"}
    )

    untouched.refused(answer, 422)


def test_a_body_without_end_is_cut_off(untouched):
    answer = untouched.http.post(
        "/v1/jobs",
        content=b'{"dataset": "' + b"a" * (9 * 1024**2) + b'"}',
        headers={"Content-Type": "application/json"},
    )

    untouched.refused(answer, 413)


@pytest.mark.parametrize(
    "cursor", ["x", "é", "AAAA", "!" * 200, "MDAwMS0wMS0wMVQwMDowMDowMCsxNDowMCBh"]
)
@pytest.mark.parametrize("path", ["/v1/jobs", "/v1/comparisons", "/v1/models"])
def test_a_cursor_that_no_list_gave_is_refused(untouched, path, cursor):
    answer = untouched.http.get(path, params={"cursor": cursor})

    assert "cursor" in untouched.refused(answer, 422)


@pytest.mark.parametrize("limit", ["0", "-1", "100000", "many", "1e3", ""])
def test_a_limit_out_of_bounds_is_refused(untouched, limit):
    answer = untouched.http.get("/v1/jobs", params={"limit": limit})

    assert "limit" in untouched.refused(answer, 422)


STRANGE = [
    "%00",
    "%ff%fe",
    "a%0ab",
    "x" * 500,
    "%F0%9F%92%A5",
    "..%2f..%2fetc",
    "'%20or%201=1",
    "%20",
]
NAMED = [
    ("GET", "/v1/jobs/{}"),
    ("GET", "/v1/jobs/{}/metrics"),
    ("GET", "/v1/jobs/{}/metrics.csv"),
    ("GET", "/v1/jobs/{}/events"),
    ("POST", "/v1/jobs/{}/cancel"),
    ("POST", "/v1/jobs/{}/retry"),
    ("GET", "/v1/comparisons/{}"),
    ("GET", "/v1/comparisons/{}/charts"),
    ("GET", "/v1/comparisons/latest/charts/{}.png"),
    ("GET", "/v1/comparisons/{}/report.html"),
    ("GET", "/v1/models/{}"),
    ("GET", "/v1/models/{}/weights"),
    ("PUT", "/v1/aliases/{}"),
    ("GET", "/v1/architectures/{}"),
    ("GET", "/v1/architectures/timm/{}"),
    ("GET", "/v1/datasets/{}"),
    ("POST", "/v1/datasets/{}/fetch"),
    ("DELETE", "/v1/datasets/{}"),
    ("PUT", "/v1/datasets/{}"),
]


@pytest.mark.parametrize("name", STRANGE)
@pytest.mark.parametrize(("method", "path"), NAMED)
def test_a_strange_name_in_an_address_is_refused(untouched, method, path, name):
    answer = untouched.http.request(method, path.format(name), json={"model_id": "latest"})

    assert answer.status_code in {404, 405, 422}
    untouched.refused(answer, answer.status_code)


@pytest.mark.parametrize("value", ["a\x00b", "\ud800", "x" * 5000, "", " ", "../mnist"])
@pytest.mark.parametrize("field", ["dataset", "architecture"])
def test_a_strange_name_in_a_body_is_refused(untouched, field, value):
    body = {"dataset": "digits", "architecture": "cnn", field: value}
    escaped = json.dumps(body)
    answer = untouched.http.post(
        "/v1/jobs", content=escaped, headers={"Content-Type": "application/json"}
    )

    untouched.refused(answer, 422)
    assert untouched.http.get("/v1/jobs").json()["items"] == []


def test_an_unexpected_failure_is_a_problem_document_without_a_trace(untouched, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("workers.queue.jobs.find", broken)
    http = TestClient(
        untouched.http.app, base_url="http://localhost", raise_server_exceptions=False
    )

    assert "secret" not in untouched.refused(http.get("/v1/jobs"), 500)


def test_every_answer_carries_the_security_headers(untouched):
    for path in ("/health/live", "/v1/nothing", "/docs", "/redoc", "/metrics"):
        headers = untouched.http.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_only_the_pages_of_the_documentation_may_run_scripts(untouched):
    def policy(path):
        return untouched.http.get(path).headers["Content-Security-Policy"]

    assert "script-src 'self'" in policy("/docs")
    assert "default-src 'none'" in policy("/v1/comparisons")
    assert "script-src" not in policy("/v1/comparisons")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_of_another_site_changes_nothing(untouched, site):
    headers = {"Sec-Fetch-Site": site}
    answer = untouched.http.post("/v1/datasets/digits/fetch", headers=headers)

    assert "another site" in untouched.refused(answer, 403)
    assert untouched.http.get("/v1/jobs", headers=headers).json()["items"] == []


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_our_own_page_may(service, site):
    headers = {"Sec-Fetch-Site": site}
    answer = service.http.post("/v1/datasets/digits/fetch", headers=headers)

    assert answer.status_code == 202
