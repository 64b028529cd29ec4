"""Deleting over HTTP: said before, answered with 410 at once and everywhere, restored for a day."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import delete

from service.app import create_app
from tests.service.conftest import Service
from tests.workers.deletion import records
from workers.deletion.sweep import sweep
from workers.settings import Settings
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import open_database, transaction, utc_now
from workers.storage.deletions import KEPT
from workers.storage.tables import Alias, AliasVersion

NOTHING = {"comparisons": [], "jobs": [], "models": []}


@pytest.fixture
def own(trained: Service, tmp_path: Path) -> Iterator[Service]:
    """A copy of the trained installation, without aliases."""
    shutil.copytree(trained.settings.data, tmp_path / "data")
    settings = Settings(data=tmp_path / "data", device="cpu")
    database = open_database(settings.resolved_database_url)
    with transaction(database) as session:
        for table in (Alias, AliasVersion):
            session.execute(delete(table))
    with TestClient(create_app(settings), base_url="http://localhost") as http:
        yield Service(settings, http)
    database.dispose()


def sweep_tomorrow(service: Service) -> None:
    state: Any = service.http.app
    sweep(state.state.database, state.state.artifacts, now=utc_now() + 2 * KEPT)


def test_what_would_go_is_said_before_and_is_what_goes(own: Service) -> None:
    comparison = own.http.get("/v1/comparisons/latest").json()
    folder = own.settings.data / "artifacts"
    before = {path: path.stat().st_size for path in folder.rglob("*") if path.is_file()}

    said = own.http.get(f"/v1/comparisons/{comparison['id']}/deletion").json()
    assert own.http.delete(f"/v1/comparisons/{comparison['id']}").status_code == 204
    sweep_tomorrow(own)

    gone = [size for path, size in before.items() if not path.exists()]
    assert said["refusal"] is None
    assert said["comparisons"] == [comparison["id"]]
    assert said["jobs"] == [job["id"] for job in comparison["jobs"]]
    assert sorted(said["models"]) == sorted(job["model_id"] for job in comparison["jobs"])
    assert (said["artifacts"], said["bytes"]) == (len(gone), sum(gone))
    assert len(gone) > 8
    for kind in ("comparisons", "models"):
        assert own.http.get(f"/v1/{kind}").json()["items"] == []
    own.refused(own.http.get(f"/v1/comparisons/{comparison['id']}"), 404)
    own.refused(own.http.post(f"/v1/comparisons/{comparison['id']}/restore"), 404)


def test_a_deleted_comparison_and_its_models_answer_410_at_once_and_again_when_restored(
    own: Service, png: Any
) -> None:
    comparison = own.http.get("/v1/comparisons/latest").json()
    at, job = f"/v1/comparisons/{comparison['id']}", comparison["jobs"][0]
    of_model, of_job = f"/v1/models/{job['model_id']}", f"/v1/jobs/{job['id']}"
    chart = f"{at}/charts/learning_curves.json"
    tag = own.http.get(chart).headers["ETag"]
    asked = [
        ("GET", at, {}),
        ("GET", f"{at}/leaderboard", {}),
        ("GET", f"{at}/report.md", {}),
        ("GET", chart, {}),
        ("POST", f"{at}/predictions", {"content": png(), "headers": {"Content-Type": "image/png"}}),
        ("GET", of_job, {}),
        ("GET", f"{at}/curves?metric=test_accuracy", {}),
        ("GET", f"{at}/confusion_matrix?architecture={job['architecture']}", {}),
        ("GET", f"{at}/confused_images?true=1&predicted=1", {}),
        (
            "GET",
            f"{at}/failure_images?architecture={job['architecture']}&which=confidently_wrong",
            {},
        ),
        ("GET", f"{of_job}/confused_images?true=1&predicted=1", {}),
        ("GET", f"{of_model}/confused_images?true=1&predicted=1", {}),
        ("GET", f"{of_job}/metrics", {}),
        ("GET", f"{of_job}/events", {}),
        ("GET", of_model, {}),
        ("GET", f"{of_model}/weights", {}),
        ("GET", f"{of_model}/bundle", {}),
        ("GET", f"/v2/models/{job['model_id']}", {}),
        ("GET", f"/v2/models/{job['model_id']}/ready", {}),
        ("PATCH", at, {"json": {"name": "again"}}),
        ("PATCH", of_model, {"json": {"name": "again"}}),
        (
            "POST",
            f"{of_model}/predictions",
            {"content": png(), "headers": {"Content-Type": "image/png"}},
        ),
    ]
    for method, path, request in asked:
        assert own.http.request(method, path, **request).status_code == 200, path

    assert own.http.delete(at).status_code == 204

    for method, path, request in asked:
        assert "was deleted" in own.refused(own.http.request(method, path, **request), 410), path
    assert own.http.get(chart, headers={"If-None-Match": tag}).status_code == 410
    for kind in ("comparisons", "jobs", "models"):
        listed = [row["id"] for row in own.http.get(f"/v1/{kind}").json()["items"]]
        assert not {comparison["id"], job["id"], job["model_id"]} & {*listed}
    own.refused(own.http.get("/v1/models/latest"), 404)
    assert f"/v1/comparisons/{comparison['id']}/restore" in own.refused(own.http.delete(at), 410)

    restored = own.http.post(f"{at}/restore").json()
    assert [job["id"] for job in restored["jobs"]] == [job["id"] for job in comparison["jobs"]]
    for method, path, request in asked:
        assert own.http.request(method, path, **request).status_code == 200, path


def test_jobs_and_models_are_deleted_and_restored_by_themselves(service: Service) -> None:
    state: Any = service.http.app
    artifacts: ArtifactStore = state.state.artifacts
    job_id = records.add_job(state.state.database)
    model_id = records.add_model(state.state.database, artifacts, job_id)
    for at, going in (
        (f"/v1/models/{model_id}", {"models": [model_id], "artifacts": 1}),
        (f"/v1/jobs/{job_id}", {"jobs": [job_id], "models": [model_id], "artifacts": 3}),
    ):
        said = service.http.get(f"{at}/deletion").json()
        assert said.items() >= (NOTHING | going).items()
        assert said["restorable_until"]
        assert service.http.delete(at).status_code == 204
        service.refused(service.http.get(f"{at}/deletion"), 410)
        assert service.http.post(f"{at}/restore").status_code == 200
        assert service.http.get(at).status_code == 200
        assert "is not deleted" in service.refused(service.http.post(f"{at}/restore"), 409)


def test_a_refusal_is_said_before_and_changes_nothing(trained: Service) -> None:
    comparison = trained.http.get("/v1/comparisons/latest").json()
    model = trained.http.get("/v1/models/champion").json()
    for at in (
        f"/v1/comparisons/{comparison['id']}",
        f"/v1/jobs/{model['job_id']}",
        f"/v1/models/{model['id']}",
        "/v1/models/champion",
    ):
        said = trained.http.get(f"{at}/deletion").json()["refusal"]
        assert trained.refused(trained.http.delete(at), 409) == said, at
        assert trained.http.get(at).status_code == 200


@pytest.mark.parametrize("kind", ["comparisons", "jobs", "models"])
def test_nothing_is_deleted_by_a_name_that_may_soon_mean_another(
    untouched: Service, kind: str
) -> None:
    assert "delete by id" in untouched.refused(untouched.http.delete(f"/v1/{kind}/latest"), 422)
    for method, at in (("DELETE", ""), ("GET", "/deletion"), ("POST", "/restore")):
        answer = untouched.http.request(method, f"/v1/{kind}/nothing{at}")
        assert "there is no" in untouched.refused(answer, 404)


def test_the_files_of_a_dataset_are_counted_before_they_go_at_once(
    service: Service, npz: Any
) -> None:
    for name in ("mine", "twin"):
        assert service.http.put(f"/v1/datasets/{name}", content=npz()).status_code == 201
    shared = service.http.get("/v1/datasets/mine/deletion").json()
    service.http.delete("/v1/datasets/twin")
    said = service.http.get("/v1/datasets/mine/deletion").json()
    folder = service.settings.data / "artifacts"
    before = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

    assert service.http.delete("/v1/datasets/mine").status_code == 204

    after = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    assert (shared["artifacts"], shared["bytes"]) == (0, 0)
    assert (said["artifacts"], said["bytes"]) == (2, before - after)
    assert said["restorable_until"] is None
    service.refused(service.http.get("/v1/datasets/mine/deletion"), 404)


def test_a_dataset_that_a_job_needs_says_so_before(service: Service, npz: Any) -> None:
    service.http.put("/v1/datasets/mine", content=npz())
    service.http.post("/v1/jobs", json={"dataset": "mine", "architecture": "cnn"})

    said = service.http.get("/v1/datasets/mine/deletion").json()["refusal"]

    assert said == service.refused(service.http.delete("/v1/datasets/mine"), 409)


def test_a_request_that_is_repeated_after_its_job_was_deleted_says_so(service: Service) -> None:
    request = {
        "json": {"dataset": "digits", "architecture": "cnn"},
        "headers": {"Idempotency-Key": "one"},
    }
    job_id = service.http.post("/v1/jobs", **request).json()["id"]
    service.http.post(f"/v1/jobs/{job_id}/cancel")
    service.http.delete(f"/v1/jobs/{job_id}")

    service.refused(service.http.post("/v1/jobs", **request), 410)
    sweep_tomorrow(service)
    assert service.http.post("/v1/jobs", **request).status_code == 202
