"""int8 models over HTTP and with the real worker: made, judged and served."""

import io
import re
import zipfile

import numpy as np
import onnx
import pytest
from typer.testing import CliRunner

from bakeoff import Client, commands
from tests.service.conftest import TINY, started
from tests.service.routes.v1.quantising import prepared_file, quantise
from workers.datasets.stored.loading import mapped_split
from workers.latency import table
from workers.processors import num_processors

URL = "/v1/models/latest/quantise"


@pytest.fixture(scope="module")
def quantised(tmp_path_factory):
    """An installation with a trained CNN and an int8 model of it; tests leave it as they find it."""
    for service in started(tmp_path_factory.mktemp("quantised")):
        body = {"dataset": "digits", "architecture": "cnn", "recipe": {"epochs": 5}}
        service.http.post("/v1/jobs", json=body)
        service.work()
        quantise(service)
        yield service


def both(service):
    """The original, and the int8 model that was made of it last."""
    original = service.http.get("/v1/models/latest").json()
    [made, *_] = service.http.get("/v1/models/latest/quantisations").json()["items"]
    return original, service.http.get(f"/v1/models/{made['model_id']}").json()


def probabilities(service, model_id, pixels, engine=None):
    """What the service says of images (N, H, W) as uint8."""
    shares = []
    for start in range(0, len(pixels), 128):
        written = io.BytesIO()
        np.save(written, pixels[start : start + 128])
        answer = service.http.post(
            f"/v1/models/{model_id}/predictions",
            content=written.getvalue(),
            headers={"Content-Type": "application/x-npy"},
            params={"top_k": 10, **({"engine": engine} if engine else {})},
        )
        assert answer.status_code == 200, answer.text
        for predicted in answer.json()["predictions"]:
            by_label = {top["label"]: top["probability"] for top in predicted["top"]}
            shares.append([by_label[label] for label in "0123456789"])
    return np.array(shares)


def test_a_model_is_quantised_by_a_job_and_the_result_is_a_model_of_its_own(quantised):
    original, int8 = both(quantised)
    job = quantised.http.get(f"/v1/jobs/{int8['job_id']}").json()

    assert (job["kind"], job["status"], job["model_id"]) == (
        "quantise",
        "succeeded",
        original["id"],
    )
    assert job["options"] == {"images": 256, "seed": 0, "margin": 0.01}
    assert job["result"]["model_id"] == int8["id"] != original["id"]
    assert (int8["quantised_from"], original["quantised_from"]) == (original["id"], None)
    assert int8["onnx"]["sha256"] != original["onnx"]["sha256"]
    assert int8["onnx"]["bytes"] < original["onnx"]["bytes"] / 2
    same = ("architecture", "options", "dataset_sha256", "classes", "image_shape", "recipe_hash")
    assert {name: int8[name] for name in same} == {name: original[name] for name in same}


def test_latest_stays_the_model_that_was_trained_and_both_are_listed(quantised):
    original, int8 = both(quantised)
    listed = quantised.http.get("/v1/models").json()["items"]

    assert [model["id"] for model in listed[-2:]] == [int8["id"], original["id"]]
    assert original["quantised_from"] is None


def test_what_is_served_is_what_was_evaluated_and_close_to_the_original(quantised):
    original, int8 = both(quantised)
    images, labels = mapped_split(prepared_file(quantised), "test")
    [made, *_] = quantised.http.get("/v1/models/latest/quantisations").json()["items"]
    ours, theirs = (
        probabilities(quantised, model["id"], images[..., 0]) for model in (int8, original)
    )
    right, was_right = ours.argmax(1) == labels, theirs.argmax(1) == labels

    assert made["accuracy"]["images"] == len(labels)
    assert (
        made["accuracy"]["int8"]
        == pytest.approx(right.mean())
        == pytest.approx(int8["test_accuracy"])
    )
    assert made["accuracy"]["original"] == pytest.approx(was_right.mean())
    assert made["accuracy"]["only_original_right"] == (was_right & ~right).sum()
    assert made["accuracy"]["only_int8_right"] == (right & ~was_right).sum()
    assert made["different_labels"] == (ours.argmax(1) != theirs.argmax(1)).sum()
    assert np.abs(ours - theirs).max() < 0.2
    assert abs(right.mean() - was_right.mean()) < 0.02


