"""The Open Inference Protocol over a real socket, by Triton's own client."""

import numpy as np
import pytest
import tritonclient.http as triton
from sklearn.datasets import load_digits
from tritonclient.utils import InferenceServerException

PIXELS = (load_digits().images[1500:1505, None] * (255 / 16)).round().astype(np.uint8)


@pytest.fixture
def client(address):
    with triton.InferenceServerClient(address.removeprefix("http://")) as client:
        yield client


def tensor(pixels=PIXELS, *, datatype="UINT8", binary=True):
    made = triton.InferInput("images", list(pixels.shape), datatype)
    made.set_data_from_numpy(pixels, binary_data=binary)
    return made


def native(trained, name="champion"):
    answer = trained.http.post(
        f"/v1/models/{name}/predictions",
        json={"instances": PIXELS[:, 0].tolist()},
        params={"top_k": 10},
    ).json()
    return [
        {top["label"]: top["probability"] for top in prediction["top"]}
        for prediction in answer["predictions"]
    ]


def test_server_and_models_describe_themselves(client):
    assert client.is_server_live()
    assert client.is_server_ready()
    assert {"binary_tensor_data", "statistics"} <= set(client.get_server_metadata()["extensions"])
    assert client.is_model_ready("champion")
    assert client.is_model_ready("champion", "1")
    metadata = client.get_model_metadata("champion")
    assert metadata["inputs"] == [{"name": "images", "datatype": "UINT8", "shape": [-1, 1, 8, 8]}]
    assert metadata["outputs"] == [{"name": "probabilities", "datatype": "FP32", "shape": [-1, 10]}]
    assert metadata["versions"][0] == "1"
    configuration = client.get_model_config("champion", "1")
    assert configuration["max_batch_size"] == 256
    assert configuration["input"][0]["dims"] == [1, 8, 8]


@pytest.mark.parametrize("binary_in", [True, False])
@pytest.mark.parametrize("binary_out", [True, False, None])
@pytest.mark.parametrize("packed", [None, "gzip", "deflate"])
def test_every_way_to_send_and_receive_a_tensor_gives_the_native_answer(
    client, trained, binary_in, binary_out, packed
):
    outputs = None
    if binary_out is not None:
        outputs = [triton.InferRequestedOutput("probabilities", binary_data=binary_out)]

    result = client.infer(
        "champion",
        [tensor(binary=binary_in)],
        outputs=outputs,
        request_id="seven",
        request_compression_algorithm=packed,
        response_compression_algorithm=packed,
    )

    assert result.get_response()["id"] == "seven"
    probabilities = result.as_numpy("probabilities")
    assert probabilities.dtype == np.float32
    for row, expected in zip(probabilities, native(trained), strict=True):
        assert row.tolist() == pytest.approx([expected[str(n)] for n in range(10)], abs=1e-5)


def test_a_long_answer_is_packed_as_the_client_accepts_it(client):
    many = np.repeat(PIXELS, 50, axis=0)
    for packing in ("gzip", "deflate"):
        result = client.infer("champion", [tensor(many)], response_compression_algorithm=packing)
        assert result.as_numpy("probabilities").shape == (250, 10)


@pytest.mark.parametrize("datatype", ["FP32", "INT64", "INT32"])
def test_other_kinds_of_numbers_are_taken_as_pixels(client, datatype):
    kind = {"FP32": np.float32, "INT64": np.int64, "INT32": np.int32}[datatype]
    asked = tensor(PIXELS.astype(kind), datatype=datatype)

    same = client.infer("champion", [asked]).as_numpy("probabilities")

    expected = client.infer("champion", [tensor()]).as_numpy("probabilities")
    assert same == pytest.approx(expected, abs=1e-6)


def test_image_files_are_taken_as_bytes(client, png):
    files = np.array([png(), png(20, 30, "RGB", "JPEG")], dtype=object)
    asked = triton.InferInput("images", [2], "BYTES")
    asked.set_data_from_numpy(files)

    assert client.infer("champion", [asked]).as_numpy("probabilities").shape == (2, 10)


