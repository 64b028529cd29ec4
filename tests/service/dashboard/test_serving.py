"""How the files of the dashboard are served: whole, the newest, and under a strict policy."""

import gzip
import re

import pytest

from service.dashboard.files import STATIC, read_files
from service.dashboard.policy import security_headers
from tests.service.keys import make

INDEX = (STATIC / "index.html").read_text()


def test_the_root_is_the_dashboard(untouched):
    answer = untouched.http.get("/")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.text == INDEX


@pytest.mark.parametrize("path", sorted(read_files()))
def test_every_file_is_served_as_what_it_is(path, untouched):
    answer = untouched.http.get(f"/dashboard/{path}")

    assert answer.status_code == 200
    assert answer.content == (STATIC / path).read_bytes()
    suffix = path.rpartition(".")[2]
    kinds = {"js": "javascript", "css": "css", "html": "html", "svg": "svg", "txt": "plain"}
    assert kinds[suffix] in answer.headers["Content-Type"]


def test_a_file_is_compressed_where_the_browser_takes_that(untouched):
    plain = untouched.http.get("/dashboard/app.js", headers={"Accept-Encoding": "identity"})
    compressed = untouched.http.get("/dashboard/app.js", headers={"Accept-Encoding": "gzip, br"})

    assert "Content-Encoding" not in plain.headers
    assert compressed.headers["Content-Encoding"] == "gzip"
    assert compressed.headers["Vary"] == "Accept-Encoding"
    assert compressed.content == plain.content
    assert int(compressed.headers["Content-Length"]) == len(gzip.compress(plain.content, mtime=0))


def test_a_browser_asks_each_time_and_is_sent_only_what_is_new(untouched):
    first = untouched.http.get("/dashboard/app.js")
    again = untouched.http.get(
        "/dashboard/app.js", headers={"If-None-Match": first.headers["ETag"]}
    )
    changed = untouched.http.get("/dashboard/app.js", headers={"If-None-Match": '"another"'})

    assert first.headers["Cache-Control"] == "no-cache"
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert changed.status_code == 200


def test_head_gives_the_headers_alone(untouched):
    answer = untouched.http.head("/")

    assert answer.status_code == 200
    assert answer.content == b""
    assert answer.headers["ETag"] == untouched.http.get("/").headers["ETag"]


@pytest.mark.parametrize("path", ["nothing.js", "../serving.py", "%2e%2e/serving.py", "vendor"])
def test_what_is_not_a_file_of_the_dashboard_is_a_404(path, untouched):
    untouched.refused(untouched.http.get(f"/dashboard/{path}"), 404)


def test_nothing_unsafe_is_allowed_and_the_camera_only_here(untouched):
    page = untouched.http.get("/").headers
    policy = page["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "camera=(self)" in page["Permissions-Policy"]
    assert "camera=()" in untouched.http.get("/docs").headers["Permissions-Policy"]
    assert "camera=()" in untouched.http.get("/v1/jobs").headers["Permissions-Policy"]


def test_the_import_map_may_run_and_no_other_inline_script():
    policy = security_headers(b'<script type="importmap">{}</script><script>bad()</script>')[
        "Content-Security-Policy"
    ]

    assert policy.count("'sha256-") == 1
    assert "'sha256-RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o='" in policy


def test_every_address_in_the_page_is_relative():
    for address in re.findall(r'(?:href|src)="([^"]+)"|": "([^"]+)"', INDEX):
        assert "".join(address).startswith("./")


def test_no_key_is_needed_for_the_page_but_for_the_api(service):
    make(service, "admin")

    assert service.http.get("/").status_code == 200
    assert service.http.get("/dashboard/app.js").status_code == 200
    assert service.http.get("/v1/jobs").status_code == 401
