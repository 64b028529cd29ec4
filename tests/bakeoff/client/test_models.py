"""Models, aliases, engines and latency by the client, against a real service."""

from safetensors.torch import load

from bakeoff import Client


def test_models_are_listed_shown_and_downloaded(client):
    models = list(client.list_models(dataset="digits", architecture="cnn"))
    assert len(models) == 2
    assert len(list(client.list_models())) == 4

    model = client.show_model(models[0]["id"])
    assert load(client.download_weights(model["id"]))
    assert len(client.download_onnx(model["id"])) == model["onnx"]["bytes"]
    assert client.download_bundle(model["id"]).startswith(b"PK")


def test_an_alias_stands_for_a_model_and_goes_back(client):
    model = client.show_model("latest")
    client.set_alias("best", "latest", engine="torch")
    assert client.show_model("best")["id"] == model["id"]
    client.set_alias("best", version=1)

    assert "best" in [alias["alias"] for alias in client.list_aliases()]
    versions = client.list_alias_versions("best")
    assert [(entry["version"], entry["engine"]) for entry in versions] == [
        (2, "torch"),
        (1, "torch"),
    ]
    assert "torch" in [engine["name"] for engine in client.list_engines()]


def test_the_latency_of_a_model_is_measured_by_a_job(service, empty_address):
    service.http.post(
        "/v1/jobs",
        json={"dataset": "digits", "architecture": "fully_connected", "recipe": {"epochs": 1}},
    )
    service.work()
    with Client(empty_address) as client:
        assert list(client.show_latency("latest")) == []
        job = client.measure_latency("latest", engines=["torch"], batch_sizes=[2], threads=[1])

        assert job["kind"] == "latency"
        assert job["options"] == {"engines": ["torch"], "batch_sizes": [2], "threads": [1]}
        client.cancel_job(job["id"])


def test_an_int8_model_is_made_by_a_job(service, empty_address):
    service.http.post(
        "/v1/jobs",
        json={"dataset": "digits", "architecture": "fully_connected", "recipe": {"epochs": 1}},
    )
    service.work()
    with Client(empty_address) as client:
        assert list(client.list_quantisations("latest")) == []
        job = client.quantise_model("latest", images=32, seed=1, margin=0.02)

        assert job["kind"] == "quantise"
        assert job["options"] == {"images": 32, "seed": 1, "margin": 0.02}
        client.cancel_job(job["id"])
