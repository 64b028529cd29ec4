"""A data folder of an earlier version is opened, served and trained on by this one."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import torch
from fastapi.testclient import TestClient
from safetensors.torch import load

from service.app import create_app
from tests.compatibility.earlier_version import FINAL
from tests.compatibility.frozen_work import shared_request
from tests.waiting import until
from tests.workers.installation import TIMED
from workers.schema.migrate import upgrade
from workers.settings import Settings
from workers.storage.database import open_database
from workers.training.recipe import Recipe

#: What is said in words may be said better, and no clock runs twice the same.
MAY_CHANGE = {"description", "latency_ms"}
#: Of a weight. Other instruction sets and thread counts moved none by more than 2e-7; the last epoch
#: alone in another order moved some by more than 2e-4.
CLOSE = 1e-5


@dataclass
class Installation:
    """A copy of a frozen data folder, opened by this version, and what the earlier one said."""

    frozen: Path
    settings: Settings
    http: httpx.Client

    def said(self, name: str) -> Any:
        return json.loads((self.frozen / f"{name}.json").read_text())

    def weights(self) -> bytes:
        return (self.frozen / "killed.safetensors").read_bytes()

    def jobs(self) -> list[dict[str, Any]]:
        return list(self.http.get("/v1/jobs").json()["items"])


def open_copy(frozen: Path, folder: Path) -> Iterator[Installation]:
    shutil.copytree(frozen / "data_folder", folder)
    settings = Settings(data=folder, device="cpu")
    upgrade(settings.resolved_database_url)
    with TestClient(create_app(settings), base_url="http://localhost") as http:
        yield Installation(frozen, settings, http)
    open_database(settings.resolved_database_url).dispose()


@pytest.fixture(scope="module")
def earlier(frozen: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Only read: no worker runs on it, and nothing is posted."""
    yield from open_copy(frozen, tmp_path_factory.mktemp("earlier") / "data")


@pytest.fixture
def changed(frozen: Path, tmp_path: Path) -> Iterator[Installation]:
    """A copy of its own for one test."""
    yield from open_copy(frozen, tmp_path / "data")


@pytest.fixture(scope="module")
def continued(frozen: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A real worker of one thread, as the earlier version's had, has finished what was begun."""
    for installation in open_copy(frozen, tmp_path_factory.mktemp("continued") / "data"):
        work_off_the_queue(installation)
        yield installation


def work_off_the_queue(installation: Installation) -> None:
    environment = {
        **os.environ,
        "BAKEOFF_DATA": str(installation.settings.data),
        "BAKEOFF_DEVICE": "cpu",
        "OMP_NUM_THREADS": "1",
    }
    worker = subprocess.Popen([sys.executable, "-m", "tests.workers.quick_worker"], env=environment)
    try:
        until(lambda: all(job["status"] in FINAL for job in installation.jobs()))
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=20) == 0
    finally:
        worker.kill()
        worker.wait()


def unlike(before: Any, now: Any, where: str = "") -> list[str]:
    """Where `now` does not say what `before` said; what it says beside that is no matter."""
    if isinstance(before, dict) and isinstance(now, dict):
        found = [f"{where}/{name} is gone" for name in before.keys() - now.keys() - MAY_CHANGE]
        for name in before.keys() & now.keys() - MAY_CHANGE:
            if not is_label_of_axis(name, before[name]):
                found += unlike(before[name], now[name], f"{where}/{name}")
        return found
    if isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        pairs = enumerate(zip(before, now, strict=True))
        return [text for i, pair in pairs for text in unlike(*pair, f"{where}/{i}")]
    if isinstance(before, float) and isinstance(now, float | int):
        return (
            []
            if now == pytest.approx(before, rel=1e-4, abs=1e-6)
            else [f"{where}: {before}, {now}"]
        )
    return [] if before == now else [f"{where}: {before!r}, now {now!r}"]


def is_label_of_axis(name: str, value: Any) -> bool:
    """Whether these are the words at an axis of a chart, which may be said better, and no values."""
    return name in {"x", "y"} and isinstance(value, str)


def untimed(epochs: list[dict[str, float]]) -> list[dict[str, float]]:
    return [{name: epoch[name] for name in epoch.keys() - TIMED} for epoch in epochs]


def test_the_database_is_brought_up_to_date(earlier: Installation) -> None:
    assert earlier.http.get("/health/ready").status_code == 200


