"""Bakeoff below a path: what a proxy leaves of it is taken away, and put before addresses in answers."""

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.testclient import TestClient

from service.middleware.root_path import RootPath


async def app(scope, receive, send):
    path = Request(scope).scope["path"]
    await Response(path, headers={"Location": "/v1/jobs/1"})(scope, receive, send)


@pytest.mark.parametrize("sent", ["/v1/jobs", "/lab/v1/jobs"])
def test_the_path_is_taken_away_where_the_proxy_did_not(sent):
    answer = TestClient(RootPath(app, "/lab")).get(sent)

    assert answer.text == "/v1/jobs"
    assert answer.headers["Location"] == "/lab/v1/jobs/1"


@pytest.mark.parametrize(
    ("sent", "seen"), [("/lab/lab/v1/keys", "/lab/v1/keys"), ("/laboratory", "/laboratory")]
)
def test_it_is_taken_away_once_and_whole(sent, seen):
    assert TestClient(RootPath(app, "/lab")).get(sent).text == seen


def test_the_path_alone_leads_to_the_page_below_it():
    answer = TestClient(RootPath(app, "/lab")).get("/lab", follow_redirects=False)

    assert (answer.status_code, answer.headers["Location"]) == (307, "/lab/")


def test_without_a_path_nothing_changes():
    answer = TestClient(RootPath(app, "")).get("/lab/v1/jobs")

    assert answer.text == "/lab/v1/jobs"
    assert answer.headers["Location"] == "/v1/jobs/1"
