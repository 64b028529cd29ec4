"""Downloads are resumed, and not sent again to whoever has them, as by curl, wget and browsers."""

import hashlib
import shutil
import subprocess
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path

import httpx
import pytest

from service.routes._downloads import DownloadFiles
from service.routes._file_response import RangedFile
from tests.waiting import until
from workers.storage.artifacts import ArtifactStore


@pytest.fixture(scope="module", params=["weights", "onnx", "bundle"])
def kind(request):
    return request.param


@pytest.fixture(scope="module")
def http(address):
    with httpx.Client(base_url=f"{address}/v1/models/champion") as client:
        yield client


@pytest.fixture(scope="module")
def url(kind):
    return f"/{kind}"


@pytest.fixture(scope="module")
def whole(http, url):
    answer = http.get(url)
    assert answer.status_code == 200
    return answer


def ranged(http, url, wanted, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return http.get(url, headers={"Range": wanted, **named})


def test_a_download_says_what_it_is_and_that_ranges_are_taken(kind, whole):
    assert whole.headers["Accept-Ranges"] == "bytes"
    assert int(whole.headers["Content-Length"]) == len(whole.content)
    assert whole.headers["ETag"].startswith('"')  # a strong one
    assert whole.headers["Cache-Control"] == "no-cache"
    assert whole.headers["Content-Disposition"].startswith("attachment; filename=")
    if kind != "bundle":  # whose model card follows what the model was compared with
        assert whole.headers["ETag"] == f'"{hashlib.sha256(whole.content).hexdigest()}"'
        assert parsedate_to_datetime(whole.headers["Last-Modified"])


def test_head_is_get_without_the_content(http, url, whole):
    head = http.head(url)

    assert (head.status_code, head.content) == (200, b"")
    for name in ("Content-Length", "ETag", "Accept-Ranges", "Content-Type", "Content-Disposition"):
        assert head.headers[name] == whole.headers[name]


@pytest.mark.parametrize(
    ("wanted", "part"),
    [
        ("bytes=0-0", slice(0, 1)),
        ("bytes=100-", slice(100, None)),
        ("bytes=100-199", slice(100, 200)),
        ("bytes=-7", slice(-7, None)),
        ("bytes=100-99999999999999", slice(100, None)),
        ("Bytes=5-9", slice(5, 10)),
        ("bytes=-99999999999999", slice(0, None)),
    ],
)
def test_a_range_is_those_bytes(http, url, whole, wanted, part):
    answer = ranged(http, url, wanted)

    expected = whole.content[part]
    first = (
        whole.content.index(expected) if part.start is None else range(len(whole.content))[part][0]
    )
    assert answer.status_code == 206
    assert answer.content == expected
    last = first + len(expected) - 1
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{len(whole.content)}"
    assert answer.headers["ETag"] == whole.headers["ETag"]


def test_several_ranges_come_in_parts(http, url, whole):
    answer = ranged(http, url, "bytes=0-3, 10-13")

    assert answer.status_code == 206
    assert answer.headers["Content-Type"].startswith("multipart/byteranges; boundary=")
    assert whole.content[0:4] in answer.content
    assert whole.content[10:14] in answer.content


def test_a_range_beyond_the_end_is_416_with_the_size(http, trained, url, whole):
    answer = ranged(http, url, f"bytes={len(whole.content)}-")

    assert f"{len(whole.content):,} bytes" in trained.refused(answer, 416)
    assert answer.headers["Content-Range"] == f"bytes */{len(whole.content)}"


@pytest.mark.parametrize(
    "wanted",
    ["bytes", "bytes=", "bytes=x-y", "bytes=5-2", "lines=1-2", "bytes=1-2,x", "bytes=" + "9" * 5000],
)  # fmt: skip
def test_what_is_no_range_is_ignored(http, url, whole, wanted):
    answer = ranged(http, url, wanted)

    assert (answer.status_code, answer.content) == (200, whole.content)


def test_if_range_goes_on_only_with_the_same_content(http, url, whole):
    tag = whole.headers["ETag"]

    assert ranged(http, url, "bytes=9-", If_Range=tag).status_code == 206
    for other in ('"another"', f"W/{tag}", "Sun, 06 Nov 1994 08:49:37 GMT"):
        answer = ranged(http, url, "bytes=9-", If_Range=other)
        assert (answer.status_code, answer.content) == (200, whole.content)
    if "Last-Modified" in whole.headers:
        assert (
            ranged(http, url, "bytes=9-", If_Range=whole.headers["Last-Modified"]).status_code
            == 206
        )


@pytest.mark.parametrize("condition", ["{}", "W/{}", '"a", {}', "*", '"a",W/{} , "b"'])
def test_who_has_it_is_not_sent_it_again(http, url, whole, condition):
    asked = {"If-None-Match": condition.format(whole.headers["ETag"])}
    for method in ("GET", "HEAD"):
        answer = http.request(method, url, headers=asked)
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["ETag"] == whole.headers["ETag"]


def test_another_etag_is_sent_the_new_content(http, url, whole):
    shorter = whole.headers["ETag"][:-2] + '"'
    for condition in ('"another"', shorter, "nonsense", ""):
        assert http.get(url, headers={"If-None-Match": condition}).status_code == 200


def test_if_match_is_refused_for_other_content(http, trained, url, whole):
    tag = whole.headers["ETag"]

    for condition in (tag, f'"a", {tag}', "*"):
        assert http.get(url, headers={"If-Match": condition}).status_code == 200
    for condition in ('"another"', f"W/{tag}"):
        refused = http.get(url, headers={"If-Match": condition})
        assert tag in trained.refused(refused, 412)


def test_dates_are_conditions_where_the_content_has_one(http, url, whole):
    modified = parsedate_to_datetime(
        whole.headers.get("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT")
    )
    before = format_datetime(modified - timedelta(seconds=1), usegmt=True)
    at = format_datetime(modified, usegmt=True)
    has_date = "Last-Modified" in whole.headers

    def status(**headers):
        return http.get(
            url, headers={k.replace("_", "-"): v for k, v in headers.items()}
        ).status_code

    assert status(If_Modified_Since=at) == (304 if has_date else 200)
    assert status(If_Modified_Since=before) == 200
    assert status(If_Unmodified_Since=at) == 200
    assert status(If_Unmodified_Since=before) == (412 if has_date else 200)
    assert status(If_Modified_Since=at, If_None_Match='"another"') == 200  # ETags go before dates
    assert status(If_Modified_Since="yesterday") == 200


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_resumes_what_broke_off(address, kind, whole, tmp_path):
    file = tmp_path / "file"
    file.write_bytes(whole.content[:1000])
    subprocess.run(
        ["curl", "-sf", "-C", "-", "-o", file, f"{address}/v1/models/champion/{kind}"], check=True
    )

    assert file.read_bytes() == whole.content


def test_nothing_is_left_of_what_was_made_to_be_sent(http, trained, url):
    http.head(url)
    ranged(http, url, "bytes=1-2")
    ranged(http, url, "bytes=99999999999-")

    folder = trained.settings.downloads_folder
    until(lambda: not folder.exists() or list(folder.iterdir()) == [])


def test_an_artifact_of_another_machine_is_sent_the_same_way(kind, trained, whole):
    """In memory, as a store on other machines: fsspec has no path for it."""
    store = ArtifactStore("memory://downloads")
    sha256 = store.put(f"models/{kind}", whole.content)
    files = DownloadFiles(store, trained.settings)
    response = files.artifact(f"models/{kind}", sha256=sha256, headers={"ETag": '"x"'})

    assert isinstance(response, RangedFile)
    assert Path(response.path).read_bytes() == whole.content
    Path(response.path).unlink()
