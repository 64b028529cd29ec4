"""Names by which the service may be asked, and sites whose pages may ask it."""

import socket

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from tests.migrated import migrate
from tests.service.keys import bearer, make
from workers.settings import Settings

LAB = "https://lab.example.org"
OWN = ["127.0.0.1:8000", "localhost", "LocalHost.:8000", "a.localhost", "[::1]:8000", "192.168.1.7"]


@pytest.fixture
def opened(tmp_path):
    """Opens a service with settings of its own."""

    def _opened(**values):
        settings = Settings(data=tmp_path, device="cpu", **values)
        migrate(settings.resolved_database_url)
        return TestClient(create_app(settings), base_url="http://localhost")

    return _opened


@pytest.mark.parametrize("host", [*OWN, socket.gethostname()])
def test_addresses_and_the_names_of_this_machine_are_answered(untouched, host):
    assert untouched.http.get("/v1/jobs", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example"]
)
def test_another_name_is_refused_where_no_key_is_asked_for(untouched, host):
    sentence = untouched.refused(untouched.http.get("/v1/jobs", headers={"Host": host}), 421)

    assert host in sentence
    assert "BAKEOFF_ALLOWED_HOSTS" in sentence


def test_probes_are_answered_under_any_name(untouched):
    for path in ("/health/live", "/health/ready", "/v2/health/live"):
        assert untouched.http.get(path, headers={"Host": "10-0-0-7.pod"}).status_code == 200


def test_a_name_of_the_setting_is_answered(opened):
    with opened(allowed_hosts="api, Lab.example.org") as http:
        for host in ("api:8000", "lab.example.org"):
            assert http.get("/v1/jobs", headers={"Host": host}).status_code == 200
        assert http.get("/v1/jobs", headers={"Host": "other"}).status_code == 421


def test_every_name_is_answered_where_the_setting_says_so(opened):
    with opened(allowed_hosts="*") as http:
        assert http.get("/v1/jobs", headers={"Host": "evil.example"}).status_code == 200


def test_with_keys_every_name_is_answered(service):
    headers = {**bearer(make(service, "admin").key), "Host": "lab.example.org"}
    assert service.http.get("/v1/jobs", headers=headers).status_code == 200
    assert service.http.get("/v1/jobs", headers={"Host": "lab.example.org"}).status_code == 401


def test_pages_of_another_site_are_not_allowed_by_default(untouched):
    answer = untouched.http.get("/v1/jobs", headers={"Origin": LAB})

    assert "Access-Control-Allow-Origin" not in answer.headers


def test_pages_of_a_site_that_is_allowed_may_use_the_api(opened):
    with opened(allowed_origins=f"{LAB}, http://localhost:3000") as http:
        asked = {"Origin": LAB, "Access-Control-Request-Method": "POST"}
        preflight = http.options(
            "/v1/jobs", headers={**asked, "Access-Control-Request-Headers": "authorization"}
        )
        assert preflight.status_code == 200
        assert preflight.headers["Access-Control-Allow-Origin"] == LAB
        foreign = {"Origin": LAB, "Sec-Fetch-Site": "cross-site"}
        answer = http.post("/v1/jobs", json={}, headers=foreign)
        assert answer.status_code == 422
        assert answer.headers["Access-Control-Allow-Origin"] == LAB
        assert "Location" in answer.headers["Access-Control-Expose-Headers"]


def test_pages_of_other_sites_stay_refused_beside_one_that_is_allowed(opened):
    with opened(allowed_origins=LAB) as http:
        foreign = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
        answer = http.post("/v1/jobs", json={}, headers=foreign)
        assert answer.status_code == 403
        assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("origin", ["*", "lab.example.org", "https://lab.example.org/", "null"])
def test_what_is_no_site_is_refused_at_the_start(origin):
    with pytest.raises(ValueError, match="allowed_origins"):
        Settings(allowed_origins=origin)
