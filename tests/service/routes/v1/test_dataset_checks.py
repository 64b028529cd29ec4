"""Checks of a dataset over HTTP: a job finds, a document says it, a contact sheet shows it."""

import io

import numpy as np
import pytest
from PIL import Image

from workers.datasets.checks import checks

CHECKS = "/v1/datasets/mine/checks"


@pytest.fixture
def flawed(npz):
    """Two classes of noise; one image is copied into the test split with another label."""
    generator = np.random.default_rng(1)
    train = generator.integers(0, 255, (60, 8, 8), dtype=np.uint8)
    train[7] = 100
    train[9] = train[8]
    labels = np.repeat([0, 1], 30)
    test = generator.integers(0, 255, (10, 8, 8), dtype=np.uint8)
    test[0] = train[0]
    return npz(x_train=train, y_train=labels, x_test=test, y_test=np.repeat([1, 0], 5))


@pytest.fixture
def service(service, flawed):
    assert service.http.put("/v1/datasets/mine", content=flawed).status_code == 201
    return service


def findings(service):
    answer = service.http.get(CHECKS)
    assert answer.status_code == 200, answer.text
    return {finding["check"]: finding for finding in answer.json()["findings"]}


def check(service):
    job = service.http.post(CHECKS).json()
    service.work()
    ended = service.http.get(f"/v1/jobs/{job['id']}").json()
    assert ended["status"] == "succeeded", ended["error"]
    return job


def test_a_job_checks_a_dataset_and_its_findings_are_shown(service):
    service.work()
    answer = service.http.post(CHECKS)
    assert answer.status_code == 202
    job = answer.json()
    assert (job["kind"], answer.headers["Location"]) == ("checks", f"/v1/jobs/{job['id']}")
    service.work()

    shown = service.http.get(CHECKS).json()
    assert (shown["job_id"], shown["num_images"]) == (job["id"], 70)
    assert [finding["check"] for finding in shown["findings"]] == list(checks())
    found = {finding["check"]: finding for finding in shown["findings"]}
    assert found["exact_leaks"]["level"] == "warning"
    splits = {image["split"] for image in found["exact_leaks"]["groups"][0]["images"]}
    assert "test" in splits
    assert len(splits) == 2
    assert found["label_conflicts"]["count"] == 1
    assert found["constant_images"]["count"] == 1
    assert found["label_errors"]["level"] == "skipped"
    assert found["class_counts"]["counts"]["0"] == {"train": 27, "validation": 3, "test": 5}


def test_the_indices_of_a_finding_are_those_of_the_images_of_the_dataset(service):
    check(service)
    [group] = findings(service)["exact_leaks"]["groups"]

    pictures = set()
    for image in group["images"]:
        query = {"split": image["split"], "offset": image["index"], "limit": 1}
        [shown] = service.http.get("/v1/datasets/mine/images", params=query).json()["items"]
        assert (shown["index"], shown["label"]) == (image["index"], image["label"])
        pictures.add(shown["png"])
    assert len(pictures) == 1


@pytest.mark.parametrize("name", checks())
def test_every_check_has_a_contact_sheet_even_where_it_found_nothing(service, name):
    check(service)
    answer = service.http.get(f"{CHECKS}/{name}.png")

    assert answer.headers["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(answer.content)).width == 1200


def test_what_is_not_there_is_refused_with_what_to_do(service, npz):
    [job] = service.http.get("/v1/jobs?kind=checks").json()["items"]
    assert job["id"] in service.refused(service.http.get(CHECKS), 409)
    assert service.http.post(f"/v1/jobs/{job['id']}/cancel").status_code == 202
    for address in (CHECKS, f"{CHECKS}/exact_leaks.png"):
        assert f"POST {CHECKS}" in service.refused(service.http.get(address), 404)
    job = service.http.post(CHECKS).json()
    assert service.http.post(CHECKS).json()["id"] == job["id"]
    service.work()
    unknown = service.http.get(f"{CHECKS}/exact_leak.png")
    assert "did you mean 'exact_leaks'" in service.refused(unknown, 404)
    for verb in ("GET", "POST"):
        answer = service.http.request(verb, "/v1/datasets/nothing/checks")
        assert "fetch or upload" in service.refused(answer, 404)

    assert service.http.put("/v1/datasets/mine", content=npz()).status_code == 201
    service.refused(service.http.get(CHECKS), 409)  # what was found of other content is not shown


@pytest.fixture
def queued(service):
    """The datasets that jobs which wait will check."""

    def names():
        jobs = service.http.get("/v1/jobs?kind=checks&status=queued").json()["items"]
        return [job["dataset"] for job in jobs]

    return names


def test_a_dataset_that_was_uploaded_is_checked_without_being_asked(service, flawed, queued):
    assert queued() == ["mine"]
    service.http.put("/v1/datasets/other", content=flawed, headers={"Prefer": "respond-async"})
    assert queued() == ["mine"]
    service.work(jobs=2)
    assert queued() == ["other"]


def test_a_dataset_that_was_fetched_is_checked_without_being_asked_and_once(service, queued):
    service.work()
    for expected in (["digits"], []):
        service.http.post("/v1/datasets/digits/fetch")
        service.work()
        assert queued() == expected
        service.work(jobs=len(expected))
        assert queued() == []


def test_a_job_that_checks_keeps_nobody_from_replacing_the_dataset(service, npz):
    service.http.post(CHECKS)

    assert service.http.put("/v1/datasets/mine", content=npz()).status_code == 201
    service.work()
    assert service.http.get(CHECKS).json()["num_images"] == 48  # of what the name stands for now
    service.http.post(CHECKS)
    assert service.http.delete("/v1/datasets/mine").status_code == 204
    service.work()
    assert "not here" in service.http.get("/v1/jobs?kind=checks").json()["items"][0]["error"]


def test_after_trainings_label_errors_are_searched_and_a_report_tells_the_findings(service):
    body = {"dataset": "mine", "architectures": ["fully_connected"], "seeds": 2}
    recipe = {"epochs": 1, "batch_size": 16}
    service.http.post("/v1/comparisons", json={**body, "recipe": recipe})
    service.work(jobs=2)
    before = service.http.get("/v1/comparisons/latest/report.md")
    check(service)

    errors = findings(service)["label_errors"]
    assert errors["level"] in {"ok", "notice"}
    assert "judged: validation and test, by" in errors["sentence"]
    assert "2 trainings" in errors["sentence"]
    for form in ("md", "html"):
        report = service.http.get(f"/v1/comparisons/latest/report.{form}").text
        section = report.partition("The dataset</h2>" if form == "html" else "## The dataset")[2]
        assert section.index("Exact leaks: 1 image") < section.index("Images per class: ")
        assert section.index("Images per class: ") < section.index("Method")
    assert "The dataset" not in before.text


def test_an_artifact_that_is_lost_leaves_its_training_out(service):
    body = {"dataset": "mine", "architecture": "fully_connected", "recipe": {"epochs": 1}}
    service.http.post("/v1/jobs", json=body)
    service.work()
    for file in service.settings.data.glob("**/predictions/**/*.safetensors"):
        file.unlink()
    check(service)

    assert findings(service)["label_errors"]["level"] == "skipped"
