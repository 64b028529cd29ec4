"""All trainings of a comparison at once, over HTTP: cancelled, and queued again."""

from collections import Counter

from tests.service.routes.v1 import heads

BODY = {"dataset": "digits", "architectures": ["fully_connected", "cnn"], "recipe": {"epochs": 1}}


def compare(service, **changed):
    return service.http.post("/v1/comparisons", json={**BODY, **changed}).json()["id"]


def statuses(answer):
    assert answer.status_code == 202, answer.text
    return Counter(job["status"] for job in answer.json()["jobs"])


def test_a_comparison_that_waits_is_cancelled_and_queued_again_as_a_whole(service):
    path = f"/v1/comparisons/{compare(service, seeds=3)}"

    cancelled = service.http.post(f"{path}/cancel")
    assert statuses(cancelled) == {"cancelled": 6}
    assert cancelled.json()["status"] == "cancelled"
    assert "every training" in service.refused(service.http.post(f"{path}/cancel"), 409)

    queued = service.http.post(f"{path}/retry")
    assert statuses(queued) == {"queued": 6}
    assert queued.json() == service.http.get(path).json()
    assert "only such are retried" in service.refused(service.http.post(f"{path}/retry"), 409)


def test_what_has_ended_stays_when_the_rest_is_cancelled(service):
    comparison = compare(service, seeds=1)
    service.work(jobs=1)

    assert statuses(service.http.post("/v1/comparisons/latest/cancel")) == {
        "succeeded": 1,
        "cancelled": 1,
    }
    assert statuses(service.http.post(f"/v1/comparisons/{comparison}/retry")) == {
        "succeeded": 1,
        "queued": 1,
    }


def test_features_that_nothing_waits_for_any_more_are_cancelled_with_the_heads(tmp_path):
    for service in heads.install(tmp_path / "data"):
        heads.compare(service)

        answer = service.http.post("/v1/comparisons/latest/cancel")

        assert statuses(answer) == {"cancelled": 4}
        assert [job["status"] for job in answer.json()["awaited"]] == ["cancelled"]
        again = service.http.post("/v1/comparisons/latest/retry").json()
        assert [job["status"] for job in again["awaited"]] == ["queued"]


def test_a_comparison_that_is_not_there_is_not_cancelled(service):
    service.refused(service.http.post("/v1/comparisons/none/cancel"), 404)
    service.refused(service.http.post("/v1/comparisons/none/retry"), 404)
