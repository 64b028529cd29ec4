"""The job whose features heads wait for: damaged, lost, cancelled, failed, retried and shown."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.conftest import Service
from tests.service.routes.v1.heads import (
    NETWORK,
    OPTIONS,
    ask,
    compare,
    enqueue,
    feature_files,
    feature_jobs,
    install,
    post,
    weights,
    work,
)
from workers.features import trials

pytestmark = pytest.mark.usefixtures("few_digits")


@pytest.fixture
def ready(tmp_path: Path) -> Iterator[Service]:
    """An installation with weights, and nothing trained."""
    yield from install(tmp_path / "data")


def test_features_that_are_damaged_or_lost_are_computed_again(
    ready: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    _take_torch(monkeypatch)
    first = work(ready, enqueue(ready), jobs=2)
    [file] = feature_files(ready)
    kept = file.read_bytes()
    for damage in (kept[:-1] + b"?", None):
        file.unlink()  # the file may have another name elsewhere
        if damage:
            file.write_bytes(damage)

        again = work(ready, enqueue(ready, seed=1), jobs=2)

        assert again["result"]["features"]["sha256"] == first["result"]["features"]["sha256"]
        assert file.read_bytes() == kept


def test_a_head_computes_its_features_itself_where_the_job_before_it_was_cancelled(
    ready: Service,
) -> None:
    head = enqueue(ready)
    answer = ready.http.post(f"/v1/jobs/{head['depends_on']}/cancel")
    assert answer.status_code == 202, answer.text

    trained = work(ready, head)

    assert trained["result"]["features"]["seconds"] > 0


def test_weights_that_are_not_there_fail_features_and_heads_with_one_sentence(
    service: Service,
) -> None:
    head = enqueue(service)
    service.work(jobs=2)

    [features] = feature_jobs(service)
    failed = ask(service, f"/v1/jobs/{head['id']}")
    assert features["status"] == failed["status"] == "failed"
    assert failed["error"] == f"its features could not be computed: {features['error']}"
    assert "mine" in failed["error"]


def test_a_failed_head_that_is_retried_gets_a_new_job_for_its_features(service: Service) -> None:
    head = enqueue(service)
    service.work(jobs=2)
    assert service.http.put("/v1/weights/mine", content=weights()).status_code == 201

    retried = service.http.post(f"/v1/jobs/{head['id']}/retry").json()

    assert retried["depends_on"] != head["depends_on"]
    assert work(service, head, jobs=2)["depends_on"] == retried["depends_on"]


def test_heads_start_from_the_weights_of_their_features_whatever_was_uploaded_since(
    ready: Service,
) -> None:
    head = enqueue(ready)
    ready.work()
    ready.http.put("/v1/weights/mine", content=weights(seed=2))

    trained = work(ready, head)

    [features] = feature_jobs(ready)
    assert trained["result"]["pretrained"] == features["result"]["weights"]


def test_a_comparison_shows_the_jobs_that_its_heads_wait_for(ready: Service) -> None:
    architecture = {"name": NETWORK, "options": OPTIONS}
    made = post(ready, "/v1/comparisons", {"architectures": [architecture], "seeds": 2})
    assert made["status"] == "queued"
    assert [job["kind"] for job in made["awaited"]] == ["features"]
    ready.work()

    shown = ask(ready, f"/v1/comparisons/{made['id']}")
    [listed] = ask(ready, "/v1/comparisons")["items"]

    assert [job["status"] for job in shown["awaited"]] == ["succeeded"]
    assert {job["status"] for job in shown["jobs"]} == {"queued"}
    assert (shown["status"], listed["status"]) == ("running", "running")


def test_with_the_last_head_of_a_comparison_its_features_are_cancelled(ready: Service) -> None:
    comparison = compare(ready)
    heads = [job for job in comparison["jobs"] if job["depends_on"]]
    assert len(heads) == 2
    for job in heads:
        ready.http.post(f"/v1/jobs/{job['id']}/cancel")

    assert [job["status"] for job in feature_jobs(ready)] == ["cancelled"]


def _take_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of bits: the same engine is taken each time, whichever is faster just now."""
    first = trials.extractors
    monkeypatch.setattr(trials, "extractors", lambda *given: [next(first(*given))])
