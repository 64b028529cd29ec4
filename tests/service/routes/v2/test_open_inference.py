"""The Open Inference Protocol over a real socket, by Triton's own client, and what it must refuse."""

import gzip
import json
import zlib

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


def infer(trained, document=None, *, content=None, name="champion", **headers):
    content = json.dumps(document).encode() if content is None else content
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return trained.http.post(f"/v2/models/{name}/infer", content=content, headers=named)


def images(**changed):
    whole = {"name": "images", "datatype": "UINT8", "shape": [1, 1, 8, 8], "data": [0] * 64}
    return {"inputs": [whole | changed]}


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({}, "inputs"),
        ([], "object"),
        ({"inputs": []}, "one element"),
        ({"inputs": [7]}, "object"),
        (images(name="x"), "'images'"),
        (images(datatype="FP8"), "datatype"),
        (images(datatype=[]), "datatype"),
        (images(shape=[1, 1, 8, 9]), "64 numbers"),
        (images(shape=[64]), "has shape"),
        (images(shape=[]), "shape"),
        (images(shape=[0, 1, 8, 8]), "shape"),
        (images(shape=[True, 1, 8, 8]), "shape"),
        (images(shape="x"), "shape"),
        (images(data=["x"] * 64), "numbers"),
        (images(data=None), "numbers"),
        (images(data=[[1], [2, 3]]), "uneven"),
        (images(data=[256] * 64), "0 to 255"),
        (images(data=[None] * 64), "0 to 255"),
        (images(parameters=7), "object"),
        (images(parameters={"binary_data_size": 64}), "binary_data_size"),
        (images(datatype="BYTES", shape=[1], data=["%"]), "base64"),
        (images(datatype="BYTES", shape=[1], data=["aGVsbG8="]), "not an image"),
        (images(datatype="BYTES", shape=[2], data=["aGVsbG8="]), "shape [1]"),
        ({**images(), "parameters": []}, "object"),
        ({**images(), "parameters": {"timeout": "x"}}, "timeout"),
        ({**images(), "outputs": [{"name": "x"}]}, "'probabilities'"),
        ({**images(), "outputs": 7}, "outputs"),
        (
            {
                **images(),
                "outputs": [{"name": "probabilities", "parameters": {"classification": "x"}}],
            },
            "classification",
        ),
    ],
)
def test_a_request_that_does_not_keep_to_the_protocol_is_refused_with_what_would(
    trained, document, said
):
    answer = infer(trained, document)

    assert answer.status_code in {400, 422}, answer.text
    assert said in trained.refused(answer, answer.status_code)


@pytest.mark.parametrize(
    ("content", "headers", "said"),
    [
        (b"{", {}, "JSON"),
        (b"[" * 100_000, {}, "JSON"),
        (b"{}", {"Inference_Header_Content_Length": "x"}, "number"),
        (b"{}", {"Inference_Header_Content_Length": "3"}, "2 bytes"),
        (b"{}", {"Content_Encoding": "br"}, "gzip"),
        (b"{}", {"Content_Encoding": "gzip"}, "not gzip"),
        (gzip.compress(b"{}")[:-4], {"Content_Encoding": "gzip"}, "too early"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(trained, content, headers, said):
    assert said in trained.refused(infer(trained, content=content, **headers), 400)


def test_a_packed_body_is_bounded_by_what_it_unpacks_to(trained):
    bomb = zlib.compress(bytes(200 * 1024**2))

    trained.refused(infer(trained, content=bomb, Content_Encoding="deflate"), 413)


def test_more_images_than_a_request_may_hold_are_refused(trained):
    many = images(shape=[257, 1, 8, 8], data=[0] * 64 * 257)

    assert "256" in trained.refused(infer(trained, many), 413)


@pytest.mark.parametrize("rest", [b"\x05\x00", b"\x05\x00\x00\x00abc"])
def test_files_that_end_too_early_are_refused(trained, rest):
    document = json.dumps(
        images(datatype="BYTES", shape=[1], parameters={"binary_data_size": len(rest)})
    ).encode()

    answer = infer(
        trained,
        content=document + rest,
        Inference_Header_Content_Length=str(len(document)),
    )

    assert "BYTES" in trained.refused(answer, 400)


def test_no_model_is_a_404_in_words_a_client_reads(client):
    with pytest.raises(InferenceServerException, match="no model or alias 'nobody'"):
        client.infer("nobody", [tensor()])
    with pytest.raises(InferenceServerException, match="nobody"):
        client.get_model_metadata("nobody")
    assert not client.is_model_ready("nobody")