@pytest.mark.parametrize("binary", [True, False])
def test_classification_gives_labels_most_probable_first(client, trained, binary):
    outputs = [triton.InferRequestedOutput("probabilities", binary_data=binary, class_count=3)]

    found = client.infer("champion", [tensor()], outputs=outputs).as_numpy("probabilities")

    assert found.shape == (5, 3)
    for row, expected in zip(found, native(trained), strict=True):
        texts = [text.decode() if isinstance(text, bytes) else text for text in row]
        assert [text.split(":")[2] for text in texts] == list(expected)[:3]
        assert float(texts[0].split(":")[0]) == pytest.approx(
            expected[texts[0].split(":")[2]], abs=1e-5
        )


def test_an_answer_may_come_later(client):
    later = [client.async_infer("champion", [tensor()]) for _ in range(20)]

    assert all(request.get_result().as_numpy("probabilities").shape == (5, 10) for request in later)


def test_the_versions_of_an_alias_are_what_it_stood_for(client, trained):
    first, second = (model["id"] for model in trained.http.get("/v1/models").json()["items"][:2])
    for model_id in (first, second):
        trained.http.put("/v1/aliases/versioned", json={"model_id": model_id})

    assert client.get_model_metadata("versioned")["versions"] == ["1", "2"]
    for version, model_id in (("1", first), ("2", second), ("", second)):
        result = client.infer("versioned", [tensor()], model_version=version)
        by_id = client.infer(model_id, [tensor()]).as_numpy("probabilities")
        assert (result.as_numpy("probabilities") == by_id).all()
        assert result.get_response()["model_version"] == (version or "2")
    with pytest.raises(InferenceServerException, match="no version 3"):
        client.infer("versioned", [tensor()], model_version="3")


def test_models_are_loaded_and_unloaded_and_the_index_says_so(client, trained):
    name = trained.http.get("/v1/models").json()["items"][-1]["id"]

    def state():
        return {model["name"]: model["state"] for model in client.get_model_repository_index()}[
            name
        ]

    client.load_model(name)
    assert state() == "READY"
    client.unload_model(name)
    assert state() == "UNAVAILABLE"
    assert not client.is_model_ready(name)
    client.infer(name, [tensor()])
    assert state() == "READY"
    with pytest.raises(InferenceServerException, match="config"):
        client.load_model(name, config="{}")


def test_what_was_counted_stays_when_the_model_leaves_memory(client):
    client.infer("champion", [tensor()])
    before = client.get_inference_statistics("champion")["model_stats"][0]
    client.unload_model("champion")
    unloaded = client.get_inference_statistics("champion")["model_stats"][0]
    client.infer("champion", [tensor()])
    after = client.get_inference_statistics("champion")["model_stats"][0]

    assert unloaded == before
    assert after["execution_count"] == before["execution_count"] + 1
    assert after["inference_count"] == before["inference_count"] + 5


def test_what_was_inferred_is_counted_queue_and_compute_apart(client, address):
    client.infer("champion", [tensor()])
    before = client.get_inference_statistics("champion")["model_stats"][0]
    for _ in range(3):
        client.infer("champion", [tensor()])
    after = client.get_inference_statistics("champion", "1")["model_stats"][0]

    assert after["inference_count"] - before["inference_count"] == 15
    assert after["execution_count"] - before["execution_count"] == 3
    gained = after["inference_stats"]["compute_infer"]["ns"]
    assert gained > before["inference_stats"]["compute_infer"]["ns"]
    assert client.get_inference_statistics()["model_stats"]
    import httpx

    text = httpx.get(f"{address}/metrics").text
    for name in ("queue_duration_seconds_bucket", "compute_infer_duration_seconds_bucket"):
        assert f"bakeoff_inference_{name}" in text


def test_no_model_is_a_404_in_words_a_client_reads(client):
    with pytest.raises(InferenceServerException, match="no model or alias 'nobody'"):
        client.infer("nobody", [tensor()])
    with pytest.raises(InferenceServerException, match="nobody"):
        client.get_model_metadata("nobody")
    assert not client.is_model_ready("nobody")
