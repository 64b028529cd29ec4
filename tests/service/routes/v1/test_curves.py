"""The curves of a comparison over HTTP, of networks that have really been trained."""

from typing import Any

import pytest

from workers.storage import metrics
from workers.storage.database import transaction
from workers.storage.tables import Job

ROOT = "/v1/comparisons/latest/curves"
BODY = {"dataset": "digits", "architectures": ["fully_connected", "cnn"]}


def test_a_curve_has_the_metric_of_every_epoch_and_job(trained: Any) -> None:
    answer = trained.http.get(f"{ROOT}?metric=train_loss").json()

    assert (answer["metric"], answer["by"], answer["next"]) == ("train_loss", "epoch", None)
    assert [curve["architecture"] for curve in answer["items"]] == ["fully_connected", "cnn"]
    for curve in answer["items"]:
        assert curve["x"] == curve["epochs"] == [1, 2]
        assert curve["n"] == [2, 2]
        for job in curve["jobs"]:
            path = f"/v1/jobs/{job['job_id']}/metrics"
            epochs = trained.http.get(path).json()["epochs"]
            assert job["values"] == [epoch["train_loss"] for epoch in epochs]
        pairs = list(zip(*(job["values"] for job in curve["jobs"]), strict=True))
        assert curve["mean"] == pytest.approx([(a + b) / 2 for a, b in pairs])
        assert curve["std"] == pytest.approx([abs(a - b) / 2**0.5 for a, b in pairs])


def test_a_curve_by_seconds_is_drawn_over_the_seconds_trained(trained: Any) -> None:
    epochs, seconds = (trained.http.get(f"{ROOT}?by={by}").json() for by in ("epoch", "seconds"))

    for by_epoch, by_seconds in zip(epochs["items"], seconds["items"], strict=True):
        assert by_seconds["mean"] == by_epoch["mean"]
        assert 0 < by_seconds["x"][0] < by_seconds["x"][1]


def test_every_metric_of_every_architecture_is_listed_and_can_be_asked_for(trained: Any) -> None:
    names = trained.http.get(ROOT).json()["metrics"]

    assert {"train_loss", "test_accuracy", "gradient_norm/conv1"} <= set(names)
    of_cnn = trained.http.get(ROOT, params={"metric": "gradient_norm/conv1"}).json()["items"]
    assert {curve["architecture"]: len(curve["epochs"]) for curve in of_cnn} == {
        "fully_connected": 0,
        "cnn": 2,
    }


def test_an_unknown_metric_is_refused_with_the_nearest(trained: Any) -> None:
    detail = trained.refused(trained.http.get(f"{ROOT}?metric=train_los"), 422)

    assert detail == "unknown metric 'train_los'; did you mean 'train_loss'?"
    assert "points" in trained.refused(trained.http.get(f"{ROOT}?points=3"), 422)
    trained.refused(trained.http.get("/v1/comparisons/abc/curves"), 404)


def test_before_the_first_epoch_there_are_no_curves(service: Any) -> None:
    service.http.post("/v1/comparisons", json=BODY)

    answer = service.http.get(ROOT).json()
    assert (answer["items"], answer["metrics"]) == ([], [])


def test_what_has_not_changed_is_not_sent_again_and_an_epoch_changes_it(service: Any) -> None:
    service.http.post("/v1/comparisons", json=BODY)
    _train(service, epochs=3)
    first = service.http.get(ROOT)
    again = {"If-None-Match": first.headers["ETag"]}

    assert service.http.get(ROOT, headers=again).status_code == 304
    assert service.http.get(f"{ROOT}?by=seconds", headers=again).status_code == 200
    _train(service, epochs=1)
    changed = service.http.get(ROOT, headers=again)
    assert changed.status_code == 200
    assert changed.json()["items"][0]["epochs"] == [1, 2, 3, 4]


def test_a_long_training_is_thinned_to_the_points_asked_for(service: Any) -> None:
    service.http.post("/v1/comparisons", json=BODY)
    _train(service, epochs=40)

    [curve, _] = service.http.get(f"{ROOT}?points=12").json()["items"]
    assert len(curve["epochs"]) == len(curve["jobs"][0]["values"]) == 12
    assert (curve["epochs"][0], curve["epochs"][-1]) == (1, 40)


def _train(service: Any, epochs: int) -> None:
    """Record more epochs of every job."""
    with transaction(service.http.app.state.database) as session:
        for job in session.query(Job):
            for epoch in range(job.epoch + 1, job.epoch + epochs + 1):
                values = {"validation_accuracy": epoch / 100, "seconds": 2.0}
                metrics.record(session, job.id, epoch, values, token=job.token)
            job.epoch += epochs
