"""Behind nginx below a path: every address in an answer leads back through nginx."""

import re

import httpx
import pytest

from tests.service.conftest import served
from tests.service.dashboard.nginx import proxied

PATH = "/lab/bakeoff"
HEADERS = {
    "X-Forwarded-Host": "public.example",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-Proto": "https",
}


@pytest.fixture(scope="module", params=[True, False], ids=["nginx strips", "service strips"])
def public(request, trained, tmp_path_factory):
    settings = trained.settings.model_copy(update={"root_path": PATH})
    with served(settings) as address:
        behind = address if request.param else f"{address}{PATH}"
        with proxied(behind, PATH, tmp_path_factory.mktemp("nginx")) as public:
            yield public


def test_a_slash_too_many_stays_below_the_path(public):
    answer = httpx.get(f"{public}/v1/jobs/?limit=1", follow_redirects=True, headers=HEADERS)

    assert answer.status_code == 200
    assert str(answer.url) == f"{public}/v1/jobs?limit=1"
    assert len(answer.json()["items"]) == 1


def test_the_path_alone_leads_to_the_dashboard(public):
    answer = httpx.get(f"{public.removesuffix('/')}", follow_redirects=True)

    assert answer.status_code == 200
    assert str(answer.url) == f"{public}/"


def test_the_documentation_finds_its_files_and_the_description(public):
    for page in ("docs", "redoc"):
        text = httpx.get(f"{public}/{page}").text
        found = re.findall(r'(?:src|href)="([^"#]+)"|url: \'([^\']+)\'', text)
        addresses = ["".join(each) for each in found if not "".join(each).startswith("data:")]
        assert addresses
        for address in addresses:
            assert httpx.get(httpx.URL(f"{public}/{page}").join(address)).status_code == 200
    described = httpx.get(f"{public}/openapi.json").json()
    assert described["servers"] == [{"url": PATH}]


def test_a_location_leads_to_what_was_made(public, trained):
    body = {"jobs": [job["id"] for job in trained.http.get("/v1/jobs").json()["items"]]}
    made = httpx.post(f"{public}/v1/comparisons", json=body, headers=HEADERS)

    assert made.status_code in {200, 201, 202}, made.text
    there = httpx.get(httpx.URL(f"{public}/v1/comparisons").join(made.headers["Location"]))
    assert there.json()["id"] == made.json()["id"]
    deleted = httpx.delete(there.url)
    assert deleted.status_code == 204


def test_pages_of_a_list_follow_each_other(public):
    first = httpx.get(f"{public}/v1/jobs?limit=1").json()
    second = httpx.get(f"{public}/v1/jobs", params={"limit": 1, "cursor": first["next"]})

    assert second.status_code == 200
    assert second.json()["items"] != first["items"]


def test_a_report_has_no_address_of_its_own(public):
    text = httpx.get(f"{public}/v1/comparisons/latest/report.html", timeout=60).text
    addresses = re.findall(r'(?:src|href)="([^"]+)"', text)

    assert all(address.startswith(("data:", "#")) for address in addresses)


def test_a_download_is_resumed_through_the_proxy(public):
    whole = httpx.get(f"{public}/v1/models/champion/weights")
    rest = httpx.get(
        f"{public}/v1/models/champion/weights",
        headers={"Range": "bytes=100-", "If-Range": whole.headers["ETag"]},
    )

    assert (rest.status_code, rest.content) == (206, whole.content[100:])
