"""Cross-validation over HTTP: every image tests once, and whatever was trained names its fold."""

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load

from service.results.comparisons import ResultsReader
from tests.service.conftest import TINY, started
from workers.datasets.listings.splits import fold_numbers
from workers.datasets.stored.loading import mapped_images
from workers.datasets.stored.store import DatasetStore
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import open_database, transaction
from workers.storage.ready_datasets import identities

BODY = {"dataset": "mine", "architectures": ["fully_connected", "cnn"], "recipe": TINY}
COMPARISONS = "/v1/comparisons"


def upload(service, content, name="mine"):
    answer = service.http.put(f"/v1/datasets/{name}", content=content)
    assert answer.status_code == 201, answer.text
    service.work()  # which checks it


@pytest.fixture(scope="module")
def crossed(tmp_path_factory, npz):
    """An installation with a comparison of 2 architectures in 3 folds; tests leave it as they find it."""
    for service in started(tmp_path_factory.mktemp("crossed")):
        upload(service, npz(2))
        answer = service.http.post(COMPARISONS, json={**BODY, "folds": 3})
        assert answer.status_code == 202, answer.text
        service.work(jobs=6)
        yield service


@pytest.fixture
def comparison(crossed):
    return crossed.http.get(f"{COMPARISONS}/latest").json()


@pytest.fixture
def prepared(crossed):
    """The images (N, H, W, C) and labels (N,) of the dataset, in the order of its file."""
    with transaction(open_database(crossed.settings.resolved_database_url)) as session:
        identity = identities(session, {"mine"})["mine"]
    return mapped_images(store_of(crossed).path(identity, "mine"))


def store_of(service):
    artifacts = ArtifactStore(service.settings.resolved_artifacts_url)
    return DatasetStore(artifacts, service.settings.datasets_folder)


def predictions(service, job_id):
    result = service.http.get(f"/v1/jobs/{job_id}").json()["result"]
    return load((Path(service.settings.data) / "artifacts" / result["predictions"]).read_bytes())


def test_there_is_a_job_for_each_seed_fold_and_architecture_and_one_seed_is_enough(comparison):
    assert comparison["status"] == "succeeded"
    assert (comparison["folds"], comparison["seeds"]) == (3, [0])
    made = [(job["seed"], job["fold"], job["architecture"]) for job in comparison["jobs"]]
    assert made == [
        (0, fold, architecture) for fold in (1, 2, 3) for architecture in BODY["architectures"]
    ]
    assert {job["folds"] for job in comparison["jobs"]} == {3}
    assert {job["dataset_split"] for job in comparison["jobs"]} == {"stratified-validation10"}


def test_every_image_is_tested_once_by_each_architecture(crossed, comparison, prepared):
    _, labels = prepared
    numbers = fold_numbers(labels, 3)
    for architecture in BODY["architectures"]:
        tested = 0
        for job in comparison["jobs"]:
            if job["architecture"] == architecture:
                kept = predictions(crossed, job["id"])
                assert np.array_equal(kept["labels"], labels[numbers == job["fold"]])
                assert len(kept["probabilities"]) == len(kept["labels"])
                tested += len(kept["labels"])
        assert tested == len(labels) == 48


def test_what_a_training_says_of_its_validation_images_is_kept_beside(crossed, comparison):
    job = comparison["jobs"][0]
    kept = predictions(crossed, job["id"])
    result = crossed.http.get(f"/v1/jobs/{job['id']}").json()["result"]

    says = kept["validation_probabilities"].argmax(axis=1) == kept["validation_labels"]
    assert says.mean() == pytest.approx(result["validation"]["accuracy"])
    assert len(says) == result["validation"]["images"] > 0
    assert (result["fold"], result["folds"]) == (1, 3)


