"""The images behind confusion matrices and failures, of networks that have really been trained."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load

from tests.service.conftest import TINY

ROOT = "/v1/comparisons/latest"


def predictions_of(service: Any, job_id: str) -> Any:
    """Predicted classes, probabilities and true classes of the test images."""
    result = service.http.get(f"/v1/jobs/{job_id}").json()["result"]
    path = Path(service.settings.data) / "artifacts" / result["predictions"]
    arrays = load(path.read_bytes())
    return arrays["probabilities"].argmax(axis=1), arrays["probabilities"], arrays["labels"]


def most_confused(service: Any) -> tuple[str, str]:
    failures = service.http.get(f"{ROOT}/failures").json()["items"]
    worst = failures[0]["confused"][0]
    return worst["true"], worst["predicted"]


def test_a_cell_has_the_images_of_one_class_taken_for_the_other_and_by_whom(trained: Any) -> None:
    true, predicted = most_confused(trained)
    query = {"true": true, "predicted": predicted, "limit": 100}
    answer = trained.http.get(f"{ROOT}/confused_images", params=query).json()

    expected = set()
    for job in trained.http.get(ROOT).json()["jobs"]:
        given, probabilities, labels = predictions_of(trained, job["id"])
        for index in np.flatnonzero((labels == int(true)) & (given == int(predicted))):
            probability = float(probabilities[index, int(predicted)])
            expected.add((int(index), job["id"], job["seed"], probability))
    found = {
        (image["index"], job["job_id"], job["seed"], job["probability"])
        for image in answer["items"]
        for job in image["jobs"]
    }
    assert found == expected
    assert answer["num_networks"] == 4
    assert answer["total"] == len(answer["items"]) > 0
    agreeing = [len(image["jobs"]) for image in answer["items"]]
    assert agreeing == sorted(agreeing, reverse=True)


def test_the_pictures_are_those_of_the_test_split(trained: Any) -> None:
    query = dict(zip(("true", "predicted"), most_confused(trained), strict=True))
    for image in trained.http.get(f"{ROOT}/confused_images", params=query).json()["items"]:
        path = f"/v1/datasets/digits/images?split=test&limit=1&offset={image['index']}"
        [shown] = trained.http.get(path).json()["items"]
        assert (image["png"], query["true"]) == (shown["png"], shown["label"])


def test_a_cell_is_that_of_one_architecture_seed_job_or_model_where_asked(trained: Any) -> None:
    true, predicted = most_confused(trained)
    query = {"true": true, "predicted": predicted, "limit": 100}
    narrow = {**query, "architecture": "fully_connected", "seed": 1}
    [job] = [
        job
        for job in trained.http.get(ROOT).json()["jobs"]
        if (job["architecture"], job["seed"]) == ("fully_connected", 1)
    ]
    of_cell = trained.http.get(f"{ROOT}/confused_images", params=narrow).json()
    of_job = trained.http.get(f"/v1/jobs/{job['id']}/confused_images", params=query).json()
    model_id = trained.http.get(f"/v1/jobs/{job['id']}").json()["result"]["model_id"]
    of_model = trained.http.get(f"/v1/models/{model_id}/confused_images", params=query).json()

    assert of_cell["num_networks"] == 1
    assert of_cell == of_job == of_model
    two = trained.http.get(
        f"{ROOT}/confused_images", params={**query, "architecture": ["cnn", "fully_connected"]}
    )
    assert two.json()["num_networks"] == 4


def test_images_are_paged(trained: Any) -> None:
    query = {"true": "1", "predicted": "1"}
    whole = trained.http.get(f"{ROOT}/confused_images", params={**query, "limit": 100}).json()
    part = {**query, "limit": 2, "offset": 1}

    page = trained.http.get(f"{ROOT}/confused_images", params=part).json()
    assert page["items"] == whole["items"][1:3]
    assert page["total"] == whole["total"]


def test_most_certain_errors_go_on_where_failures_ends(trained: Any) -> None:
    for network in trained.http.get(f"{ROOT}/failures").json()["items"]:
        for which in ("confidently_wrong", "only_right"):
            query = {"architecture": network["architecture"], "which": which, "limit": 100}
            answer = trained.http.get(f"{ROOT}/failure_images", params=query).json()
            bare = [
                {name: value for name, value in image.items() if name not in {"png", "fold"}}
                for image in answer["items"]
            ]
            assert bare[: len(network[which])] == network[which]
            assert all(image["png"].startswith("data:image/png") for image in answer["items"])
            if which == "only_right":
                assert answer["total"] == network["num_only_right"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("confused_images?true=x&predicted=1", "unknown class 'x'"),
        ("confused_images?true=1", "predicted"),
        ("confused_images?true=1&predicted=2&limit=1000", "limit"),
        ("confused_images?true=1&predicted=2&architecture=cn", "did you mean 'cnn'?"),
        ("failure_images?architecture=cn", "did you mean 'cnn'?"),
        ("failure_images?architecture=cnn&which=x", "'confidently_wrong' or 'only_right'"),
    ],
)
def test_what_there_is_not_is_refused_with_what_there_is(
    trained: Any, query: str, said: str
) -> None:
    assert said in trained.refused(trained.http.get(f"{ROOT}/{query}"), 422)


def test_before_the_first_result_there_are_no_images(service: Any) -> None:
    body = {"dataset": "digits", "architectures": ["cnn"], "seeds": 1}
    service.http.post("/v1/comparisons", json=body)

    for path in ("confused_images?true=1&predicted=2", "failure_images?architecture=cnn"):
        assert "has succeeded yet" in service.refused(service.http.get(f"{ROOT}/{path}"), 409)


def test_with_folds_an_image_is_judged_by_the_fold_that_tested_it(service: Any, npz: Any) -> None:
    service.http.put("/v1/datasets/mine", content=npz(2))
    service.work()
    body = {"dataset": "mine", "architectures": ["fully_connected"], "recipe": TINY, "folds": 3}
    service.http.post("/v1/comparisons", json=body)
    service.work(jobs=3)

    classes = service.http.get("/v1/datasets/mine").json()["classes"]
    jobs = {job["id"]: job["fold"] for job in service.http.get(ROOT).json()["jobs"]}
    sizes = {fold: len(predictions_of(service, job)[2]) for job, fold in jobs.items()}
    ends = np.cumsum([sizes[fold] for fold in sorted(sizes)])
    total = 0
    for true in classes:
        for predicted in classes:
            query = {"true": true, "predicted": predicted, "limit": 100}
            answer = service.http.get(f"{ROOT}/confused_images", params=query).json()
            total += answer["total"]
            for image in answer["items"]:
                [job] = image["jobs"]
                fold = int(np.searchsorted(ends, image["index"], side="right")) + 1
                assert job["fold"] == jobs[job["job_id"]] == fold
    assert total == sum(sizes.values())


def test_with_folds_an_image_says_which_fold_tested_it(service):
    body = {"dataset": "digits", "architectures": ["fully_connected"], "folds": 2}
    service.http.post("/v1/comparisons", json=body | {"recipe": {"epochs": 1}})
    service.work(jobs=2)
    root = "/v1/comparisons/latest"
    query = {"architecture": "fully_connected", "limit": 100}
    failed = service.http.get(f"{root}/failure_images", params=query).json()["items"]

    assert {image["fold"] for image in failed} == {1, 2}
    for image in failed[:10]:
        cell = {key: image[key] for key in ("true", "predicted")}
        found = service.http.get(f"{root}/confused_images", params=cell | query).json()["items"]
        [same] = [each for each in found if each["index"] == image["index"]]
        assert [job["fold"] for job in same["jobs"]] == [image["fold"]]
