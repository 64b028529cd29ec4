"""Networks of timm are trained, compared, drawn and served under their names, which have a slash."""

import numpy as np
import pytest

from tests.service.conftest import started
from tests.service.routes.v1.predicting import probabilities_by_engine

TIMM = "timm/test_resnet"
UNFIT = "timm/inception_v3"  # which does not take the 8 × 8 pixels of digits


@pytest.fixture(scope="module")
def compared(tmp_path_factory):
    """An installation with a comparison of one of ours and one of timm's, which has ended."""
    for service in started(tmp_path_factory.mktemp("timm")):
        body = {
            "dataset": "digits",
            "architectures": ["fully_connected", TIMM],
            "recipe": {"epochs": 1},
            "seeds": 1,
        }
        answer = service.http.post("/v1/comparisons", json=body)
        assert answer.status_code == 202, answer.text
        service.work(jobs=2)
        yield service


def ask(service, path, **request):
    answer = service.http.get(path, **request)
    assert answer.status_code == 200, answer.text
    return answer


def test_it_stands_in_the_comparison_beside_ours(compared):
    comparison = ask(compared, "/v1/comparisons/latest").json()
    assert comparison["status"] == "succeeded", comparison["jobs"]
    assert {row["architecture"] for row in comparison["leaderboard"]} == {"fully_connected", TIMM}
    assert TIMM in ask(compared, "/v1/comparisons/latest/leaderboard.csv").text
    assert ask(compared, "/v1/comparisons/latest/statistics").json()["pairs"]
    for chart in ask(compared, "/v1/comparisons/latest/charts").json()["items"]:
        path = f"/v1/comparisons/latest/charts/{chart['name']}.svg"
        assert ask(compared, path).content.startswith(b"<?xml"), path
    assert TIMM in ask(compared, "/v1/comparisons/latest/report.md").text
    assert TIMM in ask(compared, "/v1/comparisons/latest/report.html").text


def test_jobs_and_models_are_found_by_its_name(compared):
    [job] = ask(compared, "/v1/jobs", params={"architecture": TIMM}).json()["items"]
    [model] = ask(compared, "/v1/models", params={"architecture": TIMM}).json()["items"]

    assert job["model_id"] == model["id"]
    assert job["options"] == {"drop_rate": 0.0, "drop_path_rate": 0.0}
    assert model["onnx"]["parity"]["max_probability_difference"] < 1e-4


def test_its_model_is_downloaded_and_served_by_every_engine(compared, png):
    [model] = ask(compared, "/v1/models", params={"architecture": TIMM}).json()["items"]
    root = f"/v1/models/{model['id']}"
    for path, suffix in (("weights", "safetensors"), ("onnx", "onnx")):
        header = ask(compared, f"{root}/{path}").headers["Content-Disposition"]
        assert header == f'attachment; filename="timm-test_resnet-{model["id"]}.{suffix}"'

    found = probabilities_by_engine(compared, model["id"], png())
    np.testing.assert_allclose(*found, atol=1e-4)
    assert ask(compared, f"/v2/models/{model['id']}").json()["inputs"][0]["shape"] == [-1, 1, 8, 8]
    assert model["id"] in ask(compared, "/metrics").text


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("timm/resnet51", {}, "did you mean 'timm/resnet5"),
        ("timm/RESNET18", {}, "did you mean 'timm/resnet18'?"),
        ("TIMM/ResNet18", {}, "did you mean 'timm/resnet18'?"),
        ("RESNET50", {}, "did you mean 'timm/resnet50'?"),
        ("CNN", {}, "did you mean 'cnn'?"),
        ("timm/mobilenetv5_300m_enc", {}, "does not classify"),
        ("timm/resnet18", {"drop_rate": 2}, "0.9"),
        ("timm/densenet121", {"drop_path_rate": 0.1}, "no option 'drop_path_rate'"),
        (UNFIT, {}, "does not take images of 8 × 8 pixels with 1 channel:"),
    ],
)
def test_what_cannot_be_trained_is_refused_at_the_door(compared, name, options, said):
    asked = {"dataset": "digits", "recipe": {"epochs": 1}}
    job = {"architecture": name, "options": options}
    comparison = {"architectures": ["cnn", {"name": name, "options": options}]}
    for path, body in (("/v1/jobs", job), ("/v1/comparisons", comparison)):
        assert said in compared.refused(compared.http.post(path, json=asked | body), 422)
    assert len(ask(compared, "/v1/jobs").json()["items"]) == 2


def test_where_the_dataset_is_not_there_yet_the_job_fails_with_the_sentence(service):
    body = {"dataset": "digits", "architecture": UNFIT}
    assert service.http.post("/v1/jobs", json=body).status_code == 202
    service.work()

    [job] = service.http.get("/v1/jobs").json()["items"]
    assert job["status"] == "failed"
    assert job["error"].startswith(f"'{UNFIT}' does not take images of 8 × 8 pixels")