def test_the_fold_is_named_wherever_a_model_is(crossed, comparison, png):
    models = crossed.http.get("/v1/models").json()["items"]
    assert sorted((model["fold"], model["folds"]) for model in models) == [
        (fold, 3) for fold in (1, 1, 2, 2, 3, 3)
    ]
    job = next(job for job in comparison["jobs"] if job["fold"] == 2)
    model = crossed.http.get(f"/v1/models/{job['model_id']}").json()
    alias = crossed.http.put("/v1/aliases/champion", json={"model_id": model["id"]}).json()
    [listed] = crossed.http.get("/v1/aliases").json()["items"]
    [version] = crossed.http.get("/v1/aliases/champion/versions").json()["items"]
    answer = crossed.http.post(
        f"{COMPARISONS}/latest/predictions", content=png(), headers={"Content-Type": "image/png"}
    ).json()
    said = [(said["fold"], said["folds"]) for said in answer["models"]]
    latency = crossed.http.post(f"/v1/models/{model['id']}/latency", json={}).json()
    crossed.http.post(f"/v1/jobs/{latency['id']}/cancel")

    for document in (model, alias, listed, version, latency):
        assert (document["fold"], document["folds"]) == (2, 3)
    assert said == [(job["fold"], 3) for job in comparison["jobs"]]


def test_charts_have_the_images_that_were_tested(crossed, comparison, prepared):
    images, labels = prepared
    numbers = fold_numbers(labels, 3)
    order = np.argsort(numbers, kind="stable")
    job = next(job for job in comparison["jobs"] if job["fold"] == 2)
    with transaction(open_database(crossed.settings.resolved_database_url)) as session:
        artifacts = ArtifactStore(crossed.settings.resolved_artifacts_url)
        reader = ResultsReader(session, artifacts, store_of(crossed))
        of_all = reader.comparison(comparison["id"]).test_images()
        of_one = reader.job(job["id"]).test_images()
        of_model = reader.model(job["model_id"]).test_images()

    assert (len(of_all), len(of_one)) == (48, 16)
    expected = images.transpose(0, 3, 1, 2)
    assert np.array_equal(of_all[np.arange(48)], expected[order])
    for found in (of_one, of_model):
        assert np.array_equal(found[np.arange(16)], expected[numbers == 2])
        assert np.array_equal(found[3], expected[numbers == 2][3])
    for address in (f"/v1/jobs/{job['id']}", f"/v1/models/{job['model_id']}"):
        assert crossed.http.get(f"{address}/charts/confidently_wrong.png").status_code == 200


def test_label_errors_are_searched_in_every_image(crossed):
    checks = "/v1/datasets/mine/checks"
    crossed.http.post(checks)
    crossed.work()
    found = {check["check"]: check for check in crossed.http.get(checks).json()["findings"]}

    said = found["label_errors"]["sentence"]
    assert "judged: every image, from 3 folds, by the mean probabilities of 6 trainings" in said


def test_jobs_of_the_same_folds_are_compared_and_nothing_is_trained_again(crossed, comparison):
    jobs = [job["id"] for job in comparison["jobs"]]
    made = crossed.http.post(COMPARISONS, json={"jobs": jobs, "name": "again"}).json()

    assert (made["folds"], made["seeds"], made["status"]) == (3, [0], "succeeded")
    assert [job["id"] for job in made["jobs"]] == jobs


def train(service, **changed):
    body = {"dataset": "mine", "architecture": "cnn", "recipe": TINY, **changed}
    answer = service.http.post("/v1/jobs", json=body)
    assert answer.status_code == 202, answer.text
    return answer.json()


