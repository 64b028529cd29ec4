"""Predictions by the client, natively and by the Open Inference Protocol, against a real service."""

import pytest

from bakeoff import RefusedError

WHITE = [[255] * 8] * 8


def test_images_are_files_paths_or_bytes_in_their_order(client, picture):
    answer = client.predict("latest", picture, str(picture), picture.read_bytes(), top_k=2)

    assert len(answer["predictions"]) == 3
    assert len(answer["predictions"][0]["top"]) == 2
    assert answer.names == ["bar.png", "bar.png", "3"]


def test_images_are_pixels(client, picture):
    answer = client.predict("latest", instances=[WHITE, WHITE], engine="torch", timeout_ms=60_000)

    assert len(answer["predictions"]) == 2
    assert answer["engine"] == "torch"
    with pytest.raises(ValueError, match="not both"):
        client.predict("latest", picture, instances=[WHITE])
    with pytest.raises(RefusedError):
        client.predict("latest")


def test_images_go_through_every_model_of_a_comparison(client, picture):
    answer = client.predict_by_all("latest", picture, top_k=1)

    assert {model["label"] for model in answer["models"]} == {"fully_connected", "cnn"}


def test_an_explanation_has_a_map_and_a_picture(client, picture):
    answer = client.explain("latest", picture, method="occlusion", class_name="3")

    [explanation] = answer["explanations"]
    assert (answer.names, explanation["class"]) == (["bar.png"], "3")
    assert len(explanation["map"]) == answer["height"]
    assert answer.picture().startswith(b"\x89PNG")


def test_explanations_of_test_images_are_named_for_their_numbers(client, picture):
    assert client.explain("latest", test_images=[3, 1]).names == ["test image 3", "test image 1"]
    with pytest.raises(ValueError, match="test_images"):
        client.explain("latest", picture, test_images=[3])


def test_the_open_inference_protocol(client):
    tensor = {"name": "images", "datatype": "UINT8", "shape": [1, 1, 8, 8], "data": [0] * 64}
    [output] = client.infer("champion", [tensor])["outputs"]
    assert output["shape"] == [1, 10]
    wanted = [{"name": "probabilities", "parameters": {"classification": 1}}]
    by_version = client.infer_by_version("champion", 1, [tensor], outputs=wanted)
    assert by_version["outputs"][0]["shape"] == [1, 1]

    assert client.model_ready("champion")["ready"]
    assert client.version_ready("champion", 1)["ready"]
    assert client.model_metadata("champion")["versions"] == ["1"]
    assert client.version_metadata("champion", 1)["inputs"][0]["name"] == "images"
    assert client.model_configuration("champion")["max_batch_size"] > 1
    assert client.version_configuration("champion", 1)["input"]
    for counted in (client.model_statistics("champion"), client.version_statistics("champion", 1)):
        assert counted["model_stats"][0]["inference_count"] >= 2
    assert client.all_statistics()["model_stats"]


def test_models_are_loaded_and_unloaded(client):
    client.load_model("latest")
    model_id = client.show_model("latest")["id"]
    assert model_id in [model["name"] for model in client.repository_index(ready=True)]

    client.unload_model("latest")
    assert model_id not in [model["name"] for model in client.repository_index(ready=True)]
    assert model_id in [model["name"] for model in client.repository_index()]
    client.load_model("latest")


def test_the_number_that_is_white_can_be_said(client):
    ones = [[[1] * 8] * 8]
    tensor = {"name": "images", "datatype": "UINT8", "shape": [1, 1, 8, 8], "data": [1] * 64}

    shown = [
        client.predict("latest", instances=ones, scale=1)["predictions"][0]["notes"],
        client.explain("latest", instances=ones, scale=1)["explanations"][0]["notes"],
        [client.infer("latest", [tensor], scale=1)["parameters"]["notes"]],
    ]

    assert shown == [["numbers 0 to 1 became 0 to 255, as asked"]] * 3
