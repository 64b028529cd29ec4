"""What cannot be quantised is refused, or fails with a sentence; the same request makes the same model."""

import pytest

from tests.service.routes.v1.quantising import prepared_file, quantise
from workers.storage import trained_models
from workers.storage.artifacts import ArtifactStore
from workers.storage.database import open_database, transaction

URL = "/v1/models/latest/quantise"


def test_a_model_without_a_graph_is_refused(one_model):
    with transaction(open_database(one_model.settings.resolved_database_url)) as session:
        trained_models.get(session, "latest").onnx = {"error": "an operator is missing"}

    assert "an operator is missing" in one_model.refused(one_model.http.post(URL), 409)


def test_a_model_whose_dataset_is_gone_is_refused(one_model):
    one_model.http.delete("/v1/datasets/digits").raise_for_status()

    said = one_model.refused(one_model.http.post(URL), 409)
    assert "content of dataset 'digits'" in said
    assert "no longer there" in said


def test_a_dataset_stays_until_the_job_that_needs_it_has_ended(one_model):
    job = one_model.http.post(URL).json()
    answer = one_model.http.delete("/v1/datasets/digits")

    assert job["id"] in one_model.refused(answer, 409)
    one_model.work()
    assert one_model.http.delete("/v1/datasets/digits").status_code == 204
    assert one_model.http.get("/v1/models/latest/quantisations").json()["items"]


def test_images_that_are_lost_before_the_job_runs_fail_it_with_a_sentence(one_model):
    job = one_model.http.post(URL).json()
    file = prepared_file(one_model)
    for path in one_model.settings.data.rglob(file.name):
        path.unlink()
    one_model.work()

    ended = one_model.http.get(f"/v1/jobs/{job['id']}").json()
    assert ended["status"] == "failed"
    assert "no longer there" in ended["error"]


def test_a_graph_that_cannot_be_quantised_fails_the_job_with_a_sentence(one_model):
    [graph] = one_model.settings.data.glob("artifacts/models/*/model.onnx")
    ended = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ArtifactStore, "get", lambda *_, **__: b"no graph")
        ended = quantise(one_model)

    assert graph.exists()
    assert ended["status"] == "failed"
    assert "ONNX Runtime cannot quantise the graph" in ended["error"]
    assert one_model.http.get("/v1/models/latest/quantisations").json()["items"] == []


def test_the_same_request_twice_makes_one_job(one_model):
    twice = [one_model.http.post(URL, headers={"Idempotency-Key": "once"}) for _ in range(2)]

    assert twice[0].json()["id"] == twice[1].json()["id"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"images": 15}, "16"),
        ({"images": 1025}, "1024"),
        ({"margin": 0}, "margin"),
        ({"margin": 0.3}, "0.2"),
        ({"seed": -1}, "seed"),
        ({"image": 64}, "did you mean 'images'?"),
    ],
)
def test_a_quantisation_that_cannot_be_made_is_refused(trained, body, said):
    assert said in trained.refused(trained.http.post(URL, json=body), 422)


def test_there_is_no_int8_model_of_no_model(service):
    for method, path in (("POST", "quantise"), ("GET", "quantisations")):
        answer = service.http.request(method, f"/v1/models/nobody/{path}")
        assert "nobody" in service.refused(answer, 404)


def test_the_same_images_make_the_same_graph_and_others_another(one_model):
    digests = []
    for seed in (3, 3, 4):
        made = quantise(one_model, images=64, seed=seed)["result"]
        model = one_model.http.get(f"/v1/models/{made['model_id']}").json()
        digests.append(model["onnx"]["sha256"])
        assert made["calibration"] == {"images": 64, "seed": seed}

    assert digests[0] == digests[1] != digests[2]