def test_a_single_training_may_have_a_fold(service, npz):
    upload(service, npz(2))
    job = train(service, fold=2, folds=4)
    assert (job["fold"], job["folds"]) == (2, 4)
    service.work()

    ended = service.http.get(f"/v1/jobs/{job['id']}").json()
    assert ended["status"] == "succeeded", ended["error"]
    assert ended["result"]["test"]["images"] == 12
    assert ended["result"]["train"]["images"] + ended["result"]["validation"]["images"] == 36


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ({"fold": 1, "folds": 3}, {}, "on one of 3 folds and job"),
        ({}, {"fold": 1, "folds": 3}, "on the test split and job"),
        ({"fold": 1, "folds": 3}, {"fold": 1, "folds": 4}, "same number of folds"),
        ({"fold": 1, "folds": 3},) * 2 + ("options, seed and fold (cnn, seed 0, fold 1)",),
    ],
)
def test_jobs_of_other_folds_are_not_compared(service, npz, one, other, said):
    upload(service, npz(2))
    jobs = [train(service, **one)["id"], train(service, **other)["id"]]

    assert said in service.refused(service.http.post(COMPARISONS, json={"jobs": jobs}), 422)
    assert service.http.get(COMPARISONS).json()["items"] == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"folds": 1}, "folds: Input should be greater than or equal to 2"),
        ({"folds": 21}, "folds: Input should be less than or equal to 20"),
        ({"folds": "x"}, "folds"),
        ({"folds": [5]}, "folds"),
        ({"folds": 2, "seeds": 0}, "seeds"),
        ({"folds": 20, "seeds": 50, "architectures": [{"name": "cnn", "label": str(n)} for n in range(3)]},
         "3 architectures × 50 seeds × 20 folds are 3,000 trainings; a comparison has 2,500 at most"),
    ],
)  # fmt: skip
def test_wrong_folds_are_refused_with_a_sentence_and_change_nothing(service, changed, said):
    body = {**BODY, "dataset": "digits", **changed}

    assert said in service.refused(service.http.post(COMPARISONS, json=body), 422)
    assert service.http.get("/v1/jobs").json()["items"] == []


def test_folds_are_not_chosen_for_jobs_that_are_there(service):
    body = {"jobs": ["a", "b"], "folds": 5}

    assert "unknown field 'folds'" in service.refused(
        service.http.post(COMPARISONS, json=body), 422
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"fold": 1}, "'fold' and 'folds' go together"),
        ({"folds": 5}, "'fold' and 'folds' go together"),
        ({"fold": 6, "folds": 5}, "there is no fold 6 of 5"),
        ({"fold": 0, "folds": 5}, "fold"),
        ({"fold": 1, "folds": 1}, "folds"),
        ({"fold": "x", "folds": 5}, "fold"),
    ],
)
def test_a_wrong_fold_of_a_training_is_refused(service, changed, said):
    body = {"dataset": "digits", "architecture": "cnn", **changed}

    assert said in service.refused(service.http.post("/v1/jobs", json=body), 422)
    assert service.http.get("/v1/jobs").json()["items"] == []


def test_a_class_of_one_image_has_no_folds_and_is_named(service, npz):
    upload(service, npz(3, y_train=np.array([0, 1] * 29 + [0, 2]), y_test=np.array([0, 1] * 6)))
    body = {**BODY, "folds": 2}

    sentence = service.refused(service.http.post(COMPARISONS, json=body), 422)
    assert "every class needs at least 2 images" in sentence
    assert sentence.endswith("a single image of: '2'")
    job = {"dataset": "mine", "architecture": "cnn", "fold": 1, "folds": 2}
    assert "'2'" in service.refused(service.http.post("/v1/jobs", json=job), 422)
    assert service.http.post(COMPARISONS, json=BODY).status_code == 202  # its own splits will do


def test_a_class_of_one_image_that_nobody_has_seen_before_fails_its_jobs(service, npz):
    upload(service, npz(3, y_train=np.array([0, 1] * 29 + [0, 2]), y_test=np.array([0, 1] * 6)))
    copies = list(service.settings.datasets_folder.glob("*.safetensors"))
    for copy in copies:
        copy.unlink()  # a service on another machine than the worker has none
    job = train(service, fold=1, folds=2)
    service.work()

    ended = service.http.get(f"/v1/jobs/{job['id']}").json()
    assert ended["status"] == "failed"
    assert "a single image of: '2'" in ended["error"]


def test_a_key_makes_one_comparison_of_folds(service):
    headers = {"Idempotency-Key": "k"}
    body = {**BODY, "dataset": "digits", "folds": 2}
    answers = [service.http.post(COMPARISONS, json=body, headers=headers) for _ in range(2)]
    other = service.http.post(COMPARISONS, json={**body, "folds": 3}, headers=headers)

    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert "another request" in service.refused(other, 422)
