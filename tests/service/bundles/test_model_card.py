"""The model card says what the model is, how good it is on how many images, and what it cannot do."""

import io
import json
import re
import zipfile
from dataclasses import replace

import pytest
import yaml

from service.bundles.model_card import model_card
from tests.service.comparison_results import make
from tests.service.conftest import TINY, started
from workers.storage import trained_models
from workers.storage.database import open_database, transaction

__all__ = ["make"]


@pytest.fixture(scope="module")
def folded(tmp_path_factory, npz):
    """An installation with a model that was tested on fold 2 of 3."""
    for service in started(tmp_path_factory.mktemp("folded")):
        service.http.put("/v1/datasets/mine", content=npz(2))
        service.work()  # which checks it
        body = {"dataset": "mine", "architecture": "cnn", "recipe": TINY, "fold": 2, "folds": 3}
        service.http.post("/v1/jobs", json=body)
        service.work()
        yield service


def card_of(service, model="latest"):
    content = service.http.get(f"/v1/models/{model}/bundle").content
    return zipfile.ZipFile(io.BytesIO(content)).read("README.md").decode()


def test_the_front_matter_is_that_of_the_hub_and_leaves_the_licence_to_the_user(trained):
    model = trained.http.get("/v1/models/latest").json()
    front = card_of(trained).split("---\n")[1]
    read = yaml.safe_load(front)

    assert "# license: " in front
    assert "license" not in read
    assert (read["library_name"], read["pipeline_tag"]) == ("onnx", "image-classification")
    [index] = read["model-index"]
    [result] = index["results"]
    assert index["name"] == "cnn on digits"
    assert result["dataset"] == {
        "name": "digits",
        "type": "digits",
        "revision": model["dataset_sha256"],
        "split": "test",
    }
    [metric] = result["metrics"]
    assert metric == {"type": "accuracy", "value": pytest.approx(model["test_accuracy"], abs=1e-4)}


def test_the_card_says_data_network_training_and_scores_with_n_and_interval(trained):
    model = trained.http.get("/v1/models/latest").json()
    result = trained.http.get(f"/v1/jobs/{model['job_id']}").json()["result"]
    card = card_of(trained)

    for said in (
        model["dataset_sha256"],
        model["weights_sha256"],
        model["onnx"]["sha256"],
        model["recipe_hash"],
        "1,350 train, 150 validation, 297 test",
        f"{model['num_parameters']:,}",
        f"{100 * model['test_accuracy']:.2f} % of 297 test images",
        "n = 297 images",
        f"{result['brier']:.4f}",
        result["device_name"],
        result["precision_reason"],
        f"torch {result['versions']['torch']}",
        "It is one training, of seed 1.",
    ):
        assert said in card
    assert re.search(r"95 % interval \d+\.\d to \d+\.\d %", card)
    rows = re.findall(r"^\| (\d) \| (\d+) \| ", card, re.MULTILINE)
    assert [(label, int(n)) for label, n in rows] == [
        (scores["name"], scores["support"]) for scores in result["per_class"]
    ]


def test_the_request_of_the_card_asks_for_the_same_training(folded):
    model = folded.http.get("/v1/models/latest").json()
    [request] = re.findall(r"```json\n(.*?)```", card_of(folded), re.DOTALL)

    job = folded.http.get(f"/v1/jobs/{model['job_id']}").json()
    again = folded.http.post("/v1/jobs", json=json.loads(request))

    assert again.status_code == 202
    folded.http.post(f"/v1/jobs/{again.json()['id']}/cancel").raise_for_status()
    asked = ("dataset", "architecture", "options", "recipe", "recipe_hash", "seed", "fold", "folds")
    assert {name: again.json()[name] for name in asked} == {name: job[name] for name in asked}


def test_a_fold_is_named_with_the_seed_and_in_the_limits(folded):
    card = card_of(folded)

    assert "| seed | 0, fold 2 of 3 |" in card
    assert "On fold 2 of 3, n = 16 images" in card
    assert "other images than those of fold 2 of 3" in card
    assert (
        yaml.safe_load(card.split("---\n")[1])["model-index"][0]["results"][0]["dataset"]["split"]
        == "fold 2 of 3"
    )
    assert '"folds": 3' in card


def test_classes_with_few_test_images_are_among_the_limits(folded, trained):
    assert "Fewer than 30 test images show each of these classes" in card_of(folded)
    assert "It knows its 10 classes alone" in card_of(trained)


@pytest.mark.parametrize(("patience", "kept"), [(0, 4), (2, 1)])
def test_the_weights_are_those_of_the_best_epoch_with_early_stopping_alone(
    make, trained, patience, kept
):
    results = make(1, 1, 4, 10)
    [run] = results.runs
    scores = [
        {"name": name, "support": sum(row), "recall": 0.9, "precision": 0.9, "f1": 0.9}
        for name, row in zip("0123456789", run.result["confusion_matrix"], strict=True)
    ]
    result = {**run.result, "best_epoch": 1, "per_class": scores}
    changed = replace(
        results,
        recipe={**results.recipe, "early_stopping_patience": patience},
        runs=(replace(run, result=result),),
    )
    with transaction(open_database(trained.settings.resolved_database_url)) as session:
        card = model_card(trained_models.get(session, "latest"), changed)

    assert f"| epochs | 4; the weights are those of epoch {kept}; the lowest" in card
    assert "was that of epoch 1 |" in card
