"""All trainings of a comparison start from the same weights, whatever becomes of their name meanwhile."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.service.conftest import TINY, Service
from tests.service.routes.v1.test_pretrained import NETWORK, OPTIONS, upload, weights_of

pytestmark = pytest.mark.usefixtures("few_digits")

Options = dict[str, Any]
HEAD = {**OPTIONS, "train": "head"}
BODY = {"dataset": "digits", "recipe": {**TINY, "epochs": 1}}


def compare(service: Service, options: Options = OPTIONS, seeds: int = 2) -> str:
    """Enqueue a comparison of one network; its address."""
    body = {**BODY, "architectures": [{"name": NETWORK, "options": options}], "seeds": seeds}
    answer = service.http.post("/v1/comparisons", json=body)
    assert answer.status_code == 202, answer.text
    return str(answer.headers["Location"])


def train(service: Service, seed: int, options: Options = OPTIONS) -> str:
    """Enqueue a training; its id."""
    body = {**BODY, "architecture": NETWORK, "options": options, "seed": seed}
    answer = service.http.post("/v1/jobs", json=body)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def jobs_of(service: Service, comparison: str) -> list[dict[str, Any]]:
    jobs = service.http.get(comparison).json()["jobs"]
    return [service.http.get(f"/v1/jobs/{job['id']}").json() for job in jobs]


def started_from(service: Service, comparison: str) -> list[str]:
    """The SHA-256 of the weights of each training, all of which must have succeeded."""
    ended = jobs_of(service, comparison)
    assert {job["status"] for job in ended} == {"succeeded"}, [job["error"] for job in ended]
    return [job["result"]["pretrained"]["sha256"] for job in ended]


def replace(service: Service) -> None:
    upload(service, content=weights_of(seed=2))


def delete(service: Service) -> None:
    assert service.http.delete("/v1/weights/mine").status_code == 204


@pytest.mark.parametrize("happens", [replace, delete])
@pytest.mark.parametrize(("options", "first"), [(OPTIONS, 0), (OPTIONS, 1), (HEAD, 0), (HEAD, 2)])
def test_an_upload_that_is_replaced_or_deleted_stays_that_of_the_comparisons_made_before(
    service: Service, options: Options, first: int, happens: Callable[[Service], None]
) -> None:
    kept = upload(service)["sha256"]
    comparison = compare(service, options)
    if first:
        service.work(jobs=first)
    happens(service)
    service.work(jobs=(3 if options is HEAD else 2) - first)

    assert started_from(service, comparison) == [kept] * 2


def test_a_comparison_that_is_made_after_an_upload_starts_from_it(service: Service) -> None:
    before = upload(service)["sha256"]
    first = compare(service, HEAD)
    after = upload(service, content=weights_of(seed=2))["sha256"]
    second = compare(service, HEAD)
    service.work(jobs=6)

    assert started_from(service, first) == [before] * 2
    assert started_from(service, second) == [after] * 2


@pytest.mark.parametrize("options", [OPTIONS, HEAD])
def test_a_file_of_the_folder_that_changes_stays_that_of_the_comparison_that_has_begun(
    service: Service, options: Options
) -> None:
    file = service.settings.weights_folder / "mine.safetensors"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(weights_of())
    upload(service, content=weights_of(seed=3))  # which the folder goes before
    comparison = compare(service, options)
    service.work(jobs=1)
    first = service.http.get("/v1/weights/folder.mine").json()["sha256"]
    file.write_bytes(weights_of(seed=2))
    compare(service, {**OPTIONS, "hidden_units": 3}, seeds=1)
    service.work(jobs=3 if options is HEAD else 2)

    assert service.http.get("/v1/weights/folder.mine").json()["sha256"] != first
    assert started_from(service, comparison) == [first] * 2


def test_a_retry_starts_from_the_weights_of_the_other_trainings(
    service: Service,
) -> None:
    kept = upload(service)["sha256"]
    comparison = compare(service)
    second = jobs_of(service, comparison)[1]["id"]
    assert service.http.post(f"/v1/jobs/{second}/cancel").status_code == 202
    service.work()
    replace(service)
    assert service.http.post(f"/v1/jobs/{second}/retry").status_code == 202
    service.work()

    assert started_from(service, comparison) == [kept] * 2


def test_trainings_that_are_compared_afterwards_are_of_the_same_weights_or_refused(
    service: Service,
) -> None:
    kept = upload(service)["sha256"]
    jobs = [train(service, seed=0), train(service, seed=1)]
    service.work()
    answer = service.http.post("/v1/comparisons", json={"jobs": jobs})
    assert answer.status_code == 202, answer.text
    replace(service)
    other = train(service, seed=2)
    refused = service.http.post("/v1/comparisons", json={"jobs": [*jobs, other]})
    service.work(jobs=2)

    assert "only trainings that started from the same weights" in service.refused(refused, 422)
    assert started_from(service, answer.headers["Location"]) == [kept] * 2


@pytest.mark.parametrize("options", [OPTIONS, HEAD])
def test_seeds_that_are_added_start_from_the_weights_that_were_found_before(
    service: Service, options: Options
) -> None:
    num_jobs = 2 if options is HEAD else 1  # with that for the features
    file = service.settings.weights_folder / "mine.safetensors"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(weights_of())
    jobs = [train(service, seed=0, options=options)]
    service.work(num_jobs)
    jobs.append(train(service, seed=1, options=options))
    answer = service.http.post("/v1/comparisons", json={"jobs": jobs})
    file.write_bytes(weights_of(seed=2))
    service.work(num_jobs)

    assert len(set(started_from(service, answer.headers["Location"]))) == 1


def test_weights_that_are_gone_fail_the_training_that_is_bound_to_them(service: Service) -> None:
    upload(service)
    comparison = compare(service)
    for kept in Path(service.settings.data).rglob("pretrained/*.safetensors"):
        kept.unlink()
    replace(service)
    service.work(jobs=2)

    for job in jobs_of(service, comparison):
        assert job["status"] == "failed"
        assert "the weights 'mine'" in job["error"]
        assert "are gone" in job["error"]