def test_the_verdict_is_in_words_with_its_evidence(quantised):
    original, int8 = both(quantised)
    [made, *_] = quantised.http.get(f"/v1/models/{original['id']}/quantisations").json()["items"]
    accuracy = made["accuracy"]

    assert re.search(r"int8 model .* of 297 test images \(95 % interval", made["verdict"])
    assert "equivalent to within 1 point" in made["verdict"]
    assert re.search(r"It is \d\.\d times smaller \(\d+ kB instead of \d+ kB\)", made["verdict"])
    assert re.search(
        r" at batch 1 \([\d.]+ [µm]s instead of [\d.]+ [µm]s\) on one", made["verdict"]
    )
    assert made["device_name"] in made["verdict"]
    assert accuracy["low"] <= accuracy["difference"] <= accuracy["high"]
    assert 0 < accuracy["equivalence_p"] < 1
    assert (made["calibration"], accuracy["margin"]) == ({"images": 256, "seed": 0}, 0.01)
    assert made["bytes"] == {"original": original["onnx"]["bytes"], "int8": int8["onnx"]["bytes"]}
    assert {"onnxruntime", "onnx", "bakeoff"} <= set(made["versions"])
    cells = [(pair["int8"]["threads"], pair["int8"]["batch_size"]) for pair in made["latency"]]
    assert cells == [(t, size) for t in sorted({1, num_processors()}) for size in (1, 8, 64)]
    assert all(pair[of]["samples"] >= 8 for pair in made["latency"] for of in ("original", "int8"))


def test_the_quantisations_of_an_int8_model_are_its_own(quantised):
    _, int8 = both(quantised)
    of_original = quantised.http.get("/v1/models/latest/quantisations").json()
    of_int8 = quantised.http.get(f"/v1/models/{int8['id']}/quantisations").json()

    assert of_int8["items"] == of_original["items"][:1]


def test_an_int8_model_is_computed_by_onnxruntime_alone(quantised):
    original, int8 = both(quantised)
    path = f"/v1/models/{int8['id']}"
    body = {"instances": np.zeros((1, 8, 8)).tolist()}

    assert quantised.http.post(f"{path}/predictions", json=body).json()["engine"] == "onnxruntime"
    for engine in ("torch", "cuda_graph"):
        answer = quantised.http.post(f"{path}/predictions", json=body, params={"engine": engine})
        said = quantised.refused(answer, 409)
        assert "engine 'onnxruntime' alone computes" in said
        assert original["id"] in said
    config = quantised.http.get(f"/v2/models/{int8['id']}/config").json()
    assert config["backend"] == "onnxruntime"


def test_what_an_int8_model_does_not_have_is_refused_with_where_it_is(quantised):
    original, int8 = both(quantised)
    for path in ("weights", "charts/accuracy.png"):
        answer = quantised.http.get(f"/v1/models/{int8['id']}/{path}")
        assert original["id"] in quantised.refused(answer, 409), path


def test_the_graph_computes_in_int8_between_a_float_input_and_float_logits(quantised):
    _, int8 = both(quantised)
    graph = onnx.load_from_string(quantised.http.get(f"/v1/models/{int8['id']}/onnx").content).graph
    makers = {name: node.op_type for node in graph.node for name in node.output}
    by_type = {node.op_type: node for node in graph.node}

    assert by_type["Cast"].input[0] == "images"
    assert makers[by_type["Softmax"].input[0]] == "Gemm"
    assert {makers[name] for name in by_type["Conv"].input} == {"DequantizeLinear"}
    # The classifier takes floats and keeps its weights as such.
    assert [makers.get(name) for name in by_type["Gemm"].input[1:]] == [None, None]
    assert "DequantizeLinear" not in {
        makers[name] for name in by_type["Mul"].input if name in makers
    }


