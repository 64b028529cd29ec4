"""Diagnostics over HTTP, of networks that have really been trained."""

ROOT = "/v1/comparisons/latest"


def test_overfitting_has_the_gap_of_every_epoch(trained):
    items = trained.http.get(f"{ROOT}/overfitting").json()["items"]

    assert [network["architecture"] for network in items] == ["fully_connected", "cnn"]
    for network in items:
        assert network["epochs"] == 2
        assert len(network["loss_gap"]) == len(network["accuracy_gap"]) == 2
        assert network["epoch"] is None  # two epochs cannot show a trend


def test_gradient_flow_has_every_layer_and_relu_of_every_epoch(trained):
    items = trained.http.get(f"{ROOT}/gradient_flow").json()["items"]

    [cnn] = [network for network in items if network["architecture"] == "cnn"]
    assert [relu["name"] for relu in cnn["relus"]] == ["relu1", "relu2"]
    for layer in cnn["layers"]:
        assert len(layer["gradient_norm"]) == len(layer["update_ratio"]) == 2
        assert all(0 < ratio < 1 for ratio in layer["update_ratio"])
    assert all(0 <= share <= 1 for relu in cnn["relus"] for share in relu["dead_share"])


def test_before_the_first_epoch_the_lists_are_empty(service):
    body = {"dataset": "digits", "architectures": ["cnn"], "seeds": 1}
    service.http.post("/v1/comparisons", json=body)

    for what in ("overfitting", "gradient_flow", "leaderboard"):
        assert service.http.get(f"{ROOT}/{what}").json() == {"items": [], "next": None}
        service.refused(service.http.get(f"/v1/comparisons/abc/{what}"), 404)