def test_comparisons_are_found_by_name_and_architecture(earlier: Installation) -> None:
    known = earlier.http.get("/v1/comparisons").json()["items"]
    assert known
    for comparison in known:
        for text in (comparison["name"].upper(), comparison["architectures"][-1]["label"]):
            found = earlier.http.get("/v1/comparisons", params={"search": text}).json()["items"]
            assert comparison["id"] in [row["id"] for row in found], text


def test_every_address_answers_what_it_answered(earlier: Installation) -> None:
    for address, before in earlier.said("answers").items():
        answer = earlier.http.get(address)
        assert answer.status_code == 200, (address, answer.text)
        assert not unlike(before, answer.json()), address


def test_a_model_predicts_what_it_predicted(earlier: Installation) -> None:
    for asked in earlier.said("predictions"):
        answer = earlier.http.post(asked["path"], json=asked["body"])
        assert answer.status_code == 200, (asked["path"], answer.text)
        assert not unlike(asked["answer"], answer.json()), asked["path"]


def test_a_model_has_a_bundle(earlier: Installation) -> None:
    for model in earlier.http.get("/v1/models").json()["items"]:
        answer = earlier.http.get(f"/v1/models/{model['id']}/bundle")
        assert answer.status_code == 200, answer.text


def test_a_recipe_has_the_hash_it_had(earlier: Installation) -> None:
    stored = [job for job in earlier.jobs() if job["recipe"]]
    assert len({job["recipe_hash"] for job in stored}) > 3
    for job in stored:
        assert Recipe.from_stored(job["recipe"]).hash == job["recipe_hash"]


def test_a_request_that_was_made_before_is_recognised(changed: Installation) -> None:
    before = len(changed.http.get("/v1/comparisons").json()["items"])
    body, headers = shared_request()
    answer = changed.http.post("/v1/comparisons", json=body, headers=headers)
    assert answer.status_code == 202, answer.text
    assert f"/v1/comparisons/{answer.json()['id']}" in changed.said("answers")
    assert len(changed.http.get("/v1/comparisons").json()["items"]) == before


def test_the_same_request_has_the_recipes_and_options_of_the_earlier_one(
    changed: Installation,
) -> None:
    body, _ = shared_request()
    made = changed.http.post("/v1/comparisons", json=body).json()
    first = changed.http.get("/v1/comparisons").json()["items"][-1]
    for name in ("recipe", "recipe_hash", "architectures"):
        assert made[name] == first[name]


@pytest.mark.parametrize("name", ["given back", "killed"])
def test_an_interrupted_training_goes_on_where_it_was(continued: Installation, name: str) -> None:
    job_id = continued.said("made")["jobs"][name]
    done = continued.said("answers")[f"/v1/jobs/{job_id}/metrics"]["epochs"]
    job = continued.http.get(f"/v1/jobs/{job_id}").json()
    epochs = continued.http.get(f"/v1/jobs/{job_id}/metrics").json()["epochs"]

    assert job["status"] == "succeeded", job["error"]
    assert 0 < len(done) < len(epochs)
    assert epochs[: len(done)] == done
    assert "fallback" not in continued.http.get(f"/v1/jobs/{job_id}/events").text, "begun anew"


def test_an_interrupted_training_ends_as_the_earlier_version_ended_it(
    continued: Installation,
) -> None:
    """The one without dropout, which draws other random numbers since it is torch's own."""
    made = continued.said("made")
    job_id, before = made["jobs"]["killed"], made["continued"]["killed"]
    job = continued.http.get(f"/v1/jobs/{job_id}").json()
    epochs = continued.http.get(f"/v1/jobs/{job_id}/metrics").json()["epochs"]
    weights = continued.http.get(f"/v1/models/{job['model_id']}/weights").content

    assert not unlike(untimed(before["metrics"]["epochs"]), untimed(epochs))
    expected, found = load(continued.weights()), load(weights)
    assert expected.keys() == found.keys()
    for tensor, values in expected.items():
        torch.testing.assert_close(found[tensor], values, rtol=0, atol=CLOSE)


def test_what_was_waiting_is_done_and_what_was_cancelled_is_not(continued: Installation) -> None:
    jobs = continued.said("made")["jobs"]
    statuses = {job["id"]: job["status"] for job in continued.jobs()}
    assert statuses[jobs["queued"]] == "succeeded"
    assert statuses[jobs["cancelled"]] == "cancelled"


def test_a_model_of_both_versions_is_served(continued: Installation) -> None:
    job = continued.http.get(f"/v1/jobs/{continued.said('made')['jobs']['killed']}").json()
    body = continued.said("predictions")[0]["body"]
    answer = continued.http.post(f"/v1/models/{job['model_id']}/predictions", json=body)
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["predictions"]) == 1