def test_a_bundle_of_an_int8_model_holds_its_graph_and_says_what_it_is(quantised):
    original, int8 = both(quantised)
    [made, *_] = quantised.http.get("/v1/models/latest/quantisations").json()["items"]
    content = quantised.http.get(f"/v1/models/{int8['id']}/bundle").content
    archive = zipfile.ZipFile(io.BytesIO(content))
    card = archive.read("README.md").decode()

    assert len(archive.read("model.onnx")) == int8["onnx"]["bytes"]
    assert "# cnn on digits, int8" in card
    assert made["verdict"] in card
    assert f"right on {100 * made['accuracy']['int8']:.2f} % of 297 test images" in card
    assert f"made from model {original['id']}" in card
    assert "which chose nothing; in int8." in card
    assert "| onnxruntime, 1 thread | 1 |" in card
    assert "| torch" not in card.partition("## Latency")[2]


def test_an_alias_stands_for_an_int8_model(quantised, png):
    _, int8 = both(quantised)
    quantised.http.put("/v1/aliases/small", json={"model_id": int8["id"]}).raise_for_status()

    predicted = quantised.http.post("/v1/models/small/predictions", content=png()).json()
    assert (predicted["model_id"], predicted["engine"]) == (int8["id"], "onnxruntime")


def test_a_model_of_a_fold_is_judged_on_the_images_of_its_fold(service, npz):
    service.http.put("/v1/datasets/mine", content=npz(2))
    service.work()  # which checks it
    body = {"dataset": "mine", "architecture": "cnn", "recipe": TINY, "fold": 2, "folds": 3}
    service.http.post("/v1/jobs", json=body)
    service.work()
    result = quantise(service)["result"]
    _, int8 = both(service)

    assert (result["fold"], result["folds"]) == (int8["fold"], int8["folds"]) == (2, 3)
    assert result["test"]["images"] == sum(result["right"].values()) == 16
    assert result["calibration"]["images"] == 48 - 16 - result["validation"]["images"]


def test_latency_of_an_int8_model_is_measured_by_the_engine_that_computes_it(
    quantised, monkeypatch
):
    monkeypatch.setattr(table, "MIN_SECONDS", 0)
    monkeypatch.setattr(table, "MIN_SAMPLES", 8)
    _, int8 = both(quantised)
    path = f"/v1/models/{int8['id']}/latency"
    quantised.http.post(path, json={"batch_sizes": [2], "threads": [1]})
    quantised.work()

    [measured] = quantised.http.get(path).json()["items"]
    assert [row["engine"] for row in measured["rows"]] == ["onnxruntime"]
    assert {cell["engine"] for cell in measured["skipped"]} == {"torch", "cuda_graph"}


def test_what_is_quantised_already_is_refused(quantised):
    original, int8 = both(quantised)
    said = quantised.refused(quantised.http.post(f"/v1/models/{int8['id']}/quantise"), 409)

    assert "int8 already" in said
    assert original["id"] in said


def test_the_command_line_waits_for_the_model_and_says_what_it_is_worth(
    one_model, empty_address, monkeypatch
):
    monkeypatch.setenv("BAKEOFF_URL", empty_address)
    monkeypatch.setattr("bakeoff.terminal.waiting.time.sleep", lambda _: one_model.work())
    asked = ["quantise", "latest", "--images", "32", "--margin", "0.05"]
    shown = CliRunner().invoke(commands.app, asked, catch_exceptions=False)
    with Client(empty_address) as client:
        [made] = client.list_quantisations("latest")

    assert shown.exit_code == 0, shown.output
    assert f"model {made['model_id']}: {made['verdict']}" in shown.stdout
    assert (made["calibration"]["images"], made["accuracy"]["margin"]) == (32, 0.05)


def test_an_engine_that_does_not_compute_it_is_refused_for_an_alias_and_a_latency(quantised):
    _, int8 = both(quantised)
    alias = {"model_id": int8["id"], "engine": "torch"}
    for answer in (
        quantised.http.put("/v1/aliases/small", json=alias),
        quantised.http.post(f"/v1/models/{int8['id']}/latency", json={"engines": ["torch"]}),
    ):
        assert "engine 'onnxruntime' alone computes" in quantised.refused(answer, 409)
