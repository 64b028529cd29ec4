"""The same images through every model of a comparison."""

from tests.service.routes.v1.predicting import encoded


def test_a_comparison_shows_what_each_of_its_models_says(trained, digit_images):
    comparison = trained.http.get("/v1/comparisons/latest").json()
    content = encoded(digit_images[2])

    answer = trained.http.post("/v1/comparisons/latest/predictions", content=content)

    assert answer.status_code == 200, answer.text
    assert answer.json()["comparison_id"] == comparison["id"]
    models = answer.json()["models"]
    assert {(model["label"], model["seed"]) for model in models} == {
        (name, seed) for name in ("fully_connected", "cnn") for seed in (0, 1)
    }
    for model in models:
        alone = trained.http.post(f"/v1/models/{model['model_id']}/predictions", content=content)
        assert model["predictions"] == alone.json()["predictions"]
        assert model["latency_ms"]["forward"] > 0


def test_a_comparison_without_a_model_yet_is_a_404(service, png):
    body = {"dataset": "digits", "architectures": ["cnn"]}
    service.http.post("/v1/comparisons", json=body)

    answer = service.http.post("/v1/comparisons/latest/predictions", content=png())

    assert "no model yet" in service.refused(answer, 404)
